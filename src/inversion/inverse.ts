import type { GramMatrixArgs } from "../operators/dense.ts";
import { type Matrix, zeros } from "../operators/matrix.ts";
import type { Cholesky, CholeskyArgs, TriangularSolveArgs } from "./solve.ts";

export interface InverseKernels {
  readonly cholesky: (args: CholeskyArgs) => Cholesky;
  readonly triangularSolve: (args: TriangularSolveArgs) => Matrix;
  readonly gramMatrix: (args: GramMatrixArgs) => Matrix;
}

/** A^-1 = X'X with X = L^-1 and L L' = A, symmetric to the last bit, and ln det A; NaN where A is not positive definite. */
export function inverted(
  matrix: Matrix,
  kernels: InverseKernels,
): { readonly inverse: Matrix; readonly logDeterminant: number } {
  const lower = kernels.cholesky({ matrix }).factor;
  return { inverse: inverseOf(lower, kernels), logDeterminant: logDeterminantOf(lower) };
}

/** (L L')^-1 */
export function inverseOf(lower: Matrix, kernels: Omit<InverseKernels, "cholesky">): Matrix {
  const inverseOfLower = kernels.triangularSolve({ lower, rightHandSides: identity(lower.rows), transposed: false });
  return kernels.gramMatrix({ matrix: inverseOfLower, ofRows: false });
}

function identity(size: number): Matrix {
  const matrix = zeros(size, size);
  for (let i = 0; i < size; i++) matrix.values[i * (size + 1)] = 1;
  return matrix;
}

/** ln det L L' */
export function logDeterminantOf({ rows, values }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += 2 * Math.log(values[i * (rows + 1)]);
  return sum;
}
