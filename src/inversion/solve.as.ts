// Cholesky's factorization in blocks and the solves with its factor.
//
// The factor is kept as the upper U = L', row-major: matrix = U' U. Only the upper triangle is read; the memory below the
// diagonal need not even be set. Sizes are multiples of four (the caller pads with the identity), strides are in doubles.
import { allocate } from "../operators/arena.as";
import { nmadd, pack, panelBytes, subtractPanels, subtractTiles, transposeUpper, wholeTiles } from "../operators/dense.as";
import { addMultiple, dotProduct } from "../operators/products.as";

// Factorizes the block on the diagonal at `at` in place; also keeps it packed in rows and in strips, and the inverses of
// its diagonal. Returns 1, or 0 at the first pivot that is not positive.
export function choleskyBlock(
  block: i32, at: usize, row: usize, diagonal: usize, inverses: usize, diagonalPanel: usize,
): i32 {
  const rowOfBlock = <usize>block << 3;
  for (let i = 0; i < block; i++) memory.copy(diagonal + <usize>i * rowOfBlock, at + <usize>i * row, rowOfBlock);
  if (factorBlock(block, diagonal, inverses) == 0) return 0;
  for (let i = 0; i < block; i++) memory.copy(at + <usize>i * row, diagonal + <usize>i * rowOfBlock, rowOfBlock);
  pack(block, block, diagonal, rowOfBlock, 8, diagonalPanel);
  return 1;
}

// Columns beside the block in one part.
const COLUMNS_OF_PART: i32 = 48;

export function partsBeside(columns: i32): i32 {
  return (columns + COLUMNS_OF_PART - 1) / COLUMNS_OF_PART;
}

// One of `partsBeside` parts of the rows of U beside the block, in place and packed in `panel`.
export function choleskyBeside(
  part: i32, block: i32, columns: i32, beside: usize, row: usize,
  diagonal: usize, inverses: usize, diagonalPanel: usize, panel: usize,
): void {
  const last = min((part + 1) * COLUMNS_OF_PART, columns);
  for (let j = part * COLUMNS_OF_PART; j < last; j += 4) {
    const strip = panel + (<usize>(j * block) << 3);
    solveStrip(block, diagonal, inverses, diagonalPanel, beside + (<usize>j << 3), row, strip);
  }
}

// U over the matrix, rows packed, two rows at a time; also the inverses of the diagonal of U. Sizes are even.
function factorBlock(size: i32, matrix: usize, inverses: usize): i32 {
  const row = <usize>size << 3;
  for (let k = 0; k < size; k += 2) {
    const kb = <usize>k << 3;
    const upper = matrix + <usize>k * row, lower = upper + row;
    const pivot = load<f64>(upper + kb);
    // Written so that NaN fails too.
    if (!(pivot > 0)) return 0;
    const root = Math.sqrt(pivot), inverse = 1 / root;
    const between = load<f64>(upper + kb, 8) * inverse;
    const next = load<f64>(lower + kb, 8) - between * between;
    if (!(next > 0)) return 0;
    const nextRoot = Math.sqrt(next), nextInverse = 1 / nextRoot;
    store<f64>(upper + kb, root);
    store<f64>(upper + kb, between, 8);
    store<f64>(lower + kb, nextRoot, 8);
    store<f64>(inverses + kb, inverse);
    store<f64>(inverses + kb, nextInverse, 8);
    const s0 = f64x2.splat(inverse), s1 = f64x2.splat(nextInverse), mix = f64x2.splat(between);
    for (let i = kb + 16; i < row; i += 16) {
      const x = f64x2.mul(v128.load(upper + i), s0);
      v128.store(upper + i, x);
      v128.store(lower + i, f64x2.mul(nmadd(x, mix, v128.load(lower + i)), s1));
    }
    for (let j = k + 2; j < size; j += 2) {
      const jb = <usize>j << 3;
      const to = matrix + <usize>j * row, below = to + row;
      const p0 = v128.load_splat<f64>(upper + jb), q0 = v128.load_splat<f64>(lower + jb);
      const p1 = v128.load_splat<f64>(upper + jb, 8), q1 = v128.load_splat<f64>(lower + jb, 8);
      for (let i = jb; i < row; i += 16) {
        const x = v128.load(upper + i), y = v128.load(lower + i);
        v128.store(to + i, nmadd(y, q0, nmadd(x, p0, v128.load(to + i))));
        v128.store(below + i, nmadd(y, q1, nmadd(x, p1, v128.load(below + i))));
      }
    }
  }
  return 1;
}

