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
import { lightAt } from "../lens/light-at.ts";
import { lensPlanes } from "../lens/trace-rays.ts";
import { galaxiesOver, instantiate, type Model } from "../model/model.ts";
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
 * @throws RangeError for a model whose kernel would be of tens of thousands of instructions.
 */
export function traceLight(model: Model, backend: PointBackend = webAssemblyOfThisThread()): TracedLight {
  const point = lightFunction(model);
  const kernel = compile(point, backend);
  let differentiated: CompiledGradient | undefined;
  const gradient = () => {
    differentiated ??= compileGradient(point, backend);
    return differentiated;
  };
  return {
    noGradient: null,
    kernel,
    gradient,
    inPixels: (positions, subSizes) => inPixels({ kernel, gradient }, positions, subSizes),
  };
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
    formula: (algebra, parameters, [y, x]) => [
      lightAt(algebra, galaxiesOver(algebra, model, parameters), planes, [y, x]),
    ],
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
  /** The indexes of their sub-pixels, pixel by pixel. */
  readonly points: Int32Array;
  readonly groupSize: number;
}

export function planBatches(subSizes: Int32Array): readonly Batch[] {
  const firstPoint = new Int32Array(subSizes.length);
  for (let pixel = 1; pixel < subSizes.length; pixel++)
    firstPoint[pixel] = firstPoint[pixel - 1] + subSizes[pixel - 1] ** 2;
  const sizes = [...new Set(subSizes)];
  return sizes.map((size) => {
    const pixels = Int32Array.from(subSizes.keys()).filter((pixel) => subSizes[pixel] === size);
    const groupSize = size * size;
    const points = new Int32Array(pixels.length * groupSize);
    for (let i = 0; i < points.length; i++) points[i] = firstPoint[pixels[Math.floor(i / groupSize)]] + (i % groupSize);
    return { pixels, points, groupSize };
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

function allocate(kernel: CompiledKernel, { points, groupSize }: Batch, positions: Float64Array): PointArrays {
  const arrays = kernel.allocate(points.length, groupSize);
  const [y, x] = arrays.inputs;
  for (let i = 0; i < points.length; i++) {
    y[i] = positions[2 * points[i]];
    x[i] = positions[2 * points[i] + 1];
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
