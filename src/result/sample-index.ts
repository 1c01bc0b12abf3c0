import { escapeMarkup, htmlPage } from "./html-page.ts";
import type { resultJson } from "./result-json.ts";

/** What is read of `result.json`. */
type ResultJson = ReturnType<typeof resultJson>;

/** One lens of a sample, as `index.json` has it. */
export interface SampleRow {
  /** Of the lens, and of its directory. */
  readonly name: string;
  /** `stopped` by a rule on its way; `pending` where there is neither a result nor a failure. */
  readonly state: "done" | "stopped" | "failed" | "pending";
  /** sqrt(area / pi) within the critical curve, arcsec; half of the 68 % interval. */
  readonly einstein_radius: { readonly median: number; readonly error: number } | null;
  /** ln Z of the search where it has one, else that of the best fit. */
  readonly log_evidence: number | null;
  readonly chi_squared_per_pixel: number | null;
  readonly evaluations: number | null;
  readonly warnings: readonly string[];
  readonly seconds: number | null;
  readonly failure: string | null;
}

/**
 * The row of a lens, from what its directory has.
 * @param result `result.json`, or null; `timing` and `failure` alike.
 */
export function sampleRow(
  name: string,
  result: ResultJson | null,
  timing: { readonly seconds: number } | null,
  failure: { readonly message: string } | null,
): SampleRow {
  if (result === null) {
    const none = { einstein_radius: null, log_evidence: null, chi_squared_per_pixel: null, evaluations: null };
    const state = failure === null ? "pending" : "failed";
    return { name, state, ...none, warnings: [], seconds: null, failure: failure?.message ?? null };
  }
  const pixels = Object.values(result.best_fit.datasets);
  const sum = (of: "chi_squared" | "values") => pixels.reduce((sum, dataset) => sum + (dataset[of] ?? Number.NaN), 0);
  return {
    name,
    state: result.stopped === null ? "done" : "stopped",
    einstein_radius: radiusOf(result),
    log_evidence: result.evidence?.log_z ?? result.best_fit.log_evidence,
    chi_squared_per_pixel: sum("chi_squared") / sum("values"),
    evaluations: result.posterior.evaluations,
    // Of another spec than was asked for last, say.
    warnings: failure === null ? result.warnings : [failure.message, ...result.warnings],
    seconds: timing?.seconds ?? null,
    failure: null,
  };
}

function radiusOf({ derived }: ResultJson): SampleRow["einstein_radius"] {
  const radius = derived.einstein_radius_critical_curve as {
    readonly posterior?: { readonly median: number; readonly interval_68: readonly [number, number] } | null;
  };
  if (radius?.posterior == null) return null;
  const {
    median,
    interval_68: [lower, upper],
  } = radius.posterior;
  return { median, error: (upper - lower) / 2 };
}

/** The index of a sample: a table with a link to every lens' report. */
export function sampleIndexHtml(rows: readonly SampleRow[]): string {
  const count = (state: SampleRow["state"]) => rows.filter((row) => row.state === state).length;
  const counted = (["done", "stopped", "failed", "pending"] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${state}`);
  const body = `<h1>${rows.length} lenses</h1>
<p>${counted.join(", ")}</p>
<div class="wide" tabindex="0"><table>
<thead><tr><th scope="col">lens</th><th scope="col">state</th><th scope="col">Einstein radius ["]</th><th scope="col">log evidence</th>
<th scope="col">χ² per datum</th><th scope="col">evaluations</th><th scope="col">seconds</th><th scope="col">what to look at</th></tr></thead>
<tbody>
${rows.map(rowHtml).join("\n")}
</tbody></table></div>`;
  return htmlPage(`${rows.length} lenses`, STYLE, body);
}

function rowHtml(row: SampleRow): string {
  const { name, state, einstein_radius: radius, failure, warnings } = row;
  const shown = escapeMarkup(name);
  const link =
    state === "done" || state === "stopped" ? `<a href="${encodeURIComponent(name)}/report.html">${shown}</a>` : shown;
  const cells = [
    `<td class="${state}">${state}</td>`,
    number(radius === null ? null : `${radius.median.toFixed(4)} ± ${radius.error.toFixed(4)}`),
    number(row.log_evidence?.toFixed(1)),
    number(row.chi_squared_per_pixel?.toFixed(3)),
    number(row.evaluations?.toLocaleString("en")),
    number(row.seconds?.toFixed(0)),
    `<td>${escapeMarkup(failure ?? warnings.join("; "))}</td>`,
  ];
  return `<tr><th scope="row">${link}</th>${cells.join("")}</tr>`;
}

function number(text: string | null | undefined): string {
  return `<td class="number">${text ?? ""}</td>`;
}

const STYLE = `
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.35em 0.9em; text-align: left; border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); vertical-align: top; }
td.number { text-align: right; white-space: nowrap; }
.wide { overflow-x: auto; }
td.done { color: light-dark(#176f3a, #6fd08c); } td.failed { color: light-dark(#a4161a, #ff8a80); } td.stopped { color: light-dark(#8a5a00, #f0c060); }
`;