// Four columns of U beside the block: solves U_block' X = C in place, and packs X into its strip as it goes.
function solveStrip(
  size: i32, diagonal: usize, inverses: usize, diagonalPanel: usize, c: usize, row: usize, strip: usize,
): void {
  const rowOfBlock = <usize>size << 3;
  for (let g = 0; g < size; g += 4) {
    subtractTiles(g, diagonalPanel + <usize>g * rowOfBlock, strip, c, row, 1);
    const u = diagonal + <usize>g * rowOfBlock + (<usize>g << 3);
    solveTile(u, rowOfBlock, inverses + (<usize>g << 3), c, row, strip + (<usize>g << 5));
    c += row << 2;
  }
}

// Four rows by four columns of the above: forward substitution in registers.
// @ts-ignore: decorator
@inline
function solveTile(u: usize, rowU: usize, inverses: usize, c: usize, row: usize, packed: usize): void {
  const c1 = c + row, c2 = c1 + row, c3 = c2 + row;
  let s = v128.load_splat<f64>(inverses);
  const x0 = f64x2.mul(v128.load(c), s), y0 = f64x2.mul(v128.load(c, 16), s);
  let x1 = v128.load(c1), y1 = v128.load(c1, 16);
  let x2 = v128.load(c2), y2 = v128.load(c2, 16);
  let x3 = v128.load(c3), y3 = v128.load(c3, 16);
  s = v128.load_splat<f64>(u, 8);
  x1 = nmadd(x0, s, x1);
  y1 = nmadd(y0, s, y1);
  s = v128.load_splat<f64>(u, 16);
  x2 = nmadd(x0, s, x2);
  y2 = nmadd(y0, s, y2);
  s = v128.load_splat<f64>(u, 24);
  x3 = nmadd(x0, s, x3);
  y3 = nmadd(y0, s, y3);
  s = v128.load_splat<f64>(inverses, 8);
  x1 = f64x2.mul(x1, s);
  y1 = f64x2.mul(y1, s);
  u += rowU;
  s = v128.load_splat<f64>(u, 16);
  x2 = nmadd(x1, s, x2);
  y2 = nmadd(y1, s, y2);
  s = v128.load_splat<f64>(u, 24);
  x3 = nmadd(x1, s, x3);
  y3 = nmadd(y1, s, y3);
  s = v128.load_splat<f64>(inverses, 16);
  x2 = f64x2.mul(x2, s);
  y2 = f64x2.mul(y2, s);
  s = v128.load_splat<f64>(u + rowU, 24);
  x3 = nmadd(x2, s, x3);
  y3 = nmadd(y2, s, y3);
  s = v128.load_splat<f64>(inverses, 24);
  x3 = f64x2.mul(x3, s);
  y3 = f64x2.mul(y3, s);
  storeBoth(c, packed, x0, y0);
  storeBoth(c1, packed + 32, x1, y1);
  storeBoth(c2, packed + 64, x2, y2);
  storeBoth(c3, packed + 96, x3, y3);
}

// @ts-ignore: decorator
@inline
function storeBoth(c: usize, packed: usize, x: v128, y: v128): void {
  v128.store(c, x);
  v128.store(c, y, 16);
  v128.store(packed, x);
  v128.store(packed, y, 16);
}

// Overwrites x with (U' U)^-1 x.
export function choleskySolve(size: i32, stride: i32, factor: usize, x: usize): void {
  forwardSolve(0, size, stride, factor, x);
  backwardSolve(size, stride, factor, x);
}

// Overwrites x, whose entries before `first` are zero, with U'^-1 x.
export function forwardSolve(first: i32, size: i32, stride: i32, factor: usize, x: usize): void {
  for (let i = first; i < size; i++) {
    const at = x + (<usize>i << 3), pivot = factor + (<usize>(i * stride + i) << 3);
    const value = load<f64>(at) / load<f64>(pivot);
    store<f64>(at, value);
    addMultiple(size - 1 - i, -value, pivot + 8, at + 8);
  }
}

