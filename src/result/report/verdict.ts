import type { Dataset } from "../../likelihood/dataset.ts";
import { unitFromValue } from "../../model/prior.ts";
import { misfitOf } from "../misfit.ts";
import type { ReportContent } from "./content.ts";
import { countText, intervalText, numberText, parameterLabel, quantityLabel, unitSymbol } from "./number-text.ts";

/** What a reader should know first. */
export interface Verdict {
  /** What speaks against the result, a sentence each, the gravest first. */
  readonly warnings: readonly string[];
  /** Did it converge, what was found, and how well it fits. */
  readonly summary: string;
}

/** A median this near to an end of its prior, as a share of the prior, is where the prior is and not the data. */
const AT_EDGE = 0.01;
/** A larger part of evaluations without a likelihood leaves holes in what was searched. */
const MANY_FAILURES = 0.2;

export function verdictOf(content: ReportContent): Verdict {
  const { evaluation, parameters, phases } = content;
  const { method, outcome } = phases[phases.length - 1];
  const { samples, failures } = outcome;
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
  const warnings = [
    ...(evaluation.failure === null ? [] : [`the best model has no likelihood: ${evaluation.failure}`]),
    ...(evaluation.checks === null || evaluation.checks.curvature.agrees
      ? []
      : ["the curvature matrix of the best model does not agree with what it is made of: its evidence is wrong"]),
    ...samples.warnings,
    ...content.warnings,
    ...parameters.flatMap(({ path, unit, posterior }, p) => {
      const share = posterior === null ? 0.5 : unitFromValue(outcome.model.parameters[p].prior, posterior.median);
      if (share > AT_EDGE && share < 1 - AT_EDGE) return [];
      return [
        `${parameterLabel(path, unit)} is at the ${share < 0.5 ? "lower" : "upper"} end of its prior: the data want it beyond`,
      ];
    }),
    ...content.datasets.flatMap((dataset, d) => misfitOf(dataset, evaluation.datasets[d].chiSquared).warning ?? []),
    ...(failed > MANY_FAILURES * samples.evaluations
      ? [`${numberText((100 * failed) / samples.evaluations, 2)} % of the evaluations had no likelihood`]
      : []),
  ];
  const ran = `${method}, ${countText(samples.evaluations)} evaluations`;
  const count = samples.warnings.length;
  const ended =
    outcome.stopped !== null
      ? `The search (${ran}) did not come to its end: ${outcome.stopped}.`
      : count === 0
        ? `The search converged (${ran})${warnings.length === 0 ? ", and nothing speaks against its result" : "; the warnings are of what it found"}.`
        : `The search (${ran}) ended with ${count === 1 ? "a warning" : `${count} warnings`}: read that first.`;
  const found = content.quantities.find(({ name }) => name === content.headline[0]);
  const size =
    found?.posterior == null
      ? ""
      : ` ${capitalized(quantityLabel(found.name))}: ${intervalText(found.posterior)}${unitSymbol(found.unit)} (median and 68 %).`;
  const fits = content.datasets.map((dataset, d) => fitText(dataset, evaluation.datasets[d].chiSquared));
  return { warnings: warnings.map(capitalized), summary: `${ended}${size} ${fits.join(" ")}` };
}

/** chi^2 of a dataset against what noise alone would leave, in words. */
function fitText(dataset: Dataset, chiSquared: number): string {
  const { ratio, isFar } = misfitOf(dataset, chiSquared);
  const text = `In ${dataset.name} χ² is ${numberText(ratio, 3)} a ${dataset.type === "imaging" ? "pixel" : "part of a visibility"}`;
  if (!isFar) return `${text}, as noise would leave it.`;
  if (ratio > 1) return `${text}.`;
  return `${text}, less than noise would leave: the noise map is too large, or neighbouring pixels share their noise.`;
}

export function capitalized(text: string): string {
  // Paths of parameters stay as they are written.
  return /^\S*[._]/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
