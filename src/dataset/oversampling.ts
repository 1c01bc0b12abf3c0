import { InputError } from "../errors.ts";
import type { PixelGrid } from "../grid.ts";

/** Where a model is evaluated so that its mean over the sub-pixels of a pixel stands for the pixel. */
export interface OverSampling {
  /** (sum of `subPixelsPerPixel`, 2) y and x of the sub-pixels' centres in arcseconds, pixel after pixel. */
  readonly positions: Float64Array;
  /** (N) */
  readonly subPixelsPerPixel: Int32Array;
}

/** 512 MiB of positions; a typing error must not exhaust the memory. */
const MOST_SUB_PIXELS = 2 ** 25;

/**
 * Divides pixels into squares of equal size, row by row from the top.
 * @param pixels (N, 2) row and column on the grid, or beyond its edge.
 * @param subSizes (N) sub-pixels a side of each pixel.
 * @throws InputError where there would be too many.
 */
export function overSampled(grid: PixelGrid, pixels: Int32Array, subSizes: ArrayLike<number>): OverSampling {
  const subPixelsPerPixel = Int32Array.from(subSizes, (size) => Math.min(size, MOST_SUB_PIXELS) ** 2);
  const total = Array.prototype.reduce.call(
    subSizes,
    (sum, size) => (sum as number) + (size as number) ** 2,
    0,
  ) as number;
  if (total > MOST_SUB_PIXELS) {
    const what = `over-sampling makes ${total} sub-pixels of ${pixels.length / 2} pixels`;
    throw new InputError(
      "over-sampling/too-many",
      what,
      `stay within ${MOST_SUB_PIXELS}: give a smaller over_sampling`,
    );
  }
  const positions = new Float64Array(2 * total);
  const { shape, pixelScale, origin } = grid;
  let at = 0;
  for (let n = 0; n < subSizes.length; n++) {
    const y = origin[0] + ((shape[0] - 1) / 2 - pixels[2 * n]) * pixelScale;
    const x = origin[1] + (pixels[2 * n + 1] - (shape[1] - 1) / 2) * pixelScale;
    const size = subSizes[n];
    const step = pixelScale / size;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        positions[at++] = y + ((size - 1) / 2 - i) * step;
        positions[at++] = x + (j - (size - 1) / 2) * step;
      }
    }
  }
  return { positions, subPixelsPerPixel };
}

/** The mean of each pixel's sub-pixels. @returns (N) */
export function meanOfSubPixels(values: Float64Array, subPixelsPerPixel: Int32Array): Float64Array {
  const means = new Float64Array(subPixelsPerPixel.length);
  for (let n = 0, at = 0; n < means.length; n++) {
    const end = at + subPixelsPerPixel[n];
    let sum = 0;
    for (; at < end; at++) sum += values[at];
    means[n] = sum / subPixelsPerPixel[n];
  }
  return means;
}
