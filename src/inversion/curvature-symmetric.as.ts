// F = A + A', A = T' L T, with L the pairs (i, j) of image pixels whose row of j is not below that of i, their W halved
// where both are in one row. Eight columns of T at a time and one block of image rows after the other, which T' takes as soon
// as it is there: nothing of the size M S or M^2 is kept. Groups of columns are parts of a job for threads.
import { allocate, mark, release } from "../operators/arena.as";
import { madd } from "../operators/turns.as";
import {
  accumulate, addInt, boxColumns, boxRows, columnOf, counts, findBox, int, nextPlace, pixelsByRow, places, rowOf, setInt,
  zeroed,
} from "./image-rows.as";
import {
  byColumn, columnStart, rowOfProduct, rows, runs, runStart, saveState, STATE_BYTES, takeColumns, takeLattices, takeState,
} from "./mapping-columns.as";
import { ENTRY, SLACK } from "./slices.as";

// Columns of T together: a cache line for each pixel of a block and for each source pixel of the panel.
const TOGETHER: i32 = 8;
const LINE: usize = TOGETHER << 3;
// A block of rows stays in the second-level cache; the more rows, the fewer times a source pixel's sums are taken up again.
const BLOCK_BYTES: usize = 1 << 18;

// The entries of T by column as T' reads them: i32 byte offset of the pixel in a block that began in the first row, f64 weight.
let across: usize = 0;
// (boxRows + 1, source) where the entries in a row begin, of every column: that of the last row is where they end.
let rowBegin: usize = 0;
// The columns that have entries, in the order of their first rows.
let order: usize = 0;
let count: i32 = 0;

function entriesAcross(size: i32, source: i32, native: usize, pixels: usize, rowStart: usize, columnIndex: usize, values: usize): usize {
  const entries = allocate(<usize>int(rowStart, size) * ENTRY);
  const place = places(columnStart, source);
  for (let n = 0; n < size; n++) {
    const i = int(pixels, n);
    const offset = (rowOf(native, i) * boxColumns + columnOf(native, i)) * <i32>LINE;
    for (let e = int(rowStart, i); e < int(rowStart, i + 1); e++) {
      const entry = entries + <usize>nextPlace(place, int(columnIndex, e)) * ENTRY;
      store<i32>(entry, offset);
      store<f64>(entry, load<f64>(values + (<usize>e << 3)), 8);
    }
  }
  return entries;
}

function beginsOfRows(source: i32): usize {
  const begins = allocate(<usize>((boxRows + 1) * source) << 2);
  for (let s = 0; s < source; s++) {
    const end = int(columnStart, s + 1);
    for (let r = 0, e = int(columnStart, s); r <= boxRows; r++) {
      while (e < end && int(rows, e) < r) e++;
      setInt(begins, r * source + s, e);
    }
  }
  return begins;
}

// The columns of T that have entries, by their first row: neighbors then start in about the same one.
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

// @ts-ignore: decorator
@inline
function interleavePair(from: usize, bytes: usize, to: usize): void {
  const a = v128.load(from), b = v128.load(from + bytes);
  v128.store(to, v128.shuffle<f64>(a, b, 0, 2));
  v128.store(to + LINE, v128.shuffle<f64>(a, b, 1, 3));
}

// Columns, `bytes` apart, from `begin` to `end` in a row to (boxColumns, TOGETHER).
function interleave(begin: i32, end: i32, columns: usize, bytes: usize, out: usize): void {
  for (let x = begin; x < end; x += 2) {
    const from = columns + (<usize>x << 3), to = out + <usize>x * LINE;
    interleavePair(from, bytes, to);
    interleavePair(from + 2 * bytes, bytes, to + 16);
    interleavePair(from + 4 * bytes, bytes, to + 32);
    interleavePair(from + 6 * bytes, bytes, to + 48);
  }
}

// panel (source, TOGETHER) += T' of the rows of L T from `first` to `last`; `block` is where the first row of all would be.
function addTransposeTimesBlock(first: i32, last: i32, source: i32, block: usize, panel: usize): void {
  for (let s = 0; s < source; s++, panel += LINE) {
    let entry = across + <usize>int(rowBegin, first * source + s) * ENTRY;
    const end = across + <usize>int(rowBegin, last * source + s) * ENTRY;
    if (entry == end) continue;
    let s0 = v128.load(panel, 0), s1 = v128.load(panel, 16), s2 = v128.load(panel, 32), s3 = v128.load(panel, 48);
    for (; entry < end; entry += ENTRY) {
      const pixel = block + <usize>load<i32>(entry);
      const weight = v128.load64_splat(entry, 8);
      s0 = madd(weight, v128.load(pixel, 0), s0);
      s1 = madd(weight, v128.load(pixel, 16), s1);
      s2 = madd(weight, v128.load(pixel, 32), s2);
      s3 = madd(weight, v128.load(pixel, 48), s3);
    }
    v128.store(panel, s0, 0);
    v128.store(panel, s1, 16);
    v128.store(panel, s2, 32);
    v128.store(panel, s3, 48);
  }
}

