// Cholesky's factorization along rows: every entry is a product of two contiguous rows.
import { addMultiple, dotProduct } from "../operators/products.as";

// Overwrites the lower triangle with L, L L' = matrix; returns 1, or 0 at the first pivot that is not positive.
export function choleskyFactor(size: i32, matrix: usize): i32 {
  for (let i = 0; i < size; i++) {
    const row = matrix + ((<usize>i * size) << 3);
    for (let j = 0; j < i; j++) {
      const other = matrix + ((<usize>j * size) << 3);
      const at = row + ((<usize>j) << 3);
      store<f64>(at, (load<f64>(at) - dotProduct(j, row, other)) / load<f64>(other + ((<usize>j) << 3)));
    }
    const pivot = load<f64>(row + ((<usize>i) << 3)) - dotProduct(i, row, row);
    // Written so that NaN fails too.
    if (!(pivot > 0)) return 0;
    store<f64>(row + ((<usize>i) << 3), Math.sqrt(pivot));
  }
  return 1;
}

// Overwrites x with (L L')^-1 x.
export function choleskySolve(size: i32, factor: usize, x: usize): void {
  for (let i = 0; i < size; i++) {
    const row = factor + ((<usize>i * size) << 3);
    const at = x + ((<usize>i) << 3);
    store<f64>(at, (load<f64>(at) - dotProduct(i, row, x)) / load<f64>(row + ((<usize>i) << 3)));
  }
  for (let i = size - 1; i >= 0; i--) {
    const row = factor + ((<usize>i * size) << 3);
    const at = x + ((<usize>i) << 3);
    store<f64>(at, load<f64>(at) / load<f64>(row + ((<usize>i) << 3)));
    addMultiple(i, -load<f64>(at), row, x);
  }
}

export function choleskyLogDeterminant(size: i32, factor: usize): f64 {
  let sum = 0.0;
  for (let i = 0; i < size; i++) sum += 2 * Math.log(load<f64>(factor + ((<usize>(i * size + i)) << 3)));
  return sum;
}

// ln 2 pi sigma^2 summed over real and imaginary parts.
export function noiseNormalization(length: i32, noiseMap: usize): f64 {
  let sum = 0.0;
  for (let k = 0; k < length; k++) {
    const sigma = load<f64>(noiseMap + ((<usize>k) << 3));
    sum += Math.log(2 * Math.PI * sigma * sigma);
  }
  return sum;
}
