import { join } from "node:path";
import { benchCase } from "../bench/bench-case.ts";
import type { Contender } from "../bench/contender.ts";
import {
  OVER_SAMPLINGS,
  type ParametricInputs,
  type ParametricKernel,
  parametricCheck,
  parametricContenders,
  parametricCost,
  parametricInputs,
} from "../bench/parametric.ts";
import { type BenchReport, benchReport, type PointRows } from "../bench/report.ts";
import { runBench } from "../bench/schedule.ts";
import type { BenchSizes } from "../bench/work.ts";
import { type NdArray, toFloat64 } from "../io/ndarray.ts";
import { readNpy } from "../io/npy.ts";
import type { BenchArguments, BenchLimits } from "./bench.ts";
import { type PeerProcess, startPeers } from "./bench-peers.ts";
import { wantedNames } from "./bench-rows.ts";
import { openFile } from "./file-source.ts";
import { type Invocation, progress } from "./invocation.ts";
import { availableBytes, machineDescription } from "./machine.ts";

/** Likelihoods of light profiles, at every over-sampling in turn. */
export async function parametricReport(
  name: string,
  _sizes: BenchSizes,
  limits: BenchLimits,
  args: BenchArguments,
  invocation: Invocation,
): Promise<BenchReport> {
  const { options, env } = invocation;
  await using peers = args.peers === undefined ? undefined : await startPeers(args.peers, env, "parametric.py");
  const inputs = parametricInputs(options.seed);
  await peers?.open(peerInputs(inputs));
  const check = parametricCheck(inputs);
  const measured: PointRows[] = [];
  for (const overSampling of OVER_SAMPLINGS) {
    const own = parametricContenders(inputs, overSampling, check);
    const contenders = [
      ...own.filter(({ voice }) => options.backend === "auto" || voice === options.backend),
      ...(peers === undefined ? [] : peerContenders(peers, inputs, overSampling, check)),
    ];
    const wanted = wantedNames(contenders, args.implementations, options.backend);
    const sizes = { ...inputs.sizes, overSampling };
    const rows = await runBench({
      ...limits,
      contenders: contenders.filter((contender) => wanted.has(contender.name)),
      sizes,
      memory: availableBytes(),
      progress: (line) => progress(invocation, `over-sampling ${overSampling}: ${line}`),
      release: () => {},
    });
    measured.push({ at: { curve: "over_sampling", sizes }, rows });
  }
  const machine = peers === undefined ? machineDescription() : { ...machineDescription(), peers: peers.versions };
  return benchReport(name, inputs.sizes, options.threads, machine, measured);
}

/** The rows of bench/peers/parametric.py. */
function peerContenders(
  peers: PeerProcess,
  inputs: ParametricInputs,
  overSampling: number,
  check: ReturnType<typeof parametricCheck>,
): Contender[] {
  const kernels = benchCase("parametric").rankings.flatMap((ranking) => ranking.kernels) as ParametricKernel[];
  return kernels.map((kernel) => ({
    ...parametricCost(overSampling),
    kernel,
    name: "jax",
    by: "python",
    async call(_, round, checked) {
      const save = checked ? join(peers.folder, "result.npy") : null;
      const request = { kernel, over_sampling: overSampling, vector: [...inputs.vector(round)], save };
      const { seconds } = await peers.ask(request);
      if (typeof seconds !== "number") throw new Error("the peers gave no time");
      if (save === null) return { seconds, error: null, sampled: null };
      await using source = await openFile(save);
      const result = toFloat64(readNpy(await source.read(0, source.size), save));
      return { seconds, ...check(kernel, result, overSampling, round) };
    },
  }));
}

/** The inputs as parametric.py describes them. */
function peerInputs({ dataset }: ParametricInputs): Record<string, NdArray> {
  const float = (data: Float64Array, ...shape: number[]): NdArray => ({ dtype: "f8", shape, data });
  const pixels = (data: Int32Array): NdArray => ({ dtype: "i4", shape: [data.length / 2, 2], data });
  return {
    pixel_scale: float(Float64Array.of(dataset.grid.pixelScale)),
    shape: { dtype: "i4", shape: [2], data: Int32Array.from(dataset.grid.shape) },
    native_index: pixels(dataset.nativeIndex),
    blurring_region: pixels(dataset.blurringRegion),
    data: float(dataset.data, dataset.data.length),
    noise_map: float(dataset.noiseMap, dataset.noiseMap.length),
    psf: float(dataset.psf.values, ...dataset.psf.shape),
  };
}
