import { draws, randomState, uniform } from "../inference/rng.ts";
import { type ProductsArgs, type ProductsBothWays, productsBothWays } from "../operators/dense.ts";
import { type Matrix, type SparseMatrix, sparseTimesVector } from "../operators/matrix.ts";
import { sparseMappingMatrixTransposeTimes } from "./mapping.ts";

/*
 * A curvature matrix held to the operators that it is made of, in every evaluation: one product F z sees all S^2
 * entries, and A' N^-1 (A z) costs a blurring and its adjoint (of visibilities, a product with W) instead of the work
 * of F.
 */

/** A curvature matrix, and how else its product with a vector can be taken. */
export interface CurvatureCheckArgs {
  /** F (S, S) */
  readonly curvatureMatrix: Matrix;
  /** F z through the operators, without F: see `throughCamera` and `throughW`. @param z (S) @returns (S) */
  readonly apply: (z: Float64Array) => Float64Array;
  /** F z and F' z. */
  readonly products?: (args: ProductsArgs) => ProductsBothWays;
}

/**
 * How far a curvature matrix is from its operators: the largest difference over the scale of its row, which is
 * sqrt(F_ii) times sqrt(sum over j of F_jj z_j^2). By Cauchy & Schwarz the terms that F_ij is the sum of over an
 * image's pixels have at most sqrt(F_ii F_jj) together with their signs taken off, so that rounding is of this scale
 * however much of them cancels.
 */
export interface CurvatureCheck {
  /**
   * Between F z and the same through the operators: NaN where anything is, Infinity where F is zero and they are not.
   */
  readonly residual: number;
  /** Between F z and F' z. */
  readonly asymmetry: number;
  /** Whether both are within `CURVATURE_TOLERANCE`; false where either is NaN. */
  readonly agrees: boolean;
}

/**
 * Rounding leaves some 1e-15, and 1e-12 where an FFT blurs beside pixels whose noise is a million times that of
 * others. A millionth of the diagonal in one entry is the root of S less: 3e-8 at S = 1000.
 */
export const CURVATURE_TOLERANCE = 1e-10;

/**
 * Of the largest diagonal entry, as what a smaller one counts. A source pixel that is seen through bad pixels alone,
 * whose noise is a million times that of others, has what an FFT leaves of all others' light.
 */
const FAINT = 1e-8;

/**
 * A vector that no error hides from: of either sign, so that errors of one sign do not grow with S beyond what is
 * usual; between 1 and 2, so that none is multiplied by little; drawn at random, so that none cancel but by chance of
 * measure zero.
 * @returns (S), the same for the same seed.
 */
export function probeVector(size: number, seed = 1): Float64Array {
  return draws(randomState(seed), size, (state) => (uniform(state) < 0.5 ? -1 : 1) * (1 + uniform(state)));
}

/**
 * One product of F, one of F' and one through the operators. Whether F + H is positive definite is the solver's to
 * say, which factorizes it.
 */
export function checkCurvature(
  { curvatureMatrix, apply, products = productsBothWays }: CurvatureCheckArgs,
  z = probeVector(curvatureMatrix.rows),
): CurvatureCheck {
  const { product, transposed } = products({ matrix: curvatureMatrix, vector: z });
  const scale = rowScales(curvatureMatrix, z);
  const residual = largestDifference(product, apply(z), scale);
  const asymmetry = largestDifference(product, transposed, scale);
  return { residual, asymmetry, agrees: residual <= CURVATURE_TOLERANCE && asymmetry <= CURVATURE_TOLERANCE };
}

/** Two checks as one, which agrees where both do. */
export function worseOf(a: CurvatureCheck, b: CurvatureCheck): CurvatureCheck {
  return {
    residual: Math.max(a.residual, b.residual),
    asymmetry: Math.max(a.asymmetry, b.asymmetry),
    agrees: a.agrees && b.agrees,
  };
}

function rowScales({ rows, values }: Matrix, z: Float64Array): Float64Array {
  const diagonal = new Float64Array(rows);
  let [most, trace] = [0, 0];
  for (let i = 0; i < rows; i++) {
    diagonal[i] = values[i * (rows + 1)];
    most = Math.max(most, diagonal[i]);
    trace += diagonal[i] * z[i] * z[i];
  }
  return diagonal.map((value) => Math.sqrt(Math.max(value, FAINT * most) * trace));
}

function largestDifference(a: Float64Array, b: Float64Array, scale: Float64Array): number {
  return a.reduce((largest, value, i) => {
    const difference = Math.abs(value - b[i]);
    // Nothing over nothing is right: an F of zeros whose operators make zeros.
    return difference === 0 ? largest : Math.max(largest, difference / scale[i]);
  }, 0);
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
