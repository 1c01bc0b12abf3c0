// Columns of U'^-1, where U'U = F + H: what pixels that are held at zero ask of the factor of the whole.
import { nmadd } from "../operators/dense.as";


// (rows, columns) of zeros in a matrix whose rows are `row` bytes apart.
export function zeroBlock(rows: i32, columns: i32, at: usize, row: usize): void {
  for (let i = 0; i < rows; i++) memory.fill(at + <usize>i * row, 0, <usize>columns << 3);
}

// Columns in one part.
const COLUMNS_OF_PART: i32 = 64;

export function partsOfForward(columns: i32): i32 {
  return (columns + COLUMNS_OF_PART - 1) / COLUMNS_OF_PART;
}

// One of `partsOfForward` parts of X (block, columns) = U'^-1 X for the block of U (upper) on the diagonal at `u`. Columns
// are taken by fours, so there must be room for whole ones.
export function forwardPart(
  part: i32, block: i32, columns: i32, u: usize, rowU: usize, x: usize, rowX: usize,
): void {
  const last = min((part + 1) * COLUMNS_OF_PART, columns);
  const begin = x + (<usize>(part * COLUMNS_OF_PART) << 3), bytes = <usize>((last - part * COLUMNS_OF_PART + 3) & ~3) << 3;
  for (let i = 0; i < block; i++) {
    const pivots = u + <usize>i * rowU, row = begin + <usize>i * rowX;
    const inverse = f64x2.splat(1 / load<f64>(pivots + (<usize>i << 3)));
    for (let at = row; at < row + bytes; at += 16) v128.store(at, f64x2.mul(v128.load(at), inverse));
    for (let j = i + 1; j < block; j++) {
      const factor = v128.load_splat<f64>(pivots + (<usize>j << 3)), to = begin + <usize>j * rowX;
      for (let at: usize = 0; at < bytes; at += 32) {
        v128.store(to + at, nmadd(v128.load(row + at), factor, v128.load(to + at)));
        v128.store(to + at, nmadd(v128.load(row + at, 16), factor, v128.load(to + at, 16)), 16);
      }
    }
  }
}
