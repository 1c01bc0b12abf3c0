import type { Cholesky, CholeskyArgs, TriangularSolveArgs } from "../inversion/solve.ts";
import { type Matrix, principalBlock, zeros } from "../operators/matrix.ts";

interface SolveKernels {
  readonly cholesky: (args: CholeskyArgs) => Cholesky;
  readonly triangularSolve: (args: TriangularSolveArgs) => Matrix;
}

/**
 * Standard deviations of what was solved for: the roots of the diagonal of (F + H)^-1. The posterior given the rest of the
 * model is a Gaussian of this covariance, since its exponent is quadratic with F + H for its curvature. From one draw of the
 * noise to the next the solution scatters less, by (F + H)^-1 F (F + H)^-1: what H decides does not scatter.
 *
 * Unknowns that are held at zero are given: the covariance is that of the free ones, and theirs is NaN.
 * @param curvatureRegMatrix F + H (n, n) of all unknowns.
 * @param free The unknowns that are not held at zero, ascending.
 * @returns (n); all NaN where F + H is not positive definite.
 */
export function sourceErrors(curvatureRegMatrix: Matrix, free: Int32Array, kernels: SolveKernels): Float64Array {
  const errors = new Float64Array(curvatureRegMatrix.rows).fill(Number.NaN);
  const { positiveDefinite, factor } = kernels.cholesky({ matrix: principalBlock(curvatureRegMatrix, free) });
  if (!positiveDefinite) return errors;
  const size = free.length;
  const rightHandSides = zeros(size, size);
  for (let i = 0; i < size; i++) rightHandSides.values[i * size + i] = 1;
  const { values } = kernels.triangularSolve({ lower: factor, rightHandSides, transposed: false });
  // (L L')^-1 has the squared lengths of the columns of L^-1 on its diagonal.
  const variances = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) variances[j] += values[i * size + j] ** 2;
  }
  free.forEach((place, i) => {
    errors[place] = Math.sqrt(variances[i]);
  });
  return errors;
}
