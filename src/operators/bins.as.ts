// Sorting points into bins of BIN x BIN cells of the NUFFT's fine grid.
import { allocate, mark, release } from "./arena.as";
import { cosineAndSine } from "./turns.as";

export const SHIFT: i32 = 5;
export const BIN: i32 = 1 << SHIFT;
// Taps a row, the first in an even column, so that every load and store is aligned: widths up to 15.
export const TAPS: i32 = 16;

// A sorted point: x and y from its bin's corner; a strength of one or two numbers, or for interpolation u, v and index.
export const REAL: usize = 24;
export const COMPLEX: usize = 32;
export const GATHERED: usize = 40;

// Rows or columns of bins.
export function binRows(cells: i32): i32 {
  return (cells + BIN - 1) >> SHIFT;
}

// Side of the fine grid with what kernels reach beyond it.
export function paddedSize(cells: i32): i32 {
  return binRows(cells) * BIN + TAPS;
}

// The steps (dx, dy), cells (columns, rows) and offset of the first tap, for the two coordinates of a point at once.
let steps: v128 = f64x2.splat(0);
let cells: v128 = f64x2.splat(0);
let offsets: v128 = f64x2.splat(0);

function setTorus(dy: f64, dx: f64, rows: i32, columns: i32, width: i32): void {
  steps = f64x2.replace_lane(f64x2.splat(dx), 1, dy);
  cells = f64x2.replace_lane(f64x2.splat(<f64>columns), 1, <f64>rows);
  offsets = f64x2.splat(<f64>width / 2 - 1);
}

// A position in turns, |turns| <= 1/2, is high + low; in cells from the first tap too. The product with the number of cells is exact in
// its high part, so that a position inside a bin keeps 16 digits however many cells there are.
// @ts-ignore: decorator
@inline
function folded(uv: v128): v128 {
  const turns = f64x2.mul(uv, steps);
  return f64x2.sub(turns, f64x2.nearest(turns));
}

// @ts-ignore: decorator
@inline
function highOf(turns: v128): v128 {
  const rounder = f64x2.splat(1.5 * 67108864.0);
  return f64x2.sub(f64x2.add(turns, rounder), rounder);
}

// The high part of the place in cells, brought into 0 <= place < cells.
// @ts-ignore: decorator
@inline
function wrapped(high: v128, low: v128): v128 {
  let place = f64x2.sub(f64x2.mul(high, cells), offsets);
  place = f64x2.add(place, v128.and(cells, f64x2.lt(f64x2.add(place, low), f64x2.splat(0))));
  return f64x2.sub(place, v128.and(cells, f64x2.ge(f64x2.add(place, low), cells)));
}

// Bin column and row; those of what is not a number are 0.
// @ts-ignore: decorator
@inline
function binOfPlace(place: v128): v128 {
  return i32x4.shr_s(i32x4.max_s(i32x4.trunc_sat_f64x2_s_zero(place), i32x4.splat(0)), SHIFT);
}

// Sorting by bin, in slices of the points that threads may share: every slice counts its points in the bins (binPoints),
// the counters become places (placeBins), and every slice puts its points there (placePoints). Points of a bin keep their
// order.
// counts: (slices, bins) i32; binOf: (count) i32; starts: (bins + 1) i32.
export function binPoints(
  part: i32, slice: i32, count: i32, uv: usize, dy: f64, dx: f64, rows: i32, columns: i32, width: i32, counts: usize,
  binOf: usize,
): void {
  const across = binRows(columns);
  const total = binRows(rows) * across;
  const counter = counts + (<usize>(part * total) << 2);
  setTorus(dy, dx, rows, columns, width);
  memory.fill(counter, 0, <usize>total << 2);
  for (let k = part * slice, end = min(count, k + slice); k < end; k++) {
    const turns = folded(v128.load(uv + (<usize>k << 4)));
    const high = highOf(turns), low = f64x2.mul(f64x2.sub(turns, high), cells);
    const place = binOfPlace(f64x2.add(wrapped(high, low), low));
    const bin = i32x4.extract_lane(place, 1) * across + i32x4.extract_lane(place, 0);
    store<i32>(binOf + (<usize>k << 2), bin);
    const at = counter + (<usize>bin << 2);
    store<i32>(at, load<i32>(at) + 1);
  }
}

export function placeBins(slices: i32, rows: i32, columns: i32, counts: usize, starts: usize): void {
  const total = binRows(rows) * binRows(columns);
  let first = 0;
  for (let bin = 0; bin < total; bin++) {
    store<i32>(starts + (<usize>bin << 2), first);
    for (let slice = 0; slice < slices; slice++) {
      const counter = counts + (<usize>(slice * total + bin) << 2);
      const next = first + load<i32>(counter);
      store<i32>(counter, first);
      first = next;
    }
  }
  store<i32>(starts + (<usize>total << 2), first);
}

// strengths: (count) real, or (count) complex, which are multiplied by exp(2 pi i (x0 u + y0 v)); `kind`: bytes of a sorted point.
export function placePoints(
  part: i32, slice: i32, count: i32, uv: usize, strengths: usize, kind: usize, y0: f64, dy: f64, x0: f64, dx: f64,
  rows: i32, columns: i32, width: i32, counts: usize, binOf: usize, points: usize,
): void {
  const total = binRows(rows) * binRows(columns);
  const counters = counts + (<usize>(part * total) << 2);
  setTorus(dy, dx, rows, columns, width);
  const turned = x0 != 0 || y0 != 0;
  const before = mark();
  const phase = allocate(32);
  for (let k = part * slice, end = min(count, k + slice); k < end; k++) {
    const both = v128.load(uv + (<usize>k << 4));
    const counter = counters + (<usize>load<i32>(binOf + (<usize>k << 2)) << 2);
    const index = load<i32>(counter);
    store<i32>(counter, index + 1);
    const point = points + <usize>index * kind;
    const turns = folded(both);
    const high = highOf(turns), low = f64x2.mul(f64x2.sub(turns, high), cells);
    const place = wrapped(high, low);
    const corner = f64x2.convert_low_i32x4_s(i32x4.shl(binOfPlace(f64x2.add(place, low)), SHIFT));
    v128.store(point, f64x2.add(f64x2.sub(place, corner), low));
    if (kind == GATHERED) {
      v128.store(point, both, 16);
      store<i32>(point, k, 32);
      continue;
    }
    if (kind == REAL) {
      store<f64>(point, load<f64>(strengths + (<usize>k << 3)), 16);
      continue;
    }
    const re = load<f64>(strengths + (<usize>k << 4)), im = load<f64>(strengths + (<usize>k << 4), 8);
    if (!turned) {
      store<f64>(point, re, 16);
      store<f64>(point, im, 24);
      continue;
    }
    const u = f64x2.extract_lane(both, 0), v = f64x2.extract_lane(both, 1);
    cosineAndSine(f64x2.splat(x0 * u + y0 * v), phase, phase + 16);
    const c = load<f64>(phase), s = load<f64>(phase, 16);
    store<f64>(point, re * c - im * s, 16);
    store<f64>(point, re * s + im * c, 24);
  }
  release(before);
}
