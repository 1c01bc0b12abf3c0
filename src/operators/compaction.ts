import type { PixelGrid } from "../grid.ts";
import type { DirtyImageArgs } from "./dirty-image.ts";
import { dot } from "./matrix.ts";
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

/** Compacts visibilities with the kernels of one voice. */
export function compactWith(kernels: CompactionKernels): (args: CompactArgs) => CompactSums {
  return ({ grid, uvWavelengths, visibilities, noiseMap, referenceImage }) => {
    const compactData = (d: Float64Array): CompactData => {
      const weighted = d.map((value, k) => value / (noiseMap[k] * noiseMap[k]));
      return {
        dirtyImage: kernels.dirtyImage({ grid, uvWavelengths, visibilities: d, noiseMap }),
        chiSquared: dot(d, weighted),
        weightedSum: weighted.reduce((sum, value) => sum + Math.abs(value), 0),
      };
    };
    const residual = (image: Float64Array): Float64Array => {
      const model = kernels.visibilities({ grid, image, uvWavelengths });
      return visibilities.map((value, k) => value - model[k]);
    };
    let weightSum = 0;
    for (let k = 0; k < noiseMap.length; k += 2) weightSum += Math.max(noiseMap[k] ** -2, noiseMap[k + 1] ** -2);
    return {
      wCompact: kernels.wCompact({ grid, uvWavelengths, noiseMap }),
      data: compactData(visibilities),
      residual: referenceImage === null ? null : compactData(residual(referenceImage)),
      noiseNormalization: kernels.noiseNormalization({ noiseMap }),
      weightSum,
    };
  };
}
