import { kernelsOf } from "../backend/kernels.ts";
import { slimFromNative } from "../dataset/mask.ts";
import { ARCSECOND, slimPositions } from "../grid.ts";
import { draws, randomState, uniform } from "../inference/rng.ts";
import {
  type ConstantRegularizationPlan,
  constantRegularizationSparseMatrix,
  planConstantRegularization,
} from "../inversion/regularization/constant.ts";
import type { ReconstructionArgs } from "../inversion/solve.ts";
import { type Matrix, matrixSum, matrixTimesVector } from "../operators/matrix.ts";
import { type WCompact, wTildeFromCompact } from "../operators/w-compact.ts";
import { type WPreload, wPreloadFromCompact } from "../operators/w-preload.ts";
import { type Case, makeCase } from "./cases.ts";
import type { BenchSizes, WorkSizes } from "./work.ts";

/** How u and v are drawn: see `benchInputs`. */
export const UV_DRAWS = ["gaussian", "seed"] as const;
export type UvDraw = (typeof UV_DRAWS)[number];

const PIXEL_SCALE = 0.2;

/** What a bench computes with: one dataset and one model, different in every round. */
export interface BenchInputs {
  readonly case: Case;
  readonly sizes: WorkSizes;
  /** (S) two pixels of five are negative. */
  readonly source: Float64Array;
  /**
   * The first `visibilities` of the dataset in a round: the same baselines, the noise map moved on by as many
   * visibilities as the round's number, so that every weight is another and nothing of a round serves the next.
   */
  dataset(part: WorkSizes, round: number): DatasetInputs;
  /**
   * The first `pixels` of the image and `sourcePixels` of the source in a round: the interpolation weights moved on, the
   * dataset's W unchanged. A part of the source is for curvature matrices alone: the neighbors stay those of the whole.
   */
  model(part: WorkSizes, round: number): ModelInputs;
  /** Forgets the large matrices made so far. */
  release(): void;
}

export interface DatasetInputs extends Case {
  /** (M, 2) y and x of the unmasked pixels in radians. */
  readonly gridRadians: Float64Array;
}

export interface ModelInputs extends Case {
  readonly wCompact: WCompact;
  /** (M) of the unmasked pixels. */
  readonly dirtyImage: Float64Array;
  /** What some forms expect, made at the first call and kept: it belongs to the dataset or the mesh and is not timed. */
  readonly dataTerms: () => DataTerms;
  readonly plan: () => ConstantRegularizationPlan;
  readonly wTilde: () => Matrix;
  readonly wPreload: () => WPreload;
  /** F + H (S, S), made at the first call. */
  readonly curvatureRegMatrix: () => Matrix;
  /** F + H, and D (S) as it is of `source`. */
  readonly reconstructionArgs: () => ReconstructionArgs;
}

/** What a likelihood needs of the visibilities besides W and the dirty image. */
export interface DataTerms {
  /** c0: sum of |d|^2 / sigma^2, of real and imaginary parts. */
  readonly chiSquaredOfData: number;
  /** sum of ln 2 pi sigma^2 */
  readonly noiseNormalization: number;
}

/**
 * Seeded inputs: 0.2" pixels inside a circular mask; u and v normal with a standard deviation of 2e5 wavelengths
 * ("gaussian"), or uniform below one wavelength as the study's generator has them ("seed"), where W is nearly constant.
 */
