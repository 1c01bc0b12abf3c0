// F = T' W T in every form of curvature.ts.
import { allocate } from "../operators/arena.as";
import { addMultiple } from "../operators/products.as";
import { compactEntry, preloadEntry } from "../operators/w-tilde.as";
import { compactTimesSparse } from "./compact-times-sparse.as";
import { sparseTransposeTimes } from "./mapping.as";

// T' W, then rows of it against the sparse T.
export function curvatureViaWTildeSparse(
  size: i32, source: i32, w: usize, rowStart: usize, columnIndex: usize, values: usize, out: usize,
): void {
  const half = allocate((<usize>source * size) << 3);
  sparseTransposeTimes(size, source, rowStart, columnIndex, values, size, w, half);
  memory.fill(out, 0, (<usize>source * source) << 3);
  for (let p = 0; p < source; p++) {
    const row = out + ((<usize>p * source) << 3);
    for (let i = 0; i < size; i++) {
      const h = load<f64>(half + ((<usize>p * size + i) << 3));
      const end = load<i32>(rowStart + (<usize>i << 2), 4);
      for (let e = load<i32>(rowStart + (<usize>i << 2)); e < end; e++) {
        const at = row + (<usize>load<i32>(columnIndex + (<usize>e << 2)) << 3);
        store<f64>(at, load<f64>(at) + h * load<f64>(values + (<usize>e << 3)));
      }
    }
  }
}

// W T, then T' (W T); `plus` is 0 where there is none.
export function curvatureViaCompactSparse(
  columns: i32, minus: usize, plus: usize, size: i32, source: i32, native: usize,
  rowStart: usize, columnIndex: usize, values: usize, out: usize,
): void {
  const half = allocate((<usize>size * source) << 3);
  compactTimesSparse(columns, minus, plus, size, source, native, rowStart, columnIndex, values, half);
  sparseTransposeTimes(size, source, rowStart, columnIndex, values, source, half, out);
}

// Image pixels whose terms are summed before they join the total, as in curvature.ts.
const PIXELS_PER_SUM: i32 = 64;

// After pixel i, moves a full partial sum, or the last, to the total.
function flush(i: i32, size: i32, entries: i32, partial: usize, out: usize): void {
  if ((i + 1) % PIXELS_PER_SUM != 0 && i + 1 != size) return;
  addMultiple(entries, 1, partial, out);
  memory.fill(partial, 0, <usize>entries << 3);
}

// @ts-ignore: decorator
@inline
function addPairs(
  w: f64, i: i32, j: i32, source: i32, rowStart: usize, columnIndex: usize, values: usize, out: usize,
): void {
  const endI = load<i32>(rowStart + (<usize>i << 2), 4), endJ = load<i32>(rowStart + (<usize>j << 2), 4);
  for (let e = load<i32>(rowStart + (<usize>i << 2)); e < endI; e++) {
    const row = out + ((<usize>load<i32>(columnIndex + (<usize>e << 2)) * source) << 3);
    const weight = w * load<f64>(values + (<usize>e << 3));
    for (let f = load<i32>(rowStart + (<usize>j << 2)); f < endJ; f++) {
      const at = row + (<usize>load<i32>(columnIndex + (<usize>f << 2)) << 3);
      store<f64>(at, load<f64>(at) + weight * load<f64>(values + (<usize>f << 3)));
    }
  }
}

export function curvatureViaCompactDirect(
  columns: i32, minus: usize, plus: usize, size: i32, source: i32, native: usize,
  rowStart: usize, columnIndex: usize, values: usize, out: usize,
): void {
  const partial = allocate((<usize>source * source) << 3);
  memory.fill(partial, 0, (<usize>source * source) << 3);
  memory.fill(out, 0, (<usize>source * source) << 3);
  for (let i = 0; i < size; i++) {
    const row = load<i32>(native + (<usize>i << 3)), column = load<i32>(native + (<usize>i << 3), 4);
    for (let j = 0; j < size; j++) {
      const at = native + (<usize>j << 3);
      const w = compactEntry(columns, minus, plus, row, column, load<i32>(at), load<i32>(at, 4));
      addPairs(w, i, j, source, rowStart, columnIndex, values, partial);
    }
    flush(i, size, source * source, partial, out);
  }
}

export function curvatureViaPreloadDirect(
  rows: i32, columns: i32, preload: usize, plus: usize, size: i32, source: i32, native: usize,
  rowStart: usize, columnIndex: usize, values: usize, out: usize,
): void {
  const partial = allocate((<usize>source * source) << 3);
  memory.fill(partial, 0, (<usize>source * source) << 3);
  memory.fill(out, 0, (<usize>source * source) << 3);
  for (let i = 0; i < size; i++) {
    const row = load<i32>(native + (<usize>i << 3)), column = load<i32>(native + (<usize>i << 3), 4);
    for (let j = 0; j < size; j++) {
      const at = native + (<usize>j << 3);
      const w = preloadEntry(rows, columns, preload, plus, row, column, load<i32>(at), load<i32>(at, 4));
      addPairs(w, i, j, source, rowStart, columnIndex, values, partial);
    }
    flush(i, size, source * source, partial, out);
  }
}
