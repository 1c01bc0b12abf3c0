import type { SparseMatrix } from "../../operators/matrix.ts";
import type { CholeskyPlan } from "../sparse-cholesky.ts";
import { eliminateLaplacian, type LaplacianElimination } from "./laplacian.ts";
import type { RegularizationAdjoint } from "./regularization.ts";

/** Slopes by what `laplacianPlus` is made of. */
export interface LaplacianSlopes {
  /** By the weight of each pair, at that of its two entries whose row is eliminated first; zero at all others. */
  readonly weights: Float64Array;
  /** (S) by the diagonal d. */
  readonly diagonal: Float64Array;
}

/** The slopes of a scalar of H = diag(d) + the Laplacian and ln det H by the weights and d. */
export function laplacianSlopes(
  plan: CholeskyPlan,
  weights: SparseMatrix,
  diagonal: Float64Array,
  { regularizationMatrix: ofH, logDetRegularizationMatrix }: RegularizationAdjoint,
): LaplacianSlopes {
  const { order, position, columnStart, rowIndex } = plan;
  const size = order.length;
  const ofLogDet = logDeterminantSlopes(plan, eliminateLaplacian(plan, weights, diagonal));
  const out = { weights: new Float64Array(weights.values.length), diagonal: new Float64Array(size) };
  const column = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    const i = order[k];
    const own = ofH(i, i);
    for (let e = columnStart[k]; e < columnStart[k + 1]; e++) column[rowIndex[e]] = ofLogDet.eliminated[e];
    for (let e = weights.rowStart[i]; e < weights.rowStart[i + 1]; e++) {
      const j = weights.columnIndex[e];
      if (position[j] <= k) continue;
      out.weights[e] = own + ofH(j, j) - 2 * ofH(i, j) + logDetRegularizationMatrix * column[position[j]];
    }
    out.diagonal[i] = own + logDetRegularizationMatrix * ofLogDet.sums[k];
  }
  return out;
}

/**
 * The elimination swept backwards: the slopes of ln det H by the entries that each step began with. They are resistances
 * between pairs, which grow beyond all bounds with no weight, where those of ln det H by its entries go like 1e8.
 */
function logDeterminantSlopes(
  { order, columnStart, rowIndex }: CholeskyPlan,
  { sums, pivots, eliminated }: LaplacianElimination,
): Pick<LaplacianElimination, "sums" | "eliminated"> {
  const size = order.length;
  const ofSums = new Float64Array(size);
  const ofEliminated = new Float64Array(eliminated.length);
  // Column j by rows: its weights, and whether a row has one.
  const weight = new Float64Array(size);
  const member = new Int32Array(size).fill(-1);
  const ofWeight = new Float64Array(size);
  for (let j = size - 1; j >= 0; j--) {
    const [start, end] = [columnStart[j], columnStart[j + 1]];
    for (let e = start; e < end; e++) {
      weight[rowIndex[e]] = eliminated[e];
      member[rowIndex[e]] = j;
      ofWeight[rowIndex[e]] = 0;
    }
    // Step j added weight_k weight_r / pivot to every pair of its rows, and weight_k sum / pivot to the sum of row k.
    let pairs = 0;
    let shared = 0;
    for (let e = start; e < end; e++) {
      const k = rowIndex[e];
      for (let f = columnStart[k]; f < columnStart[k + 1]; f++) {
        const r = rowIndex[f];
        if (member[r] !== j) continue;
        ofWeight[k] += ofEliminated[f] * weight[r];
        ofWeight[r] += ofEliminated[f] * weight[k];
        pairs += ofEliminated[f] * weight[k] * weight[r];
      }
      shared += ofSums[k] * weight[k];
    }
    const pivot = pivots[j];
    const ofPivot = (1 - (pairs + sums[j] * shared) / pivot) / pivot;
    for (let e = start; e < end; e++) {
      const k = rowIndex[e];
      ofEliminated[e] = (ofWeight[k] + ofSums[k] * sums[j]) / pivot + ofPivot;
    }
    ofSums[j] = shared / pivot + ofPivot;
  }
  return { sums: ofSums, eliminated: ofEliminated };
}
