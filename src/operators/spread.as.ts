// Points to the NUFFT's fine grid and back. Points are sorted into bins (bins.as.ts); a bin is spread onto a small grid of
// its own, which stays in the first-level cache, and that is added to the fine grid every GROUP points with its rounding
// error carried along: no sum is ever longer than GROUP, whatever the number of points.
import { allocate, mark, release } from "./arena.as";
import { BIN, binRows, COMPLEX, GATHERED, paddedSize, REAL, SHIFT, TAPS } from "./bins.as";
import { cosineAndSine, madd } from "./turns.as";

const SIDE: i32 = BIN + TAPS;
const SIDE_BYTES: usize = SIDE << 3;
const PATCH: usize = <usize>SIDE * SIDE_BYTES;
// As in nufft-kernel.ts.
const INTERVALS: f64 = 16;
const DEGREE: i32 = 6;
const RECORD: usize = (DEGREE + 1) * TAPS * 8;

const GROUP: i32 = 128;
// Points whose taps are worked out together, so that one's latency hides behind another's work.
const AHEAD: i32 = 8;
// Of such a point: taps along x, taps along y times the real and the imaginary strength, where it stands.
const ALONG: usize = 0;
const DOWN: usize = 128;
const DOWN_IMAGINARY: usize = 256;
const PLACE: usize = 384;
const SLOT: usize = 400;

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

// Bytes that a part of spreadBins or gatherBins allocates.
export function spreadScratch(): usize {
  return <usize>AHEAD * SLOT + 2 * PATCH + 64;
}

// Adds the sorted points of a row of bins to fine grids of rows x columns cells, padded: sum and carry for real strengths,
// both twice for complex. A row of bins reaches into the cells of the next, so parts are every other row: first the even
// ones, then the odd ones. table: the kernel's polynomials, its width at most 15.
export function spreadBins(
  part: i32, odd: i32, complex: i32, rows: i32, columns: i32, width: i32, table: usize, starts: usize, points: usize,
  fine: usize,
): void {
  const kind = complex ? COMPLEX : REAL;
  const across = binRows(columns);
  const row = <usize>paddedSize(columns) << 3;
  const size = row * <usize>paddedSize(rows);
  const before = mark();
  const slots = allocate(<usize>AHEAD * SLOT);
  const patch = allocate(2 * PATCH);
  memory.fill(patch, 0, 2 * PATCH);
  const line = 2 * part + odd;
  for (let column = 0; column < across; column++) {
    const bin = starts + (<usize>(line * across + column) << 2);
    const first = load<i32>(bin), last = load<i32>(bin, 4);
    const corner = fine + <usize>(line * BIN) * row + (<usize>column << (SHIFT + 3));
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
  release(before);
}

// Some columns of a spread grid, `width` bytes from `first` on, to (rows, width): the carries are added, and what was spread
// beyond the torus to where it belongs, which along x are the first TAPS columns.
export function foldColumns(rows: i32, columns: i32, fine: usize, first: i32, width: usize, out: usize): void {
  const row = <usize>paddedSize(columns) << 3;
  const size = row * <usize>paddedSize(rows);
  const beyond = <usize>columns << 3;
  let line = fine + (<usize>first << 3);
  for (let i = 0; i < rows + TAPS; i++, line += row) {
    const to = out + <usize>(i < rows ? i : i - rows) * width;
    for (let at: usize = 0; at < width; at += 16) {
      let value = f64x2.add(v128.load(line + at), v128.load(line + at + size));
      if (first == 0) {
        const far = line + beyond + at;
        value = f64x2.add(value, f64x2.add(v128.load(far), v128.load(far + size)));
      }
      v128.store(to + at, i < rows ? value : f64x2.add(v128.load(to + at), value));
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

// Interpolates at the sorted points of a row of bins from a padded, unfolded complex grid, real parts then imaginary
// parts; out (count) complex, times exp(-2 pi i (x0 u + y0 v)).
export function gatherBins(
  part: i32, y0: f64, x0: f64, rows: i32, columns: i32, width: i32, table: usize, starts: usize, points: usize,
  fine: usize, out: usize,
): void {
  const across = binRows(columns);
  const row = <usize>paddedSize(columns) << 3;
  const size = row * <usize>paddedSize(rows);
  const turned = x0 != 0 || y0 != 0;
  const before = mark();
  const slots = allocate(<usize>AHEAD * SLOT);
  const patch = allocate(2 * PATCH);
  const phase = allocate(32);
  for (let column = 0; column < across; column++) {
    const bin = starts + (<usize>(part * across + column) << 2);
    const first = load<i32>(bin), last = load<i32>(bin, 4);
    const corner = fine + <usize>(part * BIN) * row + (<usize>column << (SHIFT + 3));
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
  release(before);
}
