import { InputError } from "../errors.ts";
import { CURVATURE_FORMS, type CurvatureForm } from "../likelihood/curvature-form.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import type { Evaluation } from "../likelihood/evaluation.ts";
import { planSpec, requireFixed } from "../likelihood/from-spec.ts";
import { failedAssertion } from "../model/assertion.ts";
import { buildModel, freedModel, type Model } from "../model/model.ts";
import { panelsPng } from "../result/figures.ts";
import { evaluationPictures } from "../result/pictures.ts";
import { command } from "./command.ts";
import { compactionProgress } from "./compaction-progress.ts";
import { evaluationJson, printEvaluation } from "./evaluation-output.ts";
import { explanation, picksJson } from "./explanation.ts";
import { printJson, progress } from "./invocation.ts";
import { writeMaps } from "./maps.ts";
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
    gradient: {
      type: "boolean",
      description:
        "derivatives of the log evidence, or without a pixelized source the log likelihood, by every parameter",
    },
    maps: { type: "boolean", description: "write maps of datasets and sources to --out, as FITS and as figures" },
    check: { type: "boolean", description: "take chi^2 of visibilities once more, from the visibilities themselves" },
    explain: { type: "boolean", description: "say which implementations were picked, and why" },
  },
  async run(args, invocation) {
    await withSpec(args, async (files) => {
      const { options } = invocation;
      requireDirectory(args.maps === true, options.out);
      requireFixed(files.spec, buildModel(files.spec));
      const steep = args.gradient === true;
      const { model: freed, vector } = steep
        ? freedModel(files.spec)
        : { model: undefined, vector: new Float64Array(0) };
      const start = performance.now();
      const { datasets, likelihood, model } = await planSpec(files.spec, {
        open: files.open,
        ...(freed === undefined ? {} : { model: freed }),
        backend: options.backend,
        once: true,
        curvature: args.curvature as CurvatureForm | "auto",
        progress: compactionProgress(invocation),
        tuning: await loadTuning(invocation),
      });
      const planned = (performance.now() - start) / 1000;
      const failed = failedAssertion(model.assertions, vector);
      const warnings = [
        ...warningsOf(datasets),
        ...(failed === null ? [] : [`the assertion ${failed.text} does not hold: a search has no likelihood here`]),
      ];
      for (const warning of warnings) progress(invocation, `warning: ${warning}`);
      const [evaluation] = await likelihood.evaluate(vector, { gradient: steep, errors: args.maps === true });
      const checked = args.check === true ? await checkVisibilities(files, datasets, evaluation) : null;
      const result = {
        ...evaluationJson(datasets, evaluation, planned, checked),
        ...(freed === undefined ? {} : { gradient: gradientJson(freed, evaluation) }),
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
        if (args.maps === true && evaluation.failure === null) {
          written.push(...(await writeMaps(directory, files, datasets, { model, vector }, evaluation)));
        }
      }
      if (options.json) printJson(invocation, { ...result, files: written });
      else {
        printEvaluation(invocation, evaluation, result, written);
        const of = evaluation.logEvidence === null ? "likelihood" : "evidence";
        for (const [path, slope] of Object.entries(result.gradient ?? {})) {
          invocation.stdout.write(`d log ${of} / d ${path}  ${slope}\n`);
        }
        if (args.explain === true) invocation.stdout.write(`\n${explanation(likelihood.picks)}`);
      }
      if (evaluation.failure !== null) throw new Error(`no likelihood: ${evaluation.failure}`);
      requireAgreement(checked);
    });
  },
});

function requireDirectory(maps: boolean, out: string | undefined): void {
  if (!maps || out !== undefined) return;
  throw new InputError("option/out", "--maps writes files and --out does not say where", "add --out DIR");
}

function warningsOf(datasets: readonly Dataset[]): string[] {
  return datasets.flatMap((dataset) => {
    return dataset.type === "imaging" ? dataset.warnings.map((warning) => `datasets.${dataset.name}: ${warning}`) : [];
  });
}

/** By the parameters' paths in the spec; null where there is no likelihood. */
function gradientJson({ parameters }: Model, { gradient }: Evaluation): Readonly<Record<string, number>> | null {
  return gradient && Object.fromEntries(parameters.map(({ path }, p) => [path, gradient[p]]));
}