// Rows in a part of addTransposed, and the side of squares that stay in the first-level cache.
const SQUARE: i32 = 16;

// A += A', in one row of squares up to the diagonal and in the column that mirrors it.
export function addTransposed(part: i32, size: i32, a: usize): void {
  const row = <usize>size << 3, i = part * SQUARE;
  for (let j = 0; j <= i; j += SQUARE) {
    for (let p = i; p < min(i + SQUARE, size); p++) {
      for (let q = j; q < min(j + SQUARE, p + 1); q++) {
        const at = a + <usize>p * row + (<usize>q << 3), mirrored = a + <usize>q * row + (<usize>p << 3);
        const sum = load<f64>(at) + load<f64>(mirrored);
        store<f64>(at, sum);
        store<f64>(mirrored, sum);
      }
    }
  }
}

// Row r of L T for one column of T.
function rowOfLower(column: i32, r: i32, source: i32, out: usize): void {
  const above = int(rowBegin, r * source + column), end = int(rowBegin, (r + 1) * source + column);
  const first = byColumn + <usize>int(columnStart, column) * ENTRY;
  scale(above, end, byColumn, 0.5);
  rowOfProduct(first, byColumn + <usize>end * ENTRY, r, out);
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
  across = entriesAcross(size, source, native, pixels, rowStart, columnIndex, values);
  rowBegin = beginsOfRows(source);
  order = allocate(<usize>source << 2);
  count = columnsByRow(source);

  const state = allocate(STATE_BYTES + 16);
  saveState(state);
  const own = state + STATE_BYTES;
  store<usize>(own, across);
  store<usize>(own, rowBegin, 4);
  store<usize>(own, order, 8);
  store<i32>(own, count, 12);
  return state;
}

function rowsOfBlock(): i32 {
  return max(1, min(boxRows, <i32>(BLOCK_BYTES / (<usize>boxColumns * LINE))));
}

// Bytes that a part of symmetricRows allocates, of a box as wide as the grid.
export function symmetricScratch(columns: i32, source: i32): usize {
  const row = <usize>(columns + 2) * LINE;
  return <usize>TOGETHER * ((<usize>columns << 3) + SLACK) + max(row, BLOCK_BYTES) + row + <usize>source * LINE + 64;
}

// Rows of A for `together` columns of T, a multiple of TOGETHER, in their order by first rows.
export function symmetricRows(part: i32, together: i32, state: usize, source: i32, out: usize): void {
  takeState(state);
  const own = state + STATE_BYTES;
  across = load<usize>(own);
  rowBegin = load<usize>(own, 4);
  order = load<usize>(own, 8);
  count = load<i32>(own, 12);

  const top = mark();
  const bytes = (<usize>boxColumns << 3) + SLACK;
  const buffers = zeroed(<usize>TOGETHER * bytes);
  // Runs end in pairs of pixels.
  const block = allocate(<usize>(rowsOfBlock() * boxColumns + 2) * LINE), panel = allocate(<usize>source * LINE);
  const last = min((part + 1) * together, count);
  for (let group = part * together; group < last; group += TOGETHER) {
    rowsOfGroup(group, min(group + TOGETHER, count), source, bytes, buffers, block, panel, out);
  }
  release(top);
}

function rowsOfGroup(
  group: i32, end: i32, source: i32, bytes: usize, buffers: usize, block: usize, panel: usize, out: usize,
): void {
  memory.fill(panel, 0, <usize>source * LINE);
  const row = <usize>boxColumns * LINE;
  const blockRows = rowsOfBlock();
  for (let first = int(rows, int(columnStart, int(order, group))); first < boxRows; first += blockRows) {
    const last = min(first + blockRows, boxRows);
    for (let r = first; r < last; r++) {
      for (let c = group; c < end; c++) rowOfLower(int(order, c), r, source, buffers + <usize>(c - group) * bytes);
      for (let run = int(runStart, r); run < int(runStart, r + 1); run++) {
        interleave(int(runs, 2 * run), int(runs, 2 * run + 1), buffers, bytes, block + <usize>(r - first) * row);
      }
    }
    addTransposeTimesBlock(first, last, source, block - <usize>first * row, panel);
  }
  for (let c = group; c < end; c++) {
    const to = out + ((<usize>int(order, c) * source) << 3), from = panel + (<usize>(c - group) << 3);
    for (let p = 0; p < source; p++) store<f64>(to + (<usize>p << 3), load<f64>(from + <usize>p * LINE));
  }
}
