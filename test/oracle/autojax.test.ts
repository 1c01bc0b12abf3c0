import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type KernelName, kernelsOf, type VoiceKernels } from "../../src/backend/kernels.ts";
import { nativeIndexForSlimIndex } from "../../src/dataset/mask.ts";
import { readNpz } from "../../src/io/npz.ts";
import type { Matrix, SparseMatrix } from "../../src/operators/matrix.ts";
import { relativeDifference } from "../equivalence/difference.ts";

// Every function of python-autojax on its generated data, in every voice; README.md says where the numbers are from.
const file = readNpz(new Uint8Array(readFileSync(new URL("autojax-small.npz", import.meta.url))), "autojax-small.npz");

function data(name: string): Float64Array {
  const array = file.get(name)?.data;
  if (!(array instanceof Float64Array)) throw new Error(`${name} is not there in f64`);
  return array;
}

function integers(name: string): Int32Array {
  return file.get(name)!.data as Int32Array;
}

function bytes(name: string): Uint8Array {
  return file.get(name)!.data as Uint8Array;
}

function matrix(name: string): Matrix {
  const [rows, columns] = file.get(name)!.shape;
  return { rows, columns, values: data(name) };
}

/** Its mask is the corner of a larger array, so that the phase centre is far outside of it. */
const grid = { shape: [16, 16], pixelScale: 0.2, origin: [8.4, -8.4] } as const;
const visibilities = data("in_data");
const noiseMap = data("in_noise_map");
const uvWavelengths = data("in_uv_wavelengths");
const nativeIndex = integers("in_native_index_for_slim_index");
const gridRadians = data("in_grid_radians_slim");
const dirtyImage = data("in_dirty_image");
const noiseMapReal = noiseMap.filter((_, k) => k % 2 === 0);
/** Its W takes the noise of the real parts for both. */
const realNoiseTwice = noiseMap.map((_, k) => noiseMapReal[k >> 1]);
const mapping = {
  imagePixels: 208,
  sourcePixels: 32,
  mappingsPerPixel: 3,
  indexes: integers("in_pix_indexes_for_sub_slim_index"),
  weights: data("in_pix_weights_for_sub_slim_index"),
  slimIndexForSubSlimIndex: integers("in_slim_index_for_sub_slim_index"),
  subFraction: data("in_sub_fraction"),
};
const neighbors = { sourcePixels: 32, neighborsPerPixel: 8, indexes: integers("in_neighbors") };
const wCompact = { shape: grid.shape, minus: data("out_w_compact_curvature_interferometer_from"), plus: null };
const wPreload = {
  shape: grid.shape,
  preload: data("out_w_tilde_curvature_preload_interferometer_from"),
  plus: null,
};
const mappingMatrix = matrix("out_mapping_matrix_from");
const likelihood = { dirtyImage, visibilities, noiseMap, mapping, neighbors, coefficient: 1 };

const DENSE = "out_curvature_matrix_via_w_tilde_from";
const COMPACT = "out_curvature_matrix_via_w_compact_sparse_mapping_matrix_from";
const PRELOAD = "out_curvature_matrix_via_w_tilde_curvature_preload_interferometer_from";

/**
 * Rounding, 3e-15 where cosines are summed and 2e-15 elsewhere. It must stay far below 2e-9, all that W varies by over
 * this field: its baselines are about one wavelength long, so a looser test would pass any W.
 */
const COSINES = 3e-14;
const SUMS = 1e-14;
/** The condition number of F + H is 2e7, which leaves 5e-10; its own implementations differ by as much. */
const SOLVED = 5e-9;
/** The solution's error is of second order in chi^2 + s'Hs, but terms of chi^2 cancel, which leaves 3e-13. */
const LIKELIHOOD = 3e-12;

interface Check {
  readonly kernel: KernelName;
  /** Name of the array in the file. */
  readonly expected: string;
  readonly tolerance: number;
  readonly run: (k: VoiceKernels) => number | Float64Array | Uint8Array;
}

function check(kernel: KernelName, expected: string, tolerance: number, run: Check["run"]): Check {
  return { kernel, expected, tolerance, run };
}

