// F = A + A', A = T' L T, with L the pairs (i, j) of image pixels whose row of j is not below that of i, their W halved
// where both are in one row. Four columns of T at a time and one image row after the other, which T' takes as soon as it
// is there: nothing of the size M S or M^2 is kept. Groups of columns are parts of a job for threads.
import { allocate, mark, release } from "../backend/arena.as";
import { madd } from "../operators/turns.as";
import {
  accumulate, addInt, boxColumns, boxRows, columnOf, counts, findBox, int, nextPlace, pixelsByRow, places, rowOf, setInt,
  zeroed,
} from "./image-rows.as";
import {
  byColumn, columnStart, rowOfProduct, rows, runs, runStart, saveState, STATE_BYTES, takeColumns, takeLattices, takeState,
} from "./mapping-columns.as";
import { ENTRY, SLACK } from "./slices.as";

// Of each column of T, the first entry in a row to come.
let next: usize = 0;
// The entries of T by row; which are of which row; the columns that have entries in the order of their first rows.
let byRow: usize = 0, entryStart: usize = 0, order: usize = 0;
let count: i32 = 0;

// The entries of T by image row: i32 byte offset of the pixel in four interleaved columns, i32 byte offset of the source
// pixel in the panel, f64 weight. `entryStart` (boxRows + 1) says which are whose.
function entriesByRow(
  size: i32, native: usize, pixels: usize, rowStart: usize, columnIndex: usize, values: usize,
): usize {
  const entries = allocate(<usize>int(rowStart, size) * ENTRY);
  let entry = entries;
  for (let n = 0; n < size; n++) {
    const i = int(pixels, n);
    const end = int(rowStart, i + 1);
    addInt(entryStart, rowOf(native, i) + 1, end - int(rowStart, i));
    for (let e = int(rowStart, i); e < end; e++) {
      store<i32>(entry, columnOf(native, i) << 5);
      store<i32>(entry, int(columnIndex, e) << 5, 4);
      store<f64>(entry, load<f64>(values + (<usize>e << 3)), 8);
      entry += ENTRY;
    }
  }
  accumulate(entryStart, boxRows);
  return entries;
}

// The columns of T that have entries, by their first row: four neighbors then start in about the same one.
function columnsByRow(source: i32): i32 {
  const start = counts(boxRows);
  for (let s = 0; s < source; s++) {
    if (int(columnStart, s) < int(columnStart, s + 1)) addInt(start, int(rows, int(columnStart, s)) + 1, 1);
  }
  accumulate(start, boxRows);
  const count = int(start, boxRows);
  for (let s = 0; s < source; s++) {
    const first = int(columnStart, s);
    if (first < int(columnStart, s + 1)) setInt(order, nextPlace(start, int(rows, first)), s);
  }
  return count;
}

function scale(begin: i32, end: i32, entries: usize, factor: f64): void {
  for (let e = entries + <usize>begin * ENTRY; e < entries + <usize>end * ENTRY; e += ENTRY) {
    store<f64>(e, factor * load<f64>(e, 8), 8);
  }
}

// Four columns, `bytes` apart, to (boxColumns, 4).
function interleave(begin: i32, end: i32, columns: usize, bytes: usize, out: usize): void {
  for (let x = begin; x < end; x += 2) {
    const from = columns + (<usize>x << 3), to = out + (<usize>x << 5);
    const a = v128.load(from), b = v128.load(from + bytes);
    const c = v128.load(from + 2 * bytes), d = v128.load(from + 3 * bytes);
    v128.store(to, v128.shuffle<f64>(a, b, 0, 2));
    v128.store(to, v128.shuffle<f64>(c, d, 0, 2), 16);
    v128.store(to, v128.shuffle<f64>(a, b, 1, 3), 32);
    v128.store(to, v128.shuffle<f64>(c, d, 1, 3), 48);
  }
}

// panel (source, 4) += T' of one row of L T, (boxColumns, 4).
function addTransposeTimesRow(begin: usize, end: usize, row: usize, panel: usize): void {
  for (let entry = begin; entry < end; entry += ENTRY) {
    const pixel = row + <usize>load<i32>(entry), sum = panel + <usize>load<i32>(entry, 4);
    const weight = v128.load64_splat(entry, 8);
    v128.store(sum, madd(weight, v128.load(pixel), v128.load(sum)));
    v128.store(sum, madd(weight, v128.load(pixel, 16), v128.load(sum, 16)), 16);
  }
}