export function benchInputs(sizes: BenchSizes, uv: UvDraw, seed: number, unequalNoise = false): BenchInputs {
  const { gridSize, visibilities, mappingNeighbors, neighbors, sourcePixels, mesh } = sizes;
  const made = makeCase(
    "bench",
    { gridSize: [gridSize, gridSize], visibilities, mappings: mappingNeighbors, neighbors, sourcePixels },
    { seed, maskRadius: (gridSize / 2) * PIXEL_SCALE, unequalNoise, mesh },
  );
  const wavelengths = uv === "seed" ? draws(randomState(seed + 1), 2 * visibilities, uniform) : made.uvWavelengths;
  const c: Case = { ...made, uvWavelengths: wavelengths };
  const kept = new Map<string, unknown>();
  const once = <T>(name: string, make: () => T): T => {
    if (!kept.has(name)) kept.set(name, make());
    return kept.get(name) as T;
  };
  const source = draws(randomState(seed), sourcePixels, uniform).map((u) => u - 0.4);
  const wCompact = (): WCompact => once("w compact", () => kernelsOf("wasm").wCompactViaNufft(c));
  return {
    case: c,
    source,
    sizes: {
      ...sizes,
      pixels: c.nativeIndex.length / 2,
      mappingNeighbors: c.mapping.mappingsPerPixel,
      neighbors: c.neighbors.neighborsPerPixel,
    },
    dataset(part, round) {
      const nativeIndex = c.nativeIndex.subarray(0, 2 * part.pixels);
      return {
        ...c,
        nativeIndex,
        gridRadians: slimPositions(c.grid, nativeIndex).map((arcseconds) => arcseconds * ARCSECOND),
        uvWavelengths: c.uvWavelengths.subarray(0, 2 * part.visibilities),
        visibilities: c.visibilities.subarray(0, 2 * part.visibilities),
        noiseMap: movedOn(c.noiseMap, 2 * round).subarray(0, 2 * part.visibilities),
      };
    },
    model(part, round) {
      const nativeIndex = c.nativeIndex.subarray(0, 2 * part.pixels);
      const entries = part.pixels * c.mapping.mappingsPerPixel;
      const dirty = once("dirty image", () => {
        return slimFromNative(kernelsOf("wasm").dirtyImageViaNufft(c), c.grid.shape[1], c.nativeIndex);
      });
      const mapping = {
        ...c.mapping,
        imagePixels: part.pixels,
        sourcePixels: part.sourcePixels,
        indexes: firstSourcePixels(c.mapping.indexes.subarray(0, entries), part.sourcePixels, sourcePixels),
        weights: movedOn(c.mapping.weights, round).subarray(0, entries),
      };
      let curvatureRegMatrix: Matrix | undefined;
      let reconstructionArgs: ReconstructionArgs | undefined;
      const model: ModelInputs = {
        ...c,
        nativeIndex,
        mapping,
        wCompact: wCompact(),
        dirtyImage: dirty.subarray(0, part.pixels),
        dataTerms: () => {
          return once("data terms", () => ({
            chiSquaredOfData: c.visibilities.reduce((sum, value, k) => sum + (value / c.noiseMap[k]) ** 2, 0),
            noiseNormalization: kernelsOf("wasm").noiseNormalization(c),
          }));
        },
        plan: () => once("plan", () => planConstantRegularization(c.neighbors)),
        wTilde: () => {
          return once(`w tilde of ${part.pixels}`, () => wTildeFromCompact({ wCompact: wCompact(), nativeIndex }));
        },
        wPreload: () => once("w preload", () => wPreloadFromCompact(wCompact())),
        curvatureRegMatrix: () => {
          curvatureRegMatrix ??= matrixSum(
            kernelsOf("wasm").curvatureMatrixViaWCompactSymmetric({
              wCompact: wCompact(),
              nativeIndex,
              sparseMappingMatrix: kernelsOf("wasm").sparseMappingMatrix({ mapping }),
            }),
            constantRegularizationSparseMatrix(c),
          );
          return curvatureRegMatrix;
        },
        reconstructionArgs: () => {
          if (reconstructionArgs !== undefined) return reconstructionArgs;
          const system = model.curvatureRegMatrix();
          reconstructionArgs = { curvatureRegMatrix: system, dataVector: matrixTimesVector(system, source) };
          return reconstructionArgs;
        },
      };
      return model;
    },
    release: () => kept.clear(),
  };
}

/** Mappings beyond the first source pixels are none. */
function firstSourcePixels(indexes: Int32Array, count: number, of: number): Int32Array {
  return count === of ? indexes : indexes.map((index) => (index < count ? index : -1));
}

/** Every value `by` places further on, the last ones first. */
export function movedOn(values: Float64Array, by: number): Float64Array {
  const moved = new Float64Array(values.length);
  const shift = values.length === 0 ? 0 : by % values.length;
  moved.set(values.subarray(0, values.length - shift), shift);
  moved.set(values.subarray(values.length - shift));
  return moved;
}
