// Dense products whose long axis is contiguous in both factors.
import { madd } from "./turns.as";

// @ts-ignore: decorator
@inline
function lanes(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

// Sum of a_k b_k, any length.
export function dotProduct(length: i32, a: usize, b: usize): f64 {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let k = 0;
  for (; k + 8 <= length; k += 8) {
    s0 = madd(v128.load(a, 0), v128.load(b, 0), s0);
    s1 = madd(v128.load(a, 16), v128.load(b, 16), s1);
    s2 = madd(v128.load(a, 32), v128.load(b, 32), s2);
    s3 = madd(v128.load(a, 48), v128.load(b, 48), s3);
    a += 64;
    b += 64;
  }
  for (; k + 2 <= length; k += 2) {
    s0 = madd(v128.load(a), v128.load(b), s0);
    a += 16;
    b += 16;
  }
  const sum = lanes(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)));
  return k < length ? sum + load<f64>(a) * load<f64>(b) : sum;
}

// y_k += factor x_k, any length.
export function addMultiple(length: i32, factor: f64, x: usize, y: usize): void {
  const f = f64x2.splat(factor);
  let k = 0;
  for (; k + 4 <= length; k += 4) {
    v128.store(y, madd(f, v128.load(x, 0), v128.load(y, 0)), 0);
    v128.store(y, madd(f, v128.load(x, 16), v128.load(y, 16)), 16);
    x += 32;
    y += 32;
  }
  for (; k < length; k++) {
    store<f64>(y, load<f64>(y) + factor * load<f64>(x));
    x += 8;
    y += 8;
  }
}

// out (rows, columns) += A (rows, length) B' with B (columns, length); strides are in doubles, length is even.
export function addProductTransposed(
  rows: i32, columns: i32, length: i32, a: usize, strideA: i32, b: usize, strideB: i32, out: usize, strideOut: i32,
): void {
  const rowA = <usize>strideA << 3, rowB = <usize>strideB << 3, rowOut = <usize>strideOut << 3;
  let i = 0;
  for (; i + 2 <= rows; i += 2) {
    const a0 = a + <usize>i * rowA;
    const o0 = out + <usize>i * rowOut;
    let j = 0;
    for (; j + 4 <= columns; j += 4) tile2x4(length, a0, rowA, b + <usize>j * rowB, rowB, o0 + (<usize>j << 3), rowOut);
    for (; j < columns; j++) {
      const bj = b + <usize>j * rowB;
      const o = o0 + (<usize>j << 3);
      store<f64>(o, load<f64>(o) + dotProduct(length, a0, bj));
      store<f64>(o + rowOut, load<f64>(o + rowOut) + dotProduct(length, a0 + rowA, bj));
    }
  }
  if (i < rows) {
    for (let j = 0; j < columns; j++) {
      const o = out + <usize>i * rowOut + (<usize>j << 3);
      store<f64>(o, load<f64>(o) + dotProduct(length, a + <usize>i * rowA, b + <usize>j * rowB));
    }
  }
}

// Two rows by four columns: eight sums stay in registers.
function tile2x4(length: i32, a: usize, rowA: usize, b: usize, rowB: usize, out: usize, rowOut: usize): void {
  let s00 = f64x2.splat(0), s01 = s00, s02 = s00, s03 = s00, s10 = s00, s11 = s00, s12 = s00, s13 = s00;
  const b1 = b + rowB, b2 = b1 + rowB, b3 = b2 + rowB;
  const bytes = <usize>length << 3;
  for (let k: usize = 0; k < bytes; k += 16) {
    const x = v128.load(a + k), y = v128.load(a + rowA + k);
    let z = v128.load(b + k);
    s00 = madd(x, z, s00);
    s10 = madd(y, z, s10);
    z = v128.load(b1 + k);
    s01 = madd(x, z, s01);
    s11 = madd(y, z, s11);
    z = v128.load(b2 + k);
    s02 = madd(x, z, s02);
    s12 = madd(y, z, s12);
    z = v128.load(b3 + k);
    s03 = madd(x, z, s03);
    s13 = madd(y, z, s13);
  }
  store<f64>(out, load<f64>(out) + lanes(s00));
  store<f64>(out, load<f64>(out, 8) + lanes(s01), 8);
  store<f64>(out, load<f64>(out, 16) + lanes(s02), 16);
  store<f64>(out, load<f64>(out, 24) + lanes(s03), 24);
  out += rowOut;
  store<f64>(out, load<f64>(out) + lanes(s10));
  store<f64>(out, load<f64>(out, 8) + lanes(s11), 8);
  store<f64>(out, load<f64>(out, 16) + lanes(s12), 16);
  store<f64>(out, load<f64>(out, 24) + lanes(s13), 24);
}