// A += A', in squares that stay in the first-level cache.
export function addTransposed(size: i32, a: usize): void {
  const row = <usize>size << 3;
  for (let i = 0; i < size; i += 16) {
    for (let j = 0; j <= i; j += 16) {
      for (let p = i; p < min(i + 16, size); p++) {
        for (let q = j; q < min(j + 16, p + 1); q++) {
          const at = a + <usize>p * row + (<usize>q << 3), mirrored = a + <usize>q * row + (<usize>p << 3);
          const sum = load<f64>(at) + load<f64>(mirrored);
          store<f64>(at, sum);
          store<f64>(mirrored, sum);
        }
      }
    }
  }
}

// Row r of L T for one column of T; rows must come in order.
function rowOfLower(column: i32, r: i32, out: usize): void {
  const begin = int(columnStart, column), above = int(next, column);
  let end = above;
  while (end < int(columnStart, column + 1) && int(rows, end) == r) end++;
  setInt(next, column, end);
  const first = byColumn + <usize>begin * ENTRY, last = byColumn + <usize>end * ENTRY;
  scale(above, end, byColumn, 0.5);
  rowOfProduct(first, last, r, out);
  scale(above, end, byColumn, 2);
}

// Copies the lattices and lists the entries once for all parts; returns the address of what a part needs, or 0 where
// there are no image pixels. `plus` is 0 where there is none.
export function prepareSymmetric(
  columns: i32, minus: usize, plus: usize, size: i32, source: i32, native: usize,
  rowStart: usize, columnIndex: usize, values: usize, out: usize,
): usize {
  memory.fill(out, 0, (<usize>source * source) << 3);
  if (size == 0) return 0;
  findBox(size, native);
  takeLattices(columns, minus, plus, 0);
  const pixels = pixelsByRow(size, native);
  takeColumns(size, source, native, pixels, rowStart, columnIndex, values);
  entryStart = counts(boxRows);
  order = allocate(<usize>source << 2);
  next = places(columnStart, source);
  byRow = entriesByRow(size, native, pixels, rowStart, columnIndex, values);
  count = columnsByRow(source);

  const state = allocate(STATE_BYTES + 20);
  saveState(state);
  const own = state + STATE_BYTES;
  store<usize>(own, next);
  store<usize>(own, byRow, 4);
  store<usize>(own, entryStart, 8);
  store<usize>(own, order, 12);
  store<i32>(own, count, 16);
  return state;
}

// Rows of A for `together` columns of T, a multiple of four, in their order by first rows.
export function symmetricRows(part: i32, together: i32, state: usize, source: i32, out: usize): void {
  takeState(state);
  const own = state + STATE_BYTES;
  next = load<usize>(own);
  byRow = load<usize>(own, 4);
  entryStart = load<usize>(own, 8);
  order = load<usize>(own, 12);
  count = load<i32>(own, 16);

  const top = mark();
  const bytes = (<usize>boxColumns << 3) + SLACK;
  const buffers = zeroed(4 * bytes), interleaved = allocate(4 * bytes), panel = allocate(<usize>source << 5);
  const last = min((part + 1) * together, count);
  for (let four = part * together; four < last; four += 4) {
    rowsOfFour(four, min(four + 4, count), source, bytes, buffers, interleaved, panel, out);
  }
  release(top);
}

function rowsOfFour(
  four: i32, end: i32, source: i32, bytes: usize, buffers: usize, interleaved: usize, panel: usize, out: usize,
): void {
  memory.fill(panel, 0, <usize>source << 5);
  for (let r = int(rows, int(columnStart, int(order, four))); r < boxRows; r++) {
    for (let c = four; c < end; c++) rowOfLower(int(order, c), r, buffers + <usize>(c - four) * bytes);
    for (let run = int(runStart, r); run < int(runStart, r + 1); run++) {
      interleave(int(runs, 2 * run), int(runs, 2 * run + 1), buffers, bytes, interleaved);
    }
    const first = byRow + <usize>int(entryStart, r) * ENTRY, last = byRow + <usize>int(entryStart, r + 1) * ENTRY;
    addTransposeTimesRow(first, last, interleaved, panel);
  }
  for (let c = four; c < end; c++) {
    const row = out + ((<usize>int(order, c) * source) << 3), from = panel + (<usize>(c - four) << 3);
    for (let p = 0; p < source; p++) store<f64>(row + (<usize>p << 3), load<f64>(from + (<usize>p << 5)));
  }
}
