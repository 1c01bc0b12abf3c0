// Stockham's self-sorting FFT in radices 4, 2, 3 and 5: a batch of transforms side by side, one v128 a complex number.
// A stage over interleaved transforms is the same as a stage deeper inside one transform, so batching is only a stride
// to begin with, and the innermost loop is always long and contiguous.
import { allocate } from "./arena.as";
import { cosineAndSine, madd } from "./turns.as";

// Transforms side by side: two buffers of 1200 x 8 complex stay in the second-level cache.
export const BATCH: i32 = 8;
const BATCH_BYTES: usize = BATCH << 4;

// A plan: the stages' radix and remaining length (i32 each, ended by a radix of 0), then the stages' twiddles.
const STAGES: usize = 64;

// @ts-ignore: decorator
@inline
function radixOf(n: i32): i32 {
  return n % 4 == 0 ? 4 : n % 2 == 0 ? 2 : n % 3 == 0 ? 3 : 5;
}

// n has no factors but 2, 3 and 5. `sign` is that of the exponent.
export function fftPlan(n: i32, sign: i32): usize {
  let entries = 0;
  for (let left = n; left > 1; ) {
    const r = radixOf(left);
    left /= r;
    entries += left * (r - 1);
  }
  const plan = allocate(8 * STAGES + ((<usize>entries) << 4));
  let stage = plan;
  let at = plan + 8 * STAGES;
  const pair = allocate(32);
  for (let left = n; left > 1; stage += 8) {
    const r = radixOf(left);
    const m = left / r;
    store<i32>(stage, r);
    store<i32>(stage, m, 4);
    for (let p = 0; p < m; p++) {
      for (let j = 1; j < r; j++, at += 16) {
        // The nearest of the equal phases, whose division rounds least.
        const turns = p * j * 2 > left ? p * j - left : p * j;
        cosineAndSine(f64x2.splat((<f64>(sign * turns)) / (<f64>left)), pair, pair + 16);
        store<f64>(at, load<f64>(pair));
        store<f64>(at, load<f64>(pair, 16), 8);
      }
    }
    left = m;
  }
  store<i32>(stage, 0);
  return plan;
}

// Transforms `batch` interleaved series of n, from `a`; overwrites both buffers and returns the one with the result.
export function fftBatch(n: i32, sign: i32, plan: usize, batch: i32, a: usize, b: usize): usize {
  let stage = plan;
  let twiddles = plan + 8 * STAGES;
  let stride = batch;
  for (let r = load<i32>(stage); r != 0; r = load<i32>(stage)) {
    const m = load<i32>(stage, 4);
    if (r == 4) radix4(m, stride, sign, twiddles, a, b);
    else if (r == 2) radix2(m, stride, twiddles, a, b);
    else if (r == 3) radix3(m, stride, sign, twiddles, a, b);
    else radix5(m, stride, sign, twiddles, a, b);
    twiddles += (<usize>(m * (r - 1))) << 4;
    stride *= r;
    stage += 8;
    const swap = a;
    a = b;
    b = swap;
  }
  return a;
}

// x w, with w as (re, re) and (-im, im).
// @ts-ignore: decorator
@inline
function times(x: v128, re: v128, im: v128): v128 {
  return madd(x, re, f64x2.mul(v128.shuffle<f64>(x, x, 1, 0), im));
}

// @ts-ignore: decorator
@inline
function realOf(w: usize): v128 {
  return v128.load64_splat(w);
}

// @ts-ignore: decorator
@inline
function imaginaryOf(w: usize): v128 {
  return v128.xor(v128.load64_splat(w, 8), f64x2(-0.0, 0.0));
}

// i x, or -i x, by the mask of signs.
// @ts-ignore: decorator
@inline
function turned(x: v128, signs: v128): v128 {
  return v128.xor(v128.shuffle<f64>(x, x, 1, 0), signs);
}

// @ts-ignore: decorator
@inline
function quarterTurn(sign: i32): v128 {
  return sign > 0 ? f64x2(-0.0, 0.0) : f64x2(0.0, -0.0);
}

