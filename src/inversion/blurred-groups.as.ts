// Rows of A = P T for sixteen image pixels at a time, four by four, whose PSFs reach much the same source pixels. What one
// image pixel maps to reaches the sixteen with four slices of the PSF, one from each of four neighbouring rows of it.
import { allocate } from "../operators/arena.as";
import { spansOf } from "../operators/convolve.as";
import { madd } from "../operators/turns.as";

// Pixels of a group along a side, and the bytes of a value for each.
export const SIDE: i32 = 4;
export const BYTES: usize = <usize>(SIDE * SIDE) << 3;

// What all groups share.
// @ts-ignore: decorator
@unmanaged
export class Blurring {
  source: i32;
  rowStart: usize;
  columnIndex: usize;
  entries: usize;
  kernelRows: i32;
  kernelColumns: i32;
  // The kernel between SIDE - 1 zeros on all sides.
  weights: usize;
  weightRow: usize;
  // For every pixel of the box, half a kernel and a group around it, which input it is; -1 where it is none.
  index: usize;
  indexRow: usize;
  // 1 / noise in the box, 0 for pixels of a group that do not come out.
  scale: usize;
  scaleRow: usize;
  // (groups, 2) row and column of their first pixels.
  corners: usize;
  groups: i32;
}

function padKernel(blurring: Blurring, kernel: usize): void {
  const zeros = SIDE - 1, rows = blurring.kernelRows, columns = blurring.kernelColumns;
  const row = <usize>(columns + 2 * zeros) << 3;
  const bytes = <usize>(rows + 2 * zeros) * row;
  const padded = allocate(bytes);
  memory.fill(padded, 0, bytes);
  for (let a = 0; a < rows; a++) {
    const to = padded + <usize>(a + zeros) * row + (<usize>zeros << 3);
    memory.copy(to, kernel + (<usize>(a * columns) << 3), <usize>columns << 3);
  }
  blurring.weights = padded;
  blurring.weightRow = row;
}

function indexInputs(blurring: Blurring, rows: i32, columns: i32, count: i32, pixels: usize): void {
  const up = blurring.kernelRows >> 1, across = blurring.kernelColumns >> 1;
  const row = <usize>(columns + 2 * across + SIDE) << 2;
  const bytes = <usize>(rows + 2 * up + SIDE) * row;
  const index = allocate(bytes);
  memory.fill(index, 0xff, bytes);
  const first = index + <usize>up * row + (<usize>across << 2);
  for (let n = 0; n < count; n++, pixels += 8) {
    store<i32>(first + <usize>load<i32>(pixels) * row + (<usize>load<i32>(pixels, 4) << 2), n);
  }
  blurring.index = index;
  blurring.indexRow = row;
}

function scaleByNoise(blurring: Blurring, rows: i32, columns: i32, count: i32, pixels: usize, noise: usize): void {
  const row = <usize>(columns + SIDE) << 3;
  const bytes = <usize>(rows + SIDE) * row;
  const scale = allocate(bytes);
  memory.fill(scale, 0, bytes);
  for (let m = 0; m < count; m++, pixels += 8, noise += 8) {
    store<f64>(scale + <usize>load<i32>(pixels) * row + (<usize>load<i32>(pixels, 4) << 3), 1 / load<f64>(noise));
  }
  blurring.scale = scale;
  blurring.scaleRow = row;
}

function findGroups(blurring: Blurring, rows: i32, columns: i32, count: i32, pixels: usize): void {
  const spans = spansOf(rows, columns, count, pixels);
  const corners = allocate((<usize>((rows + SIDE - 1) / SIDE) * ((columns + SIDE - 1) / SIDE)) << 3);
  let groups = 0;
  for (let i = 0; i < rows; i += SIDE) {
    let first = columns, last = -1;
    for (let r = i; r < min(i + SIDE, rows); r++) {
      first = min(first, load<i32>(spans + (<usize>r << 3)));
      last = max(last, load<i32>(spans + (<usize>r << 3), 4));
    }
    for (let j = first; j <= last; j += SIDE, groups++) {
      store<i32>(corners + (<usize>groups << 3), i);
      store<i32>(corners + (<usize>groups << 3), j, 4);
    }
  }
  blurring.corners = corners;
  blurring.groups = groups;
}

// Pixels are (count, 2) row and column in the box of (rows, columns); those that come out have a noise. Returns a Blurring.
export function prepareBlurring(
  rows: i32, columns: i32, kernelRows: i32, kernelColumns: i32, kernel: usize, inputs: i32, inputPixels: usize,
  outputs: i32, outputPixels: usize, noise: usize, source: i32, rowStart: usize, columnIndex: usize, entries: usize,
): usize {
  const address = allocate(offsetof<Blurring>());
  const blurring = changetype<Blurring>(address);
  blurring.source = source;
  blurring.rowStart = rowStart;
  blurring.columnIndex = columnIndex;
  blurring.entries = entries;
  blurring.kernelRows = kernelRows;
  blurring.kernelColumns = kernelColumns;
  padKernel(blurring, kernel);
  indexInputs(blurring, rows, columns, inputs, inputPixels);
  scaleByNoise(blurring, rows, columns, outputs, outputPixels, noise);
  findGroups(blurring, rows, columns, outputs, outputPixels);
  return address;
}

