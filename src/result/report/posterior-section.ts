import type { SearchOutcome } from "../../pipeline/search-outcome.ts";
import { escapeMarkup } from "../html-page.ts";
import type { ReportContent } from "./content.ts";
import { type CornerParameter, cornerPlot, ENOUGH_FOR_DENSITY } from "./corner-plot.ts";
import { countText, parameterLabel } from "./number-text.ts";
import { drawnChains, tracePanels } from "./trace-plot.ts";
import { weightedSamples } from "./weighted-samples.ts";

/** Of more parameters those of the mass are shown first, and all where a reader asks for them. */
const MOST_AT_ONCE = 8;
/** A corner plot of more is no figure any more. */
const MOST_IN_CORNER = 30;

/** A corner plot of what the search sampled. */
export function posteriorSection(content: ReportContent): string {
  const { outcome } = content.phases[content.phases.length - 1];
  const samples = weightedSamples(outcome);
  if (samples === null)
    return "<p>This method finds a best point, and samples no posterior: there are no errors to show.</p>";
  const all = content.parameters.map((parameter, index): CornerParameter => {
    return { ...parameter, index, prior: outcome.model.parameters[index].prior };
  });
  const first = shownFirst(outcome).map((index) => all[index]);
  const plot = (parameters: readonly CornerParameter[]) => {
    return `<div class="wide" tabindex="0">${cornerPlot(samples, parameters)}</div>`;
  };
  const isDense = samples.effective >= ENOUGH_FOR_DENSITY;
  const pairs = isDense ? "Contours hold 68 and 95 % of the posterior" : "Points are samples, too few for contours";
  const note = `${countText(samples.effective)} effective samples. ${pairs}; dark bars are the middle 68 %, lines
medians, the cross is the best fit, dashes are the prior.`;
  const rest = all.slice(0, MOST_IN_CORNER);
  const cut = all.length > MOST_IN_CORNER ? `the first ${MOST_IN_CORNER} of ${all.length}` : `all ${all.length}`;
  const more =
    first.length === all.length
      ? ""
      : `<details><summary>Corner plot of ${cut} parameters</summary>${plot(rest)}</details>`;
  return `<p class="note">${note}</p>\n${plot(first)}\n${more}`;
}

/** What every parameter did on the way. */
export function traceSection({ phases, parameters }: ReportContent): string {
  const { outcome } = phases[phases.length - 1];
  if (weightedSamples(outcome) === null) return "";
  const traces = parameters.map(({ path, unit }, index) => ({ label: parameterLabel(path, unit), index }));
  const [drawn, chains] = drawnChains(outcome);
  const note =
    chains === 0
      ? "Each sample at the prior volume X in which the likelihood is higher, dark where the posterior's weight is: the search goes from left to right, and should end in one place, or in several that it kept apart."
      : `Each chain by its steps${drawn < chains ? `, ${drawn} of ${chains} chains` : ""}: all should look alike, and like noise, from the first step to the last.`;
  const first = shownFirst(outcome);
  const panels = (indexes: readonly number[]) => {
    const figures = tracePanels(
      outcome,
      indexes.map((index) => traces[index]),
    ).map(({ label, svg }) => {
      return `<figure><figcaption>${escapeMarkup(label)}</figcaption>${svg}</figure>`;
    });
    return `<div class="traces">${figures.join("\n")}</div>`;
  };
  const others = traces.map(({ index }) => index).filter((index) => !first.includes(index));
  const more =
    others.length === 0
      ? ""
      : `<details><summary>Traces of the other ${others.length} parameters</summary>${panels(others)}</details>`;
  return `<p class="note">${note}</p>\n${panels(first)}\n${more}`;
}

/** The indexes of all parameters where they are few, and of those of the mass where they are many. */
function shownFirst({ model, spec }: SearchOutcome): readonly number[] {
  const all = [...model.parameters.keys()];
  if (all.length <= MOST_AT_ONCE) return all;
  const ofMass = all.filter((index) => {
    const [, galaxy, profile] = model.parameters[index].path.split(".");
    return spec.galaxies[galaxy]?.profiles[profile]?.kind === "mass";
  });
  return (ofMass.length === 0 ? all : ofMass).slice(0, MOST_AT_ONCE);
}
