import type { CurvatureViaWTildeDenseArgs } from "../inversion/curvature.ts";
import type { WCompactMappingSlopesArgs } from "../inversion/mapping-slopes.ts";
import type { Matrix } from "../operators/matrix.ts";
import type { WCompactTimesArgs } from "../operators/w-compact.ts";
import type { WasmKernels } from "./wasm.ts";
import { addProduct, mirrored, zeroTiles } from "./wasm-products.ts";
import { compactInput, fresh, resultOf, room, sparseInput, square } from "./wasm-voices.ts";

/** The WebAssembly voice of curvature matrices: those that threads share, their slopes, and that of an image. */

/** Multiply-adds in a part, a quarter of a millisecond's: threads end at about the same time, and calls cost nothing. */
const WORK_OF_PART = 2e6;

export function curvatureMatrixViaWCompactSymmetric(args: WCompactTimesArgs): Matrix {
  const wasm = fresh();
  const { wCompact, nativeIndex, sparseMappingMatrix: t, resident = false } = args;
  const out = room(wasm, t.columns * t.columns, resident);
  const w = compactInput(wasm, wCompact);
  const inputs = [wasm.input(nativeIndex), ...sparseInput(wasm, t)];
  const state = wasm.call("prepareSymmetric", ...w, t.rows, t.columns, ...inputs, out);
  if (state !== 0) {
    const work = (t.rows * t.values.length * (wCompact.plus === null ? 1 : 2)) / 2;
    // Columns of T go in eights.
    const together = 8 * Math.ceil((WORK_OF_PART * t.columns) / (8 * work + 1));
    const parts = Math.ceil(t.columns / together);
    const scratch = wasm.call("symmetricScratch", wCompact.shape[1], t.columns);
    wasm.callPartsOf(work, "symmetricRows", parts, scratch, together, state, t.columns, out);
    addTransposed(wasm, t.columns, out);
  }
  return square(t.columns, resultOf(wasm, out, t.columns * t.columns, resident));
}

/** Rows in a part of addTransposed: SQUARE of curvature-symmetric.as.ts. */
const ROWS_OF_SQUARE = 16;

/** A += A' of a square matrix in memory. */
export function addTransposed(wasm: WasmKernels, size: number, a: number): void {
  wasm.callPartsOf(size * size, "addTransposed", Math.ceil(size / ROWS_OF_SQUARE), 0, size, a);
}

/** Image rows of a part at least: each part reads the whole of C. */
const ROWS_OF_PART = 4;

export function wCompactMappingSlopes(args: WCompactMappingSlopesArgs): Float64Array {
  const wasm = fresh();
  const { wCompact, nativeIndex, sparseMappingMatrix: t, matrix } = args;
  const out = wasm.output(t.values.length);
  const w = compactInput(wasm, wCompact);
  const inputs = [wasm.input(nativeIndex), ...sparseInput(wasm, t), wasm.input(matrix.values)];
  const state = wasm.call("prepareMappingSlopes", ...w, t.rows, t.columns, ...inputs, out);
  if (state !== 0) {
    const rows = wCompact.shape[0];
    const work = t.rows * t.values.length * (wCompact.plus === null ? 1 : 2);
    const together = Math.max(ROWS_OF_PART, Math.ceil((WORK_OF_PART * rows) / (work + 1)));
    const scratch = wasm.call("mappingSlopesScratch", wCompact.shape[1]);
    wasm.callPartsOf(work, "mappingSlopesRows", Math.ceil(rows / together), scratch, together, state);
  }
  return wasm.float64(out, t.values.length);
}

/** T' W T. */
export function curvatureMatrixViaWTildeDense({ wTilde, mappingMatrix }: CurvatureViaWTildeDenseArgs): Matrix {
  const wasm = fresh();
  const { rows, columns } = mappingMatrix;
  const w = { address: wasm.input(wTilde.values), down: 8 * rows, along: 8 };
  const t = { address: wasm.input(mappingMatrix.values), down: 8 * columns, along: 8 };
  const transposed = { address: t.address, down: t.along, along: t.down };
  const half = zeroTiles(wasm, rows, columns);
  addProduct(wasm, { rows, columns, length: rows, left: w, right: t, to: half, upper: false });
  const f = zeroTiles(wasm, columns, columns);
  addProduct(wasm, { rows: columns, columns, length: rows, left: transposed, right: half, to: f, upper: true });
  return mirrored(wasm, columns, f);
}
