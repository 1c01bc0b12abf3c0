// Dense products on packed panels; the engine of the products, of Cholesky's factorization and of its solves.
//
// A panel of `length` rows and some columns is kept as strips of four columns, each strip contiguous: element (k, j) of
// strip j / 4 is at [j / 4][k][j % 4]. A tile of C, four by four, is held in eight registers while its two strips stream
// past: per row of the strips two vector loads, four splats and eight multiply-adds. Sixteen accumulators would spill.
import { allocate } from "./arena.as";
import { madd } from "./turns.as";

// c - a b
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_nmadd(a, b, c);
  return f64x2.sub(c, f64x2.mul(a, b));
}

// @ts-ignore: decorator
@inline
function fuse(subtract: bool, a: v128, b: v128, c: v128): v128 {
  return subtract ? nmadd(a, b, c) : madd(a, b, c);
}

// Columns of the right panel that stay in the second-level cache, with PRODUCT_LENGTH rows of them.
const COLUMNS_IN_CACHE: i32 = 240;

// Rows of C in one part of a product, of COLUMNS_IN_CACHE columns.
const ROWS_OF_PART: i32 = 96;

// C (4, 4 count) +- A B for one strip A of the left panel and `count` strips B of the right one; `length` is even.
// @ts-ignore: decorator
@inline
function tiles(
  subtract: bool, length: i32, left: usize, right: usize, c: usize, rowC: usize, count: i32,
): void {
  const end = left + (<usize>length << 5);
  const row2 = rowC << 1, row3 = row2 + rowC;
  for (let strip = 0; strip < count; strip++) {
    let c00 = v128.load(c), c01 = v128.load(c, 16);
    let c10 = v128.load(c + rowC), c11 = v128.load(c + rowC, 16);
    let c20 = v128.load(c + row2), c21 = v128.load(c + row2, 16);
    let c30 = v128.load(c + row3), c31 = v128.load(c + row3, 16);
    for (let a = left; a < end; a += 64) {
      let b0 = v128.load(right), b1 = v128.load(right, 16);
      let s = v128.load_splat<f64>(a);
      c00 = fuse(subtract, b0, s, c00);
      c01 = fuse(subtract, b1, s, c01);
      s = v128.load_splat<f64>(a, 8);
      c10 = fuse(subtract, b0, s, c10);
      c11 = fuse(subtract, b1, s, c11);
      s = v128.load_splat<f64>(a, 16);
      c20 = fuse(subtract, b0, s, c20);
      c21 = fuse(subtract, b1, s, c21);
      s = v128.load_splat<f64>(a, 24);
      c30 = fuse(subtract, b0, s, c30);
      c31 = fuse(subtract, b1, s, c31);
      b0 = v128.load(right, 32);
      b1 = v128.load(right, 48);
      s = v128.load_splat<f64>(a, 32);
      c00 = fuse(subtract, b0, s, c00);
      c01 = fuse(subtract, b1, s, c01);
      s = v128.load_splat<f64>(a, 40);
      c10 = fuse(subtract, b0, s, c10);
      c11 = fuse(subtract, b1, s, c11);
      s = v128.load_splat<f64>(a, 48);
      c20 = fuse(subtract, b0, s, c20);
      c21 = fuse(subtract, b1, s, c21);
      s = v128.load_splat<f64>(a, 56);
      c30 = fuse(subtract, b0, s, c30);
      c31 = fuse(subtract, b1, s, c31);
      right += 64;
    }
    v128.store(c, c00);
    v128.store(c, c01, 16);
    v128.store(c + rowC, c10);
    v128.store(c + rowC, c11, 16);
    v128.store(c + row2, c20);
    v128.store(c + row2, c21, 16);
    v128.store(c + row3, c30);
    v128.store(c + row3, c31, 16);
    c += 32;
  }
}

export function addTiles(length: i32, left: usize, right: usize, c: usize, rowC: usize, count: i32): void {
  tiles(false, length, left, right, c, rowC, count);
}

export function subtractTiles(length: i32, left: usize, right: usize, c: usize, rowC: usize, count: i32): void {
  tiles(true, length, left, right, c, rowC, count);
}

// Rows first to last of C +- left' right, columns block to end, as below.
function multiplyBlock(
  subtract: bool, upper: bool, length: i32, first: i32, last: i32, block: i32, end: i32,
  left: usize, right: usize, c: usize, rowC: usize,
): void {
  const strip = <usize>length << 3;
  const lastRow = upper ? min(last, end) : last;
  for (let i = first; i < lastRow; i += 4) {
    const from = upper ? max(block, i) : block;
    const at = c + <usize>i * rowC + (<usize>from << 3);
    const a = left + <usize>i * strip, b = right + <usize>from * strip;
    if (subtract) subtractTiles(length, a, b, at, rowC, (end - from) >> 2);
    else addTiles(length, a, b, at, rowC, (end - from) >> 2);
  }
}

