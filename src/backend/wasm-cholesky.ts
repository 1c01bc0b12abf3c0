import type { Matrix } from "../operators/matrix.ts";
import type { WasmKernels } from "./wasm.ts";
import { multiplyPanels } from "./wasm-products.ts";

/** Cholesky's factorization in WebAssembly memory. */

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
export function factorize(wasm: WasmKernels, { rows, values }: Matrix): Factor | null {
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
