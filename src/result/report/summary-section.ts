import { countOfData } from "../../likelihood/dataset.ts";
import { escapeMarkup } from "../html-page.ts";
import type { ReportContent } from "./content.ts";
import { countText, durationText, intervalParts, numberText, quantityLabel, unitSymbol } from "./number-text.ts";
import { verdictOf } from "./verdict.ts";

/** What the search was, what came of it, whether to trust it, and the numbers that everybody asks for. */
export function summarySection(content: ReportContent): string {
  const { phases } = content;
  const { method, outcome } = phases[phases.length - 1];
  const free = outcome.model.parameters.length;
  const searched = `${method} over ${countText(free)} free parameter${free === 1 ? "" : "s"}`;
  const pipeline = phases.length > 1 ? `, the last of ${phases.length} phases` : "";
  const { warnings, summary } = verdictOf(content);
  const list = warnings.map((warning) => `<li>${escapeMarkup(warning)}</li>`).join("");
  return [
    `<p class="method">${escapeMarkup(`${searched}${pipeline}; data: ${content.datasets.map(({ name }) => name).join(", ")}`)}</p>`,
    `<div class="verdict${warnings.length > 0 ? " warned" : ""}">`,
    warnings.length === 0 ? "" : `<p><strong>Warnings</strong></p><ul>${list}</ul>`,
    `<p>${escapeMarkup(summary)}</p></div>`,
    `<dl class="cards">${cards(content).map(card).join("")}</dl>`,
  ].join("\n");
}

interface Card {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
}

function cards(content: ReportContent): readonly Card[] {
  const { phases, evaluation, quantities, headline, datasets } = content;
  const { outcome, seconds } = phases[phases.length - 1];
  const { logEvidence, evaluations } = outcome.samples;
  const derived = headline.flatMap((name): Card[] => {
    const found = quantities.find((quantity) => quantity.name === name);
    if (found === undefined) return [];
    const [label, unit] = [quantityLabel(name), unitSymbol(found.unit)];
    if (found.posterior === null) return [{ name: label, value: `${numberText(found.best)}${unit}`, note: "best fit" }];
    const { value, error, power } = intervalParts(found.posterior);
    return [{ name: label, value: `${value}${power}${unit}`, note: error }];
  });
  const weighed =
    logEvidence === null
      ? []
      : [
          {
            name: "log evidence of the model",
            value: `${logEvidence.value.toFixed(2)} ± ${logEvidence.error.toFixed(2)}`.replace(/^-/, "−"),
          },
        ];
  const of = outcome.objective === "log_evidence" ? "log evidence" : "log likelihood";
  const fits = datasets.map((dataset, d): Card => {
    const isImage = dataset.type === "imaging";
    const count = countOfData(dataset);
    const { chiSquared } = evaluation.datasets[d];
    const note = `${numberText(chiSquared, 6)} of ${countText(count)} ${isImage ? "pixels" : "parts of visibilities"}`;
    return {
      name: `χ² a ${isImage ? "pixel" : "number"}, ${dataset.name}`,
      value: numberText(chiSquared / count, 4),
      note,
    };
  });
  const duration = seconds === null ? {} : { note: durationText(seconds) };
  return [
    ...derived,
    ...weighed,
    { name: `best ${of}`, value: outcome.best.logLikelihood.toFixed(2).replace(/^-/, "−") },
    ...fits,
    { name: "evaluations", value: countText(evaluations), ...duration },
  ];
}

function card({ name, value, note }: Card): string {
  const below = note === undefined ? "" : `<dd class="note">${escapeMarkup(note)}</dd>`;
  return `<div><dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(value)}</dd>${below}</div>`;
}
