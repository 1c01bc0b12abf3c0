import { duration } from "./fit-progress.ts";
import type { WrittenFit } from "./fit-results.ts";
import { type Invocation, printJson } from "./invocation.ts";

/** What a fit ended with, for people or as JSON. */
export function printFit(invocation: Invocation, { result, seconds, files }: WrittenFit): void {
  const { stdout, options } = invocation;
  if (options.json) {
    printJson(invocation, { ...result, files });
    return;
  }
  const rows = [
    ...Object.entries(result.parameters).map(([path, { best, posterior }]) => [path, intervalText(posterior, best)]),
    ...Object.entries(result.derived).flatMap(([name, quantity]) => {
      const { best, posterior } = quantity as { readonly best?: number | null; readonly posterior?: Posterior | null };
      return best == null || Object.hasOwn(result.parameters, name)
        ? []
        : [[name, intervalText(posterior ?? null, best)]];
    }),
    [
      "log evidence of the model",
      result.evidence && `${fixed(result.evidence.log_z)} +- ${fixed(result.evidence.error)}`,
    ],
    [
      `best ${result.objective.replace("_", " ")}`,
      fixed(result.best_fit.log_evidence ?? result.best_fit.log_likelihood),
    ],
    ...Object.entries(result.best_fit.datasets).map(([name, dataset]) => {
      return [
        `chi^2 a ${dataset.type === "imaging" ? "pixel" : "number"} of ${name}`,
        dataset.chi_squared_per_value?.toFixed(3),
      ];
    }),
    ["evaluations", `${result.posterior.evaluations} in ${duration(seconds)}`],
  ].filter((row): row is [string, string] => typeof row[1] === "string");
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) stdout.write(`${name.padEnd(width)}  ${value}\n`);
  for (const warning of result.warnings) stdout.write(`warning: ${warning}\n`);
  for (const file of files) stdout.write(`written ${file}\n`);
}

interface Posterior {
  readonly median: number | null;
  readonly interval_68: readonly (number | null)[];
}

/** The median and what is up and down from it to the ends of the middle 68 %; the best value where there is none. */
export function intervalText(posterior: Posterior | null, best: number | null): string | null {
  const [lower, upper] = posterior?.interval_68 ?? [];
  const median = posterior?.median;
  const isKnown = median != null && lower != null && upper != null && upper > lower;
  if (!isKnown) return best === null ? null : best.toPrecision(6);
  // Two digits of the smaller error.
  const error = Math.min(upper - median, median - lower);
  const digits = error > 0 ? Math.min(Math.max(1 - Math.floor(Math.log10(error)), 0), 12) : 6;
  if (Math.abs(median) >= 1e7)
    return `${median.toPrecision(4)} +${(upper - median).toPrecision(2)} -${(median - lower).toPrecision(2)}`;
  return `${median.toFixed(digits)} +${(upper - median).toFixed(digits)} -${(median - lower).toFixed(digits)}`;
}

function fixed(value: number | null): string {
  return value === null ? "none" : value.toFixed(2);
}
