import { InputError } from "../errors.ts";
import type { ConvolutionKernel } from "../operators/convolve.ts";

/** A PSF of a thousand pixels a side is a mistake rather than a PSF. */
const LARGEST_SIDE = 1023;

/**
 * A point-spread function as a convolution kernel, its centre the middle pixel.
 * @param values (rows, columns) row-major, row 0 the top.
 * @param normalize Divide by the sum, so that blurring keeps the flux.
 * @throws InputError `psf/even` for a side without a middle pixel, `psf/size`, `psf/not-finite`, `psf/sum`.
 */
export function psfKernel(
  values: Float64Array,
  shape: readonly [rows: number, columns: number],
  normalize: boolean,
  where: string,
): ConvolutionKernel {
  const size = `${shape[0]} x ${shape[1]} pixels`;
  if (shape.some((side) => side % 2 === 0)) {
    const what = `the PSF has ${size}: an even side has no middle pixel to be centred on`;
    throw new InputError("psf/even", what, "shift it by half a pixel onto an odd number of pixels", where);
  }
  if (shape.some((side) => side > LARGEST_SIDE)) {
    throw new InputError("psf/size", `the PSF has ${size}`, `crop it to at most ${LARGEST_SIDE} a side`, where);
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const what = `the PSF is ${values[bad]} in row ${Math.floor(bad / shape[1])}, column ${bad % shape[1]} (from the top left)`;
    throw new InputError("psf/not-finite", what, "give finite weights, zero where there is nothing", where);
  }
  if (!normalize) return { shape, values };
  const sum = values.reduce((total, value) => total + value, 0);
  if (!(sum > 0 && Number.isFinite(sum) && Number.isFinite(1 / sum))) {
    const what = `the PSF's sum is ${sum}`;
    throw new InputError("psf/sum", what, "give one with a positive sum, or normalize_psf: false", where);
  }
  return { shape, values: values.map((value) => value / sum) };
}

/** Standard deviations that a Gaussian PSF reaches to each side: beyond are 3e-4 of its light. */
const REACH = 4;

/**
 * A round Gaussian PSF at the centres of pixels, on an odd square that holds four standard deviations; its sum is 1.
 * @param fwhm Full width at half maximum, arcseconds.
 * @throws InputError `psf/size`.
 */
export function gaussianPsf(fwhm: number, pixelScale: number): ConvolutionKernel {
  const sigma = fwhm / Math.sqrt(8 * Math.LN2) / pixelScale;
  const side = 2 * Math.ceil(REACH * sigma) + 1;
  if (!(side <= LARGEST_SIDE)) {
    const what = `a PSF with a full width at half maximum of ${fwhm} arcsec has ${side} pixels of ${pixelScale} arcsec a side`;
    throw new InputError("psf/size", what, `give a narrower one, of at most ${LARGEST_SIDE} a side`);
  }
  const along = Float64Array.from({ length: side }, (_, k) => Math.exp(-0.5 * ((k - (side >> 1)) / sigma) ** 2));
  const total = along.reduce((sum, value) => sum + value, 0) ** 2;
  const values = Float64Array.from({ length: side * side }, (_, at) => {
    return (along[Math.floor(at / side)] * along[at % side]) / total;
  });
  return { shape: [side, side], values };
}
