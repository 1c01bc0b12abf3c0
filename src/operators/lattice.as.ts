// Sums over visibilities of a cosine on a lattice of positions. A phase is x u + y v, so its cosine and sine are
// products of those of x u and y v: one sine a row or column and visibility, and multiply-adds for the lattice.
import { allocate } from "./arena.as";
import { addProductTransposed } from "./products.as";
import { cosineAndSine, madd } from "./turns.as";

// Visibilities at a time: the tables of a block stay in the second-level cache, and sums stay short.
const BLOCK: i32 = 256;
const BYTES: usize = BLOCK << 3;
// A table row: the block of cosines, then the block of sines.
const ROW: usize = 2 * BYTES;

// Rows of [cosines | sines] of first + p step, p < count, times the frequencies: (count, 2 BLOCK).
function phaseTable(count: i32, first: f64, step: f64, frequencies: usize, out: usize): void {
  for (let p = 0; p < count; p++) {
    const position = f64x2.splat(first + <f64>p * step);
    const row = out + <usize>p * ROW;
    for (let k: usize = 0; k < BYTES; k += 16) {
      cosineAndSine(f64x2.mul(position, v128.load(frequencies + k)), row + k, row + BYTES + k);
    }
  }
}

// Splits a block of interleaved pairs; past `count` the pairs are zero.
function deinterleave(pairs: usize, count: i32, first: usize, second: usize): void {
  for (let k = 0; k < BLOCK; k++) {
    const at = (<usize>k) << 3;
    store<f64>(first + at, k < count ? load<f64>(pairs + 2 * at) : 0);
    store<f64>(second + at, k < count ? load<f64>(pairs + 2 * at + 8) : 0);
  }
}

// Rows (p, q) of the left factor so that left . [cos | sin] is p cos(phi) - q sin(phi), in place of [cos y | sin y].
function weigh(rows: i32, table: usize, p: usize, q: usize): void {
  for (let r = 0; r < rows; r++) {
    const row = table + <usize>r * ROW;
    for (let k: usize = 0; k < BYTES; k += 8) {
      const c = load<f64>(row + k),
        s = load<f64>(row + BYTES + k);
      const pk = load<f64>(p + k),
        qk = load<f64>(q + k);
      store<f64>(row + k, pk * c - qk * s);
      store<f64>(row + BYTES + k, -pk * s - qk * c);
    }
  }
}

// out (rows, columns) = sum_k p_k cos(2 pi (x u + y v)) - q_k sin(...), x = x0 + j dx, y = y0 + i dy in radians.
export function latticeSum(
  rows: i32,
  columns: i32,
  y0: f64,
  dy: f64,
  x0: f64,
  dx: f64,
  count: i32,
  uv: usize,
  pq: usize,
  out: usize,
): void {
  const u = allocate(BYTES),
    v = allocate(BYTES),
    p = allocate(BYTES),
    q = allocate(BYTES);
  const left = allocate(<usize>rows * ROW),
    right = allocate(<usize>columns * ROW);
  memory.fill(out, 0, (<usize>rows * columns) << 3);
  for (let k = 0; k < count; k += BLOCK) {
    deinterleave(uv + ((<usize>k) << 4), min(BLOCK, count - k), u, v);
    deinterleave(pq + ((<usize>k) << 4), min(BLOCK, count - k), p, q);
    phaseTable(columns, x0, dx, u, right);
    phaseTable(rows, y0, dy, v, left);
    weigh(rows, left, p, q);
    addProductTransposed(rows, columns, 2 * BLOCK, left, 2 * BLOCK, right, 2 * BLOCK, out, columns);
  }
}

// out (rows, 2 columns - 1) = sum_k weight_k cos(2 pi (e step u - d step v)), column e + columns - 1. Differences e and
// -e share their products: cos(a -+ b) = cos a cos b +- sin a sin b.
export function differenceLattice(
  rows: i32,
  columns: i32,
  step: f64,
  count: i32,
  uv: usize,
  weights: usize,
  out: usize,
): void {
  const u = allocate(BYTES),
    v = allocate(BYTES);
  const left = allocate(<usize>rows * ROW),
    right = allocate(<usize>columns * ROW);
  const bytes = (<usize>rows * columns) << 3;
  const cosines = allocate(bytes),
    sines = allocate(bytes);
  memory.fill(cosines, 0, bytes);
  memory.fill(sines, 0, bytes);
  for (let k = 0; k < count; k += BLOCK) {
    const length = min(BLOCK, count - k);
    deinterleave(uv + ((<usize>k) << 4), length, u, v);
    phaseTable(columns, 0, step, u, right);
    phaseTable(rows, 0, step, v, left);
    for (let r = 0; r < rows; r++) {
      const row = left + <usize>r * ROW;
      for (let l = 0; l < BLOCK; l++) {
        const at = (<usize>l) << 3;
        const weight = l < length ? load<f64>(weights + ((<usize>(k + l)) << 3)) : 0;
        store<f64>(row + at, weight * load<f64>(row + at));
        store<f64>(row + BYTES + at, weight * load<f64>(row + BYTES + at));
      }
    }
    addProductTransposed(rows, columns, BLOCK, left, 2 * BLOCK, right, 2 * BLOCK, cosines, columns);
    addProductTransposed(rows, columns, BLOCK, left + BYTES, 2 * BLOCK, right + BYTES, 2 * BLOCK, sines, columns);
  }
  for (let r = 0; r < rows; r++) {
    const middle = out + ((<usize>(r * (2 * columns - 1) + columns - 1)) << 3);
    for (let e = 0; e < columns; e++) {
      const at = (<usize>(r * columns + e)) << 3;
      const c = load<f64>(cosines + at),
        s = load<f64>(sines + at);
      store<f64>(middle + ((<usize>e) << 3), c + s);
      store<f64>(middle - ((<usize>e) << 3), c - s);
    }
  }
}

