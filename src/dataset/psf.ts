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
