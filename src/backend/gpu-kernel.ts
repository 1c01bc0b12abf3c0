import {
  type CompiledGradient,
  type PointFunction,
  type TracedFunction,
  traceFunction,
  traceGradient,
} from "../compiler/compile.ts";
import { bufferOrder, emitWgsl } from "../compiler/emit-wgsl.ts";
import { type PointOutput, type PointProgram, type Reduction, slotsOf } from "../compiler/point-program.ts";
import { planVariants } from "../compiler/variants.ts";
import type { GpuPoints, WebGpu } from "./webgpu.ts";

/**
 * A point function on a GPU, in f32.
 *
 * Images and deflections are within 1e-5 of their largest value of what f64 gives, most within 1e-6; gradients within 1e-4.
 * Where a formula subtracts what is nearly equal, it loses more: `PowerLawBroken`, d from an outer slope of 2, is off by
 * 5e-7 / d in its deflection and 2e-7 / d^2 in its potential.
 */
export interface GpuKernel {
  /** What computes it. */
  readonly adapter: string;
  /**
   * The outputs of all points at these parameters: of one value a point, a group, or (`sum`) of a single value. The shader
   * is compiled with the first run that asks for it.
   */
  run(parameters: Float64Array, points: GpuPoints): Promise<readonly Float64Array[]>;
  /** The shader that is compiled first (`variants.ts`). */
  readonly code: string;
}

/** With its gradient, as `CompiledGradient` has it. */
export interface GpuGradient extends GpuKernel, Pick<CompiledGradient, "derivatives" | "gradient"> {}

/** Compiles a point function for a GPU. What is of rate `call` stays in JavaScript and f64. */
export function compileForGpu(point: PointFunction, gpu: WebGpu): GpuKernel {
  return kernelOf(traceFunction(point), gpu);
}

/** As `compileForGpu`, with derivatives as `compileGradient` has them. */
export function compileGradientForGpu(point: PointFunction, gpu: WebGpu): GpuGradient {
  const traced = traceGradient(point);
  const { derivatives, gradient } = traced;
  return { ...kernelOf(traced, gpu), derivatives, gradient };
}

function kernelOf(traced: TracedFunction, gpu: WebGpu): GpuKernel {
  const { choose, general } = planVariants(traced, emitWgsl);
  return {
    adapter: gpu.adapter,
    code: general.kernel,
    async run(parameters, points) {
      const { frontier, kernel, program } = choose(parameters);
      if (points.inputs !== program.inputs.length)
        throw new RangeError(`${points.inputs} inputs for a kernel of ${program.inputs.length}`);
      const values = new Float64Array(slotsOf(program.frontier).length);
      frontier.run(parameters, values);
      const lengths = lengthsOf(program, points);
      const written = await gpu.run(
        await gpu.pipeline(kernel),
        points,
        values,
        lengths.reduce((sum, length) => sum + length, 0),
      );
      return separate(program.outputs, lengths, written);
    },
  };
}

function lengthsOf({ outputs }: PointProgram, { points, groups, workgroups }: GpuPoints): number[] {
  const lengths: Readonly<Record<Reduction, number>> = { each: points, groupMean: groups, sum: workgroups };
  return outputs.map(({ reduction }) => lengths[reduction]);
}

/** The outputs in f64, the sums of workgroups added in it. */
function separate(outputs: readonly PointOutput[], lengths: readonly number[], written: Float32Array): Float64Array[] {
  const separated: Float64Array[] = [];
  let start = 0;
  for (const slot of bufferOrder(outputs)) {
    const values = Float64Array.from(written.subarray(start, start + lengths[slot]));
    start += lengths[slot];
    const { reduction } = outputs[slot];
    separated[slot] = reduction === "sum" ? Float64Array.of(values.reduce((sum, value) => sum + value, 0)) : values;
  }
  return separated;
}
