import { type ImageWeights, type ImageWeightsArgs, imageWeightsViaBlurredMapping } from "../inversion/image-weights.ts";
import type { Matrix, SparseMatrix } from "../operators/matrix.ts";
import { type WasmKernels, wasmKernels } from "./wasm.ts";
import * as blurredMapping from "./wasm-blurred-mapping.ts";
import { addTransposed } from "./wasm-curvature.ts";
import { sparseInput, square } from "./wasm-voices.ts";

/** The WebAssembly voice of W = P' N^-1 P: held in a memory of its own, from the first use until it is dropped. */

/** As BLOCK and TILES of image-weights-curvature.as.ts. */
const ROWS_OF_BLOCK = 64;
const TILES_OF_PART = 4;

/** Of a tile's panel: sixteen doubles for each row. */
const ROW_BYTES = 128;
/** 57 MB hold 8,500 pixels with a PSF of 21 x 21; W of more than this is not held. */
const LARGEST_BYTES = 2 ** 30;

/** W, or null where it is too large to hold. */
interface Held {
  readonly lender: WasmKernels;
  readonly weights: ImageWeights | null;
}

export function planImageWeights(args: ImageWeightsArgs): ImageWeights {
  const anew = imageWeightsViaBlurredMapping(blurredMapping, args);
  let held: Held | undefined;
  // Another build of the kernels has another W, in its last bits.
  const weights = () => {
    const lender = wasmKernels();
    if (held?.lender !== lender) held = { lender, weights: hold(args, lender) };
    return held.weights ?? anew;
  };
  return {
    curvature: (t) => weights().curvature(t),
    mappingSlopes: (t, c) => weights().mappingSlopes(t, c),
  };
}

function hold({ convolution, noiseMap }: ImageWeightsArgs, lender: WasmKernels): ImageWeights | null {
  const { shape, kernel, inputPixels, outputPixels } = convolution;
  const wasm = lender.withOwnMemory();
  const size = inputPixels.length / 2;
  const inputs = [kernel.values, inputPixels, outputPixels, noiseMap].map((array) => wasm.input(array));
  const [psf, input, output, noise] = inputs;
  const pixels = [size, input, noiseMap.length, output, noise];
  const weights = wasm.call("prepareImageWeights", ...shape, ...kernel.shape, psf, ...pixels) >>> 0;
  const rows = wasm.call("rowsOfImageWeights", weights);
  if (rows * ROW_BYTES > LARGEST_BYTES) return null;
  const tiles = wasm.call("tilesOfImageWeights", weights);
  wasm.call("allocateImageWeights", weights);
  // PSFs overlap by a quarter of their pixels on average.
  wasm.callPartsOf(4 * rows * kernel.values.length, "weighTile", tiles, 0, weights);
  wasm.keep();
  return {
    curvature: (t) => curvature({ wasm, weights, tiles, rows }, t),
    mappingSlopes: (t, c) => mappingSlopes({ wasm, weights, tiles, rows }, t, c),
  };
}

interface Resident {
  readonly wasm: WasmKernels;
  readonly weights: number;
  readonly tiles: number;
  /** Of all panels. */
  readonly rows: number;
}

function curvature({ wasm, weights, tiles, rows }: Resident, t: SparseMatrix): Matrix {
  wasm.reset();
  const { columns } = t;
  const out = wasm.output(columns * columns);
  const mapping = wasm.call("prepareWeightedMapping", weights, columns, ...sparseInput(wasm, t)) >>> 0;
  const state = wasm.call("prepareRound", mapping) >>> 0;
  const round = wasm.call("tilesOfRound", state);
  const scratch = wasm.call("roundScratch", columns);
  const blocks = Math.ceil(columns / ROWS_OF_BLOCK);
  const work = (16 * rows * t.values.length * round) / (t.rows * tiles);
  let begin = 0;
  do {
    const parts = Math.ceil(Math.min(round, tiles - begin) / TILES_OF_PART);
    wasm.callPartsOf(work, "weightedPanels", parts, scratch, state, begin);
    // Less work than the panels were, and of their order.
    wasm.callPartsOf(work, "weightedProducts", blocks, 0, state, begin, out);
    begin += round;
  } while (begin < tiles);
  addTransposed(wasm, columns, out);
  return square(columns, wasm.float64(out, columns * columns));
}

function mappingSlopes({ wasm, weights, rows }: Resident, t: SparseMatrix, curvatureWeights: Matrix): Float64Array {
  wasm.reset();
  const c = wasm.input(curvatureWeights.values);
  const mapping = wasm.call("prepareWeightedMapping", weights, t.columns, ...sparseInput(wasm, t)) >>> 0;
  const parts = wasm.call("partsOfWeightedSlopes", mapping);
  const count = t.values.length;
  const partial = wasm.output(parts * count);
  const scratch = wasm.call("weightedSlopesScratch", t.columns);
  wasm.callPartsOf((32 * rows * count) / t.rows, "weightedSlopes", parts, scratch, mapping, count, c, partial);
  wasm.call("sumSlopes", parts, count, partial);
  return wasm.float64(partial, count);
}
