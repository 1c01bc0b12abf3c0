import type { SparseMatrix } from "../../operators/matrix.ts";
import { inverseOnPattern } from "../selected-inverse.ts";
import { factorize, type SparseFactor, sparseLogDeterminant, sparseSolve, symbolic } from "../sparse-cholesky.ts";
import { DIAGONAL } from "./constant.ts";

/** An H that is 1e-8 I but for what constants cost nothing in, H 1 = 1e-8 1, with its smallest eigenvalue out of the way. */
export interface BracedMatrix {
  readonly logDeterminant: number;
  /** Of M = H + brace e e', e the first unit vector; null where rounding has left it not positive definite. */
  readonly factor: SparseFactor | null;
  readonly brace: number;
  /** The sum of M^-1 e. */
  readonly sum: number;
}

/**
 * ln det H of an H with H 1 = 1e-8 1.
 *
 * Rounding beside large weights hides that eigenvalue from Cholesky. With c added to one diagonal entry, M = H + c e e'
 * is well-conditioned, and det M = det H (1 + c e'H^-1 e). For x = M^-1 e, 1 + c e'H^-1 e = 1 / (1 - c e'x), and
 * 1'Mx = 1e-8 1'x + c e'x = 1 makes that 1 / (1e-8 1'x), in which nothing cancels.
 */
export function braced(matrix: SparseMatrix): BracedMatrix {
  const { rows, rowStart, columnIndex } = matrix;
  const values = matrix.values.slice();
  let [first, trace] = [0, 0];
  for (let i = rows - 1; i >= 0; i--) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
      if (columnIndex[e] !== i) continue;
      trace += values[e];
      first = e;
    }
  }
  const brace = trace / rows;
  values[first] += brace;
  const factor = factorize(symbolic(matrix), values);
  if (factor === null) return { logDeterminant: Number.NaN, factor, brace, sum: Number.NaN };
  const unit = new Float64Array(rows);
  unit[0] = 1;
  const sum = sparseSolve(factor, unit).reduce((a, b) => a + b, 0);
  return { logDeterminant: sparseLogDeterminant(factor) + Math.log(DIAGONAL * sum), factor, brace, sum };
}

/**
 * The slopes of ln det H by the entries of H on its pattern, for all changes that leave H 1 = 1e-8 1: not H^-1, in which
 * 1e8 would hide all else, but what gives the same sums with such changes.
 *
 * Of ln det H = ln det M + ln (1e-8 1'x) with a brace that stays, d = tr(M^-1 dH) - y'dH x / 1'x, with y = M^-1 1. Since
 * M 1 = 1e-8 1 + c e, x = (1 - 1e-8 y) / c, and dH 1 = 0 leaves tr((M^-1 + 1e-8 y y' / (c 1'x)) dH).
 * @returns Entry for entry of the matrix; NaN where there is no factor.
 */
export function logDeterminantSlopes(
  { rowStart, columnIndex, rows }: SparseMatrix,
  { factor, brace, sum }: BracedMatrix,
): Float64Array {
  if (factor === null) return new Float64Array(columnIndex.length).fill(Number.NaN);
  const slopes = inverseOnPattern(factor);
  const y = sparseSolve(factor, new Float64Array(rows).fill(1));
  const share = DIAGONAL / (brace * sum);
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) slopes[e] += share * y[i] * y[columnIndex[e]];
  }
  return slopes;
}
