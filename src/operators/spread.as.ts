// Points to the NUFFT's fine grid and back. Points are sorted into bins of BIN x BIN cells; a bin is spread onto a small
// grid of its own, which stays in the first-level cache, and that is added to the fine grid every GROUP points with its
// rounding error carried along: no sum is ever longer than GROUP, whatever the number of points.
import { allocate } from "../backend/arena.as";
import { cosineAndSine, madd } from "./turns.as";

const SHIFT: i32 = 4;
const BIN: i32 = 1 << SHIFT;
// Taps a row, the first in an even column, so that every load and store is aligned: widths up to 15.
const TAPS: i32 = 16;
const SIDE: i32 = BIN + TAPS;
const SIDE_BYTES: usize = SIDE << 3;
const PATCH: usize = <usize>SIDE * SIDE_BYTES;
// As in nufft-kernel.ts.
const INTERVALS: f64 = 16;
const DEGREE: i32 = 6;
const RECORD: usize = (DEGREE + 1) * TAPS * 8;

export const GROUP: i32 = 128;
// Points whose taps are worked out together, so that one's latency hides behind another's work.
const AHEAD: i32 = 8;
// Of such a point: taps along x, taps along y times the real and the imaginary strength, where it stands.
const ALONG: usize = 0;
const DOWN: usize = 128;
const DOWN_IMAGINARY: usize = 256;
const PLACE: usize = 384;
const SLOT: usize = 400;
// A sorted point: x and y from its bin's corner; a strength of one or two numbers, or for interpolation u, v and index.
const REAL: usize = 24;
const COMPLEX: usize = 32;
const GATHERED: usize = 40;

// @ts-ignore: decorator
@inline
function bins(cells: i32): i32 {
  return (cells + BIN - 1) >> SHIFT;
}

