import {
  freeResidual,
  kktTolerance,
  type Point,
  positiveOnlyWith,
  type SolveFree,
  spread,
} from "../inversion/positive-only.ts";
import type { ReconstructionArgs } from "../inversion/solve.ts";
import type { WasmKernels } from "./wasm.ts";
import { eliminate, type Factor, packBlock } from "./wasm-cholesky.ts";
import { type HeldPixels, heldPixels } from "./wasm-held-pixels.ts";
import { fresh } from "./wasm-voices.ts";

/**
 * The WebAssembly voice of the positive-only solve. F + H is copied in once. The whole is factorized for its determinant,
 * and where many pixels are free, their solution is had from that factor too; else their own block is factorized.
 */
export const positiveOnly = positiveOnlyWith((args) => {
  const wasm = fresh(args.curvatureRegMatrix.values);
  const system = { ...args, matrix: wasm.input(args.curvatureRegMatrix.values), data: wasm.input(args.dataVector) };
  return args.dataVector.length < LARGE ? byBlocks(wasm, system) : byWhole(wasm, system);
});

/** Pixels from which on a factor of their own is dear. */
const LARGE = 256;

/** The most pixels that are held by the factor of the whole, as a part of all. */
const MOST_HELD = 0.4;

/**
 * Of a pivot as a part of its diagonal entry: below, as among light profiles that are much alike, the factor of the whole
 * says too little of blocks of it. Regularized sources have 0.01 and more.
 */
const LEAST_PIVOT = 1e-8;

/** Added there to every diagonal entry, as a part of it. */
const RIDGE = 1e-5;

/** Residuals that need no refinement, in parts of `kktTolerance`: what factors of free blocks have at the worst. */
const REFINED = 1 / 64;
const REFINEMENTS = 2;

interface System extends ReconstructionArgs {
  /** Addresses. */
  readonly matrix: number;
  readonly data: number;
}

/** Cholesky's factorization of each free block. */
function byBlocks(wasm: WasmKernels, system: System): SolveFree {
  const { dataVector, matrix } = system;
  const size = dataVector.length;
  const beyond = wasm.call("mark");
  return (free) => {
    wasm.call("release", beyond);
    const count = free.length;
    const solution = wasm.input(Float64Array.from(free, (i) => dataVector[i]));
    const block = packBlock(wasm, free, { address: matrix, size });
    if (eliminate(wasm, block) === null) return null;
    wasm.call("choleskySolve", count, block.stride, block.address, solution);
    const values = spread(size, free, wasm.view(solution, count));
    const logDeterminant = wasm.call("choleskyLogDeterminant", count, block.stride, block.address);
    return { values, gradient: gradientOf(wasm, system, values), logDeterminant };
  };
}

/**
 * The same from one factor of the whole, its pixels in order of brightness, where few enough are held. Where the whole is
 * nearly singular that factor, with more on the diagonal, has drafts only: its own solution would be a poor start.
 */
function byWhole(wasm: WasmKernels, system: System): SolveFree {
  const { dataVector, matrix } = system;
  const size = dataVector.length;
  const order = fromBright(system);
  const top = wasm.call("mark");
  const factorize = (ridge: number) => {
    wasm.call("release", top);
    const factor = packBlock(wasm, order, { address: matrix, size });
    if (ridge > 0) {
      const upper = wasm.view(factor.address, size * factor.stride);
      for (let i = 0; i < size; i++) upper[i * (factor.stride + 1)] *= 1 + ridge;
    }
    return eliminate(wasm, factor);
  };
  const byBlocksAlone = () => {
    wasm.call("release", top);
    return byBlocks(wasm, system);
  };
  const exact = factorize(0);
  if (exact === null) return byBlocksAlone();
  const logDeterminant = wasm.call("choleskyLogDeterminant", size, exact.stride, exact.address);
  const sound = leastPivot(wasm, exact, system, order) >= LEAST_PIVOT;
  const factor = sound ? exact : factorize(RIDGE);
  if (factor === null) return byBlocksAlone();
  const pixels = heldPixels(wasm, factor, order, Math.floor(MOST_HELD * size));
  const data = pixels.prepare(dataVector);
  const ofBlock = byBlocks(wasm, system);
  return (free, draft) => {
    const isFree = new Uint8Array(size);
    for (const i of free) isFree[i] = 1;
    const held = new Int32Array(size - free.length);
    for (let rank = 0, next = 0; rank < size; rank++) if (isFree[order[rank]] === 0) held[next++] = rank;
    const found = held.length > pixels.most || !(sound || draft) ? null : pixels.solve(data, held);
    if (found === null) return ofBlock(free, false);
    if (!sound || (draft && held.length > 0)) return { ...found, logDeterminant, draft: true };
    const refined = refine(wasm, system, pixels, isFree, held, found.values);
    return refined === null ? ofBlock(free, false) : { ...refined, logDeterminant };
  };
}

/** The least part of a diagonal entry that its pivot U_ii^2 is. */
function leastPivot(wasm: WasmKernels, factor: Factor, { curvatureRegMatrix }: System, order: Int32Array): number {
  const size = order.length;
  const upper = wasm.view(factor.address, size * factor.stride);
  let least = Number.POSITIVE_INFINITY;
  for (let rank = 0; rank < size; rank++) {
    const pivot = upper[rank * (factor.stride + 1)] ** 2 / curvatureRegMatrix.values[order[rank] * (size + 1)];
    least = Math.min(least, pivot);
  }
  return least;
}

/** Iterative refinement; null where it does not bring the residual down to what a factor of the free block leaves. */
function refine(
  wasm: WasmKernels,
  system: System,
  pixels: HeldPixels,
  isFree: Uint8Array,
  held: Int32Array,
  start: Float64Array,
): Point | null {
  let values = start;
  const tolerance = kktTolerance(values.length);
  for (let step = 0; ; step++) {
    const gradient = gradientOf(wasm, system, values);
    const residual = freeResidual(system, isFree, { values, gradient });
    if (residual <= REFINED * tolerance) return { values, gradient };
    if (step === REFINEMENTS || !(residual < 1)) return residual <= tolerance ? { values, gradient } : null;
    const lacking = gradient.map((slope, i) => (isFree[i] === 1 ? -slope : 0));
    const correction = pixels.solve(pixels.prepare(lacking), held);
    if (correction === null) return null;
    values = values.map((value, i) => value + correction.values[i]);
  }
}

/** (S) A s - D */
function gradientOf(wasm: WasmKernels, { matrix, data }: System, values: Float64Array): Float64Array {
  const size = values.length;
  const top = wasm.call("mark");
  const gradient = wasm.output(size);
  const parts = wasm.call("partsOfRows", size);
  wasm.callPartsOf(size * size, "gradientPart", parts, 0, size, matrix, wasm.input(values), data, gradient);
  const copy = wasm.float64(gradient, size);
  wasm.call("release", top);
  return copy;
}

/** Pixels held at zero are mostly faint ones: last, they are solved for with the short rows at the end of the factor. */
function fromBright({ curvatureRegMatrix, dataVector }: ReconstructionArgs): Int32Array {
  const size = dataVector.length;
  const brightness = dataVector.map((value, i) => value / Math.sqrt(curvatureRegMatrix.values[i * (size + 1)]));
  return Int32Array.from(dataVector.keys()).sort((i, j) => brightness[j] - brightness[i] || i - j);
}
