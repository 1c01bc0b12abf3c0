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
  // A copy by `slice` takes several times as long where A lies in shared memory.
  return addTo({ ...a, values: new Float64Array(a.values) }, b);
}

/** A + B, which overwrites A. */
export function addTo(a: Matrix, b: Matrix | SparseMatrix): Matrix {
  const { values } = a;
  if ("rowStart" in b) {
    for (let i = 0; i < b.rows; i++) {
      for (let e = b.rowStart[i]; e < b.rowStart[i + 1]; e++) values[i * b.columns + b.columnIndex[e]] += b.values[e];
    }
  } else {
    for (let n = 0; n < values.length; n++) values[n] += b.values[n];
  }
  return a;
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

/** The same matrix with its zeros. */
export function dense({ rows, columns, rowStart, columnIndex, values }: SparseMatrix): Matrix {
  const out = zeros(rows, columns);
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) out.values[i * columns + columnIndex[e]] = values[e];
  }
  return out;
}

/** (A | B | ...) of as many rows each. */
export function sideBySide([first, ...others]: readonly SparseMatrix[]): SparseMatrix {
  return others.reduce(besideEachOther, first);
}

function besideEachOther(a: SparseMatrix, b: SparseMatrix): SparseMatrix {
  const rowStart = a.rowStart.map((start, i) => start + b.rowStart[i]);
  const columnIndex = new Int32Array(a.values.length + b.values.length);
  const values = new Float64Array(columnIndex.length);
  for (let i = 0; i < a.rows; i++) {
    const middle = rowStart[i] + a.rowStart[i + 1] - a.rowStart[i];
    columnIndex.set(a.columnIndex.subarray(a.rowStart[i], a.rowStart[i + 1]), rowStart[i]);
    values.set(a.values.subarray(a.rowStart[i], a.rowStart[i + 1]), rowStart[i]);
    for (let e = b.rowStart[i], to = middle; e < b.rowStart[i + 1]; e++, to++) {
      columnIndex[to] = a.columns + b.columnIndex[e];
      values[to] = b.values[e];
    }
  }
  return { rows: a.rows, columns: a.columns + b.columns, rowStart, columnIndex, values };
}

/** A, B, ... along the diagonal; sparse where all are. */
export function blockDiagonal(blocks: readonly (Matrix | SparseMatrix)[]): Matrix | SparseMatrix {
  if (blocks.length === 1) return blocks[0];
  if (blocks.every((block) => "rowStart" in block)) return sparseBlockDiagonal(blocks);
  const size = blocks.reduce((sum, { rows }) => sum + rows, 0);
  const out = zeros(size, size);
  let first = 0;
  for (const block of blocks) {
    const { rows, values } = "rowStart" in block ? dense(block) : block;
    for (let i = 0; i < rows; i++) {
      out.values.set(values.subarray(i * rows, (i + 1) * rows), (first + i) * size + first);
    }
    first += rows;
  }
  return out;
}

function sparseBlockDiagonal(blocks: readonly SparseMatrix[]): SparseMatrix {
  const size = blocks.reduce((sum, { rows }) => sum + rows, 0);
  const entries = blocks.reduce((sum, { values }) => sum + values.length, 0);
  const rowStart = new Int32Array(size + 1);
  const columnIndex = new Int32Array(entries);
  const values = new Float64Array(entries);
  let [first, entry] = [0, 0];
  for (const block of blocks) {
    for (let i = 0; i <= block.rows; i++) rowStart[first + i] = entry + block.rowStart[i];
    for (let e = 0; e < block.values.length; e++) columnIndex[entry + e] = first + block.columnIndex[e];
    values.set(block.values, entry);
    [first, entry] = [first + block.rows, entry + block.values.length];
  }
  return { rows: size, columns: size, rowStart, columnIndex, values };
}

/** The rows and columns of a square matrix that are named, in that order. */
export function principalBlock(matrix: Matrix | SparseMatrix, kept: Int32Array): Matrix {
  const { rows: size, values } = matrix;
  const count = kept.length;
  const out = zeros(count, count);
  if (!("rowStart" in matrix)) {
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) out.values[a * count + b] = values[kept[a] * size + kept[b]];
    }
    return out;
  }
  const place = new Int32Array(size).fill(-1);
  kept.forEach((row, a) => {
    place[row] = a;
  });
  const { rowStart, columnIndex } = matrix;
  for (let a = 0; a < count; a++) {
    for (let e = rowStart[kept[a]]; e < rowStart[kept[a] + 1]; e++) {
      const b = place[columnIndex[e]];
      if (b >= 0) out.values[a * count + b] += values[e];
    }
  }
  return out;
}
