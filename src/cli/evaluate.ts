import { CURVATURE_FORMS, type CurvatureForm } from "../likelihood/curvature-form.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import { planSpec, requireFixed } from "../likelihood/from-spec.ts";
import { buildModel } from "../model/model.ts";
import { panelsPng } from "../result/figures.ts";
import { evaluationPictures } from "../result/pictures.ts";
import { command } from "./command.ts";
import { compactionProgress } from "./compaction-progress.ts";
import { evaluationJson, printEvaluation } from "./evaluation-output.ts";
import { explanation, picksJson } from "./explanation.ts";
import { printJson, progress } from "./invocation.ts";
import { outputDirectory } from "./output.ts";
import { SPEC_OPTIONS, withSpec } from "./spec-files.ts";
import { loadTuning } from "./tuning-file.ts";
import { checkVisibilities, requireAgreement } from "./visibility-checks.ts";

export const evaluate = command({
  name: "evaluate",
  description: "one likelihood: every term of the evidence, and what computed it",
  args: {
    ...SPEC_OPTIONS,
    curvature: {
      type: "enum",
      options: ["auto", ...CURVATURE_FORMS],
      description: "which form of the curvature matrix",
      default: "auto",
    },
    check: { type: "boolean", description: "take chi^2 of visibilities once more, from the visibilities themselves" },
    explain: { type: "boolean", description: "say which implementations were picked, and why" },
  },
  async run(args, invocation) {
    await withSpec(args, async (files) => {
      const { options } = invocation;
      requireFixed(files.spec, buildModel(files.spec));
      const start = performance.now();
      const { datasets, likelihood } = await planSpec(files.spec, {
        open: files.open,
        backend: options.backend,
        curvature: args.curvature as CurvatureForm | "auto",
        progress: compactionProgress(invocation),
        tuning: await loadTuning(invocation),
      });
      const planned = (performance.now() - start) / 1000;
      const warnings = warningsOf(datasets);
      for (const warning of warnings) progress(invocation, `warning: ${warning}`);
      const [evaluation] = await likelihood.evaluate(new Float64Array(0));
      const checked = args.check === true ? await checkVisibilities(files, datasets, evaluation) : null;
      const result = {
        ...evaluationJson(datasets, evaluation, planned, checked),
        warnings,
        picks: picksJson(likelihood.picks),
      };
      const written: string[] = [];
      if (options.out !== undefined) {
        const directory = await outputDirectory(options.out, files.paths);
        written.push(
          await directory.write("evaluation.json", `${JSON.stringify(result, null, 2)}\n`),
          await directory.write("evaluation.png", panelsPng(evaluationPictures(datasets, evaluation))),
        );
      }
      if (options.json) printJson(invocation, { ...result, files: written });
      else {
        printEvaluation(invocation, evaluation, result, written);
        if (args.explain === true) invocation.stdout.write(`\n${explanation(likelihood.picks)}`);
      }
      if (evaluation.failure !== null) throw new Error(`no likelihood: ${evaluation.failure}`);
      requireAgreement(checked);
    });
  },
});

function warningsOf(datasets: readonly Dataset[]): string[] {
  return datasets.flatMap((dataset) => {
    return dataset.type === "imaging" ? dataset.warnings.map((warning) => `datasets.${dataset.name}: ${warning}`) : [];
  });
}
