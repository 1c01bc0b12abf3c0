import { command } from "./command.ts";
import { runFit } from "./fit-run.ts";
import { fitSample } from "./fit-sample.ts";
import { begin } from "./fit-start.ts";
import { printFit } from "./fit-summary.ts";
import { isSample } from "./lens-specs.ts";
import { PAUSE_OPTIONS, pauseAfter } from "./pause-options.ts";
import { SPEC_OPTIONS } from "./spec-files.ts";

export const fit = command({
  name: "fit",
  description:
    "the posterior of a model, or of every lens of a sample: results and a report, resumed where it was killed",
  args: {
    "spec...": {
      type: "positional",
      description: "the YAML file of datasets and model; several, or a pattern in quotes",
    },
    set: SPEC_OPTIONS.set,
    data: SPEC_OPTIONS.data,
    shard: { type: "string", valueHint: "I/N", description: "of several lenses the I-th of N parts, for job arrays" },
    ...PAUSE_OPTIONS,
  },
  async run(args, invocation) {
    // All positionals, which citty collects here.
    const patterns = args._;
    const { set, data, shard } = args;
    const pause = pauseAfter(args);
    if (isSample(patterns, shard)) return fitSample({ patterns, set, data, shard, pause }, invocation);
    const [spec] = patterns;
    const directory = await begin(spec, args, invocation.options.out ?? fitName(spec), invocation);
    printFit(invocation, await runFit(directory, invocation, { title: "", pause, isNew: true }));
  },
});

/** `lens.yaml` is fitted into `lens-fit`. */
function fitName(spec: string): string {
  return `${spec.replace(/^.*[\\/]/, "").replace(/\.ya?ml$/i, "")}-fit`;
}
