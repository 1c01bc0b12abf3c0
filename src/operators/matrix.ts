/** A dense matrix, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** A sparse matrix in compressed sparse rows: row i holds entries rowStart[i] ... rowStart[i + 1] - 1. */
export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly rowStart: Int32Array;
  /** Ascending and distinct within a row. */
  readonly columnIndex: Int32Array;
  readonly values: Float64Array;
}

export function zeros(rows: number, columns: number): Matrix {
  return { rows, columns, values: new Float64Array(rows * columns) };
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** x' A y. */
export function bilinear(x: Float64Array, { rows, columns, values }: Matrix, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += x[i] * dot(values.subarray(i * columns, (i + 1) * columns), y);
  return sum;
}

/** A x for sparse A. */
export function sparseTimesVector(
  { rows, rowStart, columnIndex, values }: SparseMatrix,
  x: Float64Array,
): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) out[i] += values[e] * x[columnIndex[e]];
  }
  return out;
}