function radix2(m: i32, stride: i32, w: usize, x: usize, y: usize): void {
  const run = (<usize>stride) << 4;
  const far = run * <usize>m;
  for (let p = 0; p < m; p++, w += 16, x += run, y += 2 * run) {
    const re = realOf(w), im = imaginaryOf(w);
    for (let q: usize = 0; q < run; q += 16) {
      const a = v128.load(x + q), b = v128.load(x + far + q);
      v128.store(y + q, f64x2.add(a, b));
      v128.store(y + run + q, times(f64x2.sub(a, b), re, im));
    }
  }
}

function radix3(m: i32, stride: i32, sign: i32, w: usize, x: usize, y: usize): void {
  const run = (<usize>stride) << 4;
  const far = run * <usize>m;
  const half = f64x2.splat(-0.5);
  const sine = f64x2.splat(0.866025403784438646763723170753);
  const signs = quarterTurn(sign);
  for (let p = 0; p < m; p++, w += 32, x += run, y += 3 * run) {
    const re1 = realOf(w), im1 = imaginaryOf(w), re2 = realOf(w + 16), im2 = imaginaryOf(w + 16);
    for (let q: usize = 0; q < run; q += 16) {
      const a = v128.load(x + q), b = v128.load(x + far + q), c = v128.load(x + 2 * far + q);
      const sum = f64x2.add(b, c);
      const middle = madd(sum, half, a);
      const side = turned(f64x2.mul(f64x2.sub(b, c), sine), signs);
      v128.store(y + q, f64x2.add(a, sum));
      v128.store(y + run + q, times(f64x2.add(middle, side), re1, im1));
      v128.store(y + 2 * run + q, times(f64x2.sub(middle, side), re2, im2));
    }
  }
}

function radix4(m: i32, stride: i32, sign: i32, w: usize, x: usize, y: usize): void {
  const run = (<usize>stride) << 4;
  const far = run * <usize>m;
  const signs = quarterTurn(sign);
  for (let p = 0; p < m; p++, w += 48, x += run, y += 4 * run) {
    const re1 = realOf(w), im1 = imaginaryOf(w), re2 = realOf(w + 16), im2 = imaginaryOf(w + 16);
    const re3 = realOf(w + 32), im3 = imaginaryOf(w + 32);
    for (let q: usize = 0; q < run; q += 16) {
      const a = v128.load(x + q), b = v128.load(x + far + q);
      const c = v128.load(x + 2 * far + q), d = v128.load(x + 3 * far + q);
      const even = f64x2.add(a, c), difference = f64x2.sub(a, c);
      const odd = f64x2.add(b, d), side = turned(f64x2.sub(b, d), signs);
      v128.store(y + q, f64x2.add(even, odd));
      v128.store(y + run + q, times(f64x2.add(difference, side), re1, im1));
      v128.store(y + 2 * run + q, times(f64x2.sub(even, odd), re2, im2));
      v128.store(y + 3 * run + q, times(f64x2.sub(difference, side), re3, im3));
    }
  }
}