const CHECKS: readonly Check[] = [
  check("maskCircular", "out_mask_2d_circular_from", 0, (k) =>
    k.maskCircular({ shape: [208, 208], pixelScales: [0.2, 0.2], radius: 1.6, centre: [0, 0] }),
  ),
  check("wTildeData", "out_w_tilde_data_interferometer_from", COSINES, (k) =>
    k.wTildeData({
      visibilitiesReal: visibilities.filter((_, i) => i % 2 === 0),
      noiseMapReal,
      uvWavelengths,
      gridRadians,
    }),
  ),
  check("wTilde", "out_w_tilde_curvature_interferometer_from", COSINES, (k) =>
    everySeventhRow(k.wTilde({ gridRadians, uvWavelengths, noiseMap: realNoiseTwice })),
  ),
  check(
    "wCompact",
    "out_w_compact_curvature_interferometer_from",
    COSINES,
    (k) => k.wCompact({ grid, uvWavelengths, noiseMap: realNoiseTwice }).minus,
  ),
  check("wTildeFromCompact", "out_w_tilde_via_compact_from", 0, (k) =>
    everySeventhRow(k.wTildeFromCompact({ wCompact, nativeIndex })),
  ),
  check(
    "wPreload",
    "out_w_tilde_curvature_preload_interferometer_from",
    COSINES,
    (k) => k.wPreload({ grid, uvWavelengths, noiseMap: realNoiseTwice }).preload,
  ),
  check("wTildeFromPreload", "out_w_tilde_via_preload_from", 0, (k) =>
    everySeventhRow(k.wTildeFromPreload({ wPreload, nativeIndex })),
  ),
  check("mappingMatrix", "out_mapping_matrix_from", 0, (k) => k.mappingMatrix({ mapping }).values),
  check("sparseMappingMatrix", "out_mapping_matrix_from", 0, (k) => dense(k.sparseMappingMatrix({ mapping }))),
  check("dataVector", "out_data_vector_from", SUMS, (k) => k.dataVector({ mappingMatrix, dirtyImage })),
  check(
    "sparseMappingMatrixTransposeTimes",
    "out_sparse_mapping_matrix_transpose_matmul",
    SUMS,
    (k) =>
      k.sparseMappingMatrixTransposeTimes({
        sparseMappingMatrix: k.sparseMappingMatrix({ mapping }),
        matrix: mappingMatrix,
      }).values,
  ),
  // It has no name of its own for W T: T' (W T) is compared.
  check("wCompactTimesSparseMappingMatrix", COMPACT, SUMS, (k) => {
    const sparseMappingMatrix = k.sparseMappingMatrix({ mapping });
    const times = k.wCompactTimesSparseMappingMatrix({ wCompact, nativeIndex, sparseMappingMatrix });
    return k.sparseMappingMatrixTransposeTimes({ sparseMappingMatrix, matrix: times }).values;
  }),
  check("curvatureMatrixViaWTildeDense", DENSE, SUMS, (k) => {
    const wTilde = k.wTildeFromPreload({ wPreload, nativeIndex });
    return k.curvatureMatrixViaWTildeDense({ wTilde, mappingMatrix }).values;
  }),
  check("curvatureMatrixViaWTildeSparse", DENSE, SUMS, (k) => {
    const wTilde = k.wTildeFromPreload({ wPreload, nativeIndex });
    const sparseMappingMatrix = k.sparseMappingMatrix({ mapping });
    return k.curvatureMatrixViaWTildeSparse({ wTilde, sparseMappingMatrix }).values;
  }),
  check(
    "curvatureMatrixViaWCompactSparse",
    COMPACT,
    SUMS,
    (k) => k.curvatureMatrixViaWCompactSparse(viaCompact(k)).values,
  ),
  check(
    "curvatureMatrixViaWCompactDirect",
    COMPACT,
    SUMS,
    (k) => k.curvatureMatrixViaWCompactDirect(viaCompact(k)).values,
  ),
  check(
    "curvatureMatrixViaPreloadDirect",
    PRELOAD,
    SUMS,
    (k) => k.curvatureMatrixViaPreloadDirect({ ...viaCompact(k), wPreload }).values,
  ),
  check(
    "constantRegularizationMatrix",
    "out_constant_regularization_matrix_from",
    1e-15,
    (k) => k.constantRegularizationMatrix({ coefficient: 1, neighbors }).values,
  ),
  check(
    "reconstruction",
    "out_reconstruction_positive_negative_from",
    SOLVED,
    (k) =>
      k.reconstruction({
        curvatureRegMatrix: matrix("in_curvature_reg_matrix"),
        dataVector: data("out_data_vector_from"),
      }).values,
  ),
  check("noiseNormalization", "out_noise_normalization_complex_from", SUMS, (k) => k.noiseNormalization({ noiseMap })),
  check("logLikelihoodViaWTilde", "out_log_likelihood_function_via_w_tilde_from", LIKELIHOOD, (k) =>
    k.logLikelihoodViaWTilde({ ...likelihood, wTilde: k.wTildeFromPreload({ wPreload, nativeIndex }) }),
  ),
  check("logLikelihoodViaWCompact", "out_log_likelihood_function_via_w_compact_from", LIKELIHOOD, (k) =>
    k.logLikelihoodViaWCompact({ ...likelihood, wCompact, nativeIndex }),
  ),
];

function viaCompact(k: VoiceKernels) {
  return { wCompact, nativeIndex, sparseMappingMatrix: k.sparseMappingMatrix({ mapping }) };
}

/** The rows that the file holds of an (M, M) output. */
function everySeventhRow({ columns, values }: Matrix): Float64Array {
  return values.filter((_, i) => Math.floor(i / columns) % 7 === 0);
}

function dense({ rows, columns, rowStart, columnIndex, values }: SparseMatrix): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) out[i * columns + columnIndex[e]] = values[e];
  }
  return out;
}

/** The array of the file as the kernel gives it: a 0-d one as a number. */
function expected(name: string): number | Float64Array | Uint8Array {
  const array = file.get(name)!;
  if (array.shape.length === 0) return data(name)[0];
  return array.dtype === "bool" ? bytes(name) : data(name);
}

describe.each(["reference", "wasm"] as const)("%s", (voice) => {
  test.each(CHECKS)("$kernel gives $expected", ({ expected: name, tolerance, run }) => {
    expect(relativeDifference(run(kernelsOf(voice)), expected(name))).toBeLessThanOrEqual(tolerance);
  });

  test("the centre of its mask, which it gives no output for, is the middle pixel", () => {
    const centres = kernelsOf(voice).maskCentres({ shape: [208, 208], pixelScales: [0.2, 0.2], centre: [0, 0] });
    expect(Array.from(centres)).toEqual([103.5, 103.5]);
  });
});

test("the unmasked pixels of its mask are in its order", () => {
  expect(nativeIndexForSlimIndex({ shape: grid.shape, masked: bytes("in_real_space_mask") })).toEqual(nativeIndex);
});

test("every output of the file is compared with", () => {
  const outputs = [...file.keys()].filter((name) => name.startsWith("out_"));
  expect(new Set(CHECKS.map((c) => c.expected))).toEqual(new Set(outputs));
});
