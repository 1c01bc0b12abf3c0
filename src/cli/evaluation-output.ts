import { wasmKernels } from "../backend/wasm.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import type { DatasetEvaluation, Evaluation } from "../likelihood/evaluation.ts";
import { inFiles, termsInFiles } from "../result/names-in-files.ts";
import type { Invocation } from "./invocation.ts";
import type { VisibilityChecks } from "./visibility-checks.ts";

/** The evaluation as the command-line contract has it. */
export function evaluationJson(
  datasets: readonly Dataset[],
  evaluation: Evaluation,
  planSeconds: number,
  checked: VisibilityChecks | null,
) {
  const { terms, positiveOnly: positive } = evaluation;
  const compacted = evaluation.datasets.filter(({ type }) => type === "interferometer");
  return {
    log_likelihood: evaluation.logLikelihood,
    log_evidence: evaluation.logEvidence,
    terms: termsInFiles(terms),
    datasets: Object.fromEntries(
      evaluation.datasets.map((dataset, index) => [dataset.name, datasetJson(datasets[index], dataset)]),
    ),
    regularization_coefficient: evaluation.sources[0]?.regularization.coefficient ?? null,
    sources: evaluation.sources.map(({ galaxy, datasets, values, regularization }) => ({
      galaxy,
      datasets,
      source_pixels: values.length,
      regularization: Object.fromEntries(
        Object.entries(regularization).map(([key, value]) => [inFiles(key), value] as const),
      ),
    })),
    ...(positive === null
      ? {}
      : {
          positive_only: {
            pixels_at_zero: positive.pixelsAtZero,
            factorizations: positive.factorizations,
            log_evidence: "an approximation, as if the source could have either sign",
          },
        }),
    backend: evaluation.backend,
    wasm_build: evaluation.backend === "reference" ? null : wasmKernels().build,
    curvature_matrix: evaluation.curvatureForm,
    lattice_sums: compacted.length === 1 ? compacted[0].latticeSums : null,
    threads: evaluation.backend === "reference" ? 1 : wasmKernels().threads,
    checks: {
      log_likelihood_error_bound: compacted.length > 0 ? evaluation.logLikelihoodErrorBound : null,
      solve_residual: evaluation.solveResidual,
      ...(positive === null ? {} : { kkt_residual: positive.kktResidual }),
      ...(evaluation.checks === null
        ? {}
        : {
            curvature_residual: evaluation.checks.curvature.residual,
            curvature_asymmetry: evaluation.checks.curvature.asymmetry,
            relocated: evaluation.checks.relocated,
            duplicate_vertices: evaluation.checks.duplicateVertices,
          }),
      ...(checked === null ? {} : { chi_squared_from_visibilities: checked }),
    },
    failure: evaluation.failure,
    seconds: { plan: planSeconds, ...evaluation.seconds } as Readonly<Record<string, number>>,
  };
}

function datasetJson(dataset: Dataset, { type, chiSquared, noiseNormalization, ...rest }: DatasetEvaluation) {
  return {
    type,
    log_likelihood: -0.5 * (chiSquared + noiseNormalization),
    terms: { chi_squared: chiSquared, noise_normalization: noiseNormalization },
    ...(Object.keys(rest.intensities).length > 0 ? { intensities: finite(rest.intensities) } : {}),
    image_pixels: dataset.nativeIndex.length / 2,
    ...(dataset.type === "imaging" ? { flagged_pixels: dataset.flagged } : { lattice_sums: rest.latticeSums }),
  };
}

/** JSON has no NaN: null where there are no intensities. */
function finite(intensities: Readonly<Record<string, number>>): Readonly<Record<string, number>> | null {
  return Object.values(intensities).every(Number.isFinite) ? intensities : null;
}

/** The same for people, as a table. */
export function printEvaluation(
  invocation: Invocation,
  { datasets, failure }: Evaluation,
  json: ReturnType<typeof evaluationJson>,
  written: readonly string[],
): void {
  const { checks, terms, seconds } = json;
  const build = json.wasm_build === null ? "" : ` (${json.wasm_build})`;
  const form = json.curvature_matrix === null ? "" : `, ${json.curvature_matrix}`;
  const rows: [string, string | number | null | undefined][] = [
    ["log evidence", json.log_evidence],
    ["log likelihood", json.log_likelihood],
    ...Object.entries(terms).map(([name, value]) => [`  ${name}`, value] as [string, number | null]),
    ...(datasets.length > 1 && failure === null ? Object.entries(json.datasets) : []).map(
      ([name, { log_likelihood }]) => [`log likelihood of ${name}`, log_likelihood] as [string, number],
    ),
    ...Object.entries(json.datasets).flatMap(([name, { intensities }]) => {
      return intensityRows(intensities ?? {}, datasets.length > 1 ? ` in ${name}` : "");
    }),
    ...json.sources.flatMap(({ galaxy, datasets: seenBy, regularization }) =>
      Object.entries(regularization).map(([name, value]): [string, number] => [
        json.sources.length > 1 ? `${name} of '${galaxy}' in ${seenBy.join(", ")}` : `regularization ${name}`,
        value,
      ]),
    ),
    ["error bound of log likelihood", checks.log_likelihood_error_bound?.toExponential(1)],
    ["residual of the solver", checks.solve_residual?.toExponential(1)],
    ["curvature against its operators", checks.curvature_residual?.toExponential(1)],
    ["rays and vertices drawn onto the border", checks.relocated || null],
    ["vertices at the place of others", checks.duplicate_vertices || null],
    ["positive only", positiveOnlyText(json)],
    ...Object.entries(checks.chi_squared_from_visibilities ?? {}).map(([name, check]): [string, string] => [
      `chi squared of ${name}`,
      check === null
        ? "compacted before: there are no visibilities to check with"
        : `${check.direct ?? "(too long)"} by direct sum, ${check.nufft ?? "(too large)"} by NUFFT`,
    ]),
    ["backend", `${json.backend}${build}${form}`],
    ["seconds", `${seconds.total.toFixed(3)} after ${seconds.plan.toFixed(3)} of planning`],
    ...written.map((file): [string, string] => ["written", file]),
  ];
  const shown = rows.filter(([, value]) => value !== null && value !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  invocation.stdout.write(shown.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join(""));
}

/** Those of a set of profiles are a line of their own together: there may be dozens. */
function intensityRows(intensities: Readonly<Record<string, number>>, where: string): [string, string | number][] {
  const sets = new Map<string, number[]>();
  for (const [path, value] of Object.entries(intensities)) {
    const [, set = path] = /^(.*intensity)\.\d+$/.exec(path) ?? [];
    sets.set(set, [...(sets.get(set) ?? []), value]);
  }
  return [...sets].map(([path, values]) => {
    if (values.length === 1) return [`${path}${where}`, values[0]];
    const range = [Math.min(...values), Math.max(...values)].map((value) => value.toPrecision(3));
    return [`${path}${where}`, `${values.length} from ${range.join(" to ")}`];
  });
}

function positiveOnlyText({ positive_only, checks }: ReturnType<typeof evaluationJson>): string | undefined {
  if (positive_only === undefined || checks.kkt_residual === undefined) return undefined;
  const { pixels_at_zero, factorizations, log_evidence } = positive_only;
  const found = `${factorizations} factorizations, KKT residual ${checks.kkt_residual.toExponential(1)}`;
  return `${pixels_at_zero} source pixels are zero (${found}); the log evidence is ${log_evidence}`;
}
