// What W times a column of T needs: a row of pixels of the product is a sum of contiguous slices of the lattices of W, one
// for each entry of the column.
import { allocate } from "../backend/arena.as";
import {
  accumulate, addInt, BOX_BYTES, boxColumns, boxRows, columnOf, counts, firstColumn, firstRow, int, nextPlace, places,
  rowOf, runsByRow, saveBox, setInt, takeBox, zeroed,
} from "./image-rows.as";
import { addSlices, ENTRY, SLACK } from "./slices.as";

// Doubles from row to row of the lattices: an odd multiple of 2, so that rows do not share cache lines' places.
let stride: i32 = 0;
// Bytes from a lattice to its copy that is one double on, where slices with an odd offset are aligned: a load that
// straddles cache lines costs a tenth of everything.
let copyAt: i32 = 0;
let differences: usize = 0, sums: usize = 0;
// Rows of `differences` with a negative difference.
let negativeRows: i32 = 0;

// Runs of image pixels, and which are of which row.
export let runs: usize = 0;
export let runStart: usize = 0;

// Entries of T by column, in each by row: which are of which column, and their rows.
export let byColumn: usize = 0;
export let columnStart: usize = 0;
export let rows: usize = 0;

// All of the above and the box, as another thread's instance takes it over: STATE_BYTES at `to`.
export const STATE_BYTES: usize = BOX_BYTES + 40;

export function saveState(to: usize): void {
  saveBox(to);
  to += BOX_BYTES;
  store<i32>(to, stride);
  store<i32>(to, copyAt, 4);
  store<i32>(to, negativeRows, 8);
  store<usize>(to, differences, 12);
  store<usize>(to, sums, 16);
  store<usize>(to, runs, 20);
  store<usize>(to, runStart, 24);
  store<usize>(to, byColumn, 28);
  store<usize>(to, columnStart, 32);
  store<usize>(to, rows, 36);
}

export function takeState(from: usize): void {
  takeBox(from);
  from += BOX_BYTES;
  stride = load<i32>(from);
  copyAt = load<i32>(from, 4);
  negativeRows = load<i32>(from, 8);
  differences = load<usize>(from, 12);
  sums = load<usize>(from, 16);
  runs = load<usize>(from, 20);
  runStart = load<usize>(from, 24);
  byColumn = load<usize>(from, 28);
  columnStart = load<usize>(from, 32);
  rows = load<usize>(from, 36);
}

// Room for a lattice and its copy. Zeros stand around them, since blocks read beyond the ends of runs.
function latticePair(): usize {
  return zeroed(2 * <usize>copyAt + SLACK);
}

function copyRow(row: usize, length: i32): void {
  memory.copy(row + <usize>copyAt, row + 8, <usize>(length - 1) << 3);
}

// Takes what the box needs of the lattices, with `negative` rows of negative differences: 0, or boxRows - 1.
export function takeLattices(columns: i32, minus: usize, plus: usize, negative: i32): void {
  const width = 2 * columns - 1, length = 2 * boxColumns - 1, sumRows = 2 * boxRows - 1;
  negativeRows = negative;
  stride = 2 * boxColumns + (boxColumns & 1 ? 0 : 2);
  copyAt = (plus == 0 ? boxRows + negative : sumRows) * stride * 8;
  const first = minus + (<usize>(columns - boxColumns) << 3);
  differences = latticePair();
  for (let d = -negative; d < boxRows; d++) {
    const to = differences + (<usize>((d + negative) * stride) << 3);
    const from = first + (<usize>(abs(d) * width) << 3);
    if (d >= 0) {
      memory.copy(to, from, <usize>length << 3);
    } else {
      for (let e = 0; e < length; e++) store<f64>(to + (<usize>e << 3), load<f64>(from + (<usize>(length - 1 - e) << 3)));
    }
    copyRow(to, length);
  }
  sums = plus == 0 ? <usize>0 : latticePair();
  for (let r = 0; r < (plus == 0 ? 0 : sumRows); r++) {
    const to = sums + (<usize>(r * stride) << 3);
    memory.copy(to, plus + (<usize>((2 * firstRow + r) * width + 2 * firstColumn) << 3), <usize>length << 3);
    copyRow(to, length);
  }
}

// @ts-ignore: decorator
@inline
function aligned(offset: i32): i32 {
  return offset & 8 ? offset - 8 + copyAt : offset;
}

// Lists the entries of T by column. Their offsets are those of the lattices taken before.
export function takeColumns(
  size: i32, source: i32, native: usize, pixels: usize, rowStart: usize, columnIndex: usize, values: usize,
): void {
  const count = int(rowStart, size);
  runStart = counts(boxRows);
  runs = runsByRow(size, native, runStart);
  columnStart = counts(source);
  for (let e = 0; e < count; e++) addInt(columnStart, int(columnIndex, e) + 1, 1);
  accumulate(columnStart, source);
  byColumn = allocate(<usize>count * ENTRY);
  rows = allocate(<usize>count << 2);
  const place = places(columnStart, source);
  for (let n = 0; n < size; n++) {
    const i = int(pixels, n);
    const row = rowOf(native, i), column = columnOf(native, i);
    const difference = aligned((boxColumns - 1 + (negativeRows - row) * stride - column) << 3);
    const sum = aligned((row * stride + column) << 3);
    const end = int(rowStart, i + 1);
    for (let e = int(rowStart, i); e < end; e++) {
      const at = nextPlace(place, int(columnIndex, e));
      const entry = byColumn + <usize>at * ENTRY;
      store<i32>(entry, difference);
      store<i32>(entry, sum, 4);
      store<f64>(entry, load<f64>(values + (<usize>e << 3)), 8);
      setInt(rows, at, row);
    }
  }
}

// out (boxColumns) = W times entries of a column of T, the runs of row r.
export function rowOfProduct(begin: usize, end: usize, r: i32, out: usize): void {
  for (let run = int(runStart, r); run < int(runStart, r + 1); run++) {
    const x = int(runs, 2 * run), length = int(runs, 2 * run + 1) - x;
    const at = <usize>(r * stride + x) << 3, target = out + (<usize>x << 3);
    addSlices(begin, end, 0, differences + at, length, false, target);
    if (sums != 0) addSlices(begin, end, 4, sums + at, length, true, target);
  }
}
