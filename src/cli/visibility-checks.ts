import { kernelsBeside } from "../backend/kernels.ts";
import { locating } from "../errors.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import type { Evaluation } from "../likelihood/evaluation.ts";
import { openVisibilities } from "../likelihood/interferometer-dataset.ts";
import { checkFromVisibilities, type VisibilityCheck } from "../likelihood/visibility-check.ts";
import type { SpecFiles } from "./spec-files.ts";

/** By the names of the datasets; a compacted dataset has no visibilities to check with. */
export type VisibilityChecks = Readonly<Record<string, VisibilityCheck | null>>;

/** chi^2 of every interferometer dataset once more, from the visibilities that its spec names. */
export async function checkVisibilities(
  { spec, open }: SpecFiles,
  datasets: readonly Dataset[],
  evaluation: Evaluation,
): Promise<VisibilityChecks> {
  const checks: Record<string, VisibilityCheck | null> = {};
  for (const [index, dataset] of datasets.entries()) {
    const ofSpec = spec.datasets[dataset.name];
    if (dataset.type !== "interferometer" || ofSpec.type !== "interferometer") continue;
    const { data } = ofSpec;
    if (data.kind === "compact") {
      checks[dataset.name] = null;
      continue;
    }
    checks[dataset.name] = await locating(`datasets.${dataset.name}`, async () => {
      const files = await openVisibilities(data, { open });
      return checkFromVisibilities(files, dataset, evaluation.datasets[index], kernelsBeside(evaluation.backend));
    });
  }
  return checks;
}

/** @throws Error where two ways to chi^2 differ by more than rounding. */
export function requireAgreement(checks: VisibilityChecks | null): void {
  for (const [name, check] of Object.entries(checks ?? {})) {
    if (check === null || check.agree) continue;
    const values = `${check.compact} from the compaction, ${check.direct} by direct sum, ${check.nufft} by NUFFT`;
    throw new Error(`chi^2 of '${name}' differs by more than rounding, ${check.bound.toExponential(1)}: ${values}`);
  }
}
