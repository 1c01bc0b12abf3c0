import type {
  Cholesky,
  CholeskyArgs,
  LogDeterminantArgs,
  Reconstruction,
  ReconstructionArgs,
  TriangularSolveArgs,
} from "../inversion/solve.ts";
import type { Matrix } from "../operators/matrix.ts";
import type { WasmKernels } from "./wasm.ts";
import { multiplyPanels } from "./wasm-products.ts";
import { fresh, square } from "./wasm-voices.ts";

/** The WebAssembly voice of factors and solves. */

/** A factor U'U = matrix in WebAssembly memory. */
export interface Factor {
  /** A multiple of four: the matrix is padded with the identity. */
  readonly size: number;
  /** Doubles from one row to the next. */
  readonly stride: number;
  readonly address: number;
}

/** Room for the factor of a matrix of `rows` rows. */
export function paddedFactor(wasm: WasmKernels, rows: number): Factor {
  const size = (rows + 3) & ~3;
  // Rows at multiples of 512 bytes would all fall into the same few sets of the cache.
  const stride = size % 64 === 0 ? size + 4 : size;
  return { size, stride, address: wasm.output(size * stride) };
}

/** What a gathered element costs, in multiply-adds. */
const GATHERING = 8;

/** The block of a matrix at `address`, rows of `size` doubles, that `indexes` of its rows and columns make. */
export function packBlock(
  wasm: WasmKernels,
  indexes: Int32Array,
  { address, size }: { readonly address: number; readonly size: number },
): Factor {
  const count = indexes.length;
  const block = paddedFactor(wasm, count);
  const of = [count, block.size, block.stride, wasm.input(indexes), size, address, block.address];
  wasm.callPartsOf((GATHERING * count * count) / 2, "packFree", wasm.call("partsOfRows", block.size), 0, ...of);
  return block;
}

/** Factorizes in WebAssembly memory; null where the matrix is not positive definite. */
function factorize(wasm: WasmKernels, { rows, values }: Matrix): Factor | null {
  const upper = paddedFactor(wasm, rows);
  const { size, stride, address } = upper;
  const of = [rows, size, stride, wasm.input(values), address];
  wasm.callPartsOf(rows * rows, "packUpper", wasm.call("partsOfRows", size), 0, ...of);
  return eliminate(wasm, upper);
}

/** Rows that are eliminated together: two strips of 96 stay in the first-level cache. */
const BLOCK = 96;

/** Overwrites the upper triangle with U, block by block; null at the first pivot that is not positive. */
export function eliminate(wasm: WasmKernels, matrix: Factor): Factor | null {
  const { size, stride, address } = matrix;
  const row = 8 * stride;
  const most = Math.min(BLOCK, size);
  const packed = [wasm.output(most * most), wasm.output(most), wasm.output(most * most)];
  const panel = wasm.output(most * size);
  for (let first = 0; first < size; first += BLOCK) {
    const block = Math.min(BLOCK, size - first);
    const at = address + first * (row + 8);
    if (wasm.call("choleskyBlock", block, at, row, ...packed) === 0) return null;
    const rest = size - first - block;
    if (rest === 0) break;
    const beside = at + 8 * block;
    const parts = wasm.call("partsBeside", rest);
    wasm.callPartsOf(
      (block * block * rest) / 2,
      "choleskyBeside",
      parts,
      0,
      block,
      rest,
      beside,
      row,
      ...packed,
      panel,
    );
    const to = { address: beside + block * row, down: row, along: 8 };
    multiplyPanels(wasm, { rows: rest, columns: rest, length: block, to, upper: true }, [panel, panel], true);
  }
  return matrix;
}

export function reconstruction({ curvatureRegMatrix, dataVector }: ReconstructionArgs): Reconstruction {
  const wasm = fresh();
  const factor = factorize(wasm, curvatureRegMatrix);
  if (factor === null) {
    return { positiveDefinite: false, values: dataVector.map(() => Number.NaN), logDeterminant: Number.NaN };
  }
  const { rows } = curvatureRegMatrix;
  const x = wasm.input(dataVector);
  wasm.call("choleskySolve", rows, factor.stride, factor.address, x);
  const logDeterminant = wasm.call("choleskyLogDeterminant", rows, factor.stride, factor.address);
  return { positiveDefinite: true, values: wasm.float64(x, rows), logDeterminant };
}

export function logDeterminant({ matrix }: LogDeterminantArgs): number {
  const wasm = fresh();
  const factor = factorize(wasm, matrix);
  if (factor === null) return Number.NaN;
  return wasm.call("choleskyLogDeterminant", matrix.rows, factor.stride, factor.address);
}

export function cholesky({ matrix }: CholeskyArgs): Cholesky {
  const wasm = fresh();
  const { rows } = matrix;
  const factor = factorize(wasm, matrix);
  if (factor === null) {
    return { positiveDefinite: false, factor: square(rows, new Float64Array(rows * rows).fill(Number.NaN)) };
  }
  const out = wasm.output(rows * rows);
  wasm.call("choleskyLower", rows, factor.stride, factor.address, out);
  return { positiveDefinite: true, factor: square(rows, wasm.float64(out, rows * rows)) };
}

export function triangularSolve({ lower, rightHandSides, transposed }: TriangularSolveArgs): Matrix {
  const wasm = fresh();
  const { rows, columns, values } = rightHandSides;
  const x = wasm.input(values);
  wasm.call("triangularSolve", transposed ? 1 : 0, rows, columns, wasm.input(lower.values), x);
  return { rows, columns, values: wasm.float64(x, rows * columns) };
}
