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

/** The sum of the diagonal of a square matrix. */
export function trace({ rows, values }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += values[i * (rows + 1)];
  return sum;
}

export function dot(a: Float64Array, b: Float64Array): number {
  return rowTimesVector(a, 0, b);
}

/** The product of x with the row that begins at `start`, in four sums: one alone would wait for each addition. */
function rowTimesVector(values: Float64Array, start: number, x: Float64Array): number {
  const whole = x.length - (x.length % 4);
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0, at = start; i < whole; i += 4, at += 4) {
    s0 += values[at] * x[i];
    s1 += values[at + 1] * x[i + 1];
    s2 += values[at + 2] * x[i + 2];
    s3 += values[at + 3] * x[i + 3];
  }
  for (let i = whole; i < x.length; i++) s0 += values[start + i] * x[i];
  return s0 + s1 + (s2 + s3);
}

/** A x */
export function matrixTimesVector(matrix: Matrix | SparseMatrix, x: Float64Array): Float64Array {
  if ("rowStart" in matrix) return sparseTimesVector(matrix, x);
  const { rows, columns, values } = matrix;
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) out[i] = rowTimesVector(values, i * columns, x);
  return out;
}

/** x' A y. */
export function bilinear(x: Float64Array, matrix: Matrix | SparseMatrix, y: Float64Array): number {
  return dot(x, matrixTimesVector(matrix, y));
}

/** A + B */
export function matrixSum(a: Matrix, b: Matrix | SparseMatrix): Matrix {
  const values = a.values.slice();
  if ("rowStart" in b) {
    for (let i = 0; i < b.rows; i++) {
      for (let e = b.rowStart[i]; e < b.rowStart[i + 1]; e++) values[i * b.columns + b.columnIndex[e]] += b.values[e];
    }
  } else {
    for (let n = 0; n < values.length; n++) values[n] += b.values[n];
  }
  return { ...a, values };
}

/** A x for sparse A. */
export function sparseTimesVector(
  { rows, rowStart, columnIndex, values }: SparseMatrix,
  x: Float64Array,
): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) sum += values[e] * x[columnIndex[e]];
    out[i] = sum;
  }
  return out;
}
