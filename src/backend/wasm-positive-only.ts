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
import { eliminate, paddedFactor } from "./wasm-dense.ts";
import { type HeldPixels, heldPixels } from "./wasm-held-pixels.ts";
import { fresh } from "./wasm-voices.ts";

/**
 * The WebAssembly voice of the positive-only solve. F + H is copied in once. The whole is factorized for its determinant,
 * and where many pixels are free, their solution is had from that factor too; else their own block is factorized.
 */
export const positiveOnly = positiveOnlyWith((args) => {
  const wasm = fresh();
  const system = { ...args, matrix: wasm.input(args.curvatureRegMatrix.values), data: wasm.input(args.dataVector) };
  return args.dataVector.length < LARGE ? byBlocks(wasm, system) : byWhole(wasm, system);
});

/** Pixels from which on a factor of their own is dear. */
const LARGE = 256;

/** The most pixels that are held by the factor of the whole, as a part of all. */
const MOST_HELD = 0.4;

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
    const indexes = wasm.input(free);
    const solution = wasm.input(Float64Array.from(free, (i) => dataVector[i]));
    const block = paddedFactor(wasm, count);
    wasm.call("packFree", count, block.size, block.stride, indexes, size, matrix, block.address);
    if (eliminate(wasm, block) === null) return null;
    wasm.call("choleskySolve", count, block.stride, block.address, solution);
    const values = spread(size, free, wasm.view(solution, count));
    const logDeterminant = wasm.call("choleskyLogDeterminant", count, block.stride, block.address);
    return { values, gradient: gradientOf(wasm, system, values), logDeterminant };
  };
}

/** The same from one factor of the whole, its pixels in order of brightness, where few enough are held. */
function byWhole(wasm: WasmKernels, system: System): SolveFree {
  const { dataVector, matrix } = system;
  const size = dataVector.length;
  const order = fromBright(system);
  const factor = paddedFactor(wasm, size);
  wasm.call("packFree", size, factor.size, factor.stride, wasm.input(order), size, matrix, factor.address);
  if (eliminate(wasm, factor) === null) return () => null;
  const logDeterminant = wasm.call("choleskyLogDeterminant", size, factor.stride, factor.address);
  const pixels = heldPixels(wasm, factor, order, Math.floor(MOST_HELD * size));
  const data = pixels.prepare(dataVector);
  const ofBlock = byBlocks(wasm, system);
  return (free, draft) => {
    const isFree = new Uint8Array(size);
    for (const i of free) isFree[i] = 1;
    const held = Int32Array.from([...order.keys()].filter((rank) => isFree[order[rank]] === 0));
    if (held.length > pixels.most) return ofBlock(free, false);
    const found = pixels.solve(data, held);
    if (found === null) return ofBlock(free, false);
    if (draft && held.length > 0) return { ...found, logDeterminant, draft };
    const refined = refine(wasm, system, pixels, isFree, held, found.values);
    return refined === null ? ofBlock(free, false) : { ...refined, logDeterminant };
  };
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
  const parts = wasm.call("partsOfGradient", size);
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