function radix5(m: i32, stride: i32, sign: i32, w: usize, x: usize, y: usize): void {
  const run = (<usize>stride) << 4;
  const far = run * <usize>m;
  const signs = quarterTurn(sign);
  const c1 = f64x2.splat(0.309016994374947424102293417183), c2 = f64x2.splat(-0.809016994374947424102293417183);
  const s1 = f64x2.splat(0.951056516295153572116439333379), s2 = f64x2.splat(0.587785252292473129168705954639);
  for (let p = 0; p < m; p++, w += 64, x += run, y += 5 * run) {
    const re1 = realOf(w), im1 = imaginaryOf(w), re2 = realOf(w + 16), im2 = imaginaryOf(w + 16);
    const re3 = realOf(w + 32), im3 = imaginaryOf(w + 32), re4 = realOf(w + 48), im4 = imaginaryOf(w + 48);
    for (let q: usize = 0; q < run; q += 16) {
      const a = v128.load(x + q), b = v128.load(x + far + q), c = v128.load(x + 2 * far + q);
      const d = v128.load(x + 3 * far + q), e = v128.load(x + 4 * far + q);
      const near = f64x2.add(b, e), nearSide = f64x2.sub(b, e);
      const wide = f64x2.add(c, d), wideSide = f64x2.sub(c, d);
      const first = madd(near, c1, madd(wide, c2, a));
      const second = madd(near, c2, madd(wide, c1, a));
      const firstSide = turned(madd(nearSide, s1, f64x2.mul(wideSide, s2)), signs);
      const secondSide = turned(f64x2.sub(f64x2.mul(nearSide, s2), f64x2.mul(wideSide, s1)), signs);
      v128.store(y + q, f64x2.add(a, f64x2.add(near, wide)));
      v128.store(y + run + q, times(f64x2.add(first, firstSide), re1, im1));
      v128.store(y + 2 * run + q, times(f64x2.add(second, secondSide), re2, im2));
      v128.store(y + 3 * run + q, times(f64x2.sub(second, secondSide), re3, im3));
      v128.store(y + 4 * run + q, times(f64x2.sub(first, firstSide), re4, im4));
    }
  }
}

// Copies a block of complex numbers, `width` of each of `height` rows.
function copyBlock(height: i32, width: usize, from: usize, fromRow: usize, to: usize, toRow: usize): void {
  for (let i = 0; i < height; i++, from += fromRow, to += toRow) {
    for (let q: usize = 0; q < width; q += 16) v128.store(to + q, v128.load(from + q));
  }
}

// (height, width) complex, transposed.
function transposeBlock(height: i32, width: i32, from: usize, fromRow: usize, to: usize, toRow: usize): void {
  for (let i = 0; i < height; i++, from += fromRow, to += 16) {
    for (let j: usize = 0; j < <usize>width; j++) v128.store(to + j * toRow, v128.load(from + (j << 4)));
  }
}

// Down the columns of (rows, columns) complex values, in place, BATCH columns at a time.
export function fftColumns(rows: i32, columns: i32, sign: i32, values: usize): void {
  const plan = fftPlan(rows, sign);
  const a = allocate(<usize>rows * BATCH_BYTES), b = allocate(<usize>rows * BATCH_BYTES);
  const row = (<usize>columns) << 4;
  for (let j = 0; j < columns; j += BATCH) {
    const batch = min(BATCH, columns - j);
    const width = (<usize>batch) << 4;
    const at = values + ((<usize>j) << 4);
    copyBlock(rows, width, at, row, a, width);
    copyBlock(rows, width, fftBatch(rows, sign, plan, batch, a, b), width, at, row);
  }
}

// Along the rows of (rows, columns) complex values, in place, BATCH rows at a time.
export function fftRows(rows: i32, columns: i32, sign: i32, values: usize): void {
  const plan = fftPlan(columns, sign);
  const a = allocate(<usize>columns * BATCH_BYTES), b = allocate(<usize>columns * BATCH_BYTES);
  const row = (<usize>columns) << 4;
  for (let i = 0; i < rows; i += BATCH) {
    const batch = min(BATCH, rows - i);
    const width = (<usize>batch) << 4;
    const at = values + <usize>i * row;
    transposeBlock(batch, columns, at, row, a, width);
    transposeBlock(columns, batch, fftBatch(columns, sign, plan, batch, a, b), width, at, row);
  }
}

// In place; multiplied by `scale`.
export function fft2d(rows: i32, columns: i32, sign: i32, scale: f64, values: usize): void {
  if (rows > 1) fftColumns(rows, columns, sign, values);
  if (columns > 1) fftRows(rows, columns, sign, values);
  if (scale == 1) return;
  const end = values + ((<usize>(rows * columns)) << 4);
  for (let at = values; at < end; at += 16) v128.store(at, f64x2.mul(v128.load(at), f64x2.splat(scale)));
}
