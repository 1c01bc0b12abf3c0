import { type Point, spread } from "../inversion/positive-only.ts";
import type { WasmKernels } from "./wasm.ts";
import { eliminate, type Factor, packBlock } from "./wasm-cholesky.ts";
import { multiplyPanels, pack, panel, type Strided, wholeTiles } from "./wasm-products.ts";

/**
 * Solutions with some pixels Z held at zero, from the factor U'U = A of the whole matrix:
 * A s = b + E mu with s = 0 on Z, where mu, the gradient on Z, is what holds them. With G = E'A^-1 E, the block of the
 * inverse, G mu = -(A^-1 b)_Z: a system as small as the pixels are few.
 *
 * G = X'X with X = U'^-1 E. A column of X begins at its pixel, so pixels that come late in the factor cost little. Columns
 * are kept: the sets of one search share most of their pixels. Entries do not depend on which columns stand beside them,
 * so a set has one solution however it was come to.
 */
export interface HeldPixels {
  /** The most pixels that can be held. */
  readonly most: number;
  /** What the factor makes of b (S). */
  prepare(b: Float64Array): RightHandSide;
  /**
   * s and its gradient mu; null where rounding makes G not positive definite.
   * @param held Z, places in the order of the factor, ascending.
   */
  solve(rightHandSide: RightHandSide, held: Int32Array): Point | null;
}

/** In the order of the factor. */
export interface RightHandSide {
  /** U'^-1 b (S) */
  readonly forward: Float64Array;
  /** A^-1 b (S) */
  readonly solution: Float64Array;
}

/** Rows of the factor that are solved together. */
const BLOCK = 64;

/** Columns X (size, capacity) of U'^-1 and their products G (capacity, capacity). */
interface Columns {
  readonly x: Strided;
  readonly g: Strided;
  readonly capacity: number;
  /** (size) which column is of a pixel, or -1. */
  readonly columnOf: Int32Array;
  /** Columns in use, in whole tiles. */
  count: number;
}

/**
 * @param order (S) the pixels as the factor has them.
 * @param most The most pixels to hold.
 */
export function heldPixels(wasm: WasmKernels, factor: Factor, order: Int32Array, most: number): HeldPixels {
  const size = order.length;
  const columns = roomFor(wasm, factor, most);
  const beyond = wasm.call("mark");
  return {
    most,
    prepare(b) {
      wasm.call("release", beyond);
      const x = wasm.input(Float64Array.from(order, (i) => b[i]));
      solveForward(wasm, factor, 0, size, x);
      const forward = wasm.float64(x, size);
      solveBackward(wasm, factor, size, x);
      return { forward, solution: wasm.float64(x, size) };
    },
    solve({ forward, solution }, held) {
      if (held.length === 0) return { values: inOrderOfPixels(order, solution), gradient: new Float64Array(size) };
      wasm.call("release", beyond);
      requireColumns(wasm, factor, columns, held);
      const mu = heldGradient(wasm, columns, solution, held);
      if (mu === null) return null;
      const gradient = spread(size, held, mu);
      const x = wasm.input(gradient);
      solveForward(wasm, factor, held[0], size, x);
      const values = wasm.view(x, size);
      for (let i = 0; i < size; i++) values[i] += forward[i];
      solveBackward(wasm, factor, size, x);
      for (const i of held) values[i] = 0;
      return { values: inOrderOfPixels(order, values), gradient: inOrderOfPixels(order, gradient) };
    },
  };
}

/** Rows that are solved for between two jobs of the threads. */
const SOLVE_BLOCK = 256;

/** What an entry of the factor costs that comes from memory, in multiply-adds. */
const READING = 4;

/** Overwrites x, which is zero before `first`, with U'^-1 x. */
function solveForward(wasm: WasmKernels, { stride, address }: Factor, first: number, size: number, x: number): void {
  for (let begin = first; begin < size; begin += SOLVE_BLOCK) {
    const end = Math.min(size, begin + SOLVE_BLOCK);
    wasm.call("forwardSolve", begin, end, stride, address, x);
    const rest = size - end;
    const parts = wasm.call("partsOfRest", rest);
    const work = READING * (end - begin) * rest;
    if (rest > 0) wasm.callPartsOf(work, "forwardRest", parts, 0, begin, end, size, stride, address, x);
  }
}