// Side of the fine grid with what kernels reach beyond it.
export function paddedSize(cells: i32): i32 {
  return bins(cells) * BIN + TAPS;
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

// Sorts points into `points` by bin; `starts` (bins + 1, i32) gets where each bin begins, `binOf` is scratch.
// strengths: (count) real, or (count) complex, which are multiplied by exp(2 pi i (x0 u + y0 v)), as `kind` says.
function sortPoints(
  count: i32, uv: usize, strengths: usize, kind: usize, y0: f64, dy: f64, x0: f64, dx: f64, rows: i32, columns: i32,
  width: i32, starts: usize, binOf: usize, points: usize,
): void {
  const across = bins(columns);
  const total = bins(rows) * across;
  setTorus(dy, dx, rows, columns, width);
  memory.fill(starts, 0, (<usize>(total + 2)) << 2);
  for (let k = 0; k < count; k++) {
    const turns = folded(v128.load(uv + (<usize>k << 4)));
    const high = highOf(turns), low = f64x2.mul(f64x2.sub(turns, high), cells);
    const place = binOfPlace(f64x2.add(wrapped(high, low), low));
    const bin = i32x4.extract_lane(place, 1) * across + i32x4.extract_lane(place, 0);
    store<i32>(binOf + (<usize>k << 2), bin);
    const counter = starts + (<usize>(bin + 2) << 2);
    store<i32>(counter, load<i32>(counter) + 1);
  }
  // Counters stand two places on, so that after the scatter `starts` holds beginnings.
  for (let bin = 1; bin < total; bin++) {
    const counter = starts + (<usize>(bin + 2) << 2);
    store<i32>(counter, load<i32>(counter) + load<i32>(counter - 4));
  }
  const turned = x0 != 0 || y0 != 0;
  for (let k = 0; k < count; k++) {
    const both = v128.load(uv + (<usize>k << 4));
    const counter = starts + (<usize>(load<i32>(binOf + (<usize>k << 2)) + 1) << 2);
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
}

const phase = memory.data(32, 16);

// The polynomials of one row of the table at h, in eight vectors.
// @ts-ignore: decorator
@inline
function taps(table: usize, position: f64, factor: f64, other: f64, out: usize, second: usize): void {
  const scaled = position * INTERVALS;
  const interval = <i32>scaled;
  const h = f64x2.splat(scaled - <f64>interval - 0.5);
  let at = table + <usize>interval * RECORD;
  let a0 = v128.load(at, 0), a1 = v128.load(at, 16), a2 = v128.load(at, 32), a3 = v128.load(at, 48);
  let a4 = v128.load(at, 64), a5 = v128.load(at, 80), a6 = v128.load(at, 96), a7 = v128.load(at, 112);
  for (let power = 0; power < DEGREE; power++) {
    at += TAPS * 8;
    a0 = madd(a0, h, v128.load(at, 0));
    a1 = madd(a1, h, v128.load(at, 16));
    a2 = madd(a2, h, v128.load(at, 32));
    a3 = madd(a3, h, v128.load(at, 48));
    a4 = madd(a4, h, v128.load(at, 64));
    a5 = madd(a5, h, v128.load(at, 80));
    a6 = madd(a6, h, v128.load(at, 96));
    a7 = madd(a7, h, v128.load(at, 112));
  }
  const f = f64x2.splat(factor);
  v128.store(out, f64x2.mul(a0, f), 0);
  v128.store(out, f64x2.mul(a1, f), 16);
  v128.store(out, f64x2.mul(a2, f), 32);
  v128.store(out, f64x2.mul(a3, f), 48);
  v128.store(out, f64x2.mul(a4, f), 64);
  v128.store(out, f64x2.mul(a5, f), 80);
  v128.store(out, f64x2.mul(a6, f), 96);
  v128.store(out, f64x2.mul(a7, f), 112);
  if (second == 0) return;
  const g = f64x2.splat(other);
  v128.store(second, f64x2.mul(a0, g), 0);
  v128.store(second, f64x2.mul(a1, g), 16);
  v128.store(second, f64x2.mul(a2, g), 32);
  v128.store(second, f64x2.mul(a3, g), 48);
  v128.store(second, f64x2.mul(a4, g), 64);
  v128.store(second, f64x2.mul(a5, g), 80);
  v128.store(second, f64x2.mul(a6, g), 96);
  v128.store(second, f64x2.mul(a7, g), 112);
}

// Fills the slots of `count` sorted points; a place is a byte offset in a patch.
function prepare(count: i32, point: usize, table: usize, kind: usize, slot: usize): void {
  for (let k = 0; k < count; k++, point += kind, slot += SLOT) {
    const x = load<f64>(point), y = load<f64>(point, 8);
    const column = <i32>x & ~1;
    const line = <i32>y;
    taps(table, x - <f64>column, 1, 0, slot + ALONG, 0);
    if (kind == COMPLEX) {
      taps(table, y - <f64>line, load<f64>(point, 16), load<f64>(point, 24), slot + DOWN, slot + DOWN_IMAGINARY);
    } else {
      taps(table, y - <f64>line, kind == GATHERED ? 1 : load<f64>(point, 16), 0, slot + DOWN, 0);
    }
    store<usize>(slot, <usize>line * SIDE_BYTES + (<usize>column << 3), PLACE);
  }
}

// patch += taps along x times taps `down`.
// @ts-ignore: decorator
@inline
function spreadOne(width: i32, slot: usize, down: usize, patch: usize): void {
  const x0 = v128.load(slot, 0), x1 = v128.load(slot, 16), x2 = v128.load(slot, 32), x3 = v128.load(slot, 48);
  const x4 = v128.load(slot, 64), x5 = v128.load(slot, 80), x6 = v128.load(slot, 96), x7 = v128.load(slot, 112);
  const end = down + (<usize>width << 3);
  for (; down < end; down += 8, patch += SIDE_BYTES) {
    const y = v128.load64_splat(down);
    v128.store(patch, madd(x0, y, v128.load(patch, 0)), 0);
    v128.store(patch, madd(x1, y, v128.load(patch, 16)), 16);
    v128.store(patch, madd(x2, y, v128.load(patch, 32)), 32);
    v128.store(patch, madd(x3, y, v128.load(patch, 48)), 48);
    v128.store(patch, madd(x4, y, v128.load(patch, 64)), 64);
    v128.store(patch, madd(x5, y, v128.load(patch, 80)), 80);
    v128.store(patch, madd(x6, y, v128.load(patch, 96)), 96);
    v128.store(patch, madd(x7, y, v128.load(patch, 112)), 112);
  }
}

// Adds a patch to the fine grid with its error (Knuth's exact sum) and clears it.
function addPatch(patch: usize, sum: usize, carry: usize, row: usize): void {
  const zero = f64x2.splat(0);
  for (let i = 0; i < SIDE; i++, sum += row, carry += row, patch += SIDE_BYTES) {
    for (let at: usize = 0; at < SIDE_BYTES; at += 16) {
      const a = v128.load(sum + at), b = v128.load(patch + at);
      const s = f64x2.add(a, b);
      const shadow = f64x2.sub(s, a);
      const error = f64x2.add(f64x2.sub(a, f64x2.sub(s, shadow)), f64x2.sub(b, shadow));
      v128.store(sum + at, s);
      v128.store(carry + at, f64x2.add(v128.load(carry + at), error));
      v128.store(patch + at, zero);
    }
  }
}

// Adds points to fine grids of rows x columns cells, padded: sum and carry for real strengths, both twice for complex.
// table: the kernel's polynomials, its width at most 15.
export function spreadPoints(
  count: i32, uv: usize, strengths: usize, complex: i32, y0: f64, dy: f64, x0: f64, dx: f64, rows: i32, columns: i32,
  width: i32, table: usize, fine: usize,
): void {
  const kind = complex ? COMPLEX : REAL;
  const across = bins(columns);
  const total = bins(rows) * across;
  const row = <usize>paddedSize(columns) << 3;
  const size = row * <usize>paddedSize(rows);
  const startBytes = ((<usize>(total + 4)) << 2) & ~15;
  const binBytes = ((<usize>count << 2) + 15) & ~15;
  const scratch = allocate(startBytes + 16 + binBytes + <usize>count * kind + 16 + <usize>AHEAD * SLOT + 2 * PATCH);
  const starts = scratch;
  const binOf = starts + startBytes + 16;
  const slots = binOf + binBytes;
  const patch = slots + <usize>AHEAD * SLOT;
  const points = patch + 2 * PATCH;
  sortPoints(count, uv, strengths, kind, y0, dy, x0, dx, rows, columns, width, starts, binOf, points);
  memory.fill(patch, 0, 2 * PATCH);
  for (let bin = 0; bin < total; bin++) {
    const first = load<i32>(starts + (<usize>bin << 2)), last = load<i32>(starts + (<usize>bin << 2), 4);
    const corner = fine + <usize>(bin / across) * BIN * row + (<usize>(bin % across) << (SHIFT + 3));
    for (let group = first; group < last; group += GROUP) {
      const end = min(last, group + GROUP);
      for (let k = group; k < end; k += AHEAD) {
        const ready = min(AHEAD, end - k);
        prepare(ready, points + <usize>k * kind, table, kind, slots);
        for (let slot = slots; slot < slots + <usize>ready * SLOT; slot += SLOT) {
          const at = patch + load<usize>(slot, PLACE);
          spreadOne(width, slot, slot + DOWN, at);
          if (complex) spreadOne(width, slot, slot + DOWN_IMAGINARY, at + PATCH);
        }
      }
      addPatch(patch, corner, corner + size, row);
      if (complex) addPatch(patch + PATCH, corner + 2 * size, corner + 3 * size, row);
    }
  }
  heap.free(scratch);
}

// Adds the carries, and what was spread beyond the torus to where it belongs: cells (0 .. rows, 0 .. columns) of `fine`.
export function foldGrid(rows: i32, columns: i32, fine: usize): void {
  const height = paddedSize(rows);
  const row = <usize>paddedSize(columns) << 3;
  const size = row * <usize>height;
  for (let at = fine; at < fine + size; at += 16) v128.store(at, f64x2.add(v128.load(at), v128.load(at + size)));
  const beyond = <usize>columns << 3;
  for (let line = fine; line < fine + size; line += row) {
    for (let at: usize = 0; at < <usize>(TAPS * 8); at += 16) {
      v128.store(line + at, f64x2.add(v128.load(line + at), v128.load(line + beyond + at)));
    }
  }
  for (let i = 0; i < TAPS; i++) {
    const line = fine + <usize>i * row, far = line + <usize>rows * row;
    for (let at: usize = 0; at < beyond; at += 16) {
      v128.store(line + at, f64x2.add(v128.load(line + at), v128.load(far + at)));
    }
  }
}

// Repeats the first rows and columns beyond the torus, so that kernels need not wrap.
export function unfoldGrid(rows: i32, columns: i32, fine: usize): void {
  const row = <usize>paddedSize(columns) << 3;
  memory.copy(fine + <usize>rows * row, fine, <usize>TAPS * row);
  const beyond = <usize>columns << 3;
  for (let i = 0; i < rows + TAPS; i++) memory.copy(fine + <usize>i * row + beyond, fine + <usize>i * row, <usize>TAPS << 3);
}

function takePatch(fine: usize, row: usize, patch: usize): void {
  for (let i = 0; i < SIDE; i++, fine += row, patch += SIDE_BYTES) {
    for (let at: usize = 0; at < SIDE_BYTES; at += 16) v128.store(patch + at, v128.load(fine + at));
  }
}

// @ts-ignore: decorator
@inline
function gatherOne(width: i32, slot: usize, patch: usize): f64 {
  const x0 = v128.load(slot, 0), x1 = v128.load(slot, 16), x2 = v128.load(slot, 32), x3 = v128.load(slot, 48);
  const x4 = v128.load(slot, 64), x5 = v128.load(slot, 80), x6 = v128.load(slot, 96), x7 = v128.load(slot, 112);
  let down = slot + DOWN;
  const end = down + (<usize>width << 3);
  let sum = f64x2.splat(0);
  for (; down < end; down += 8, patch += SIDE_BYTES) {
    let a = f64x2.mul(x0, v128.load(patch, 0));
    let b = f64x2.mul(x1, v128.load(patch, 16));
    a = madd(x2, v128.load(patch, 32), a);
    b = madd(x3, v128.load(patch, 48), b);
    a = madd(x4, v128.load(patch, 64), a);
    b = madd(x5, v128.load(patch, 80), b);
    a = madd(x6, v128.load(patch, 96), a);
    b = madd(x7, v128.load(patch, 112), b);
    sum = madd(v128.load64_splat(down), f64x2.add(a, b), sum);
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

// Interpolates at points from a padded, unfolded complex grid, real parts then imaginary parts; out (count) complex, times
// exp(-2 pi i (x0 u + y0 v)).
export function gatherPoints(
  count: i32, uv: usize, y0: f64, dy: f64, x0: f64, dx: f64, rows: i32, columns: i32, width: i32, table: usize,
  fine: usize, out: usize,
): void {
  const across = bins(columns);
  const total = bins(rows) * across;
  const row = <usize>paddedSize(columns) << 3;
  const size = row * <usize>paddedSize(rows);
  const startBytes = ((<usize>(total + 4)) << 2) & ~15;
  const binBytes = ((<usize>count << 2) + 15) & ~15;
  const scratch = allocate(startBytes + 16 + binBytes + <usize>count * GATHERED + 16 + <usize>AHEAD * SLOT + 2 * PATCH);
  const starts = scratch;
  const binOf = starts + startBytes + 16;
  const slots = binOf + binBytes;
  const patch = slots + <usize>AHEAD * SLOT;
  const points = patch + 2 * PATCH;
  const turned = x0 != 0 || y0 != 0;
  sortPoints(count, uv, 0, GATHERED, y0, dy, x0, dx, rows, columns, width, starts, binOf, points);
  for (let bin = 0; bin < total; bin++) {
    const first = load<i32>(starts + (<usize>bin << 2)), last = load<i32>(starts + (<usize>bin << 2), 4);
    const corner = fine + <usize>(bin / across) * BIN * row + (<usize>(bin % across) << (SHIFT + 3));
    if (first == last) continue;
    takePatch(corner, row, patch);
    takePatch(corner + size, row, patch + PATCH);
    for (let k = first; k < last; k += AHEAD) {
      const ready = min(AHEAD, last - k);
      prepare(ready, points + <usize>k * GATHERED, table, GATHERED, slots);
      for (let i = 0; i < ready; i++) {
        const slot = slots + <usize>i * SLOT;
        const at = patch + load<usize>(slot, PLACE);
        const index = <usize>load<i32>(points + <usize>(k + i) * GATHERED, 32);
        const re = gatherOne(width, slot, at), im = gatherOne(width, slot, at + PATCH);
        if (!turned) {
          store<f64>(out + (index << 4), re);
          store<f64>(out + (index << 4), im, 8);
          continue;
        }
        const u = load<f64>(points + <usize>(k + i) * GATHERED, 16), v = load<f64>(points + <usize>(k + i) * GATHERED, 24);
        cosineAndSine(f64x2.splat(x0 * u + y0 * v), phase, phase + 16);
        const c = load<f64>(phase), s = load<f64>(phase, 16);
        store<f64>(out + (index << 4), re * c + im * s);
        store<f64>(out + (index << 4), im * c - re * s, 8);
      }
    }
  }
  heap.free(scratch);
}