// C (rows, columns) -= left' right; both sizes are multiples of four, `length` is even, rowC is in bytes.
export function subtractPanels(
  length: i32, rows: i32, columns: i32, left: usize, right: usize, c: usize, rowC: usize,
): void {
  for (let block = 0; block < columns; block += COLUMNS_IN_CACHE) {
    const end = min(block + COLUMNS_IN_CACHE, columns);
    multiplyBlock(true, false, length, 0, rows, block, end, left, right, c, rowC);
  }
}

export function partsOfProduct(rows: i32, columns: i32): i32 {
  return ((rows + ROWS_OF_PART - 1) / ROWS_OF_PART) * ((columns + COLUMNS_IN_CACHE - 1) / COLUMNS_IN_CACHE);
}

// One of `partsOfProduct` parts of C (rows, columns) +- left' right, sizes as above. With `upper` the tiles below the
// diagonal are left alone.
export function multiplyPart(
  part: i32, subtract: i32, upper: i32, length: i32, rows: i32, columns: i32,
  left: usize, right: usize, c: usize, rowC: usize,
): void {
  const down = (rows + ROWS_OF_PART - 1) / ROWS_OF_PART;
  const first = (part % down) * ROWS_OF_PART, block = (part / down) * COLUMNS_IN_CACHE;
  const last = min(first + ROWS_OF_PART, rows), end = min(block + COLUMNS_IN_CACHE, columns);
  multiplyBlock(subtract != 0, upper != 0, length, first, last, block, end, left, right, c, rowC);
}

export function evenLength(length: i32): i32 {
  return (length + 1) & ~1;
}

export function wholeTiles(size: i32): i32 {
  return (size + 3) & ~3;
}

// Packs a matrix (length, columns), whose steps from row to row and from column to column are in bytes, into strips; what
// is missing to an even length and to whole strips is zero.
export function pack(length: i32, columns: i32, matrix: usize, rowStep: usize, columnStep: usize, panel: usize): void {
  const padded = evenLength(length);
  for (let j = 0; j < columns; j += 4) {
    const count = min(4, columns - j);
    let at = matrix + <usize>j * columnStep;
    for (let k = 0; k < length; k++) {
      store<f64>(panel, load<f64>(at));
      store<f64>(panel, count > 1 ? load<f64>(at + columnStep) : 0, 8);
      store<f64>(panel, count > 2 ? load<f64>(at + 2 * columnStep) : 0, 16);
      store<f64>(panel, count > 3 ? load<f64>(at + 3 * columnStep) : 0, 24);
      at += rowStep;
      panel += 32;
    }
    if (padded > length) {
      memory.fill(panel, 0, 32);
      panel += 32;
    }
  }
}

// Columns that are packed in one part.
const COLUMNS_OF_PART: i32 = 240;

export function partsOfPacking(columns: i32): i32 {
  return (columns + COLUMNS_OF_PART - 1) / COLUMNS_OF_PART;
}

// One of `partsOfPacking` parts of the above.
export function packPart(
  part: i32, length: i32, columns: i32, matrix: usize, rowStep: usize, columnStep: usize, panel: usize,
): void {
  const first = part * COLUMNS_OF_PART;
  const to = panel + <usize>first * (<usize>evenLength(length) << 3);
  pack(length, min(COLUMNS_OF_PART, columns - first), matrix + <usize>first * columnStep, rowStep, columnStep, to);
}

// Bytes of a panel.
export function panelBytes(length: i32, columns: i32): usize {
  return (<usize>evenLength(length) * wholeTiles(columns)) << 3;
}

// out (rows, columns) = the corner of a matrix with longer rows, of `row` bytes.
export function copyCorner(rows: i32, columns: i32, matrix: usize, row: usize, out: usize): void {
  const bytes = <usize>columns << 3;
  for (let i = 0; i < rows; i++) memory.copy(out + <usize>i * bytes, matrix + <usize>i * row, bytes);
}

// Transposes go by squares of this side, so that rows of both stay in the cache.
const SQUARE: i32 = 16;

// to (j, i) = from (i, j) where i < j; rows are in bytes and the two may be one matrix.
export function transposeUpper(size: i32, from: usize, rowFrom: usize, to: usize, rowTo: usize): void {
  for (let above = 0; above < size; above += SQUARE) {
    for (let beside = above; beside < size; beside += SQUARE) {
      const last = min(above + SQUARE, size), end = min(beside + SQUARE, size);
      for (let i = above; i < last; i++) {
        for (let j = max(beside, i + 1); j < end; j++) {
          const value = load<f64>(from + <usize>i * rowFrom + (<usize>j << 3));
          store<f64>(to + <usize>j * rowTo + (<usize>i << 3), value);
        }
      }
    }
  }
}

// (rows, columns) of zeros with room for whole tiles.
export function zeroTiles(rows: i32, columns: i32): usize {
  const bytes = (<usize>wholeTiles(rows) * wholeTiles(columns)) << 3;
  const tiles = allocate(bytes);
  memory.fill(tiles, 0, bytes);
  return tiles;
}
