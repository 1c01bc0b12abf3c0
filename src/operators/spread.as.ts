// Points to the NUFFT's fine grid. Points are sorted into bins (bins.as.ts); a bin is spread onto a patch of its own, which
// stays in the first-level cache, and that is added to the fine grid every GROUP points with its rounding error carried
// along. Inside a group, the points whose taps along x begin in one even column make a strip, for which spreading is a matrix
// product: rows of the patch = taps along y (rows, points) times taps along x (points, TAPS), in registers.
import { allocate, mark, release } from "./arena.as";
import { BIN, binRows, COMPLEX, paddedSize, REAL, SHIFT, TAPS } from "./bins.as";
import { PAIRED, PLAIN, placesInRecords, recordsOf, SCALED, taps } from "./taps.as";
import { madd } from "./turns.as";

// A patch has rows of SIDE doubles; with complex strengths every row of real parts is followed by one of imaginary parts, so
// that the kernel below, which takes two rows at a time, does both in the same way.
const SIDE: i32 = BIN + TAPS;
const SIDE_BYTES: usize = SIDE << 3;
const PATCH: usize = <usize>SIDE * SIDE_BYTES;

// No sum is longer than a chunk and then as many as a group has chunks: 32 + 2048 / 32 + 15, SUMMANDS in nufft-kernel.ts.
const GROUP: i32 = 2048;
const CHUNK: i32 = 32;

// A point of a chunk: taps along x, taps along y times the strength in the rows of the patch (after one row for the zero that
// a point which begins in an odd row has before it), and the first pair of rows.
const DOWN: usize = 128 + 16;
const START: usize = DOWN + 2 * SIDE_BYTES;
const SLOT: usize = START + 8;

// Strips of a bin, and keys of a point: strip, then row.
const STRIPS: i32 = BIN >> 1;
const KEYS: i32 = STRIPS * BIN;

// @ts-ignore: decorator
@inline
function keyOf(point: usize): i32 {
  const cell = i32x4.trunc_sat_f64x2_s_zero(v128.load(point));
  return ((i32x4.extract_lane(cell, 0) >> 1) << SHIFT) + i32x4.extract_lane(cell, 1);
}

// Sorts `count` points by key: order (count) of addresses; ends (KEYS), where the points of every key end.
function sortGroup(count: i32, points: usize, kind: usize, order: usize, ends: usize): void {
  memory.fill(ends, 0, KEYS << 2);
  for (let k = 0, point = points; k < count; k++, point += kind) {
    const counter = ends + (<usize>keyOf(point) << 2);
    store<i32>(counter, load<i32>(counter) + 1);
  }
  let first = 0;
  for (let counter = ends; counter < ends + (KEYS << 2); counter += 4) {
    const own = load<i32>(counter);
    store<i32>(counter, first);
    first += own;
  }
  for (let k = 0, point = points; k < count; k++, point += kind) {
    const counter = ends + (<usize>keyOf(point) << 2);
    const place = load<i32>(counter);
    store<i32>(counter, place + 1);
    store<usize>(order + (<usize>place << 2), point);
  }
}

// Fills the slots of a chunk; `order` has the points' addresses.
// @ts-ignore: decorator
@inline
function prepare(complex: bool, count: i32, order: usize, table: usize, slots: usize): void {
  const end = order + (<usize>count << 2);
  for (let slot = slots; order < end; order += 4, slot += SLOT) {
    const point = load<usize>(order);
    const position = v128.load(point);
    const cell = f64x2.floor(position);
    const cells = i32x4.trunc_sat_f64x2_s_zero(cell);
    const row = i32x4.extract_lane(cells, 1);
    const distances = f64x2.sub(position, cell);
    const records = recordsOf(distances), places = placesInRecords(distances);
    const recordX = table + <usize>i32x4.extract_lane(records, 0), recordY = table + <usize>i32x4.extract_lane(records, 1);
    const placeX = v128.shuffle<f64>(places, places, 0, 0), placeY = v128.shuffle<f64>(places, places, 1, 1);
    // Beginning in an odd column, taps leave the strip's first column empty.
    store<f64>(slot, 0);
    taps(recordX, placeX, PLAIN, placeX, slot + (<usize>(i32x4.extract_lane(cells, 0) & 1) << 3));
    if (complex) {
      taps(recordY, placeY, PAIRED, v128.load(point, 16), slot + DOWN + (<usize>row << 4));
      store<i32>(slot, row, START);
    } else {
      const down = slot + DOWN + (<usize>row << 3);
      store<f64>(down - 8, 0);
      taps(recordY, placeY, SCALED, v128.load64_splat(point, 16), down);
      store<i32>(slot, row >> 1, START);
    }
  }
}

