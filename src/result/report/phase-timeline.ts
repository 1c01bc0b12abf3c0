import { htmlTable } from "../html-page.ts";
import { ticksBetween } from "../ticks.ts";
import type { ReportPhase } from "./content.ts";
import { countText, durationText, intervalText, numberText } from "./number-text.ts";
import { at, svgFigure, svgPath, svgRect, svgText, textWidth, tickText } from "./svg.ts";

const ROW = 34;
const [TIME, RADIUS] = [420, 260];
const GAP = 40;

/** When each phase of a pipeline ran, and where it left the Einstein radius. */
export function phaseTimeline(phases: readonly ReportPhase[]): string {
  const names = phases.map(({ outcome }) => outcome.phase);
  const left = Math.max(...names.map(textWidth), ...phases.map(({ method }) => textWidth(method))) + 12;
  const height = phases.length * ROW;
  const ends = phases.map((_, p) => phases.slice(0, p + 1).reduce((sum, { seconds }) => sum + (seconds ?? 0), 0));
  const whole = ends[ends.length - 1] || 1;
  const bars = phases.map(({ seconds }, p) => {
    const [x, width] = [left + ((ends[p] - (seconds ?? 0)) / whole) * TIME, ((seconds ?? 0) / whole) * TIME];
    const y = p * ROW + 10;
    // What does not fit behind its bar stands before it.
    const text = durationText(seconds ?? 0);
    const isBehind = x + width + textWidth(text) < left + TIME + 4;
    return [
      svgText(left - 10, y + 4, names[p], { anchor: "end" }),
      svgText(left - 10, y + 16, phases[p].method, { anchor: "end", look: "small quiet" }),
      svgRect("bar", x, y, Math.max(width, 1), 12),
      seconds === null
        ? ""
        : svgText(isBehind ? x + width + 5 : x - 5, y + 10, text, {
            look: "small quiet",
            anchor: isBehind ? "start" : "end",
          }),
    ].join("");
  });
  const known = phases.flatMap(({ einsteinRadius }) => einsteinRadius ?? []);
  const radii = known.length === 0 ? [] : radiusColumn(phases, known, left + TIME + GAP, height);
  const width = left + TIME + (known.length === 0 ? 0 : GAP + RADIUS) + 20;
  const title = `Timeline of the phases ${names.join(", ")}, with the Einstein radius after each; the table below has the numbers`;
  return svgFigure(width, height + 46, title, [
    svgPath("frame", `M${at(left)} 0V${height}H${at(left + TIME)}`),
    svgText(left + TIME, height + 34, `${durationText(whole)} in all`, { anchor: "end", look: "small quiet" }),
    ...bars,
    ...radii,
  ]);
}

function radiusColumn(
  phases: readonly ReportPhase[],
  known: readonly { lower: number; upper: number }[],
  left: number,
  height: number,
): string[] {
  const [lowest, highest] = [
    Math.min(...known.map(({ lower }) => lower)),
    Math.max(...known.map(({ upper }) => upper)),
  ];
  const margin = 0.1 * (highest - lowest) || 1e-3;
  const x = (value: number) => left + ((value - lowest + margin) / (highest - lowest + 2 * margin)) * RADIUS;
  const marks = phases.map(({ einsteinRadius }, p) => {
    if (einsteinRadius === null) return "";
    const { median, lower, upper } = einsteinRadius;
    const y = p * ROW + 16;
    const bar = svgPath(
      "median",
      `M${at(x(lower))} ${y}H${at(x(upper))}M${at(x(lower))} ${y - 4}v8M${at(x(upper))} ${y - 4}v8`,
    );
    return `${bar}<circle class="bar" cx="${at(x(median))}" cy="${y}" r="4"/>`;
  });
  const ticks = ticksBetween(lowest - margin, highest + margin, 3).map((value) => {
    return (
      svgPath("grid", `M${at(x(value))} 0V${height}`) +
      svgText(x(value), height + 15, tickText(value), { anchor: "middle", look: "small quiet" })
    );
  });
  return [
    ...ticks,
    svgPath("frame", `M${at(left)} ${height}h${RADIUS}`),
    ...marks,
    svgText(left + RADIUS, height + 34, 'Einstein radius ["]', { anchor: "end", look: "small quiet" }),
  ];
}

/** What each phase ended with, and how far it moved the Einstein radius. */
export function phaseTable(phases: readonly ReportPhase[]): string {
  const cells = phases.map(({ method, outcome, seconds, einsteinRadius }, p) => {
    const { samples, best, phase, model } = outcome;
    const before = phases.slice(0, p).findLast((earlier) => earlier.einsteinRadius !== null)?.einsteinRadius;
    const change = einsteinRadius === null || before == null ? null : einsteinRadius.median - before.median;
    return [
      phase,
      method,
      countText(model.parameters.length),
      countText(samples.evaluations),
      seconds === null ? "–" : durationText(seconds),
      samples.logEvidence === null
        ? "–"
        : `${samples.logEvidence.value.toFixed(2)} ± ${samples.logEvidence.error.toFixed(2)}`.replace(/^-/, "−"),
      best.logLikelihood.toFixed(2).replace(/^-/, "−"),
      einsteinRadius === null ? "–" : intervalText(einsteinRadius),
      change === null ? "–" : `${change > 0 ? "+" : ""}${numberText(change, 2)}`,
    ];
  });
  return htmlTable({
    header: [
      "phase",
      "method",
      "parameters",
      "evaluations",
      "time",
      "log evidence",
      "best",
      'Einstein radius ["]',
      "change",
    ],
    cells,
    leftColumns: 2,
  });
}
