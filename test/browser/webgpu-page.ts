import { compileForGpu, compileGradientForGpu } from "../../src/backend/gpu-kernel.ts";
import { WebGpu } from "../../src/backend/webgpu.ts";
import { allCases } from "./cases.ts";

/** What the page says of a case: of each run, the outputs. */
export interface GpuResult {
  readonly index: number;
  readonly adapter: string;
  /** Of the first run, compilation included, and of all. */
  readonly seconds: readonly [number, number];
  readonly runs: readonly (readonly (readonly number[])[])[];
}

export async function run(say: (message: string) => Promise<unknown>): Promise<void> {
  const gpu = await WebGpu.request();
  for (const [index, { gradient, groupSize, inputs, point, runs }] of allCases.entries()) {
    const start = performance.now();
    const kernel = gradient ? compileGradientForGpu(point, gpu) : compileForGpu(point, gpu);
    const points = await gpu.load(inputs, groupSize);
    const outputs = [];
    let first = 0;
    for (const parameters of runs) {
      outputs.push(await kernel.run(Float64Array.from(parameters), points));
      first ||= performance.now() - start;
    }
    points.free();
    const seconds = [first / 1000, (performance.now() - start) / 1000] as const;
    const said: GpuResult = {
      index,
      adapter: gpu.adapter,
      seconds,
      runs: outputs.map((run) => run.map((values) => [...values])),
    };
    await say(
      JSON.stringify(said, (_, value) =>
        typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
      ),
    );
  }
  gpu.close();
  await say("done");
}
