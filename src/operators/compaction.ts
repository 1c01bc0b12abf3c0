import type { PixelGrid } from "../grid.ts";
import { addAt, compensatedSum, totalOf } from "./compensated-sum.ts";
import type { DirtyImageArgs } from "./dirty-image.ts";
import type { NoiseNormalizationArgs } from "./noise-normalization.ts";
import type { VisibilitiesArgs } from "./visibilities.ts";
import type { WCompact, WCompactArgs } from "./w-compact.ts";

/** Visibilities of a whole dataset or of one chunk of it. */
export interface VisibilityData {
  /** (K, 2) u and v in wavelengths, along x and y of the grid, for V = sum I exp(-2 pi i (x u + y v)). */
  readonly uvWavelengths: Float64Array;
  /** (K) complex, interleaved. */
  readonly visibilities: Float64Array;
  /** (K) standard deviations of the real and the imaginary part, interleaved. */
  readonly noiseMap: Float64Array;
}

export interface CompactArgs extends VisibilityData {
  readonly grid: PixelGrid;
  /** (rows, columns) image whose visibilities are subtracted for `residual`, or null. */
  readonly referenceImage: Float64Array | null;
}

/** What chi^2 needs of visibilities besides W, for the data or for their residual from a reference image. */
export interface CompactData {
  /** (rows, columns) dirty image. */
  readonly dirtyImage: Float64Array;
  /** c0 = sum Re^2 d / sigma_re^2 + Im^2 d / sigma_im^2. */
  readonly chiSquared: number;
  /** sum |Re d| / sigma_re^2 + |Im d| / sigma_im^2, for the error bound. */
  readonly weightedSum: number;
}

/** Everything that a likelihood needs of visibilities, as sums over them: the sums of chunks add. */
export interface CompactSums {
  readonly wCompact: WCompact;
  readonly data: CompactData;
  /** Of d minus the visibilities of the reference image; null without one. */
  readonly residual: CompactData | null;
  readonly noiseNormalization: number;
  /** sum of max(sigma_re^-2, sigma_im^-2), for the error bound. */
  readonly weightSum: number;
}

/** The kernels that a compaction is composed of. */
export interface CompactionKernels {
  readonly wCompact: (args: WCompactArgs) => WCompact;
  readonly dirtyImage: (args: DirtyImageArgs) => Float64Array;
  readonly visibilities: (args: VisibilitiesArgs) => Float64Array;
  readonly noiseNormalization: (args: NoiseNormalizationArgs) => number;
}

/** Visibilities whose scalars are summed plainly; the sums then add with their errors carried. */
const ROWS_PER_SUM = 512;

/** Compacts visibilities with the kernels of one voice. */
export function compactWith(kernels: CompactionKernels): (args: CompactArgs) => CompactSums {
  return ({ grid, uvWavelengths, visibilities, noiseMap, referenceImage }) => {
    const compactData = (d: Float64Array): CompactData => ({
      dirtyImage: kernels.dirtyImage({ grid, uvWavelengths, visibilities: d, noiseMap }),
      chiSquared: summed(noiseMap, (from, to) => chiSquaredOf(d, noiseMap, from, to)),
      weightedSum: summed(noiseMap, (from, to) => weightedSumOf(d, noiseMap, from, to)),
    });
    const residual = (image: Float64Array): Float64Array => {
      const model = kernels.visibilities({ grid, image, uvWavelengths });
      return visibilities.map((value, k) => value - model[k]);
    };
    return {
      wCompact: kernels.wCompact({ grid, uvWavelengths, noiseMap }),
      data: compactData(visibilities),
      residual: referenceImage === null ? null : compactData(residual(referenceImage)),
      noiseNormalization: summed(noiseMap, (from, to) => {
        return kernels.noiseNormalization({ noiseMap: noiseMap.subarray(from, to) });
      }),
      weightSum: summed(noiseMap, (from, to) => weightSumOf(noiseMap, from, to)),
    };
  };
}

function summed({ length }: Float64Array, sumOf: (from: number, to: number) => number): number {
  const total = compensatedSum(1);
  for (let from = 0; from < length; from += 2 * ROWS_PER_SUM) {
    addAt(total, 0, sumOf(from, Math.min(length, from + 2 * ROWS_PER_SUM)));
  }
  return totalOf(total)[0];
}

function chiSquaredOf(d: Float64Array, noiseMap: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += d[k] * (d[k] / (noiseMap[k] * noiseMap[k]));
  return sum;
}

function weightedSumOf(d: Float64Array, noiseMap: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += Math.abs(d[k]) / (noiseMap[k] * noiseMap[k]);
  return sum;
}

function weightSumOf(noiseMap: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k += 2) {
    const smaller = Math.min(noiseMap[k], noiseMap[k + 1]);
    sum += 1 / (smaller * smaller);
  }
  return sum;
}
