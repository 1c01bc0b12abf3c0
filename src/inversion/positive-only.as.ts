// What a search for the free pixels of a positive-only source asks of F + H (size, size), which stays in memory.
import { addMultiple } from "../operators/products.as";

// The upper triangle of the block of `count` free pixels, rows `stride` doubles apart, bordered by the identity up to
// `padded` rows; solve.as.ts factorizes it.
export function packFree(
  count: i32, padded: i32, stride: i32, free: usize, size: i32, matrix: usize, out: usize,
): void {
  for (let a = 0; a < padded; a++) {
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

// gradient (size) += (F + H) s, with s of the free pixels alone.
export function addFreeProducts(
  count: i32, free: usize, solution: usize, size: i32, matrix: usize, gradient: usize,
): void {
  for (let a = 0; a < count; a++) {
    const row = matrix + ((<usize>load<i32>(free + (<usize>a << 2)) * size) << 3);
    addMultiple(size, load<f64>(solution + (<usize>a << 3)), row, gradient);
  }
}
