import { gramMatrix } from "../operators/dense.ts";
import { type Matrix, zeros } from "../operators/matrix.ts";
import { cholesky, triangularSolve } from "./solve.ts";

export interface SymmetricInverseArgs {
  /** A (n, n) symmetric positive definite. */
  readonly matrix: Matrix;
}

/** NaN where the matrix is not positive definite. */
export interface SymmetricInverse {
  /** A^-1 (n, n), symmetric to the last bit. */
  readonly inverse: Matrix;
  /** ln det A, from the same factorization. */
  readonly logDeterminant: number;
}

/** A^-1 = X'X with X = L^-1 and L L' = A. */
export function symmetricInverse({ matrix }: SymmetricInverseArgs): SymmetricInverse {
  const lower = cholesky({ matrix }).factor;
  const inverseOfLower = triangularSolve({ lower, rightHandSides: identity(lower.rows), transposed: false });
  return { inverse: gramMatrix({ matrix: inverseOfLower, ofRows: false }), logDeterminant: logDeterminantOf(lower) };
}

function identity(size: number): Matrix {
  const matrix = zeros(size, size);
  for (let i = 0; i < size; i++) matrix.values[i * (size + 1)] = 1;
  return matrix;
}

/** ln det L L' */
function logDeterminantOf({ rows, values }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += 2 * Math.log(values[i * (rows + 1)]);
  return sum;
}
