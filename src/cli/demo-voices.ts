import { VOICE_NAMES, type VoiceName } from "../backend/contract.ts";
import { kernelsOf } from "../backend/kernels.ts";
import { orient } from "../dataset/interferometer.ts";
import { invert, logEvidence } from "../inversion/evidence.ts";
import { linearProblemFromVisibilities } from "../inversion/from-visibilities.ts";
import {
  constantRegularizationLogDeterminant,
  constantRegularizationSparseMatrix,
} from "../inversion/regularization/constant.ts";
import { CURVATURE_FORMS, type CurvatureForm } from "../likelihood/curvature-form.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import type { SourceReconstruction } from "../likelihood/evaluation.ts";
import type { PlannedSpec } from "../likelihood/from-spec.ts";
import type { InterferometerDataset } from "../likelihood/interferometer-dataset.ts";
import { plan } from "../likelihood/plan.ts";
import type { VisibilityData } from "../operators/compaction.ts";

/** Of a log evidence: sums in another order change less, which the tests hold every voice to. */
const ROUNDING = 1e-10;

/** One way to the evidence of one dataset. */
export interface EvidenceRow {
  readonly dataset: string;
  /** `visibilities`: without compaction, from the visibilities themselves. */
  readonly backend: VoiceName | "visibilities";
  /** Null where there is but one form. */
  readonly curvature_matrix: CurvatureForm | null;
  readonly log_evidence: number;
  readonly seconds: number;
}

/** How far the evidences of one dataset are apart, and how far rounding may take them. */
export interface Agreement {
  readonly largest_difference: number;
  readonly error_bound: number;
}

export interface EvidenceWays {
  readonly rows: readonly EvidenceRow[];
  /** By dataset. */
  readonly agreement: Readonly<Record<string, Agreement>>;
}

/**
 * The evidence of each dataset alone, in every voice and, of visibilities, through every form of the curvature matrix and
 * from the visibilities themselves. Of two evaluations the second, warm one is timed.
 * @param planned Of a voice.
 * @param vector Of the free parameters.
 * @param simulated What the interferometer's dataset was made of.
 */
export async function evidenceEveryWay(
  planned: (backend: VoiceName) => Promise<PlannedSpec>,
  vector: Float64Array,
  simulated: VisibilityData,
  progress: (line: string) => void,
): Promise<EvidenceWays> {
  const rows: EvidenceRow[] = [];
  const bounds: Record<string, number> = {};
  for (const backend of VOICE_NAMES) {
    const { datasets, model } = await planned(backend);
    for (const dataset of datasets) {
      progress(`${dataset.name}, ${backend}`);
      for (const curvature of formsOf(dataset, backend)) {
        const likelihood = plan([dataset], model, { backend, ...(curvature && { curvature }) });
        await likelihood.evaluate(vector);
        const [{ seconds, sources, ...warm }] = await likelihood.evaluate(vector);
        const evidence = warm.logEvidence ?? warm.logLikelihood;
        rows.push({
          dataset: dataset.name,
          backend,
          curvature_matrix: curvature,
          log_evidence: evidence,
          seconds: seconds.total,
        });
        bounds[dataset.name] ??= warm.logLikelihoodErrorBound + ROUNDING * Math.abs(evidence);
        const isLast = backend === VOICE_NAMES.at(-1);
        if (isLast && dataset.type === "interferometer") rows.push(fromVisibilities(simulated, dataset, sources[0]));
      }
    }
  }
  const agreement = Object.fromEntries(
    Object.entries(bounds).map(([name, error_bound]) => {
      const evidences = rows.filter(({ dataset }) => dataset === name).map((row) => row.log_evidence);
      return [name, { largest_difference: Math.max(...evidences) - Math.min(...evidences), error_bound }];
    }),
  );
  return { rows, agreement };
}

/** @throws Error where a dataset's evidences differ by more than rounding. */
export function requireAgreement(agreement: EvidenceWays["agreement"]): void {
  for (const [name, { largest_difference: worst, error_bound: bound }] of Object.entries(agreement)) {
    if (!(worst <= bound)) throw new Error(`the evidences of ${name} differ by ${worst}, more than the bound ${bound}`);
  }
}

/** Of an image there is one; the traced voice has the matrices of WebAssembly. */
function formsOf({ type }: Dataset, backend: VoiceName): readonly (CurvatureForm | null)[] {
  return type === "imaging" || backend === "traced" ? [null] : CURVATURE_FORMS;
}

function fromVisibilities(
  data: VisibilityData,
  dataset: InterferometerDataset,
  { regularization, mesh }: SourceReconstruction,
): EvidenceRow {
  const start = performance.now();
  const kernels = kernelsOf("wasm");
  const args = { coefficient: regularization.coefficient, neighbors: mesh.neighbors };
  const problem = linearProblemFromVisibilities(
    {
      ...data,
      uvWavelengths: orient(data.uvWavelengths, dataset.compaction.sky),
      grid: dataset.compaction.grid,
      nativeIndex: dataset.nativeIndex,
      sparseMappingMatrix: kernels.sparseMappingMatrix({ mapping: mesh.mapping }),
      regularizationMatrix: constantRegularizationSparseMatrix(args),
      logDetRegularizationMatrix: constantRegularizationLogDeterminant(args),
    },
    kernels,
  );
  const { terms } = invert(problem, kernels);
  return {
    dataset: dataset.name,
    backend: "visibilities",
    curvature_matrix: null,
    log_evidence: logEvidence(terms),
    seconds: (performance.now() - start) / 1000,
  };
}