// Rows of x in one part of what follows.
const ROWS_OF_FORWARD: i32 = 128;

export function partsOfRest(rows: i32): i32 {
  return (rows + ROWS_OF_FORWARD - 1) / ROWS_OF_FORWARD;
}

// One of `partsOfRest` parts of the rows of x from `end` on, which lose what rows `first` to `end`, solved for, add.
export function forwardRest(
  part: i32, first: i32, end: i32, size: i32, stride: i32, factor: usize, x: usize,
): void {
  const from = end + part * ROWS_OF_FORWARD, count = min(ROWS_OF_FORWARD, size - from);
  for (let i = first; i < end; i++) {
    const row = factor + (<usize>(i * stride + from) << 3);
    addMultiple(count, -load<f64>(x + (<usize>i << 3)), row, x + (<usize>from << 3));
  }
}

// Overwrites x with U^-1 x.
export function backwardSolve(size: i32, stride: i32, factor: usize, x: usize): void {
  backwardRows(0, size, stride, factor, x);
}

// The same for the rows and columns from `first` to `end` alone.
export function backwardRows(first: i32, end: i32, stride: i32, factor: usize, x: usize): void {
  for (let i = end - 1; i >= first; i--) {
    const at = x + (<usize>i << 3), pivot = factor + (<usize>(i * stride + i) << 3);
    store<f64>(at, (load<f64>(at) - dotProduct(end - 1 - i, pivot + 8, at + 8)) / load<f64>(pivot));
  }
}

// Rows of x in one part of what follows.
const ROWS_OF_BACKWARD: i32 = 32;

export function partsOfBackward(rows: i32): i32 {
  return (rows + ROWS_OF_BACKWARD - 1) / ROWS_OF_BACKWARD;
}

// One of `partsOfBackward` parts of rows `first` to `end` of x, which lose what the rows from `end` on, solved for, add.
export function backwardPart(
  part: i32, first: i32, end: i32, size: i32, stride: i32, factor: usize, x: usize,
): void {
  const last = min(first + (part + 1) * ROWS_OF_BACKWARD, end);
  for (let i = first + part * ROWS_OF_BACKWARD; i < last; i++) {
    const at = x + (<usize>i << 3), row = factor + (<usize>(i * stride + end) << 3);
    store<f64>(at, load<f64>(at) - dotProduct(size - end, row, x + (<usize>end << 3)));
  }
}

export function choleskyLogDeterminant(size: i32, stride: i32, factor: usize): f64 {
  let sum = 0.0;
  for (let i = 0; i < size; i++) sum += 2 * Math.log(load<f64>(factor + ((<usize>(i * stride + i)) << 3)));
  return sum;
}

// out (size, size) = L = U', the upper triangle zero.
export function choleskyLower(size: i32, stride: i32, factor: usize, out: usize): void {
  memory.fill(out, 0, (<usize>size * size) << 3);
  transposeUpper(size, factor, <usize>stride << 3, out, <usize>size << 3);
  for (let i = 0; i < size; i++) {
    store<f64>(out + (<usize>(i * size + i) << 3), load<f64>(factor + (<usize>(i * stride + i) << 3)));
  }
}

// Rows of a triangular solve between two products.
const SOLVE_BLOCK: i32 = 64;

