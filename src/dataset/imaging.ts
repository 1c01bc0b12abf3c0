import { InputError } from "../errors.ts";
import type { PixelGrid } from "../grid.ts";
import type { ConvolutionKernel } from "../operators/convolve.ts";
import { type Mask, nativeIndexForSlimIndex, slimFromNative } from "./mask.ts";

/** An image, with what is known of how it was taken. */
export interface Imaging {
  readonly grid: PixelGrid;
  /** With the pixels that the noise map flags. */
  readonly mask: Mask;
  /** (M, 2) row and column of every unmasked pixel. */
  readonly nativeIndex: Int32Array;
  /** (M) intensity in the unmasked pixels. */
  readonly data: Float64Array;
  /** (M) its standard deviation. */
  readonly noiseMap: Float64Array;
  readonly psf: ConvolutionKernel;
  /** How many pixels the mask would have kept whose noise says that they are bad. */
  readonly flagged: number;
}

export interface ImagingArrays {
  readonly grid: PixelGrid;
  /** (rows, columns) nonzero = ignored. */
  readonly masked: Uint8Array;
  /** (rows, columns) */
  readonly data: Float64Array;
  /** (rows, columns) */
  readonly noiseMap: Float64Array;
  readonly psf: ConvolutionKernel;
}

/** Pipelines mark a bad pixel by noise that no detector has: from so many times the median on, a pixel is ignored. */
const FLAGGED = 1e7;

/** So many values have the median of all of them to a hundredth, and are soon sorted. */
const ENOUGH = 20_000;

/** From what noise on a pixel of these is flagged; what is no standard deviation does not count. */
export function flagLimit(noise: Float64Array): number {
  const step = Math.ceil(noise.length / ENOUGH);
  const sorted = noise.filter((sigma, pixel) => pixel % step === 0 && sigma > 0).sort();
  return FLAGGED * sorted[(sorted.length - 1) >> 1];
}

/**
 * Puts an image together, ignoring pixels that their noise flags; what lies under the mask may be anything.
 * @param where How messages call the two arrays.
 * @throws InputError `imaging/noise` and `imaging/not-finite` for values that no likelihood can use, `mask/empty`.
 */
export function imaging(
  { grid, masked, data, noiseMap, psf }: ImagingArrays,
  where: { readonly data: string; readonly noiseMap: string },
): Imaging {
  const kept = nativeIndexForSlimIndex({ shape: grid.shape, masked });
  const [, columns] = grid.shape;
  const noise = slimFromNative(noiseMap, columns, kept);
  const placeOf = (m: number): string => `row ${kept[2 * m]}, column ${kept[2 * m + 1]} (from the top left)`;
  const bad = noise.findIndex((sigma) => !(sigma > 0 && Number.isFinite(1 / (sigma * sigma))));
  if (bad >= 0) {
    const what = `the noise is ${noise[bad]} in ${placeOf(bad)}, inside the mask`;
    const remedy = "give standard deviations above zero, very large ones where a pixel is bad, or mask it";
    throw new InputError("imaging/noise", what, remedy, where.noiseMap);
  }
  const limit = flagLimit(noise);
  const ignored = masked.slice();
  let flagged = 0;
  noise.forEach((sigma, m) => {
    if (sigma < limit) return;
    ignored[kept[2 * m] * columns + kept[2 * m + 1]] = 1;
    flagged++;
  });
  noise.forEach((sigma, m) => {
    const pixel = kept[2 * m] * columns + kept[2 * m + 1];
    const ratio = data[pixel] / sigma;
    if (ignored[pixel] === 1 || Number.isFinite(ratio * ratio + sigma * sigma)) return;
    const what = `the data are ${data[pixel]} beside noise of ${sigma} in ${placeOf(m)}, inside the mask`;
    throw new InputError("imaging/not-finite", what, "mask the pixel, or give it very large noise", where.data);
  });
  const mask = { shape: grid.shape, masked: ignored };
  const nativeIndex = nativeIndexForSlimIndex(mask);
  return {
    grid,
    mask,
    nativeIndex,
    data: slimFromNative(data, columns, nativeIndex),
    noiseMap: slimFromNative(noiseMap, columns, nativeIndex),
    psf,
    flagged,
  };
}
