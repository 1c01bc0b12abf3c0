import { compileForGpu, compileGradientForGpu } from "../../src/backend/gpu-kernel.ts";
import { WebGpu } from "../../src/backend/webgpu.ts";
import { allCases } from "./cases.ts";

/** What the page says of a case: of each run, the outputs. */
export interface GpuResult {
  readonly index: number;
  readonly adapter: string;
  readonly runs: readonly (readonly (readonly number[])[])[];
}

/** What it says first: how a shader that is wrong is refused, and points that are too many. */
export interface GpuRefusals {
  readonly shader: string;
  readonly points: string;
}

const messageOf = (promise: Promise<unknown>) => promise.then(() => "accepted", String);

export async function run(say: (message: string) => Promise<unknown>): Promise<void> {
  const gpu = await WebGpu.request();
  const refusals: GpuRefusals = {
    shader: await messageOf(gpu.pipeline("@compute @workgroup_size(1) fn main() { let wrong = 1.0f + 1u; }")),
    points: await messageOf(gpu.load([{ length: 2 ** 40 } as Float64Array], 1)),
  };
  await say(JSON.stringify(refusals));
  for (const [index, { gradient, groupSize, inputs, point, runs }] of allCases.entries()) {
    const kernel = gradient ? compileGradientForGpu(point, gpu) : compileForGpu(point, gpu);
    const points = await gpu.load(inputs, groupSize);
    // All under way at a time.
    const outputs = await Promise.all(runs.map((parameters) => kernel.run(Float64Array.from(parameters), points)));
    points.free();
    const result: GpuResult = {
      index,
      adapter: kernel.adapter,
      runs: outputs.map((run) => run.map((values) => [...values])),
    };
    // What is not finite arrives as null.
    await say(JSON.stringify(result));
  }
  gpu.close();
  await say("done");
}
