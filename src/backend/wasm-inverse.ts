import type { Matrix } from "../operators/matrix.ts";
import type { WasmKernels } from "./wasm.ts";
import type { Factor } from "./wasm-cholesky.ts";
import { mirrored, multiplyPanels, pack, panel } from "./wasm-products.ts";

/** Inverses from factors in WebAssembly memory. */

/** Rows that are taken together: as many as in the factorization. */
const BLOCK = 96;

/** (U'U)^-1, of `rows` rows, in the memory of U. */
export function inverseOfFactor(wasm: WasmKernels, factor: Factor, rows: number): Matrix {
  const panels = [panel(wasm, BLOCK, factor.size), panel(wasm, BLOCK, factor.size)] as const;
  invertFactor(wasm, factor, panels);
  timesTranspose(wasm, factor, panels[0]);
  return mirrored(wasm, rows, { address: factor.address, down: 8 * factor.stride, along: 8 });
}

/** V = U^-1 over U: U V = I solved for blocks of rows from below, each of which is then taken from all rows above. */
function invertFactor(
  wasm: WasmKernels,
  { size, stride, address }: Factor,
  [left, right]: readonly [number, number],
): void {
  const row = 8 * stride;
  const most = Math.min(BLOCK, size);
  const [work, inverse] = [wasm.output(most * most), wasm.output(most * most)];
  for (let first = lastBlock(size); first >= 0; first -= BLOCK) {
    const block = Math.min(BLOCK, size - first);
    const at = address + first * (row + 8);
    wasm.call("inverseBlock", block, at, row, work, inverse, right);
    const rest = size - first - block;
    const [beside, strips] = [at + 8 * block, right + 8 * block * block];
    const parts = wasm.call("partsBeside", rest);
    wasm.callPartsOf((block * block * rest) / 2, "inverseBeside", parts, 0, block, rest, inverse, beside, row, strips);
    const above = { address: address + 8 * first, down: row, along: 8 };
    packColumns(wasm, first, block, above, left);
    const product = { rows: first, columns: size - first, length: block, to: above, upper: false };
    multiplyPanels(wasm, product, [left, right], true);
  }
}

/** The upper triangle of V V' over V: block by block its columns give way to the sum of their products. */
function timesTranspose(wasm: WasmKernels, { size, stride, address }: Factor, panel: number): void {
  const to = { address, down: 8 * stride, along: 8 };
  for (let first = 0; first < size; first += BLOCK) {
    const block = Math.min(BLOCK, size - first);
    const rows = first + block;
    packColumns(wasm, rows, block, { ...to, address: address + 8 * first }, panel);
    multiplyPanels(wasm, { rows, columns: rows, length: block, to, upper: true }, [panel, panel], false);
  }
}

/** Takes (rows, columns) out of a matrix, packed transposed, and leaves zeros. */
function packColumns(
  wasm: WasmKernels,
  rows: number,
  columns: number,
  { address, down, along }: Parameters<typeof pack>[3],
  to: number,
): void {
  pack(wasm, columns, rows, { address, down: along, along: down }, to);
  wasm.call("zeroBlock", rows, columns, address, down);
}

function lastBlock(size: number): number {
  return BLOCK * Math.floor((size - 1) / BLOCK);
}
