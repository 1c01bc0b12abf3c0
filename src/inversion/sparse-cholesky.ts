import { minimumDegreeOrder, type SparsePattern } from "./minimum-degree.ts";

/**
 * Cholesky's factorization of sparse symmetric positive definite matrices: what depends on the pattern alone is planned
 * once, then any values are factorized.
 */

/** The pattern of L with L L' = P A P', in compressed sparse columns without the diagonal. */
export interface CholeskyPlan {
  readonly pattern: SparsePattern;
  /** (n) order[k] is the row of A that is eliminated as k-th. */
  readonly order: Int32Array;
  /** (n) the inverse of `order`. */
  readonly position: Int32Array;
  /** (n) the elimination tree: the first row below the diagonal of column k of L, or -1. */
  readonly parent: Int32Array;
  /** (n + 1) */
  readonly columnStart: Int32Array;
  /** Ascending within a column. */
  readonly rowIndex: Int32Array;
}

/** L of P A P' = L L'. */
export interface SparseFactor {
  readonly plan: CholeskyPlan;
  /** (n) */
  readonly diagonal: Float64Array;
  /** Below the diagonal, entry for entry of the plan's `rowIndex`. */
  readonly values: Float64Array;
}

/** Plans the factorization of all matrices with a pattern, by default in an order of little fill. */
export function symbolic(pattern: SparsePattern, order = minimumDegreeOrder(pattern)): CholeskyPlan {
  const size = pattern.rows;
  const position = new Int32Array(size);
  for (let k = 0; k < size; k++) position[order[k]] = k;
  const parent = eliminationTree(pattern, order, position);
  const columnStart = new Int32Array(size + 1);
  forEachEntry(pattern, order, position, parent, (_, column) => columnStart[column + 1]++);
  for (let k = 0; k < size; k++) columnStart[k + 1] += columnStart[k];
  const rowIndex = new Int32Array(columnStart[size]);
  const end = columnStart.slice(0, size);
  // Rows come in ascending order, so that columns fill in ascending order too.
  forEachEntry(pattern, order, position, parent, (row, column) => {
    rowIndex[end[column]++] = row;
  });
  return { pattern, order, position, parent, columnStart, rowIndex };
}

/** Liu (1986): paths to the roots found so far are shortened as they are walked. */
function eliminationTree(
  { rowStart, columnIndex }: SparsePattern,
  order: Int32Array,
  position: Int32Array,
): Int32Array {
  const parent = new Int32Array(order.length).fill(-1);
  const ancestor = new Int32Array(order.length).fill(-1);
  for (let k = 0; k < order.length; k++) {
    for (let e = rowStart[order[k]]; e < rowStart[order[k] + 1]; e++) {
      let i = position[columnIndex[e]];
      while (i >= 0 && i < k) {
        const above = ancestor[i];
        ancestor[i] = k;
        if (above < 0) parent[i] = k;
        i = above;
      }
    }
  }
  return parent;
}

/** Visits the entries of L below the diagonal, row after row: row k holds the tree's paths from the entries of A to k. */
function forEachEntry(
  { rowStart, columnIndex }: SparsePattern,
  order: Int32Array,
  position: Int32Array,
  parent: Int32Array,
  visit: (row: number, column: number) => void,
): void {
  const seen = new Int32Array(order.length).fill(-1);
  for (let k = 0; k < order.length; k++) {
    seen[k] = k;
    for (let e = rowStart[order[k]]; e < rowStart[order[k] + 1]; e++) {
      let i = position[columnIndex[e]];
      if (i > k) continue;
      for (; seen[i] !== k; i = parent[i]) {
        seen[i] = k;
        visit(k, i);
      }
    }
  }
}

/**
 * Columns that still have rows ahead, each in the list of its next row: when column k of L is made, its list names
 * the columns that add to it.
 */
export function pendingColumns({ columnStart, rowIndex, order }: CholeskyPlan) {
  const first = new Int32Array(order.length).fill(-1);
  const next = new Int32Array(order.length).fill(-1);
  const entry = columnStart.slice(0, order.length);
  const enter = (column: number): void => {
    if (entry[column] === columnStart[column + 1]) return;
    const row = rowIndex[entry[column]];
    next[column] = first[row];
    first[row] = column;
  };
  return {
    first,
    next,
    /** The entry of each column at its next row. */
    entry,
    enter,
    /** Moves a column on to the row after; its `next` is then that of another list. */
    advance(column: number): void {
      entry[column]++;
      enter(column);
    },
  };
}

/**
 * Factorizes column after column (left-looking).
 * @param values Entries of A for those of the plan's pattern; of each pair only that of the row eliminated first is read.
 * @returns null where a pivot is not positive.
 */
export function factorize(plan: CholeskyPlan, values: Float64Array): SparseFactor | null {
  const { pattern, order, position, columnStart, rowIndex } = plan;
  const size = order.length;
  const factor = new Float64Array(rowIndex.length);
  const diagonal = new Float64Array(size);
  const column = new Float64Array(size);
  const pending = pendingColumns(plan);
  for (let k = 0; k < size; k++) {
    for (let e = pattern.rowStart[order[k]]; e < pattern.rowStart[order[k] + 1]; e++) {
      const row = position[pattern.columnIndex[e]];
      if (row >= k) column[row] = values[e];
    }
    for (let j = pending.first[k]; j >= 0; ) {
      const following = pending.next[j];
      const from = pending.entry[j];
      const share = factor[from];
      for (let e = from; e < columnStart[j + 1]; e++) column[rowIndex[e]] -= share * factor[e];
      pending.advance(j);
      j = following;
    }
    // Written so that NaN fails too.
    if (!(column[k] > 0)) return null;
    diagonal[k] = Math.sqrt(column[k]);
    column[k] = 0;
    for (let e = columnStart[k]; e < columnStart[k + 1]; e++) {
      factor[e] = column[rowIndex[e]] / diagonal[k];
      column[rowIndex[e]] = 0;
    }
    pending.enter(k);
  }
  return { plan, diagonal, values: factor };
}

/** ln det A */
export function sparseLogDeterminant({ diagonal }: SparseFactor): number {
  let sum = 0;
  for (const root of diagonal) sum += 2 * Math.log(root);
  return sum;
}

/** A^-1 b, both (n) in the order of A. */
export function sparseSolve({ plan, diagonal, values }: SparseFactor, rightHandSide: Float64Array): Float64Array {
  const { order, columnStart, rowIndex } = plan;
  const x = Float64Array.from(order, (row) => rightHandSide[row]);
  for (let k = 0; k < order.length; k++) {
    x[k] /= diagonal[k];
    for (let e = columnStart[k]; e < columnStart[k + 1]; e++) x[rowIndex[e]] -= values[e] * x[k];
  }
  for (let k = order.length - 1; k >= 0; k--) {
    for (let e = columnStart[k]; e < columnStart[k + 1]; e++) x[k] -= values[e] * x[rowIndex[e]];
    x[k] /= diagonal[k];
  }
  const out = new Float64Array(order.length);
  for (let k = 0; k < order.length; k++) out[order[k]] = x[k];
  return out;
}
