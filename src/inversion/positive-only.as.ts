// What a search for the free pixels of a positive-only source asks of F + H (size, size), which stays in memory.
import { dotProduct } from "../operators/products.as";
import { ROWS_OF_PART } from "../operators/row-parts.as";


// One of `partsOfRows(padded)` parts of the upper triangle of the block of `count` free pixels, rows `stride` doubles apart,
// bordered by the identity up to `padded` rows; solve.as.ts factorizes it.
export function packFree(
  part: i32, count: i32, padded: i32, stride: i32, free: usize, size: i32, matrix: usize, out: usize,
): void {
  const last = min((part + 1) * ROWS_OF_PART, padded);
  for (let a = part * ROWS_OF_PART; a < last; a++) {
    const to = out + (<usize>(a * stride) << 3);
    let b = a;
    if (a < count) {
      const row = matrix + ((<usize>load<i32>(free + (<usize>a << 2)) * size) << 3);
      for (; b < count; b++) {
        const column = <usize>load<i32>(free + (<usize>b << 2));
        store<f64>(to + (<usize>b << 3), load<f64>(row + (column << 3)));
      }
    } else {
      store<f64>(to + (<usize>b << 3), 1);
      b++;
    }
    memory.fill(to + (<usize>b << 3), 0, <usize>(padded - b) << 3);
  }
}

// One of `partsOfRows` parts of the gradient (size), (F + H) s - D.
export function gradientPart(part: i32, size: i32, matrix: usize, values: usize, data: usize, gradient: usize): void {
  const last = min((part + 1) * ROWS_OF_PART, size);
  for (let i = part * ROWS_OF_PART; i < last; i++) {
    const at = <usize>i << 3;
    store<f64>(gradient + at, dotProduct(size, matrix + at * size, values) - load<f64>(data + at));
  }
}
