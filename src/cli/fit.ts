import { resolve } from "node:path";
import { wasmKernels } from "../backend/wasm.ts";
import { command } from "./command.ts";
import { beginFit, type FitRequest } from "./fit-directory.ts";
import { runFit } from "./fit-run.ts";
import { printFit } from "./fit-summary.ts";
import { SPEC_OPTIONS, withSpec } from "./spec-files.ts";
import { loadTuning } from "./tuning-file.ts";
import { version } from "./version.ts";

export const fit = command({
  name: "fit",
  description: "the posterior of a model: a directory of results with a report, from which a killed fit resumes",
  args: SPEC_OPTIONS,
  async run(args, invocation) {
    const { options } = invocation;
    await withSpec(args, async (files) => {
      const [spec] = files.paths;
      const request: FitRequest = {
        format: "arclet-fit",
        version: 1,
        arclet: version(),
        node: process.version,
        spec,
        data: resolve(files.folder),
        seed: options.seed,
        backend: options.backend,
        wasm_build: wasmKernels().build,
        tuning: (await loadTuning(invocation, 1)) ?? null,
      };
      const directory = await beginFit(options.out ?? fitName(spec), request, files.text, [spec]);
      printFit(invocation, await runFit(directory, invocation, { title: "" }));
    });
  },
});

/** `lens.yaml` is fitted into `lens-fit`. */
function fitName(spec: string): string {
  return `${spec.replace(/^.*[\\/]/, "").replace(/\.ya?ml$/i, "")}-fit`;
}
