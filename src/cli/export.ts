import { dirname, relative, resolve, sep } from "node:path";
import { InputError } from "../errors.ts";
import { planSpec, requireFixed } from "../likelihood/from-spec.ts";
import type { FileReference } from "../model/file-reference.ts";
import { buildModel } from "../model/model.ts";
import type { Spec } from "../model/spec.ts";
import { coolestFile } from "../result/coolest-file.ts";
import { command } from "./command.ts";
import { compactionProgress } from "./compaction-progress.ts";
import { isFit } from "./fit-directory.ts";
import { printJson } from "./invocation.ts";
import { outputDirectory } from "./output.ts";
import { SPEC_OPTIONS, withSpec } from "./spec-files.ts";
import { stemOf } from "./spec-name.ts";
import { loadTuning } from "./tuning-file.ts";
import { version } from "./version.ts";

export const exportModel = command({
  name: "export",
  description: "a model of numbers as a COOLEST template, beside its spec or in --out; a fit has written its own",
  args: SPEC_OPTIONS,
  async run(args, invocation) {
    const path = args.spec as string;
    await requireNoFit(path);
    await withSpec(args, async (files) => {
      const { options } = invocation;
      requireFixed(files.spec, buildModel(files.spec));
      const { datasets, likelihood, model } = await planSpec(files.spec, {
        open: files.open,
        backend: options.backend,
        once: true,
        progress: compactionProgress(invocation),
        tuning: await loadTuning(invocation),
      });
      const vector = new Float64Array(0);
      const [evaluation] = await likelihood.evaluate(vector);
      if (evaluation.failure !== null) throw new Error(`no likelihood: ${evaluation.failure}`);
      const out = options.out ?? dirname(path);
      const spec = withFilesFrom(files.spec, files.folder, out);
      const source = { spec, model, best: { vector } };
      const template = coolestFile(source, { datasets, evaluation }, { version: version(), named: true });
      const directory = await outputDirectory(out, files.paths);
      const name = `${stemOf(path)}.coolest.json`;
      await directory.requireNew([name]);
      const written = await directory.write(name, template.text);
      if (options.json) {
        printJson(invocation, { files: [written], left_out: template.leftOut });
        return;
      }
      for (const { path, profile, reason } of template.leftOut) {
        invocation.stdout.write(`left out ${path} (${profile}): ${reason}\n`);
      }
      invocation.stdout.write(`written ${written}\n`);
    });
  },
});

async function requireNoFit(path: string): Promise<void> {
  if (!(await isFit(path))) return;
  const remedy = `take its samples.npz, samples.nc or coolest.json, which \`arclet report ${path}\` writes anew`;
  throw new InputError("export/fit", "a fit writes what it has to exchange", remedy, path);
}

/** The spec with the files of its images named as from another folder. */
function withFilesFrom(spec: Spec, folder: string, other: string): Spec {
  const moved = (file: FileReference): FileReference => {
    return { ...file, path: relative(other, resolve(folder, file.path)).replaceAll(sep, "/") };
  };
  const datasets = Object.entries(spec.datasets).map(([name, dataset]) => {
    if (dataset.type !== "imaging") return [name, dataset] as const;
    const { data, noiseMap, psf } = dataset;
    return [name, { ...dataset, data: moved(data), noiseMap: moved(noiseMap), psf: moved(psf) }] as const;
  });
  return { ...spec, datasets: Object.fromEntries(datasets) };
}
