// Work on square matrices in parts of whole rows.
import { addMultiple, dotProduct } from "./products.as";

export const ROWS_OF_PART: i32 = 128;

export function partsOfRows(rows: i32): i32 {
  return (rows + ROWS_OF_PART - 1) / ROWS_OF_PART;
}

// One of `partsOfRows(padded)` parts of the upper triangle of a matrix (rows, rows), bordered by the identity up to `padded`
// rows, which are `stride` doubles apart.
export function packUpper(part: i32, rows: i32, padded: i32, stride: i32, matrix: usize, out: usize): void {
  const last = min((part + 1) * ROWS_OF_PART, padded);
  for (let i = part * ROWS_OF_PART; i < last; i++) {
    const to = out + (<usize>(i * stride + i) << 3);
    const filled = max(rows - i, 1);
    if (i < rows) memory.copy(to, matrix + (<usize>(i * rows + i) << 3), <usize>filled << 3);
    else store<f64>(to, 1);
    memory.fill(to + (<usize>filled << 3), 0, <usize>(padded - i - filled) << 3);
  }
}

// One of `partsOfRows` parts of A z, A (size, size), and in a row of `shares` (parts, size) what its rows add to A'z.
export function productsPart(part: i32, size: i32, matrix: usize, z: usize, product: usize, shares: usize): void {
  const row = <usize>size << 3;
  const share = shares + <usize>part * row;
  memory.fill(share, 0, row);
  const last = min((part + 1) * ROWS_OF_PART, size);
  for (let i = part * ROWS_OF_PART; i < last; i++) {
    const at = <usize>i << 3;
    const from = matrix + <usize>i * row;
    store<f64>(product + at, dotProduct(size, from, z));
    addMultiple(size, load<f64>(z + at), from, share);
  }
}

// Adds the other rows of a matrix (rows, length) to its first.
export function sumRows(rows: i32, length: i32, matrix: usize): void {
  const row = <usize>length << 3;
  for (let i = 1; i < rows; i++) addMultiple(length, 1, matrix + <usize>i * row, matrix);
}
