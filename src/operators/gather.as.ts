// The NUFFT's fine grid to points: interpolation at points sorted into bins (bins.as.ts), from a copy of a bin's surroundings
// that stays in the first-level cache.
import { allocate, mark, release } from "./arena.as";
import { BIN, binRows, GATHERED, paddedSize, SHIFT, TAPS } from "./bins.as";
import { PLAIN, placesInRecords, recordsOf, taps } from "./taps.as";
import { cosineAndSine, madd } from "./turns.as";

const SIDE: i32 = BIN + TAPS;
const SIDE_BYTES: usize = SIDE << 3;
const PATCH: usize = <usize>SIDE * SIDE_BYTES;

// Points whose taps are worked out together, so that one's latency hides behind another's work.
const AHEAD: i32 = 8;
// Of such a point: taps along x, taps along y, where it stands in the patch.
const DOWN: usize = 144;
const PLACE: usize = 272;
const SLOT: usize = 288;

function prepare(count: i32, point: usize, table: usize, slot: usize): void {
  for (let k = 0; k < count; k++, point += GATHERED, slot += SLOT) {
    const position = v128.load(point);
    const cell = f64x2.floor(position);
    const cells = i32x4.trunc_sat_f64x2_s_zero(cell);
    const column = i32x4.extract_lane(cells, 0), line = i32x4.extract_lane(cells, 1);
    const distances = f64x2.sub(position, cell);
    const records = recordsOf(distances), places = placesInRecords(distances);
    store<f64>(slot, 0);
    const placeX = v128.shuffle<f64>(places, places, 0, 0), placeY = v128.shuffle<f64>(places, places, 1, 1);
    taps(table + <usize>i32x4.extract_lane(records, 0), placeX, PLAIN, placeX, slot + (<usize>(column & 1) << 3));
    taps(table + <usize>i32x4.extract_lane(records, 1), placeY, PLAIN, placeY, slot + DOWN);
    store<usize>(slot, <usize>line * SIDE_BYTES + (<usize>(column & ~1) << 3), PLACE);
  }
}

// Bytes that a part of gatherBins allocates.
export function gatherScratch(): usize {
  return <usize>AHEAD * SLOT + 2 * PATCH + 128;
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
      prepare(ready, points + <usize>k * GATHERED, table, slots);
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
