import type { SparseMatrix } from "../../operators/matrix.ts";
import { type CholeskyPlan, pendingColumns } from "../sparse-cholesky.ts";

/**
 * The Laplacian of a graph with weights on its edges and something positive on its diagonal: x'Ax = sum over edges
 * w_ij (x_i - x_j)^2 + sum of d_i x_i^2.
 */

/**
 * A = diag(d) + the Laplacian.
 * @param weights Symmetric, zero or more off the diagonal; what stands on its diagonal, which must have its entries, is
 *   not read.
 */
export function laplacianPlus(weights: SparseMatrix, diagonal: (row: number) => number): SparseMatrix {
  const { rows, rowStart, columnIndex } = weights;
  const values = weights.values.map((weight) => -weight);
  for (let i = 0; i < rows; i++) {
    let self = -1;
    let sum = diagonal(i);
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
      if (columnIndex[e] === i) self = e;
      else sum += weights.values[e];
    }
    values[self] = sum;
  }
  return { ...weights, values };
}

/** The Laplacian eliminated, in the order of the plan. */
export interface LaplacianElimination {
  readonly logDeterminant: number;
  /** (S) the row sum of each row as it was eliminated. */
  readonly sums: Float64Array;
  readonly pivots: Float64Array;
  /** The weights of each row as it was eliminated, entry for entry of the plan's `rowIndex`. */
  readonly eliminated: Float64Array;
}

/** ln det (diag(d) + the Laplacian), to rounding for any weights: that of `eliminateLaplacian`. */
export function laplacianLogDeterminant(plan: CholeskyPlan, weights: SparseMatrix, rowSums: Float64Array): number {
  return eliminateLaplacian(plan, weights, rowSums).logDeterminant;
}

/**
 * Cholesky's pivots lose a d that is small beside the weights, and the last one with it. The matrix is instead kept as
 * its off-diagonal weights and its row sums d, both positive, and eliminated by additions alone (Grassmann, Taksar &
 * Heyman 1985), which is exact in any order; that of the plan fills little.
 * @param plan The elimination of the weights' pattern.
 * @param rowSums (S) d > 0.
 */
export function eliminateLaplacian(
  plan: CholeskyPlan,
  weights: SparseMatrix,
  rowSums: Float64Array,
): LaplacianElimination {
  const { order, position, columnStart, rowIndex } = plan;
  const size = order.length;
  const sums = Float64Array.from(order, (row) => rowSums[row]);
  const pivots = new Float64Array(size);
  const eliminated = new Float64Array(rowIndex.length);
  const column = new Float64Array(size);
  const pending = pendingColumns(plan);
  let logDeterminant = 0;
  for (let k = 0; k < size; k++) {
    for (let e = weights.rowStart[order[k]]; e < weights.rowStart[order[k] + 1]; e++) {
      const row = position[weights.columnIndex[e]];
      if (row > k) column[row] = weights.values[e];
    }
    for (let j = pending.first[k]; j >= 0; ) {
      const following = pending.next[j];
      const from = pending.entry[j];
      const share = eliminated[from] / pivots[j];
      sums[k] += share * sums[j];
      for (let e = from + 1; e < columnStart[j + 1]; e++) column[rowIndex[e]] += share * eliminated[e];
      pending.advance(j);
      j = following;
    }
    pivots[k] = sums[k];
    for (let e = columnStart[k]; e < columnStart[k + 1]; e++) {
      eliminated[e] = column[rowIndex[e]];
      column[rowIndex[e]] = 0;
      pivots[k] += eliminated[e];
    }
    pending.enter(k);
    logDeterminant += Math.log(pivots[k]);
  }
  return { logDeterminant, sums, pivots, eliminated };
}
