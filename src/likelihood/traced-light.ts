import { wasmKernels } from "../backend/wasm.ts";
import {
  type CompiledGradient,
  type CompiledKernel,
  compile,
  compileGradient,
  type PointFunction,
} from "../compiler/compile.ts";
import type { PointArrays, PointBackend } from "../compiler/point-program.ts";
import { fusesMultiplyAdds, webAssembly } from "../compiler/wasm-kernel.ts";
import { InputError } from "../errors.ts";
import { lensPlanes } from "../lens/lens-planes.ts";
import { lightAt } from "../lens/light-at.ts";
import { galaxiesOver, instantiate, type Model } from "../model/model.ts";
import { slotOver } from "../model/slot.ts";
import { dot } from "../operators/matrix.ts";
import type { LightVoice, PixelLight } from "./pixel-light.ts";

/** A model's light as one compiled formula, whatever the pixels. */
export interface TracedLight extends LightVoice {
  readonly kernel: CompiledKernel;
  /** With all derivatives; compiled when first asked for. */
  gradient(): CompiledGradient;
}

/**
 * Ray tracing, all light profiles and the mean over sub-pixels fused into one kernel, and into another with the
 * derivatives by the free parameters. Fixed parameters are constants of it.
 * @throws InputError `compiler/size` for a model whose kernel would be of tens of thousands of instructions; its gradient
 * then too.
 */
export function traceLight(model: Model, backend: PointBackend = webAssemblyOfThisThread()): TracedLight {
  const point = lightFunction(model);
  const kernel = ofBearableSize(() => compile(point, backend));
  let differentiated: CompiledGradient | undefined;
  const gradient = () => {
    differentiated ??= ofBearableSize(() => compileGradient(point, backend));
    return differentiated;
  };
  return {
    noGradient: null,
    kernel,
    gradient,
    inPixels: (positions, subSizes) => inPixels({ kernel, gradient }, positions, subSizes),
  };
}

/** @throws InputError `compiler/size` where the compiler says that it is too much. */
export function ofBearableSize<T>(compiled: () => T): T {
  try {
    return compiled();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const what = `the model's light is too much for the compiler: ${error.message}`;
    throw new InputError("compiler/size", what, "give fewer profiles, or use --backend wasm, which has no gradient");
  }
}

/** In the build of the other kernels, on their threads. */
export function webAssemblyOfThisThread(): PointBackend {
  const fused = wasmKernels().build === "relaxed" && fusesMultiplyAdds();
  return webAssembly(fused, (program, parts, args) => wasmKernels().runParts(program, parts, args));
}

/** The light of a model's galaxies at a sub-pixel, as a function of its free parameters. */
export function lightFunction(model: Model): PointFunction {
  // Planes are the same for all values of the parameters.
  const planes = lensPlanes(instantiate(model, new Float64Array(model.parameters.length)).galaxies);
  return {
    parameters: model.parameters.map(({ path }) => path),
    inputs: ["y", "x"],
    outputs: ["groupMean"],
    formula: (algebra, parameters, [y, x]) => {
      const light = lightAt(algebra, galaxiesOver(algebra, model, parameters), planes, [y, x]);
      const { fluxScale = 1 } = model;
      if (fluxScale === 1) return [light];
      return [algebra.mul(slotOver(algebra, fluxScale, parameters), light)];
    },
  };
}

function inPixels(
  { kernel, gradient }: Pick<TracedLight, "kernel" | "gradient">,
  positions: Float64Array,
  subSizes: Int32Array,
): PixelLight {
  const image = new Float64Array(subSizes.length);
  const batches = planBatches(subSizes);
  const arrays = prepare(kernel, batches, positions);
  let withDerivatives: readonly PointArrays[] | undefined;
  const run = (compiled: CompiledKernel, vector: Float64Array, places: readonly PointArrays[]) => {
    inEveryBatch(compiled, vector, batches, places, [image]);
    return image;
  };
  return {
    at(vector, withGradient) {
      if (!withGradient) return { image: run(kernel, vector, arrays), gradient: null };
      const compiled = gradient();
      withDerivatives ??= prepare(compiled, batches, positions);
      const places = withDerivatives;
      return {
        image: run(compiled, vector, places),
        gradient: (adjoint) => compiled.gradient(vector, totals(places, batches, adjoint)),
      };
    },
  };
}

/** Pixels of one sub-size, which a kernel takes together. */
export interface Batch {
  /** Their indexes. */
  readonly pixels: Int32Array;
  /** Of each the index of its first sub-pixel; its others follow. */
  readonly firstPoints: Int32Array;
  readonly groupSize: number;
}

export function planBatches(subSizes: Int32Array): readonly Batch[] {
  const pixelsOf = new Map<number, number[]>();
  const firstPoints = new Int32Array(subSizes.length);
  let next = 0;
  for (let pixel = 0; pixel < subSizes.length; pixel++) {
    const size = subSizes[pixel];
    firstPoints[pixel] = next;
    next += size * size;
    const pixels = pixelsOf.get(size);
    if (pixels === undefined) pixelsOf.set(size, [pixel]);
    else pixels.push(pixel);
  }
  return [...pixelsOf].map(([size, found]) => {
    const pixels = Int32Array.from(found);
    return { pixels, firstPoints: pixels.map((pixel) => firstPoints[pixel]), groupSize: size * size };
  });
}

/** Places for each batch's inputs and outputs, the positions written. */
export function prepare(kernel: CompiledKernel, batches: readonly Batch[], positions: Float64Array): PointArrays[] {
  return batches.map((batch) => allocate(kernel, batch, positions));
}

/** Runs a kernel in all pixels. @param images Of the kernel's first outputs, in the order of the pixels. */
export function inEveryBatch(
  kernel: CompiledKernel,
  vector: Float64Array,
  batches: readonly Batch[],
  places: readonly PointArrays[],
  images: readonly Float64Array[],
): void {
  batches.forEach(({ pixels, groupSize }, b) => {
    kernel.run(vector, places[b], 0, pixels.length * groupSize);
    images.forEach((image, output) => {
      const means = places[b].outputs[output];
      for (let i = 0; i < pixels.length; i++) image[pixels[i]] = means[i];
    });
  });
}

function allocate(kernel: CompiledKernel, batch: Batch, positions: Float64Array): PointArrays {
  const { firstPoints, groupSize } = batch;
  const arrays = kernel.allocate(firstPoints.length * groupSize, groupSize);
  const [y, x] = arrays.inputs;
  let point = 0;
  for (const first of firstPoints) {
    for (let at = 2 * first; at < 2 * (first + groupSize); at += 2, point++) {
      y[point] = positions[at];
      x[point] = positions[at + 1];
    }
  }
  return arrays;
}

/** Sums over pixels of each derivative times the adjoint, in an order that no number of threads changes. */
function totals(places: readonly PointArrays[], batches: readonly Batch[], adjoint: Float64Array): Float64Array {
  const sums = new Float64Array(places[0].outputs.length - 1);
  batches.forEach(({ pixels }, b) => {
    const weights = new Float64Array(pixels.length);
    for (let i = 0; i < weights.length; i++) weights[i] = adjoint[pixels[i]];
    for (let d = 0; d < sums.length; d++) sums[d] += dot(places[b].outputs[d + 1], weights);
  });
  return sums;
}
