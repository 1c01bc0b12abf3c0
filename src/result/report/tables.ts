import type { Prior } from "../../model/prior.ts";
import { htmlTable, type Table } from "../html-page.ts";
import type { ReportContent, ReportFact, ReportQuantity } from "./content.ts";
import { diagnosticOf } from "./diagnostics.ts";
import {
  besideInterval,
  countText,
  durationText,
  intervalText,
  numberText,
  parameterLabel,
  plainText,
  quantityLabel,
  rangeText,
  unitText,
} from "./number-text.ts";

/** The free parameters: what was believed, what is known now. */
export function parameterTable({ parameters, phases }: ReportContent): string {
  const { model } = phases[phases.length - 1].outcome;
  const cells = parameters.map(({ path, unit, best, posterior }, p) => [
    parameterLabel(path, unit),
    priorText(model.parameters[p].prior),
    posterior === null ? "–" : intervalText(posterior),
    posterior === null ? "–" : rangeText(posterior.lower95, posterior.upper95),
    posterior === null ? numberText(best, 6) : besideInterval(best, posterior),
  ]);
  return htmlTable({ header: ["parameter", "prior", "median and 68 %", "95 %", "best fit"], cells, leftColumns: 2 });
}

export function quantityTable({ quantities }: ReportContent): string {
  const cells = quantities.map(({ name, unit, posterior, best, absent, meaning }: ReportQuantity) => [
    `${quantityLabel(name)}${unitText(unit)}`,
    posterior === null ? "–" : intervalText(posterior),
    posterior === null ? numberText(best, 6) : besideInterval(best, posterior),
    absent === undefined ? meaning : `${meaning} (not there: ${absent})`,
  ]);
  return htmlTable({
    header: ["quantity", "median and 68 %", "best fit", "meaning"],
    cells,
    leftColumns: 1,
    proseColumns: [3],
  });
}

/** The terms of the best model, and what each adds to the log evidence (or without one the log likelihood). */
export function termTable({ evaluation }: ReportContent): string {
  const { terms, logEvidence, logLikelihood } = evaluation;
  const rows: readonly (readonly [name: string, value: number | null, factor: number, meaning: string])[] = [
    ["χ²", terms.chiSquared, -0.5, "what the model leaves of the data, in units of the noise"],
    ["regularization term", terms.regularizationTerm, -0.5, "sᵀHs: how rough the source is"],
    [
      "ln det (F + H)",
      terms.logDetCurvatureRegMatrixTerm,
      -0.5,
      "how narrowly the data and the regularization hold the source",
    ],
    ["ln det H", terms.logDetRegularizationMatrixTerm, 0.5, "how narrowly the regularization alone holds it"],
    ["noise normalization", terms.noiseNormalization, -0.5, "Σ ln 2πσ², the same for every model"],
  ];
  const cells = rows
    .filter(([, value]) => value !== null)
    .map(([name, value, factor, meaning]) => [name, fixed(value!), fixed(factor * value!), meaning]);
  const total = logEvidence === null ? ["log likelihood", logLikelihood] : ["log evidence of the source", logEvidence];
  const meaning =
    logEvidence === null ? "of the data under the best model" : "of the data under the best model, over all sources";
  return htmlTable({
    header: ["term", "value", "adds", "meaning"],
    cells: [...cells, [String(total[0]), "", fixed(Number(total[1])), meaning]],
    leftColumns: 1,
    proseColumns: [3],
  });
}

export function diagnosticTable({ phases }: ReportContent): string {
  const { samples } = phases[phases.length - 1].outcome;
  const cells = Object.entries(samples.diagnostics).map(([key, value]) => {
    const { name, meaning } = diagnosticOf(key);
    return [name, Number.isInteger(value) ? countText(value) : numberText(value, 4), meaning];
  });
  return htmlTable({ header: ["diagnostic", "value", "meaning"], cells, leftColumns: 1, proseColumns: [2] });
}

export function basinTable({ basins }: ReportContent): string {
  const [{ logLikelihood: best }] = basins;
  const cells = basins.map(({ logLikelihood, hits, hitRate }, rank) => [
    String(rank + 1),
    fixed(logLikelihood),
    fixed(logLikelihood - best),
    countText(hits),
    `${numberText(100 * hitRate, 3)} %`,
  ]);
  return htmlTable({ header: ["basin", "at its top", "below the best", "starts", "hit rate"], cells, leftColumns: 1 });
}

