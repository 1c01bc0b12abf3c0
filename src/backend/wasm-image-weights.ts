import {
  type CurvatureOptions,
  type ImageWeights,
  type ImageWeightsArgs,
  imageWeightsViaBlurredMapping,
} from "../inversion/image-weights.ts";
import type { Matrix, SparseMatrix } from "../operators/matrix.ts";
import { type WasmKernels, wasmKernels } from "./wasm.ts";
import * as blurredMapping from "./wasm-blurred-mapping.ts";
import { addTransposed } from "./wasm-curvature.ts";
import { resultOf, room, sparseInput, square } from "./wasm-voices.ts";

/** The WebAssembly voice of W = P' N^-1 P: held in a memory of its own, from the first use until it is dropped. */

/** As BLOCK and TILES of image-weights-curvature.as.ts. */
const ROWS_OF_BLOCK = 64;
const TILES_OF_PART = 4;

/** Of a tile's panel: sixteen doubles for each row. */
const ROW_BYTES = 128;
/** 57 MB hold 8,500 pixels with a PSF of 21 x 21; W of more than this is not held. */
const LARGEST_BYTES = 2 ** 30;

export function planImageWeights(args: ImageWeightsArgs): ImageWeights {
  let listed = list(args);
  const heldBytes = listed.rows * ROW_BYTES;
  if (heldBytes > LARGEST_BYTES) return imageWeightsViaBlurredMapping(blurredMapping, args);
  let held: Resident | undefined;
  const resident = () => {
    // Another build of the kernels has another W, in its last bits.
    if (listed.lender !== wasmKernels()) {
      listed = list(args);
      held = undefined;
    }
    held ??= weigh(args, listed);
    return held;
  };
  return {
    heldBytes,
    curvature: (t, options = {}) => {
      const held = resident();
      return held.wasm.withErrands(options.meanwhile ?? [], () => curvature(held, t, options));
    },
    mappingSlopes: (t, c) => mappingSlopes(resident(), t, c),
  };
}

interface Resident {
  readonly lender: WasmKernels;
  readonly wasm: WasmKernels;
  readonly weights: number;
  readonly tiles: number;
  /** Of all panels. */
  readonly rows: number;
}

/** Which pixels W couples; W itself is still to be made. */
function list({ convolution, noiseMap }: ImageWeightsArgs): Resident {
  const { shape, kernel, inputPixels, outputPixels } = convolution;
  const lender = wasmKernels();
  const wasm = lender.withOwnMemory();
  const psf = wasm.input(kernel.values);
  const pixels = [inputPixels.length / 2, wasm.input(inputPixels), outputPixels.length / 2, wasm.input(outputPixels)];
  const noise = wasm.input(noiseMap);
  const weights = wasm.call("prepareImageWeights", ...shape, ...kernel.shape, psf, ...pixels, noise) >>> 0;
  const tiles = wasm.call("tilesOfImageWeights", weights);
  return { lender, wasm, weights, tiles, rows: wasm.call("rowsOfImageWeights", weights) };
}

/** Makes W, in some five times what F takes without it. */
function weigh({ convolution }: ImageWeightsArgs, listed: Resident): Resident {
  const { wasm, weights, tiles, rows } = listed;
  wasm.call("allocateImageWeights", weights);
  // PSFs overlap by a quarter of their pixels on average, and a row has sixteen.
  wasm.callPartsOf(4 * rows * convolution.kernel.values.length, "weighTile", tiles, 0, weights);
  wasm.keep();
  return listed;
}

function curvature(
  { wasm, weights, tiles, rows }: Resident,
  t: SparseMatrix,
  { resident = false }: CurvatureOptions,
): Matrix {
  wasm.reset();
  const { columns } = t;
  const out = room(wasm, columns * columns, resident);
  const mapping = weightedMapping(wasm, weights, t);
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
  return square(columns, resultOf(wasm, out, columns * columns, resident));
}

/** What listing an entry costs, in multiply-adds. */
const LISTING = 50;

function weightedMapping(wasm: WasmKernels, weights: number, t: SparseMatrix): number {
  const mapping = wasm.call("prepareWeightedMapping", weights, t.columns, ...sparseInput(wasm, t)) >>> 0;
  wasm.callPartsOf(LISTING * t.values.length, "listEntries", wasm.call("partsOfLists", mapping), 0, mapping);
  return mapping;
}

function mappingSlopes({ wasm, weights, rows }: Resident, t: SparseMatrix, curvatureWeights: Matrix): Float64Array {
  wasm.reset();
  const c = wasm.input(curvatureWeights.values);
  const mapping = weightedMapping(wasm, weights, t);
  const parts = wasm.call("partsOfWeightedSlopes", mapping);
  const count = t.values.length;
  const partial = wasm.output(parts * count);
  const scratch = wasm.call("weightedSlopesScratch", t.columns);
  wasm.callPartsOf((32 * rows * count) / t.rows, "weightedSlopes", parts, scratch, mapping, count, c, partial);
  wasm.call("sumSlopes", parts, count, partial);
  return wasm.float64(partial, count);
}