// Visibilities (count) complex of an image (rows, columns), sum_p I_p exp(-2 pi i (x u + y v)): first along the rows of
// the image for a block of visibilities, then down the column of row sums.
export function imageVisibilities(
  rows: i32,
  columns: i32,
  y0: f64,
  dy: f64,
  x0: f64,
  dx: f64,
  image: usize,
  count: i32,
  uv: usize,
  out: usize,
): void {
  const u = allocate(BYTES),
    v = allocate(BYTES),
    rowSum = allocate(ROW);
  const down = allocate(<usize>rows * ROW),
    along = allocate(<usize>columns * ROW);
  const real = allocate(BYTES),
    imaginary = allocate(BYTES);
  for (let k = 0; k < count; k += BLOCK) {
    const length = min(BLOCK, count - k);
    deinterleave(uv + ((<usize>k) << 4), length, u, v);
    phaseTable(columns, x0, dx, u, along);
    phaseTable(rows, y0, dy, v, down);
    memory.fill(real, 0, BYTES);
    memory.fill(imaginary, 0, BYTES);
    for (let r = 0; r < rows; r++) {
      imageRow(columns, image + ((<usize>(r * columns)) << 3), along, rowSum);
      const row = down + <usize>r * ROW;
      for (let l: usize = 0; l < BYTES; l += 16) {
        const cy = v128.load(row + l),
          sy = v128.load(row + BYTES + l);
        const cx = v128.load(rowSum + l),
          sx = v128.load(rowSum + BYTES + l);
        v128.store(real + l, f64x2.add(v128.load(real + l), f64x2.sub(f64x2.mul(cy, cx), f64x2.mul(sy, sx))));
        v128.store(imaginary + l, f64x2.sub(v128.load(imaginary + l), f64x2.add(f64x2.mul(sy, cx), f64x2.mul(cy, sx))));
      }
    }
    for (let l = 0; l < length; l++) {
      const at = out + ((<usize>(k + l)) << 4);
      store<f64>(at, load<f64>(real + ((<usize>l) << 3)));
      store<f64>(at, load<f64>(imaginary + ((<usize>l) << 3)), 8);
    }
  }
}

// One row of the image against the table (columns, 2 BLOCK), eight sums in registers.
function imageRow(columns: i32, image: usize, table: usize, out: usize): void {
  for (let l: usize = 0; l < 2 * BYTES; l += 128) {
    let s0 = f64x2.splat(0),
      s1 = s0,
      s2 = s0,
      s3 = s0,
      s4 = s0,
      s5 = s0,
      s6 = s0,
      s7 = s0;
    for (let c = 0; c < columns; c++) {
      const brightness = v128.load64_splat(image + ((<usize>c) << 3));
      const row = table + <usize>c * ROW + l;
      s0 = madd(brightness, v128.load(row, 0), s0);
      s1 = madd(brightness, v128.load(row, 16), s1);
      s2 = madd(brightness, v128.load(row, 32), s2);
      s3 = madd(brightness, v128.load(row, 48), s3);
      s4 = madd(brightness, v128.load(row, 64), s4);
      s5 = madd(brightness, v128.load(row, 80), s5);
      s6 = madd(brightness, v128.load(row, 96), s6);
      s7 = madd(brightness, v128.load(row, 112), s7);
    }
    v128.store(out + l, s0, 0);
    v128.store(out + l, s1, 16);
    v128.store(out + l, s2, 32);
    v128.store(out + l, s3, 48);
    v128.store(out + l, s4, 64);
    v128.store(out + l, s5, 80);
    v128.store(out + l, s6, 96);
    v128.store(out + l, s7, 112);
  }
}
