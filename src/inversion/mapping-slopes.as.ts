// G = W T C at the entries of T. Eight columns of T at a time, whose rows of W T are multiplied by eight columns of C as soon
// as they are there: of the M x S matrix W T eight rows of eight columns exist. Blocks of image rows are parts of a job for
// threads, so that every entry is summed by one of them, in the order of the columns.
import { allocate, mark, release } from "../operators/arena.as";
import { madd } from "../operators/turns.as";
import { boxColumns, boxRows, columnOf, findBox, int, pixelsByRow, pixelStarts, zeroed } from "./image-rows.as";
import { byColumn, columnStart, rowOfProduct, saveState, STATE_BYTES, takeColumns, takeLattices, takeState } from "./mapping-columns.as";
import { ENTRY, SLACK } from "./slices.as";

// Columns together: a cache line of a row of C.
const TOGETHER: i32 = 8;
const LINE: usize = TOGETHER << 3;

// Columns of T, and T itself.
let source: i32 = 0;
let rowStart: usize = 0, columnIndex: usize = 0;
// Image pixels by row of the box, where rows begin among them, and where pixels are.
let pixels: usize = 0, pixelStart: usize = 0, native: usize = 0;
// C as panels (source, TOGETHER) of its columns, zeros beyond the last.
let panels: usize = 0;
let slopes: usize = 0;

function panelsOf(size: i32, matrix: usize): usize {
  const panel = <usize>size * LINE;
  const out = zeroed(<usize>((size + TOGETHER - 1) / TOGETHER) * panel);
  for (let p = 0; p < size; p++) {
    const row = matrix + (<usize>(p * size) << 3), to = out + <usize>p * LINE;
    for (let s = 0; s < size; s += TOGETHER) {
      memory.copy(to + <usize>(s / TOGETHER) * panel, row + (<usize>s << 3), <usize>min(TOGETHER, size - s) << 3);
    }
  }
  return out;
}

// Copies the lattices and C, and lists the entries, once for all parts; returns the address of what a part needs, or 0 where
// there are no image pixels. `plus` is 0 where there is none.
export function prepareMappingSlopes(
  columns: i32, minus: usize, plus: usize, size: i32, sourcePixels: i32, nativeIndex: usize,
  starts: usize, indexes: usize, values: usize, matrix: usize, out: usize,
): usize {
  if (size == 0) return 0;
  memory.fill(out, 0, <usize>int(starts, size) << 3);
  findBox(size, nativeIndex);
  takeLattices(columns, minus, plus, boxRows - 1);
  pixels = pixelsByRow(size, nativeIndex);
  takeColumns(size, sourcePixels, nativeIndex, pixels, starts, indexes, values);

  const state = allocate(STATE_BYTES + 32);
  saveState(state);
  const own = state + STATE_BYTES;
  store<i32>(own, sourcePixels);
  store<usize>(own, starts, 4);
  store<usize>(own, indexes, 8);
  store<usize>(own, pixels, 12);
  store<usize>(own, pixelStarts(size, nativeIndex), 16);
  store<usize>(own, nativeIndex, 20);
  store<usize>(own, panelsOf(sourcePixels, matrix), 24);
  store<usize>(own, out, 28);
  return state;
}

function takeOwn(own: usize): void {
  source = load<i32>(own);
  rowStart = load<usize>(own, 4);
  columnIndex = load<usize>(own, 8);
  pixels = load<usize>(own, 12);
  pixelStart = load<usize>(own, 16);
  native = load<usize>(own, 20);
  panels = load<usize>(own, 24);
  slopes = load<usize>(own, 28);
}

function bytesOfRow(columns: i32): usize {
  return (<usize>columns << 3) + SLACK;
}

// Bytes that a part of mappingSlopesRows allocates, of a box as wide as the grid.
export function mappingSlopesScratch(columns: i32): usize {
  return <usize>TOGETHER * bytesOfRow(columns) + 16;
}

// G of `together` rows of the box.
export function mappingSlopesRows(part: i32, together: i32, state: usize): void {
  takeState(state);
  takeOwn(state + STATE_BYTES);
  const top = mark();
  const bytes = bytesOfRow(boxColumns);
  const buffers = zeroed(<usize>TOGETHER * bytes);
  const last = min((part + 1) * together, boxRows);
  for (let s = 0; s < source; s += TOGETHER) {
    const panel = panels + <usize>(s / TOGETHER * source) * LINE;
    for (let r = part * together; r < last; r++) {
      for (let c = s; c < min(s + TOGETHER, source); c++) {
        const begin = byColumn + <usize>int(columnStart, c) * ENTRY, end = byColumn + <usize>int(columnStart, c + 1) * ENTRY;
        rowOfProduct(begin, end, r, buffers + <usize>(c - s) * bytes);
      }
      addRowTimesPanel(r, buffers, bytes, panel);
    }
  }
  release(top);
}

// Two columns, `bytes` apart, of a row of W T at one pixel.
// @ts-ignore: decorator
@inline
function pair(from: usize, bytes: usize): v128 {
  return v128.load_lane<f64>(from + bytes, v128.load_zero<f64>(from), 1);
}

// To the entries of the pixels in row r: eight columns of W T times what C has of them in the entry's column.
function addRowTimesPanel(r: i32, buffers: usize, bytes: usize, panel: usize): void {
  const end = int(pixelStart, r + 1);
  for (let n = int(pixelStart, r); n < end; n++) {
    const i = int(pixels, n);
    const from = buffers + (<usize>columnOf(native, i) << 3);
    const w0 = pair(from, bytes), w1 = pair(from + 2 * bytes, bytes);
    const w2 = pair(from + 4 * bytes, bytes), w3 = pair(from + 6 * bytes, bytes);
    const last = int(rowStart, i + 1);
    for (let e = int(rowStart, i); e < last; e++) {
      const line = panel + <usize>int(columnIndex, e) * LINE, to = slopes + (<usize>e << 3);
      let sum = f64x2.mul(w0, v128.load(line, 0));
      sum = madd(w1, v128.load(line, 16), sum);
      sum = madd(w2, v128.load(line, 32), sum);
      sum = madd(w3, v128.load(line, 48), sum);
      store<f64>(to, load<f64>(to) + (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
    }
  }
}
