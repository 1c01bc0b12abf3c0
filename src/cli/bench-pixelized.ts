import { benchCase } from "../bench/bench-case.ts";
import { pixelizedContenders } from "../bench/pixelized.ts";
import { pixelizedSizes } from "../bench/pixelized-cases.ts";
import { observeScene } from "../bench/pixelized-scene.ts";
import { type BenchReport, benchReport, type PointRows } from "../bench/report.ts";
import { runBench } from "../bench/schedule.ts";
import type { BenchSizes } from "../bench/work.ts";
import { InputError } from "../errors.ts";
import type { BenchArguments, BenchLimits } from "./bench.ts";
import { wantedNames } from "./bench-rows.ts";
import { type Invocation, progress } from "./invocation.ts";
import { availableBytes, machineDescription } from "./machine.ts";

/** Likelihoods of pixelized sources in images, one scene after the other. */
export async function pixelizedReport(
  name: string,
  _sizes: BenchSizes,
  limits: BenchLimits,
  args: BenchArguments,
  invocation: Invocation,
): Promise<BenchReport> {
  if (args.peers !== undefined) {
    const what = `${name} has no peers: what PyAutoLens takes is a published time beside the rows`;
    throw new InputError("bench/peers", what, "leave --peers out, or take another case");
  }
  const { options } = invocation;
  const measured: PointRows[] = [];
  for (const scene of benchCase(name).pixelized!) {
    progress(invocation, `${scene.name}: making the images`);
    const observed = await observeScene(scene, options.seed);
    const sizes = { ...pixelizedSizes(scene), pixels: observed.pixels };
    const contenders = pixelizedContenders(scene, observed, limits.rowBudget);
    const wanted = wantedNames(contenders, args.implementations, options.backend);
    const rows = await runBench({
      ...limits,
      contenders: contenders.filter(({ name, voice }) => {
        return wanted.has(name) && (options.backend === "auto" || voice === options.backend);
      }),
      sizes,
      memory: availableBytes(),
      progress: (line) => progress(invocation, `${scene.name}: ${line}`),
      release: () => {},
    });
    measured.push({ at: { curve: scene.name, sizes }, rows });
  }
  return benchReport(name, measured[0].at!.sizes, options.threads, machineDescription(), measured);
}
