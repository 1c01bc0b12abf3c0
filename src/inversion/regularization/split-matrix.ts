import type { SparseMatrix } from "../../operators/matrix.ts";
import type { Mapping } from "../mapping.ts";
import { DELAUNAY_MAPPINGS } from "../mesh/delaunay.ts";
import { DIAGONAL } from "./constant.ts";

/** Source pixels in a difference: a vertex, and the corners of a triangle. */
export const TERMS = 1 + DELAUNAY_MAPPINGS;

/** B (4 S, S), TERMS entries a row: row r takes the interpolation at point r from the vertex r / 4. */
export interface CrossDifferences {
  /** Distinct within a row, the vertex first; -1 for none. */
  readonly indexes: Int32Array;
  readonly values: Float64Array;
}

export function crossDifferences({ sourcePixels, mappingsPerPixel, indexes, weights }: Mapping): CrossDifferences {
  const out = {
    indexes: new Int32Array(4 * TERMS * sourcePixels).fill(-1),
    values: new Float64Array(4 * TERMS * sourcePixels),
  };
  for (let r = 0; r < 4 * sourcePixels; r++) {
    const first = TERMS * r;
    out.indexes[first] = r >> 2;
    out.values[first] = 1;
    let end = first + 1;
    for (let entry = r * mappingsPerPixel; entry < (r + 1) * mappingsPerPixel; entry++) {
      if (indexes[entry] < 0) continue;
      const at = indexes[entry] === out.indexes[first] ? first : end++;
      out.indexes[at] = indexes[entry];
      out.values[at] -= weights[entry];
    }
  }
  return out;
}

/** H = B'WB + 1e-8 I, W the squares of the weights (S) of the vertices. */
export function splitMatrix({ indexes, values: terms }: CrossDifferences, weights: Float64Array): SparseMatrix {
  const size = weights.length;
  const most = TERMS * indexes.length + size;
  const { rowEntries, rowTerms } = termsByRow(indexes, size);
  // By rows, columns as they come; `place` is where the current row has a column.
  const rowStart = new Int32Array(size + 1);
  const columns = new Int32Array(most);
  const sums = new Float64Array(most);
  const place = new Int32Array(size).fill(-1);
  let end = 0;
  for (let i = 0; i < size; i++) {
    const start = end;
    place[i] = end;
    columns[end] = i;
    sums[end++] = DIAGONAL;
    for (let n = rowEntries[i]; n < rowEntries[i + 1]; n++) {
      const own = rowTerms[n];
      const first = own - (own % TERMS);
      const weight = weights[Math.floor(own / (4 * TERMS))] ** 2;
      for (let term = first; term < first + TERMS && indexes[term] >= 0; term++) {
        const j = indexes[term];
        if (place[j] < start) {
          place[j] = end;
          columns[end++] = j;
        }
        sums[place[j]] += weight * (terms[own] * terms[term]);
      }
    }
    rowStart[i + 1] = end;
  }
  return sortedSymmetric({ rows: size, columns: size, rowStart, columnIndex: columns, values: sums });
}

/** Where each row of B'B has its terms: `rowTerms` from rowEntries[i] on. */
function termsByRow(indexes: Int32Array, size: number) {
  const rowEntries = new Int32Array(size + 1);
  for (const index of indexes) if (index >= 0) rowEntries[index + 1]++;
  for (let i = 0; i < size; i++) rowEntries[i + 1] += rowEntries[i];
  const rowTerms = new Int32Array(rowEntries[size]);
  const end = rowEntries.slice(0, size);
  indexes.forEach((index, term) => {
    if (index >= 0) rowTerms[end[index]++] = term;
  });
  return { rowEntries, rowTerms };
}

/** A symmetric matrix transposed, which is the same: rows come in ascending order, so that columns ascend in each. */
function sortedSymmetric({ rowStart, columnIndex, values, ...sizes }: SparseMatrix): SparseMatrix {
  const end = rowStart.slice(0, sizes.rows);
  const out = { columnIndex: new Int32Array(rowStart[sizes.rows]), values: new Float64Array(rowStart[sizes.rows]) };
  for (let i = 0; i < sizes.rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
      const at = end[columnIndex[e]]++;
      out.columnIndex[at] = i;
      out.values[at] = values[e];
    }
  }
  return { ...sizes, rowStart, ...out };
}
