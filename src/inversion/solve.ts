import { gramMatrix } from "../operators/dense.ts";
import { type Matrix, zeros } from "../operators/matrix.ts";

export interface ReconstructionArgs {
  /** F + H (S, S), symmetric positive definite. */
  readonly curvatureRegMatrix: Matrix;
  /** D (S) */
  readonly dataVector: Float64Array;
  /** Whether (F + H)^-1 is wanted too, from the same factorization. */
  readonly withInverse?: boolean;
}

/** A solved system; where the matrix is not positive definite the numbers are NaN and `positiveDefinite` is false. */
export interface Reconstruction {
  readonly positiveDefinite: boolean;
  /** (S) source brightness per pixel. */
  readonly values: Float64Array;
  /** ln det (F + H), from the same factorization. */
  readonly logDeterminant: number;
  /** (F + H)^-1 (S, S), symmetric to the last bit; where it was wanted and there is one. */
  readonly inverse?: Matrix;
}

/** s = (F + H)^-1 D by Cholesky's factorization, free to be negative (Warren & Dye 2003, equation 12). */
export function reconstruction({ curvatureRegMatrix, dataVector, withInverse }: ReconstructionArgs): Reconstruction {
  const size = curvatureRegMatrix.rows;
  const factor = choleskyFactor(curvatureRegMatrix);
  if (factor === null)
    return { positiveDefinite: false, values: dataVector.map(() => Number.NaN), logDeterminant: Number.NaN };
  const values = dataVector.slice();
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) values[i] -= factor[i * size + j] * values[j];
    values[i] /= factor[i * size + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let j = i + 1; j < size; j++) values[i] -= factor[j * size + i] * values[j];
    values[i] /= factor[i * size + i];
  }
  const solved = { positiveDefinite: true, values, logDeterminant: logDeterminantOf(factor, size) };
  return withInverse ? { ...solved, inverse: inverseOf({ ...curvatureRegMatrix, values: factor }) } : solved;
}

export interface LogDeterminantArgs {
  /** Symmetric positive definite. */
  readonly matrix: Matrix;
}

/** ln det of a symmetric positive definite matrix; NaN where it is not. */
export function logDeterminant({ matrix }: LogDeterminantArgs): number {
  const factor = choleskyFactor(matrix);
  return factor === null ? Number.NaN : logDeterminantOf(factor, matrix.rows);
}

export interface CholeskyArgs {
  /** (n, n) symmetric; either triangle may be the one that is read. */
  readonly matrix: Matrix;
}

/** A factorization; where the matrix is not positive definite the factor is NaN and `positiveDefinite` is false. */
export interface Cholesky {
  readonly positiveDefinite: boolean;
  /** (n, n) lower triangular L with L L' = matrix. */
  readonly factor: Matrix;
}

/** Cholesky's factorization of a symmetric positive definite matrix. */
export function cholesky({ matrix }: CholeskyArgs): Cholesky {
  const { rows, columns } = matrix;
  const values = choleskyFactor(matrix);
  return {
    positiveDefinite: values !== null,
    factor: { rows, columns, values: values ?? new Float64Array(rows * columns).fill(Number.NaN) },
  };
}

export interface TriangularSolveArgs {
  /** L (n, n) lower triangular; what stands above its diagonal is not read. */
  readonly lower: Matrix;
  /** B (n, m) */
  readonly rightHandSides: Matrix;
  /** Solves L'X = B instead of L X = B. */
  readonly transposed: boolean;
}

/** X (n, m) with L X = B by forward, or L'X = B by back substitution. */
export function triangularSolve({ lower, rightHandSides, transposed }: TriangularSolveArgs): Matrix {
  const { rows: size, columns } = rightHandSides;
  const x = rightHandSides.values.slice();
  for (let step = 0; step < size; step++) {
    const i = transposed ? size - 1 - step : step;
    for (let earlier = 0; earlier < step; earlier++) {
      const j = transposed ? size - 1 - earlier : earlier;
      const entry = transposed ? lower.values[j * size + i] : lower.values[i * size + j];
      for (let k = 0; k < columns; k++) x[i * columns + k] -= entry * x[j * columns + k];
    }
    for (let k = 0; k < columns; k++) x[i * columns + k] /= lower.values[i * size + i];
  }
  return { ...rightHandSides, values: x };
}

export interface SymmetricInverseArgs {
  /** (n, n) symmetric positive definite. */
  readonly matrix: Matrix;
}

/** NaN where the matrix is not positive definite. */
export interface SymmetricInverse {
  /** (n, n), symmetric to the last bit. */
  readonly inverse: Matrix;
  /** ln det of the matrix, from the same factorization. */
  readonly logDeterminant: number;
}

/** The inverse of a symmetric positive definite matrix. */
export function symmetricInverse({ matrix }: SymmetricInverseArgs): SymmetricInverse {
  const { factor } = cholesky({ matrix });
  return { inverse: inverseOf(factor), logDeterminant: logDeterminantOf(factor.values, factor.rows) };
}

/** (L L')^-1 = X'X with X = L^-1. */
function inverseOf(lower: Matrix): Matrix {
  const identity = zeros(lower.rows, lower.rows);
  for (let i = 0; i < lower.rows; i++) identity.values[i * (lower.rows + 1)] = 1;
  const inverseOfLower = triangularSolve({ lower, rightHandSides: identity, transposed: false });
  return gramMatrix({ matrix: inverseOfLower, ofRows: false });
}

/** Lower L with L L' = matrix, row-major, the upper triangle zero; null where a pivot is not positive. */
function choleskyFactor({ rows: size, values }: Matrix): Float64Array | null {
  const factor = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = values[i * size + j];
      for (let k = 0; k < j; k++) sum -= factor[i * size + k] * factor[j * size + k];
      if (i > j) factor[i * size + j] = sum / factor[j * size + j];
      else if (sum > 0) factor[i * size + i] = Math.sqrt(sum);
      else return null;
    }
  }
  return factor;
}

function logDeterminantOf(factor: Float64Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += 2 * Math.log(factor[i * size + i]);
  return sum;
}