/** Overwrites x with U^-1 x. */
function solveBackward(wasm: WasmKernels, { stride, address }: Factor, size: number, x: number): void {
  for (let end = size; end > 0; end -= SOLVE_BLOCK) {
    const first = Math.max(0, end - SOLVE_BLOCK);
    const parts = wasm.call("partsOfBackward", end - first);
    const work = READING * (end - first) * (size - end);
    if (end < size) wasm.callPartsOf(work, "backwardPart", parts, 0, first, end, size, stride, address, x);
    wasm.call("backwardRows", first, end, stride, address, x);
  }
}

function inOrderOfPixels(order: Int32Array, values: Float64Array): Float64Array {
  const sorted = new Float64Array(values.length);
  for (let rank = 0; rank < order.length; rank++) sorted[order[rank]] = values[rank];
  return sorted;
}

/** Sees to it that there are columns of all these pixels; where room is short, of no others. */
function requireColumns(wasm: WasmKernels, factor: Factor, columns: Columns, held: Int32Array): void {
  const missing = held.filter((i) => columns.columnOf[i] < 0);
  if (missing.length === 0) return;
  const fits = columns.count + wholeTiles(missing.length) <= columns.capacity;
  if (!fits) {
    columns.columnOf.fill(-1);
    columns.count = 0;
  }
  addColumns(wasm, factor, columns, fits ? missing : held);
}

/** mu = -G^-1 (A^-1 b)_Z */
function heldGradient(
  wasm: WasmKernels,
  { g, columnOf }: Columns,
  solution: Float64Array,
  held: Int32Array,
): Float64Array | null {
  const count = held.length;
  const indexes = held.map((i) => columnOf[i]);
  const mu = wasm.input(Float64Array.from(held, (i) => -solution[i]));
  const block = packBlock(wasm, indexes, { address: g.address, size: g.down / 8 });
  if (eliminate(wasm, block) === null) return null;
  wasm.call("choleskySolve", count, block.stride, block.address, mu);
  return wasm.float64(mu, count);
}

function roomFor(wasm: WasmKernels, { size }: Factor, most: number): Columns {
  // Some more for the pixels that a search holds on its way.
  const capacity = wholeTiles(Math.ceil(1.25 * most));
  // Rows at multiples of 512 bytes would all fall into the same few sets of the cache.
  const down = 8 * (capacity % 64 === 0 ? capacity + 4 : capacity);
  const matrix = (rows: number) => ({ address: wasm.output((rows * down) / 8), down, along: 8 });
  return { x: matrix(size), g: matrix(capacity), capacity, columnOf: new Int32Array(size).fill(-1), count: 0 };
}

/** Adds columns of X, by blocks of rows from that of the first pixel on, and their products with all columns. */
function addColumns(wasm: WasmKernels, { size, stride, address }: Factor, columns: Columns, pixels: Int32Array): void {
  const { x, g, columnOf, count: before } = columns;
  const added = wholeTiles(pixels.length);
  const row = 8 * stride;
  const beside = ({ address: start, down }: Strided, rows: number) => start + rows * down + 8 * before;
  wasm.call("zeroBlock", size, added, beside(x, 0), x.down);
  wasm.call("zeroBlock", before + added, added, beside(g, 0), g.down);
  const left = panel(wasm, BLOCK, size);
  const right = panel(wasm, BLOCK, before + added);
  pixels.forEach((pixel, a) => {
    wasm.view(beside(x, pixel) + 8 * a, 1)[0] = 1;
    columnOf[pixel] = before + a;
  });
  let active = 0;
  for (let first = pixels[0] - (pixels[0] % BLOCK); first < size; first += BLOCK) {
    const end = Math.min(first + BLOCK, size);
    const length = end - first;
    while (active < pixels.length && pixels[active] < end) active++;
    const [from, at] = [address + first * row, beside(x, first)];
    const parts = wasm.call("partsOfForward", active);
    const work = (length * length * active) / 2;
    wasm.callPartsOf(work, "forwardPart", parts, 0, length, active, from + 8 * first, row, at, x.down);
    pack(wasm, length, before + wholeTiles(active), { ...x, address: at - 8 * before }, right);
    const ofAdded = right + 8 * before * length;
    const products = { rows: before + active, columns: active, length, upper: false };
    multiplyPanels(wasm, { ...products, to: { ...g, address: beside(g, 0) } }, [right, ofAdded], false);
    if (end === size) break;
    pack(wasm, length, size - end, { address: from + 8 * end, down: row, along: 8 }, left);
    const rest = { rows: size - end, columns: active, length, upper: false };
    multiplyPanels(wasm, { ...rest, to: { ...x, address: beside(x, end) } }, [left, ofAdded], true);
  }
  columns.count = before + added;
  wasm.call("transposeUpper", columns.count, g.address, g.down, g.address, g.down);
}