/** What the likelihood looked after in the best model. */
export function checkTable({ evaluation }: ReportContent): string {
  const { checks, solveResidual, positiveOnly, logLikelihoodErrorBound, backend, curvatureForm } = evaluation;
  const cells: (readonly [string, string, string])[] = [
    ["backend", backend, "what computed it"],
    ...(curvatureForm === null
      ? []
      : [["curvature matrix", curvatureForm.replaceAll("_", " "), "in which form it was built"] as const]),
    ...(checks === null
      ? []
      : ([
          [
            "curvature matrix agrees",
            checks.curvature.agrees ? "yes" : "NO",
            "with its operators, in a product with one vector",
          ],
          ["its residual", numberText(checks.curvature.residual, 2), "of that product; 1e-15 is rounding"],
          [
            "its asymmetry",
            numberText(checks.curvature.asymmetry, 2),
            "between the product and that with its transpose",
          ],
          ["relocated", countText(checks.relocated), "rays and vertices that the border drew in"],
          ["duplicate vertices", countText(checks.duplicateVertices), "at the place of others, which nothing maps to"],
        ] as const)),
    ...(solveResidual === null
      ? []
      : [["solver's residual", numberText(solveResidual, 2), "|(F + H) s − D| / |D|"] as const]),
    ...(positiveOnly === null
      ? []
      : ([
          [
            "positive source",
            numberText(positiveOnly.kktResidual, 2),
            "how far the solution is from its conditions (Karush, Kuhn & Tucker)",
          ],
          ["pixels at zero", countText(positiveOnly.pixelsAtZero), "of the source; the evidence is an approximation"],
        ] as const)),
    [
      "error bound",
      numberText(logLikelihoodErrorBound, 2),
      "of the log likelihood, from the rounding of compacted visibilities",
    ],
  ];
  return htmlTable({ header: ["check", "value", "meaning"], cells, leftColumns: 1, proseColumns: [2] });
}

export function failureTable({ phases }: ReportContent): string {
  const { failures, samples } = phases[phases.length - 1].outcome;
  const cells = Object.entries(failures)
    .toSorted(([, a], [, b]) => b - a)
    .map(([reason, count]) => [countText(count), `${numberText((100 * count) / samples.evaluations, 2)} %`, reason]);
  if (cells.length === 0) return "<p>Every evaluation had a likelihood.</p>";
  return htmlTable({ header: ["failed", "of all", "reason"], cells, leftColumns: 0, proseColumns: [2] });
}

export function factTable(header: readonly [string, string], facts: readonly ReportFact[]): string {
  const cells = facts.map(({ name, value }) => [name, value]);
  return htmlTable({ header, cells, leftColumns: 1, proseColumns: [1] });
}

export function timingTable({ timing }: ReportContent): string {
  const table: Table = {
    header: ["step", "time"],
    cells: timing.map(({ name, seconds }) => [name, durationText(seconds)]),
    leftColumns: 1,
  };
  return htmlTable(table);
}

/** In standard deviations: an edge farther away cuts off less than 1e-4. */
const SHOWS = 4;

/** A prior in words. */
export function priorText(prior: Prior): string {
  const between = (lower: number, upper: number) => `${plainText(lower)} to ${plainText(upper)}`;
  if (prior.prior === "gaussian" || prior.prior === "log_gaussian") {
    const { lower = -Infinity, upper = Infinity, mean, sigma } = prior;
    // Where it is cut off is said where it shows; that a length is above zero is clear.
    const [low, high] = [lower, upper].map((edge) => (prior.prior === "gaussian" ? edge : Math.log(Math.max(edge, 0))));
    const shows = mean - low < SHOWS * sigma || high - mean < SHOWS * sigma;
    const cut = shows ? `, ${between(lower, upper)}` : "";
    const name = prior.prior === "gaussian" ? "Gaussian" : "Gaussian in ln";
    return `${name} ${rounded(mean)} ± ${rounded(sigma)}${cut}`;
  }
  const name = { uniform: "uniform", log_uniform: "log-uniform", sine: "sine" }[prior.prior];
  return `${name} ${between(prior.lower, prior.upper)}`;
}

/** What an earlier phase passed on has all its digits. */
function rounded(value: number): string {
  return plainText(Number(value.toPrecision(4)));
}

function fixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2).replace(/^-/, "−") : numberText(value);
}
