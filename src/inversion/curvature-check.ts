import { draws, randomState, uniform } from "../inference/rng.ts";
import { type Matrix, matrixTimesVector, type SparseMatrix, sparseTimesVector } from "../operators/matrix.ts";
import { sparseMappingMatrixTransposeTimes } from "./mapping.ts";

/*
 * A curvature matrix held to the operators that it is made of, in every evaluation: one product F z sees all S^2 entries,
 * and A' N^-1 (A z) costs a blurring and its adjoint (of visibilities, a product with W) instead of the work of F.
 */

/** A curvature matrix, and how else its product with a vector can be taken. */
export interface CurvatureCheckArgs {
  /** F (S, S) */
  readonly curvatureMatrix: Matrix;
  /** F z through the operators, without F: see `throughCamera` and `throughW`. @param z (S) @returns (S) */
  readonly apply: (z: Float64Array) => Float64Array;
}

/** How far a curvature matrix is from its operators. */
export interface CurvatureCheck {
  /** See `curvatureResidual`. */
  readonly residual: number;
  /** See `curvatureAsymmetry`. */
  readonly asymmetry: number;
  /** Whether both are within `CURVATURE_TOLERANCE`; false where either is NaN. */
  readonly agrees: boolean;
}

/**
 * Rounding leaves some 1e-15 for images and, where terms cancel, 1e-12 for visibilities. A millionth of the diagonal in one
 * of a million entries is 3e-8: the root of S = 1000 less.
 */
export const CURVATURE_TOLERANCE = 1e-10;

/**
 * A vector that no error hides from: of either sign, so that errors of one sign do not grow with S beyond what is usual;
 * between 1 and 2, so that none is multiplied by little; drawn at random, so that none cancel but by chance of measure zero.
 * @returns (S), the same for the same seed.
 */
export function probeVector(size: number, seed = 1): Float64Array {
  return draws(randomState(seed), size, (state) => (uniform(state) < 0.5 ? -1 : 1) * (1 + uniform(state)));
}

/** Both checks. Whether F + H is positive definite is the solver's to say, which factorizes it. */
export function checkCurvature(args: CurvatureCheckArgs, z = probeVector(args.curvatureMatrix.rows)): CurvatureCheck {
  const residual = curvatureResidual(args, z);
  const asymmetry = curvatureAsymmetry(args.curvatureMatrix, z);
  return { residual, asymmetry, agrees: residual <= CURVATURE_TOLERANCE && asymmetry <= CURVATURE_TOLERANCE };
}

/**
 * The largest difference between F z and the same through the operators, over the scale of its row: sqrt(F_ii) times
 * sqrt(sum over j of F_jj z_j^2). By Cauchy & Schwarz the terms of F_ij sum to at most sqrt(F_ii F_jj) with their signs
 * taken off, so that rounding is of this scale however much of F cancels.
 * @returns NaN where anything is, and where the diagonal is negative; Infinity where it is zero and the product is not.
 */
export function curvatureResidual({ curvatureMatrix, apply }: CurvatureCheckArgs, z: Float64Array): number {
  return largestDifference(curvatureMatrix, z, matrixTimesVector(curvatureMatrix, z), apply(z));
}

/** The same between F z and F' z: zero to rounding for a symmetric F. */
export function curvatureAsymmetry(curvatureMatrix: Matrix, z: Float64Array): number {
  return largestDifference(
    curvatureMatrix,
    z,
    matrixTimesVector(curvatureMatrix, z),
    transposeTimesVector(curvatureMatrix, z),
  );
}

function largestDifference(
  { rows, values }: Matrix,
  z: Float64Array,
  product: Float64Array,
  other: Float64Array,
): number {
  let trace = 0;
  for (let j = 0; j < rows; j++) trace += values[j * rows + j] * z[j] * z[j];
  let largest = 0;
  for (let i = 0; i < rows; i++) {
    const difference = Math.abs(product[i] - other[i]);
    // Nothing maps to an unmapped source pixel, and nothing is its product.
    if (difference !== 0) largest = Math.max(largest, difference / Math.sqrt(values[i * rows + i] * trace));
  }
  return largest;
}

function transposeTimesVector({ rows, columns, values }: Matrix, x: Float64Array): Float64Array {
  const out = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) {
    const factor = x[i];
    for (let j = 0; j < columns; j++, at++) out[j] += factor * values[at];
  }
  return out;
}

/** What a camera does to a source. */
export interface CameraOperators {
  /** T (M, S) */
  readonly sparseMappingMatrix: SparseMatrix;
  /** P. @param image (M) @returns (M) */
  readonly blur: (image: Float64Array) => Float64Array;
  /** P', the same with the PSF turned by 180 degrees. */
  readonly adjoint: (image: Float64Array) => Float64Array;
  /** (M) standard deviations. */
  readonly noiseMap: Float64Array;
}

/** z to T' P' N^-1 P T z, which is F z for an image. */
export function throughCamera(operators: CameraOperators): (z: Float64Array) => Float64Array {
  const { sparseMappingMatrix, blur, adjoint, noiseMap } = operators;
  return throughW(sparseMappingMatrix, (image) => {
    return adjoint(blur(image).map((seen, m) => seen / (noiseMap[m] * noiseMap[m])));
  });
}

/**
 * z to T' W T z, which is F z for visibilities.
 * @param sparseMappingMatrix T (M, S), with the primary beam where there is one.
 * @param timesW W times an image (M).
 */
export function throughW(
  sparseMappingMatrix: SparseMatrix,
  timesW: (image: Float64Array) => Float64Array,
): (z: Float64Array) => Float64Array {
  return (z) => {
    const image = timesW(sparseTimesVector(sparseMappingMatrix, z));
    const matrix = { rows: image.length, columns: 1, values: image };
    return sparseMappingMatrixTransposeTimes({ sparseMappingMatrix, matrix }).values;
  };
}
