// The image pixels of a mask as rows of their bounding box.
import { allocate } from "../operators/arena.as";

// Masked pixels between two runs of a row that cost less than a run of their own.
const GAP: i32 = 12;

// The bounding box; set by every call of `findBox`, which comes before anything else.
export let firstRow: i32 = 0;
export let firstColumn: i32 = 0;
export let boxRows: i32 = 0;
export let boxColumns: i32 = 0;

// The box as another thread's instance takes it over: BOX_BYTES at `to`.
export const BOX_BYTES: usize = 16;

export function saveBox(to: usize): void {
  store<i32>(to, firstRow);
  store<i32>(to, firstColumn, 4);
  store<i32>(to, boxRows, 8);
  store<i32>(to, boxColumns, 12);
}

export function takeBox(from: usize): void {
  firstRow = load<i32>(from);
  firstColumn = load<i32>(from, 4);
  boxRows = load<i32>(from, 8);
  boxColumns = load<i32>(from, 12);
}

// @ts-ignore: decorator
@inline
export function int(array: usize, index: i32): i32 {
  return load<i32>(array + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
export function setInt(array: usize, index: i32, value: i32): void {
  store<i32>(array + (<usize>index << 2), value);
}

// @ts-ignore: decorator
@inline
export function addInt(array: usize, index: i32, value: i32): void {
  setInt(array, index, int(array, index) + value);
}

export function zeroed(bytes: usize): usize {
  const address = allocate(bytes);
  memory.fill(address, 0, bytes);
  return address;
}

// Room for `length` counts at [1 ...], which `accumulate` turns into starts, [length] being the end of the last.
export function counts(length: i32): usize {
  return zeroed(<usize>(length + 1) << 2);
}

export function accumulate(counts: usize, length: i32): void {
  for (let n = 0; n < length; n++) addInt(counts, n + 1, int(counts, n));
}

// A copy of starts, to be moved on as their lists are filled.
export function places(starts: usize, length: i32): usize {
  const copy = allocate(<usize>(length + 1) << 2);
  memory.copy(copy, starts, <usize>(length + 1) << 2);
  return copy;
}

// @ts-ignore: decorator
@inline
export function nextPlace(places: usize, list: i32): i32 {
  const at = int(places, list);
  setInt(places, list, at + 1);
  return at;
}

// `native` (size, 2) holds rows and columns; size is not 0.
export function findBox(size: i32, native: usize): void {
  let lastRow = -1, lastColumn = -1;
  firstRow = firstColumn = i32.MAX_VALUE;
  for (let i = 0; i < size; i++) {
    const row = int(native, 2 * i), column = int(native, 2 * i + 1);
    firstRow = min(firstRow, row);
    lastRow = max(lastRow, row);
    firstColumn = min(firstColumn, column);
    lastColumn = max(lastColumn, column);
  }
  boxRows = lastRow - firstRow + 1;
  boxColumns = lastColumn - firstColumn + 1;
}

// @ts-ignore: decorator
@inline
export function rowOf(native: usize, pixel: i32): i32 {
  return int(native, 2 * pixel) - firstRow;
}

// @ts-ignore: decorator
@inline
export function columnOf(native: usize, pixel: i32): i32 {
  return int(native, 2 * pixel + 1) - firstColumn;
}

// Where each row of the box begins among the image pixels by row, [boxRows] being the end of the last.
export function pixelStarts(size: i32, native: usize): usize {
  const start = counts(boxRows);
  for (let i = 0; i < size; i++) addInt(start, rowOf(native, i) + 1, 1);
  accumulate(start, boxRows);
  return start;
}

// Image pixels by row of the box.
export function pixelsByRow(size: i32, native: usize): usize {
  const place = pixelStarts(size, native), pixels = allocate(<usize>size << 2);
  for (let i = 0; i < size; i++) setInt(pixels, nextPlace(place, rowOf(native, i)), i);
  return pixels;
}

// Runs (begin, end) of columns of the box, which hold all pixels of a row; `runStart` (boxRows + 1) says which are whose.
// A run begins at an even column, as an aligned load must.
export function runsByRow(size: i32, native: usize, runStart: usize): usize {
  const cells = zeroed(<usize>boxRows * boxColumns);
  for (let i = 0; i < size; i++) store<u8>(cells + <usize>rowOf(native, i) * boxColumns + columnOf(native, i), 1);
  const runs = allocate(<usize>(boxRows * (boxColumns / (GAP + 1) + 1)) << 3);
  let count = 0;
  for (let r = 0; r < boxRows; r++) {
    setInt(runStart, r, count);
    let end = -GAP;
    for (let x = 0; x < boxColumns; x++) {
      if (!load<u8>(cells + <usize>r * boxColumns + x)) continue;
      if (x - end >= GAP) setInt(runs, 2 * count++, x & ~1);
      end = x + 1;
      setInt(runs, 2 * count - 1, end);
    }
  }
  setInt(runStart, boxRows, count);
  return runs;
}