// Eight columns of two rows of the patch += taps of the points from `from` to `to`.
// @ts-ignore: decorator
@inline
function spreadTile(from: usize, to: usize, along: usize, down: usize, out: usize): void {
  let a0 = f64x2.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
  for (; from < to; from += SLOT) {
    const ya = v128.load64_splat(from + down), yb = v128.load64_splat(from + down, 8);
    const x = from + along;
    const x0 = v128.load(x, 0);
    a0 = madd(x0, ya, a0);
    b0 = madd(x0, yb, b0);
    const x1 = v128.load(x, 16);
    a1 = madd(x1, ya, a1);
    b1 = madd(x1, yb, b1);
    const x2 = v128.load(x, 32);
    a2 = madd(x2, ya, a2);
    b2 = madd(x2, yb, b2);
    const x3 = v128.load(x, 48);
    a3 = madd(x3, ya, a3);
    b3 = madd(x3, yb, b3);
  }
  v128.store(out, f64x2.add(v128.load(out, 0), a0), 0);
  v128.store(out, f64x2.add(v128.load(out, 16), a1), 16);
  v128.store(out, f64x2.add(v128.load(out, 32), a2), 32);
  v128.store(out, f64x2.add(v128.load(out, 48), a3), 48);
  out += SIDE_BYTES;
  v128.store(out, f64x2.add(v128.load(out, 0), b0), 0);
  v128.store(out, f64x2.add(v128.load(out, 16), b1), 16);
  v128.store(out, f64x2.add(v128.load(out, 32), b2), 32);
  v128.store(out, f64x2.add(v128.load(out, 48), b3), 48);
}

// patch += a chunk of points sorted by row; each reaches over `span` pairs of rows.
function spreadChunk(count: i32, span: i32, slots: usize, patch: usize): void {
  const end = slots + <usize>count * SLOT;
  const last = load<i32>(end - SLOT, START) + span;
  let from = slots, to = slots;
  for (let pair = load<i32>(slots, START); pair < last; pair++) {
    while (to < end && load<i32>(to, START) <= pair) to += SLOT;
    while (load<i32>(from, START) + span <= pair) from += SLOT;
    const down = DOWN + (<usize>pair << 4);
    const out = patch + <usize>pair * 2 * SIDE_BYTES;
    spreadTile(from, to, 0, down, out);
    spreadTile(from, to, 64, down, out + 64);
  }
}

// Adds a patch, every `parts`-th row of it, to the fine grid with its error (Knuth's exact sum) and clears it.
function addPatch(parts: usize, patch: usize, sum: usize, carry: usize, row: usize): void {
  const zero = f64x2.splat(0);
  for (let i = 0; i < SIDE; i++, sum += row, carry += row, patch += parts * SIDE_BYTES) {
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

// Bytes that a part of spreadBins allocates.
export function spreadScratch(): usize {
  return <usize>CHUNK * SLOT + 2 * PATCH + (GROUP << 2) + (KEYS << 2) + 128;
}

// Adds the sorted points of a row of bins to fine grids of rows x columns cells, padded: sum and carry for real strengths,
// both twice for complex. A row of bins reaches into the cells of the next, so parts are every other row: first the even
// ones, then the odd ones. table: the kernel's polynomials, its width odd and at most 15.
export function spreadBins(
  part: i32, odd: i32, complex: i32, rows: i32, columns: i32, width: i32, table: usize, starts: usize, points: usize,
  fine: usize,
): void {
  const kind = complex ? COMPLEX : REAL;
  const parts: usize = complex ? 2 : 1;
  const span = complex ? width : (width + 1) >> 1;
  const across = binRows(columns);
  const row = <usize>paddedSize(columns) << 3;
  const size = row * <usize>paddedSize(rows);
  const before = mark();
  const slots = allocate(<usize>CHUNK * SLOT);
  const patch = allocate(2 * PATCH);
  const order = allocate(GROUP << 2), ends = allocate(KEYS << 2);
  memory.fill(patch, 0, 2 * PATCH);
  const line = 2 * part + odd;
  for (let column = 0; column < across; column++) {
    const bin = starts + (<usize>(line * across + column) << 2);
    const first = load<i32>(bin), last = load<i32>(bin, 4);
    const corner = fine + <usize>(line * BIN) * row + (<usize>column << (SHIFT + 3));
    for (let group = first; group < last; group += GROUP) {
      sortGroup(min(GROUP, last - group), points + <usize>group * kind, kind, order, ends);
      for (let strip = 0, k = 0; strip < STRIPS; strip++) {
        const stripEnd = load<i32>(ends + (<usize>((strip + 1) * BIN - 1) << 2));
        while (k < stripEnd) {
          const count = min(CHUNK, stripEnd - k);
          if (complex) prepare(true, count, order + (<usize>k << 2), table, slots);
          else prepare(false, count, order + (<usize>k << 2), table, slots);
          spreadChunk(count, span, slots, patch + (<usize>strip << 4));
          k += count;
        }
      }
      addPatch(parts, patch, corner, corner + size, row);
      if (complex) addPatch(parts, patch + SIDE_BYTES, corner + 2 * size, corner + 3 * size, row);
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

