import type { ConvolutionKernel } from "./convolve.ts";

/** A blurring, and the PSF that it ought to be of. */
export interface PsfResponseArgs {
  /** Light of the N pixels that it goes into, to that of the M that it comes out of. */
  readonly blur: (image: Float64Array) => Float64Array;
  readonly psf: ConvolutionKernel;
  /** (N, 2) row and column. */
  readonly inputPixels: Int32Array;
  /** (M, 2) row and column. */
  readonly outputPixels: Int32Array;
}

/** Rounding of an FFT leaves some 1e-16 of the peak. */
export const PSF_RESPONSE_TOLERANCE = 1e-12;

/**
 * The image of one pixel of light held to the PSF around it: the largest difference, over the PSF's largest value. It
 * shows a PSF that is transposed, turned or off by a pixel on its way from the file to the convolution, and light
 * that wraps around. What it cannot show is a file that holds the PSF turned.
 * @param pixel Which of the N pixels is lit; `widelySeen` is one that tells the most.
 * @returns NaN where anything is.
 */
export function psfResponseResidual(args: PsfResponseArgs, pixel: number): number {
  const { blur, psf, inputPixels, outputPixels } = args;
  const [rows, columns] = psf.shape;
  const image = new Float64Array(inputPixels.length / 2);
  image[pixel] = 1;
  const seen = blur(image);
  const peak = psf.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let largest = 0;
  for (let m = 0; m < outputPixels.length / 2; m++) {
    const row = outputPixels[2 * m] - inputPixels[2 * pixel] + (rows >> 1);
    const column = outputPixels[2 * m + 1] - inputPixels[2 * pixel + 1] + (columns >> 1);
    const within = row >= 0 && row < rows && column >= 0 && column < columns;
    largest = Math.max(largest, Math.abs(seen[m] - (within ? psf.values[row * columns + column] : 0)) / peak);
  }
  return largest;
}

/** How many pixels are tried: the best of some is nearly that of all. */
const CANDIDATES = 32;

/** A pixel whose light reaches the most pixels of all that are tried: one inside, not at a rim. */
export function widelySeen({ psf, inputPixels, outputPixels }: Omit<PsfResponseArgs, "blur">): number {
  const [up, across] = [psf.shape[0] >> 1, psf.shape[1] >> 1];
  const reached = (pixel: number): number => {
    let count = 0;
    for (let m = 0; m < outputPixels.length; m += 2) {
      const near = Math.abs(outputPixels[m] - inputPixels[2 * pixel]) <= up;
      if (near && Math.abs(outputPixels[m + 1] - inputPixels[2 * pixel + 1]) <= across) count++;
    }
    return count;
  };
  let [best, most] = [0, -1];
  const step = Math.max(1, Math.floor(inputPixels.length / 2 / CANDIDATES));
  for (let pixel = step >> 1; pixel < inputPixels.length / 2; pixel += step) {
    const count = reached(pixel);
    if (count > most) [best, most] = [pixel, count];
  }
  return best;
}
