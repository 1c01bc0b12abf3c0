import type { SparseFactor } from "./sparse-cholesky.ts";

/**
 * The entries of A^-1 on the pattern of A, from the factor of A, in little more work than the factorization (Takahashi,
 * Fagan & Chen 1973): from L' Z = L^-1 with Z = A^-1, whose right side is lower triangular, columns follow from
 * later ones, and on the pattern of L need nothing beyond it.
 * @returns Entry for entry of the pattern that was planned.
 */
export function inverseOnPattern({ plan, diagonal, values }: SparseFactor): Float64Array {
  const { pattern, order, position, columnStart, rowIndex } = plan;
  const size = order.length;
  const inverse = new Float64Array(values.length);
  const inverseDiagonal = new Float64Array(size);
  // Column j by rows: its entries of L, whether a row has one, and the sum over r of Z_kr L_rj for row k.
  const lower = new Float64Array(size);
  const member = new Int32Array(size).fill(-1);
  const product = new Float64Array(size);
  for (let j = size - 1; j >= 0; j--) {
    const [start, end] = [columnStart[j], columnStart[j + 1]];
    for (let e = start; e < end; e++) {
      const k = rowIndex[e];
      lower[k] = values[e];
      member[k] = j;
      product[k] = inverseDiagonal[k] * values[e];
    }
    for (let e = start; e < end; e++) {
      const k = rowIndex[e];
      for (let f = columnStart[k]; f < columnStart[k + 1]; f++) {
        const r = rowIndex[f];
        if (member[r] !== j) continue;
        product[k] += inverse[f] * lower[r];
        product[r] += inverse[f] * lower[k];
      }
    }
    let own = 1 / diagonal[j];
    for (let e = start; e < end; e++) {
      inverse[e] = -product[rowIndex[e]] / diagonal[j];
      own -= values[e] * inverse[e];
    }
    inverseDiagonal[j] = own / diagonal[j];
  }
  const out = new Float64Array(pattern.columnIndex.length);
  for (let i = 0; i < size; i++) {
    for (let e = pattern.rowStart[i]; e < pattern.rowStart[i + 1]; e++) {
      const [a, b] = [position[i], position[pattern.columnIndex[e]]];
      out[e] = a === b ? inverseDiagonal[a] : inverse[entryOf(Math.min(a, b), Math.max(a, b))];
    }
  }
  return out;

  function entryOf(column: number, row: number): number {
    let [low, high] = [columnStart[column], columnStart[column + 1] - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rowIndex[middle] < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