export function groupsOfBlurring(blurring: usize): i32 {
  return changetype<Blurring>(blurring).groups;
}

// For every entry (column, t) of a row of T: values[column] += t times the slices of weights, and a bit for the column.
// @ts-ignore: decorator
@inline
function addRow(
  begin: i32, end: i32, columnIndex: usize, entries: usize, weights: usize, row: usize, values: usize, seen: usize,
): void {
  const a0 = v128.load(weights), a1 = v128.load(weights, 16);
  const b0 = v128.load(weights + row), b1 = v128.load(weights + row, 16);
  const c0 = v128.load(weights + 2 * row), c1 = v128.load(weights + 2 * row, 16);
  const d0 = v128.load(weights + 3 * row), d1 = v128.load(weights + 3 * row, 16);
  for (let e = begin; e < end; e++) {
    const column = load<i32>(columnIndex + (<usize>e << 2));
    const t = v128.load64_splat(entries + (<usize>e << 3));
    const to = values + <usize>column * BYTES;
    v128.store(to, madd(t, a0, v128.load(to)));
    v128.store(to, madd(t, a1, v128.load(to, 16)), 16);
    v128.store(to, madd(t, b0, v128.load(to, 32)), 32);
    v128.store(to, madd(t, b1, v128.load(to, 48)), 48);
    v128.store(to, madd(t, c0, v128.load(to, 64)), 64);
    v128.store(to, madd(t, c1, v128.load(to, 80)), 80);
    v128.store(to, madd(t, d0, v128.load(to, 96)), 96);
    v128.store(to, madd(t, d1, v128.load(to, 112)), 112);
    const word = seen + (<usize>(column >> 6) << 3);
    store<u64>(word, load<u64>(word) | (<u64>1 << <u64>(column & 63)));
  }
}

// The transpose of it: slopes[entry] += the slices of weights times values[column].
// @ts-ignore: decorator
@inline
function takeRow(
  begin: i32, end: i32, columnIndex: usize, slopes: usize, weights: usize, row: usize, values: usize,
): void {
  const a0 = v128.load(weights), a1 = v128.load(weights, 16);
  const b0 = v128.load(weights + row), b1 = v128.load(weights + row, 16);
  const c0 = v128.load(weights + 2 * row), c1 = v128.load(weights + 2 * row, 16);
  const d0 = v128.load(weights + 3 * row), d1 = v128.load(weights + 3 * row, 16);
  for (let e = begin; e < end; e++) {
    const from = values + <usize>load<i32>(columnIndex + (<usize>e << 2)) * BYTES;
    let even = f64x2.mul(a0, v128.load(from)), odd = f64x2.mul(a1, v128.load(from, 16));
    even = madd(b0, v128.load(from, 32), even);
    odd = madd(b1, v128.load(from, 48), odd);
    even = madd(c0, v128.load(from, 64), even);
    odd = madd(c1, v128.load(from, 80), odd);
    even = madd(d0, v128.load(from, 96), even);
    odd = madd(d1, v128.load(from, 112), odd);
    const sums = f64x2.add(even, odd), to = slopes + (<usize>e << 3);
    store<f64>(to, load<f64>(to) + (f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)));
  }
}

// Every row of T that reaches a group, with its slices of the kernel.
// @ts-ignore: decorator
@inline
function overRows(transposed: bool, blurring: Blurring, group: i32, values: usize, other: usize): void {
  const corner = blurring.corners + (<usize>group << 3);
  const kernelRows = blurring.kernelRows, kernelColumns = blurring.kernelColumns, row = blurring.weightRow;
  const rowStart = blurring.rowStart, columnIndex = blurring.columnIndex, entries = blurring.entries;
  // Row a of the slices brings light to the group's last row from row i + SIDE - 1 + up - a.
  let input = blurring.index + (<usize>load<i32>(corner, 4) << 2);
  input += <usize>(load<i32>(corner) + SIDE - 1 + 2 * (kernelRows >> 1)) * blurring.indexRow;
  // Lane l of input column c takes weight l - c + 2 across: c = 0 begins at 2 across, after the zeros.
  let slices = blurring.weights + (<usize>(SIDE - 1 + 2 * (kernelColumns >> 1)) << 3);
  for (let a = 0; a < kernelRows + SIDE - 1; a++, input -= blurring.indexRow, slices += row) {
    for (let c = 0; c < kernelColumns + SIDE - 1; c++) {
      const n = load<i32>(input + (<usize>c << 2));
      if (n < 0) continue;
      const start = rowStart + (<usize>n << 2), begin = load<i32>(start), end = load<i32>(start, 4);
      const weights = slices - (<usize>c << 3);
      if (transposed) takeRow(begin, end, columnIndex, other, weights, row, values);
      else addRow(begin, end, columnIndex, entries, weights, row, values, other);
    }
  }
}

// Adds the rows of A of a group: values (source, 16), and a bit in seen for each column that it reaches.
export function addRows(blurring: Blurring, group: i32, values: usize, seen: usize): void {
  overRows(false, blurring, group, values, seen);
}

// The transpose of it: slopes (entries of T) from values (source, 16).
export function takeRows(blurring: Blurring, group: i32, values: usize, slopes: usize): void {
  overRows(true, blurring, group, values, slopes);
}
