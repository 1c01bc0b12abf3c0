// F = A + A', A = T' L T, with L the pairs of image pixels (i, j) of W whose row of j is not below that of i, halved where
// both are in one row. Four columns of T at a time and one image row after the other: a row of L T is a sum of contiguous
// slices of w, one an entry of the column in this row or above it, and T' takes the row as soon as it is there. Nothing of
// the size M S or M^2 is kept.
import { madd } from "../operators/turns.as";
import { addSlices, SLACK } from "./slices.as";

// An entry of a column of T: i32 byte offset into the lattice, i32 row, f64 weight.
const ENTRY: usize = 16;
// Where a column is: entries from `begin` to `end` are in rows done, those to `last` in rows to come.
const CURSOR: usize = 12;
// Masked pixels between two runs of a row that cost less than a run of their own.
const GAP: i32 = 12;

// The bounding box of the image pixels, set by every call before anything else.
let firstRow: i32 = 0, firstColumn: i32 = 0, boxRows: i32 = 0, boxColumns: i32 = 0;

// Doubles between rows of both lattices: odd multiples of 2, so that rows do not fall on the same cache lines.
let stride: i32 = 0;

// @ts-ignore: decorator
@inline
function int(array: usize, index: i32): i32 {
  return load<i32>(array + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
function setInt(array: usize, index: i32, value: i32): void {
  store<i32>(array + (<usize>index << 2), value);
}

function zeroed(bytes: usize): usize {
  const address = heap.alloc(bytes);
  memory.fill(address, 0, bytes);
  return address;
}

function findBox(size: i32, native: usize): void {
  let lastRow = -1, lastColumn = -1;
  firstRow = firstColumn = i32.MAX_VALUE;
  for (let i = 0; i < 2 * size; i += 2) {
    const row = int(native, i), column = int(native, i + 1);
    firstRow = min(firstRow, row);
    lastRow = max(lastRow, row);
    firstColumn = min(firstColumn, column);
    lastColumn = max(lastColumn, column);
  }
  boxRows = lastRow - firstRow + 1;
  boxColumns = lastColumn - firstColumn + 1;
  stride = 2 * boxColumns + (boxColumns & 1 ? 0 : 2);
}

// The part of a lattice that the box needs, (rows, 2 boxColumns - 1) from `first`, a row `stride` long; finite beyond.
function boxLattice(rows: i32, first: usize, width: i32): usize {
  const copy = zeroed(((<usize>rows * stride) << 3) + SLACK);
  for (let r = 0; r < rows; r++) {
    memory.copy(copy + ((<usize>r * stride) << 3), first + ((<usize>r * width) << 3), (<usize>(2 * boxColumns - 1)) << 3);
  }
  return copy;
}

// Turns counts at [1 ...] into starts, in place.
function accumulate(counts: usize, length: i32): void {
  for (let n = 0; n < length; n++) setInt(counts, n + 1, int(counts, n) + int(counts, n + 1));
}

// Image pixels by row: `rowPixels` (boxRows + 1) receives where each row starts in the list returned.
function pixelsByRow(size: i32, native: usize, rowPixels: usize): usize {
  const pixels = heap.alloc(<usize>size << 2), place = zeroed(<usize>(boxRows + 1) << 2);
  for (let i = 0; i < size; i++) {
    const row = int(native, 2 * i) - firstRow;
    setInt(rowPixels, row + 1, int(rowPixels, row + 1) + 1);
  }
  accumulate(rowPixels, boxRows);
  memory.copy(place, rowPixels, <usize>(boxRows + 1) << 2);
  for (let i = 0; i < size; i++) {
    const row = int(native, 2 * i) - firstRow;
    const at = int(place, row);
    setInt(pixels, at, i);
    setInt(place, row, at + 1);
  }
  return pixels;
}

// Runs (begin, end) of columns of the box that hold all pixels of a row; `rowRuns` (boxRows + 1) receives their starts.
function runsByRow(size: i32, native: usize, rowRuns: usize): usize {
  const cells = zeroed(<usize>boxRows * boxColumns);
  for (let i = 0; i < size; i++) {
    store<u8>(cells + <usize>(int(native, 2 * i) - firstRow) * boxColumns + (int(native, 2 * i + 1) - firstColumn), 1);
  }
  const runs = heap.alloc(<usize>(boxRows * (boxColumns / (GAP + 1) + 1)) << 3);
  let count = 0;
  for (let r = 0; r < boxRows; r++) {
    setInt(rowRuns, r, count);
    let end = -GAP - 1;
    for (let x = 0; x < boxColumns; x++) {
      if (!load<u8>(cells + <usize>r * boxColumns + x)) continue;
      if (x - end >= GAP) setInt(runs, 2 * count++, x);
      end = x + 1;
      setInt(runs, 2 * count - 1, end);
    }
  }
  setInt(rowRuns, boxRows, count);
  return runs;
}

// Entries of every column of T by row; `columnStart` (source + 1) receives where each column starts.
function entriesByColumn(
  size: i32, source: i32, native: usize, pixels: usize, rowStart: usize, columnIndex: usize, values: usize,
  columnStart: usize,
): usize {
  const count = int(rowStart, size);
  for (let e = 0; e < count; e++) {
    const column = int(columnIndex, e);
    setInt(columnStart, column + 1, int(columnStart, column + 1) + 1);
  }
  accumulate(columnStart, source);
  const place = heap.alloc(<usize>source << 2), entries = heap.alloc(<usize>count * ENTRY);
  memory.copy(place, columnStart, <usize>source << 2);
  for (let n = 0; n < size; n++) {
    const i = int(pixels, n);
    const row = int(native, 2 * i) - firstRow;
    const offset = (row * stride + int(native, 2 * i + 1) - firstColumn) << 3;
    const end = int(rowStart, i + 1);
    for (let e = int(rowStart, i); e < end; e++) {
      const column = int(columnIndex, e);
      const next = int(place, column);
      setInt(place, column, next + 1);
      const entry = entries + <usize>next * ENTRY;
      store<i32>(entry, offset);
      store<i32>(entry, row, 4);
      store<f64>(entry, load<f64>(values + (<usize>e << 3)), 8);
    }
  }
  return entries;
}

// Columns that have entries, by their first row: four neighbors then start at about the same row. Returns their number.
function columnsByRow(source: i32, columnStart: usize, entries: usize, order: usize): i32 {
  const place = zeroed(<usize>(boxRows + 1) << 2);
  for (let s = 0; s < source; s++) {
    if (int(columnStart, s) == int(columnStart, s + 1)) continue;
    const row = load<i32>(entries + <usize>int(columnStart, s) * ENTRY, 4);
    setInt(place, row + 1, int(place, row + 1) + 1);
  }
  accumulate(place, boxRows);
  const count = int(place, boxRows);
  for (let s = 0; s < source; s++) {
    if (int(columnStart, s) == int(columnStart, s + 1)) continue;
    const row = load<i32>(entries + <usize>int(columnStart, s) * ENTRY, 4);
    const at = int(place, row);
    setInt(order, at, s);
    setInt(place, row, at + 1);
  }
  return count;
}

// Moves the cursor past the entries of a row; their weights are halved until `restore`.
function halve(cursor: usize, row: i32): void {
  let end = <usize>load<u32>(cursor, 4);
  const last = <usize>load<u32>(cursor, 8);
  for (; end < last && load<i32>(end, 4) == row; end += ENTRY) store<f64>(end, 0.5 * load<f64>(end, 8), 8);
  store<u32>(cursor, <u32>end, 4);
}

function restore(cursor: usize, row: i32): void {
  const begin = <usize>load<u32>(cursor);
  for (let e = <usize>load<u32>(cursor, 4) - ENTRY; e >= begin && load<i32>(e, 4) == row; e -= ENTRY) {
    store<f64>(e, 2 * load<f64>(e, 8), 8);
  }
}

// Entries of T by image row: i32 byte offset of the pixel among the interleaved buffers, i32 byte offset of the column in
// the panel, f64 weight.
function entriesByRow(
  size: i32, native: usize, pixels: usize, rowStart: usize, columnIndex: usize, values: usize,
): usize {
  const entries = heap.alloc(<usize>int(rowStart, size) * ENTRY);
  let entry = entries;
  for (let n = 0; n < size; n++) {
    const i = int(pixels, n);
    const end = int(rowStart, i + 1);
    for (let e = int(rowStart, i); e < end; e++) {
      store<i32>(entry, (int(native, 2 * i + 1) - firstColumn) << 5);
      store<i32>(entry, int(columnIndex, e) << 5, 4);
      store<f64>(entry, load<f64>(values + (<usize>e << 3)), 8);
      entry += ENTRY;
    }
  }
  return entries;
}

// Four buffers, `bytes` apart, as pairs of columns after one another: (boxColumns, 4).
function interleave(begin: i32, end: i32, buffers: usize, bytes: usize, out: usize): void {
  for (let x = begin; x < end; x += 2) {
    const from = buffers + (<usize>x << 3), to = out + (<usize>x << 5);
    const a = v128.load(from), b = v128.load(from + bytes);
    const c = v128.load(from + 2 * bytes), d = v128.load(from + 3 * bytes);
    v128.store(to, v128.shuffle<f64>(a, b, 0, 2));
    v128.store(to, v128.shuffle<f64>(c, d, 0, 2), 16);
    v128.store(to, v128.shuffle<f64>(a, b, 1, 3), 32);
    v128.store(to, v128.shuffle<f64>(c, d, 1, 3), 48);
  }
}

// panel (source, 4) += T' of a row of L T (boxColumns, 4).
function addRowOfTranspose(begin: usize, end: usize, row: usize, panel: usize): void {
  for (let entry = begin; entry < end; entry += ENTRY) {
    const pixel = row + <usize>load<i32>(entry), sum = panel + <usize>load<i32>(entry, 4);
    const weight = v128.load64_splat(entry, 8);
    v128.store(sum, madd(weight, v128.load(pixel), v128.load(sum)));
    v128.store(sum, madd(weight, v128.load(pixel, 16), v128.load(sum, 16)), 16);
  }
}

// Row `column` of A' from the panel.
function storeColumn(source: i32, panel: usize, out: usize): void {
  for (let p = 0; p < source; p++) store<f64>(out + (<usize>p << 3), load<f64>(panel + (<usize>p << 5)));
}

// A += A', in squares that stay in the first-level cache.
function addTransposed(size: i32, a: usize): void {
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

// `plus` is 0 where there is none.
export function curvatureViaCompactSymmetric(
  columns: i32, minus: usize, plus: usize, size: i32, source: i32, native: usize,
  rowStart: usize, columnIndex: usize, values: usize, out: usize,
): void {
  memory.fill(out, 0, (<usize>source * source) << 3);
  if (size == 0) return;
  findBox(size, native);
  const width = 2 * columns - 1;
  const differences = boxLattice(boxRows, minus + (<usize>(columns - boxColumns) << 3), width);
  const sums = plus == 0
    ? <usize>0
    : boxLattice(2 * boxRows - 1, plus + (<usize>(2 * firstRow * width + 2 * firstColumn) << 3), width);
  const rowPixels = zeroed(<usize>(boxRows + 1) << 2), rowRuns = zeroed(<usize>(boxRows + 1) << 2);
  const columnStart = zeroed(<usize>(source + 1) << 2), order = heap.alloc(<usize>source << 2);
  const pixels = pixelsByRow(size, native, rowPixels);
  const runs = runsByRow(size, native, rowRuns);
  const entries = entriesByColumn(size, source, native, pixels, rowStart, columnIndex, values, columnStart);
  const rowEntries = zeroed(<usize>(boxRows + 1) << 2);
  for (let i = 0; i < size; i++) {
    const r = int(native, 2 * i) - firstRow;
    setInt(rowEntries, r + 1, int(rowEntries, r + 1) + int(rowStart, i + 1) - int(rowStart, i));
  }
  accumulate(rowEntries, boxRows);
  const count = columnsByRow(source, columnStart, entries, order);

  const bytes = (<usize>boxColumns << 3) + SLACK;
  const byRow = entriesByRow(size, native, pixels, rowStart, columnIndex, values);
  const row = heap.alloc(4 * bytes);
  const buffers = zeroed(4 * bytes), panel = heap.alloc(<usize>source << 5), cursors = heap.alloc(4 * CURSOR);
  for (let first = 0; first < count; first += 4) {
    const together = min(4, count - first);
    memory.fill(panel, 0, <usize>source << 5);
    for (let c = 0; c < together; c++) {
      const column = int(order, first + c);
      const begin = <u32>(entries + <usize>int(columnStart, column) * ENTRY);
      store<u32>(cursors + <usize>c * CURSOR, begin);
      store<u32>(cursors + <usize>c * CURSOR, begin, 4);
      store<u32>(cursors + <usize>c * CURSOR, <u32>(entries + <usize>int(columnStart, column + 1) * ENTRY), 8);
    }
    for (let r = load<i32>(<usize>load<u32>(cursors), 4); r < boxRows; r++) {
      for (let c = 0; c < together; c++) {
        const cursor = cursors + <usize>c * CURSOR;
        halve(cursor, r);
        const begin = <usize>load<u32>(cursor), end = <usize>load<u32>(cursor, 4);
        for (let run = int(rowRuns, r); run < int(rowRuns, r + 1); run++) {
          const x = int(runs, 2 * run);
          const length = int(runs, 2 * run + 1) - x;
          const at = <usize>(r * stride + x) << 3, target = buffers + <usize>c * bytes + (<usize>x << 3);
          addSlices(begin, end, -1, differences + at + (<usize>(boxColumns - 1) << 3), length, false, target);
          if (sums != 0) addSlices(begin, end, 1, sums + at, length, true, target);
        }
        restore(cursor, r);
      }
      for (let run = int(rowRuns, r); run < int(rowRuns, r + 1); run++) {
        interleave(int(runs, 2 * run), int(runs, 2 * run + 1), buffers, bytes, row);
      }
      addRowOfTranspose(
        byRow + <usize>int(rowEntries, r) * ENTRY, byRow + <usize>int(rowEntries, r + 1) * ENTRY, row, panel,
      );
    }
    for (let c = 0; c < together; c++) {
      storeColumn(source, panel + (<usize>c << 3), out + ((<usize>int(order, first + c) * source) << 3));
    }
  }
  addTransposed(source, out);
}
