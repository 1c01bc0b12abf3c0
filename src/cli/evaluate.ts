import { wasmKernels } from "../backend/wasm.ts";
import { CURVATURE_FORMS, type CurvatureForm } from "../likelihood/curvature-form.ts";
import type { Evaluation } from "../likelihood/evaluation.ts";
import { planSpec, requireFixed } from "../likelihood/from-spec.ts";
import { buildModel } from "../model/model.ts";
import { panelsPng } from "../result/figures.ts";
import { evaluationPictures } from "../result/pictures.ts";
import { command } from "./command.ts";
import { compactionProgress } from "./compaction-progress.ts";
import { explanation, picksJson } from "./explanation.ts";
import { type Invocation, printJson } from "./invocation.ts";
import { outputDirectory } from "./output.ts";
import { SPEC_OPTIONS, withSpec } from "./spec-files.ts";
import { loadTuning } from "./tuning-file.ts";

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
    explain: { type: "boolean", description: "say which implementations were picked, and why" },
  },
  async run(args, invocation) {
    await withSpec(args, async (files) => {
      const { options } = invocation;
      requireFixed(files.spec, buildModel(files.spec));
      const start = performance.now();
      const { dataset, likelihood } = await planSpec(files.spec, {
        open: files.open,
        backend: options.backend,
        curvature: args.curvature as CurvatureForm | "auto",
        progress: compactionProgress(invocation),
        tuning: await loadTuning(invocation),
      });
      const planned = (performance.now() - start) / 1000;
      const [evaluation] = await likelihood.evaluate(new Float64Array(0));
      const result = { ...evaluationJson(evaluation, planned), picks: picksJson(likelihood.picks) };
      const written: string[] = [];
      if (options.out !== undefined) {
        const directory = await outputDirectory(options.out, files.paths);
        written.push(
          await directory.write("evaluation.json", `${JSON.stringify(result, null, 2)}\n`),
          await directory.write("evaluation.png", panelsPng(evaluationPictures(dataset, evaluation))),
        );
      }
      if (options.json) printJson(invocation, { ...result, files: written });
      else {
        printEvaluation(invocation, evaluation, planned, written);
        if (args.explain === true) invocation.stdout.write(`\n${explanation(likelihood.picks)}`);
      }
      if (evaluation.failure !== null) throw new Error(`no likelihood: ${evaluation.failure}`);
    });
  },
});

/** The evaluation as the command-line contract has it. */
export function evaluationJson(evaluation: Evaluation, planSeconds: number) {
  const { terms } = evaluation;
  return {
    log_likelihood: evaluation.logLikelihood,
    log_evidence: evaluation.logEvidence,
    terms: {
      chi_squared: terms.chiSquared,
      regularization_term: terms.regularizationTerm,
      log_det_curvature_reg_matrix_term: terms.logDetCurvatureRegMatrixTerm,
      log_det_regularization_matrix_term: terms.logDetRegularizationMatrixTerm,
      noise_normalization: terms.noiseNormalization,
    },
    regularization_coefficient: evaluation.source.coefficient,
    backend: evaluation.backend,
    wasm_build: evaluation.backend === "wasm" ? wasmKernels().build : null,
    curvature_matrix: evaluation.curvatureForm,
    lattice_sums: evaluation.latticeSums,
    threads: evaluation.backend === "wasm" ? wasmKernels().threads : 1,
    checks: {
      log_likelihood_error_bound: evaluation.logLikelihoodErrorBound,
      solve_residual: evaluation.solveResidual,
    },
    failure: evaluation.failure,
    seconds: { plan: planSeconds, ...evaluation.seconds } as Readonly<Record<string, number>>,
  };
}

function printEvaluation(invocation: Invocation, evaluation: Evaluation, planned: number, written: string[]): void {
  const json = evaluationJson(evaluation, planned);
  const rows: [string, string][] = [
    ["log evidence", `${json.log_evidence}`],
    ["log likelihood", `${json.log_likelihood}`],
    ...Object.entries(json.terms).map(([name, value]): [string, string] => [`  ${name}`, `${value}`]),
    ["regularization coefficient", `${json.regularization_coefficient}`],
    ["error bound of log likelihood", json.checks.log_likelihood_error_bound.toExponential(1)],
    ["residual of the solver", json.checks.solve_residual.toExponential(1)],
    ["backend", `${json.backend}${json.wasm_build === null ? "" : ` (${json.wasm_build})`}, ${json.curvature_matrix}`],
    ["seconds", `${json.seconds.total.toFixed(3)} after ${planned.toFixed(3)} of planning`],
    ...written.map((file): [string, string] => ["written", file]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  invocation.stdout.write(rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join(""));
}
