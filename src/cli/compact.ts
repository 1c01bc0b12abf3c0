import { basename } from "node:path";
import { type Compaction, logLikelihoodErrorBound } from "../dataset/compaction.ts";
import { writeCompaction } from "../dataset/compaction-file.ts";
import { locating } from "../errors.ts";
import { interferometers } from "../likelihood/from-spec.ts";
import { compactDataset } from "../likelihood/interferometer-dataset.ts";
import { pickVoice, tuningOf } from "../likelihood/plan.ts";
import { command } from "./command.ts";
import { compactionProgress } from "./compaction-progress.ts";
import { type Invocation, printJson } from "./invocation.ts";
import { outputDirectory } from "./output.ts";
import { SPEC_OPTIONS, withSpec } from "./spec-files.ts";
import { loadTuning } from "./tuning-file.ts";

export const compact = command({
  name: "compact",
  description: "visibilities in the form that likelihoods use: one npz for each dataset, its size free of their number",
  args: SPEC_OPTIONS,
  async run(args, invocation) {
    await withSpec(args, async (files) => {
      const { voice, kernels } = pickVoice(invocation.options.backend, null);
      const tuning = tuningOf(voice, await loadTuning(invocation));
      const compactions = [];
      for (const [name, spec] of interferometers(files.spec)) {
        const start = performance.now();
        const read = { open: files.open, kernels, tuning, progress: compactionProgress(invocation) };
        const { compaction } = await locating(`datasets.${name}`, () => compactDataset(spec, read));
        compactions.push({ name, compaction, seconds: (performance.now() - start) / 1000 });
      }
      // All of them are right before the first is written.
      const directory = await outputDirectory(invocation.options.out ?? ".", files.paths);
      const made: object[] = [];
      for (const { name, compaction, seconds } of compactions) {
        const file = await directory.write(`${name}.compact.npz`, writeCompaction(compaction));
        made.push({ ...summaryOf(name, file, compaction), backend: voice, seconds: { compact: seconds } });
        if (!invocation.options.json) printSummary(invocation, name, file, compaction, seconds);
      }
      if (invocation.options.json) printJson(invocation, { compactions: made });
    });
  },
});

function summaryOf(dataset: string, file: string, compaction: Compaction) {
  return {
    dataset,
    file,
    visibilities: compaction.count,
    grid: {
      shape: compaction.grid.shape,
      pixel_scale: compaction.grid.pixelScale,
      offset: compaction.grid.origin,
    },
    visibilities_sign: compaction.sky.visibilitiesSign,
    x_axis: compaction.sky.xAxis,
    uv_maximum: compaction.uv.maximum,
    uv_shortest: compaction.uv.shortest,
    uv_longest: compaction.uv.longest,
    lattice_sums: compaction.latticeSums,
    unequal_noise: compaction.sums.wCompact.plus !== null,
    recentred: compaction.referenceImage !== null,
    input_sha256: compaction.inputHash,
    largest_amplitude: compaction.largestAmplitude,
    log_likelihood_error_bound: logLikelihoodErrorBound(compaction, compaction.largestAmplitude),
  };
}

function printSummary(
  { stdout }: Invocation,
  name: string,
  file: string,
  compaction: Compaction,
  seconds: number,
): void {
  const { grid, uv, largestAmplitude } = compaction;
  const kilo = (wavelengths: number): string => (wavelengths / 1000).toPrecision(4);
  const bound = logLikelihoodErrorBound(compaction, largestAmplitude).toExponential(1);
  stdout.write(
    [
      `${name}: ${compaction.count} visibilities in ${seconds.toFixed(1)} s -> ${file}`,
      `  grid        ${grid.shape.join(" x ")} pixels of ${grid.pixelScale} arcsec, centre (y, x) = (${grid.origin.join(", ")})`,
      `  baselines   ${kilo(uv.shortest)} to ${kilo(uv.longest)} kilowavelengths`,
      `  noise       ${compaction.sums.wCompact.plus === null ? "equal" : "unequal"} in real and imaginary parts`,
      `  error       at most ${bound} in log L at a flux of ${largestAmplitude.toPrecision(4)}, growing as flux squared`,
      `  use it with compact: ${basename(file)}`,
      "",
    ].join("\n"),
  );
}
