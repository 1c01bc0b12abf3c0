import type { ChoiceName } from "../likelihood/picks.ts";
import type { Measurement } from "../likelihood/tuning.ts";
import type { Implementation } from "./implementation.ts";
import type { BenchSizes } from "./work.ts";

/** Sizes at which candidates are timed: every combination, so that times between them can be interpolated. */
export interface TuneGrid {
  readonly lattice_sums: { readonly gridSizes: readonly number[]; readonly visibilities: readonly number[] };
  readonly curvature_matrix: {
    readonly gridSizes: readonly number[];
    readonly sourcePixels: readonly number[];
    readonly mappingNeighbors: readonly number[];
    readonly unequalNoise: readonly boolean[];
  };
}

/** From what a test takes to what ALMA gives; what lies beyond is extrapolated. Some 40 s in all. */
export const TUNE_GRID: TuneGrid = {
  lattice_sums: { gridSizes: [16, 32, 64, 128, 256], visibilities: [512, 8192, 131_072] },
  curvature_matrix: {
    gridSizes: [16, 36, 80],
    sourcePixels: [64, 400, 1600],
    mappingNeighbors: [3, 12],
    unequalNoise: [false, true],
  },
};

/** A row of the bench. */
export type RowName = `${Implementation["kernel"]} ${string}`;

/** The rows of the bench whose times together are a candidate's. */
export const ROWS: { readonly [M in Measurement as M["choice"]]: Readonly<Record<keyof M["seconds"], RowName[]>> } = {
  lattice_sums: {
    direct: ["w_compact wasm_separable", "dirty_image wasm_separable"],
    nufft: ["w_compact wasm_nufft", "dirty_image wasm_nufft"],
  },
  curvature_matrix: {
    w_tilde_dense: ["curvature_matrix wasm_dense"],
    w_tilde_sparse: ["curvature_matrix wasm_sparse"],
    w_compact_sparse: ["curvature_matrix wasm_compact_sparse"],
    w_compact_symmetric: ["curvature_matrix wasm_compact_symmetric"],
    w_compact_fft: ["curvature_matrix wasm_compact_fft"],
    w_compact_direct: ["curvature_matrix wasm_compact_direct"],
    preload_direct: ["curvature_matrix wasm_preload_direct"],
  },
};

/** One combination of sizes. */
export interface TunePoint {
  readonly choice: ChoiceName;
  readonly sizes: BenchSizes;
  readonly unequalNoise: boolean;
}

/** All combinations, the smaller before the larger. */
export function tunePoints({ lattice_sums, curvature_matrix }: TuneGrid): TunePoint[] {
  const sums = lattice_sums.gridSizes.flatMap((gridSize) => {
    return lattice_sums.visibilities.map((visibilities): TunePoint => {
      const sizes = { gridSize, visibilities, mappingNeighbors: 1, neighbors: 0, sourcePixels: 1 };
      return { choice: "lattice_sums", sizes, unequalNoise: false };
    });
  });
  const { gridSizes, mappingNeighbors, sourcePixels, unequalNoise } = curvature_matrix;
  const curvature = gridSizes.flatMap((gridSize) =>
    mappingNeighbors.flatMap((mappings) =>
      sourcePixels.flatMap((pixels) =>
        unequalNoise.map((unequal): TunePoint => {
          // Of the dataset only W is used, which costs the same whatever it is a sum of.
          const sizes = { gridSize, visibilities: 64, mappingNeighbors: mappings, neighbors: 0, sourcePixels: pixels };
          return { choice: "curvature_matrix", sizes, unequalNoise: unequal };
        }),
      ),
    ),
  );
  return [...sums, ...curvature];
}