// Overwrites X (size, columns) with L^-1 X, or with L'^-1 X; L (size, size) is lower, row-major.
export function triangularSolve(transposed: i32, size: i32, columns: i32, lower: usize, x: usize): void {
  if (columns == 1) {
    if (transposed) backSubstitute(0, size, size, 1, lower, x);
    else for (let i = 0; i < size; i++) {
      const row = lower + (<usize>(i * size) << 3), at = x + (<usize>i << 3);
      store<f64>(at, (load<f64>(at) - dotProduct(i, row, x)) / load<f64>(row + (<usize>i << 3)));
    }
    return;
  }
  // Whole tiles, in a copy: products reach up to three rows and columns beyond.
  const wide = wholeTiles(columns), row = <usize>wide << 3, rowL = <usize>size << 3, rowX = <usize>columns << 3;
  const bytes = <usize>wholeTiles(size) * row;
  const work = allocate(bytes);
  memory.fill(work, 0, bytes);
  for (let i = 0; i < size; i++) memory.copy(work + <usize>i * row, x + <usize>i * rowX, rowX);
  const left = allocate(panelBytes(SOLVE_BLOCK, size)), right = allocate(panelBytes(SOLVE_BLOCK, wide));
  const blocks = (size + SOLVE_BLOCK - 1) / SOLVE_BLOCK;
  for (let step = 0; step < blocks; step++) {
    const first = (transposed ? blocks - 1 - step : step) * SOLVE_BLOCK;
    const end = min(first + SOLVE_BLOCK, size), length = end - first;
    const solved = work + <usize>first * row;
    if (transposed) backSubstitute(first, end, size, wide, lower, work);
    else forwardSubstitute(first, end, size, wide, lower, work);
    pack(length, wide, solved, row, 8, right);
    // The rows not yet solved lose their product with these: below with L itself, above with its transpose.
    const rest = transposed ? first : size - end;
    if (transposed) pack(length, rest, lower + <usize>first * rowL, rowL, 8, left);
    else pack(length, rest, lower + <usize>end * rowL + (<usize>first << 3), 8, rowL, left);
    const to = transposed ? work : work + <usize>end * row;
    subtractPanels((length + 1) & ~1, wholeTiles(rest), wide, left, right, to, row);
  }
  for (let i = 0; i < size; i++) memory.copy(x + <usize>i * rowX, work + <usize>i * row, rowX);
}

// Rows first to end of L X = B, what stands before them already subtracted.
function forwardSubstitute(first: i32, end: i32, size: i32, columns: i32, lower: usize, x: usize): void {
  for (let i = first; i < end; i++) {
    const row = x + (<usize>(i * columns) << 3), l = lower + (<usize>(i * size) << 3);
    for (let j = first; j < i; j++) {
      addMultiple(columns, -load<f64>(l + (<usize>j << 3)), x + (<usize>(j * columns) << 3), row);
    }
    divide(columns, load<f64>(l + (<usize>i << 3)), row);
  }
}

// Rows first to end of L' X = B, what stands after them already subtracted.
function backSubstitute(first: i32, end: i32, size: i32, columns: i32, lower: usize, x: usize): void {
  for (let i = end - 1; i >= first; i--) {
    const row = x + (<usize>(i * columns) << 3), l = lower + (<usize>(i * size) << 3);
    divide(columns, load<f64>(l + (<usize>i << 3)), row);
    if (columns == 1) addMultiple(i - first, -load<f64>(row), l + (<usize>first << 3), x + (<usize>first << 3));
    else for (let j = first; j < i; j++) {
      addMultiple(columns, -load<f64>(l + (<usize>j << 3)), row, x + (<usize>(j * columns) << 3));
    }
  }
}

function divide(length: i32, divisor: f64, x: usize): void {
  for (let k = 0; k < length; k++) {
    store<f64>(x, load<f64>(x) / divisor);
    x += 8;
  }
}

// ln 2 pi sigma^2 summed over real and imaginary parts.
// The logarithm of a product, whose exponents are counted apart so that it cannot overflow.
export function noiseNormalization(length: i32, noiseMap: usize): f64 {
  let sum = 0.0;
  let product = 1.0;
  let exponents: i64 = 0;
  for (let k = 0; k < length; k++) {
    const sigma = load<f64>(noiseMap + ((<usize>k) << 3));
    const factor = 2 * Math.PI * sigma * sigma;
    const bits = reinterpret<i64>(factor);
    const exponent = (bits >> 52) & 0x7ff;
    if (exponent == 0 || exponent == 0x7ff) {
      sum += Math.log(factor);
      continue;
    }
    exponents += exponent - 1023;
    product *= reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
    if ((k & 31) == 31) {
      sum += Math.log(product);
      product = 1;
    }
  }
  return sum + Math.log(product) + <f64>exponents * Math.LN2;
}
