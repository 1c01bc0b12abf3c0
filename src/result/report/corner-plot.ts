import { logDensity, type Prior } from "../../model/prior.ts";
import { ticksBetween } from "../ticks.ts";
import type { ReportParameter } from "./content.ts";
import { intervalText, parameterLabel } from "./number-text.ts";
import { densityLines, histogram } from "./sample-density.ts";
import { at, dotsAt, lineThrough, svgFigure, svgPath, svgRect, svgText, textWidth, tickText } from "./svg.ts";
import { columnOf, equalSamples, shownRange, type WeightedSamples } from "./weighted-samples.ts";

/** A parameter of a corner plot. */
export interface CornerParameter extends ReportParameter {
  readonly prior: Prior;
  /** Its place in the vectors of the samples. */
  readonly index: number;
}

/** From so many effective samples on, densities are drawn; fewer are points. */
export const ENOUGH_FOR_DENSITY = 150;
const MOST_POINTS = 150;
const SHARES = [0.95, 0.68];
const GAP = 8;
/** Above a cell of the diagonal: the median and its interval. */
const HEADING = 18;
/** Of the labels under the columns. */
const TURN = -40;
const TICK_LABELS = 46;

/**
 * Samples of every parameter and of every pair: histograms with the median and the middle 68 %, contours of 68 and 95 %.
 * Labels stand beside the rows and slanting under the columns, where their lengths leave each other alone.
 */
export function cornerPlot(samples: WeightedSamples, parameters: readonly CornerParameter[]): string {
  const count = parameters.length;
  const cell = count <= 5 ? 118 : count <= 8 ? 92 : count <= 12 ? 74 : 58;
  const axes = parameters.map((parameter) => {
    const values = columnOf(samples, parameter.index);
    return { parameter, values, range: shownRange(values, samples.weights) };
  });
  const labels = parameters.map(({ path, unit }) => parameterLabel(path, unit));
  const longest = Math.max(...labels.map(textWidth));
  const left = longest + TICK_LABELS;
  const x = (column: number) => left + column * (cell + GAP);
  const y = (row: number) => HEADING + row * (cell + GAP);
  const bottom = y(count) - GAP;
  const slant = (Math.abs(TURN) * Math.PI) / 180;
  const content = axes.flatMap((axis, row) => [
    svgText(x(0) - TICK_LABELS, y(row) + cell / 2 + 4, labels[row], { anchor: "end" }),
    ...axes.slice(0, row).map((other, column) => {
      return placed(x(column), y(row), cell, [
        ...pairOf(other, axis, samples, cell),
        svgRect("frame", 0, 0, cell, cell),
      ]);
    }),
    placed(x(row), y(row), cell, singleOf(axis, samples, cell)),
    heading(axis.parameter, x(row), y(row) - 5),
    ...(row === 0 ? [] : ticksUp(axis, x(0), y(row), cell)),
    ...ticksAcross(axis, x(row), bottom, cell),
    svgText(x(row) + cell / 2 + 8, bottom + TICK_LABELS, labels[row], { anchor: "end", turn: TURN }),
  ]);
  const width = x(count) + (count === 1 ? 60 : 70);
  const height = bottom + TICK_LABELS + longest * Math.sin(slant) + 8;
  const names = labels.join(", ");
  return svgFigure(
    width,
    height,
    `Corner plot of the posterior of ${names}; the numbers are in the table of parameters`,
    content,
  );
}

interface Axis {
  readonly parameter: CornerParameter;
  readonly values: Float64Array;
  readonly range: readonly [number, number];
}

/** What is drawn in a cell, cut off at its frame. */
function placed(x: number, y: number, cell: number, content: readonly string[]): string {
  return `<svg x="${at(x)}" y="${at(y)}" width="${cell}" height="${cell}" overflow="hidden">${content.join("")}</svg>`;
}

function heading({ posterior }: ReportParameter, x: number, y: number): string {
  return posterior === null ? "" : svgText(x, y, intervalText(posterior), { look: "small" });
}

function singleOf({ parameter, values, range }: Axis, samples: WeightedSamples, cell: number): string[] {
  const [lower, upper] = range;
  const bins = samples.effective < ENOUGH_FOR_DENSITY ? 14 : 28;
  const shares = histogram(values, samples.weights, range, bins);
  const highest = Math.max(...shares);
  const top = 0.08 * cell;
  const up = (share: number) => cell - (share / highest) * (cell - top);
  const across = (value: number) => ((value - lower) / (upper - lower)) * cell;
  const outline = (from: number, to: number) => {
    const edges = Array.from(shares, (share, bin) => ({
      share,
      left: (bin * cell) / bins,
      right: ((bin + 1) * cell) / bins,
    }));
    const inside = edges.filter(({ left, right }) => right > from && left < to);
    if (inside.length === 0) return "";
    const steps = inside.map(({ share, left, right }) => {
      return `L${at(Math.max(left, from))} ${at(up(share))}H${at(Math.min(right, to))}`;
    });
    return `M${at(Math.max(inside[0].left, from))} ${cell}${steps.join("")}V${cell}Z`;
  };
  const { posterior, best, prior } = parameter;
  const middle = posterior === null ? "" : outline(across(posterior.lower), across(posterior.upper));
  const believed = Array.from({ length: 33 }, (_, i): [number, number] => {
    const value = lower + (i / 32) * (upper - lower);
    return [(i / 32) * cell, up((Math.exp(logDensity(prior, value)) * (upper - lower)) / bins)];
  });
  return [
    svgPath("bars", outline(0, cell)),
    svgPath("bars middle", middle),
    svgPath("prior", lineThrough(believed)),
    posterior === null ? "" : svgPath("median", `M${at(across(posterior.median))} 0V${cell}`),
    svgPath("best", `M${at(across(best))} ${cell}v-9`),
    svgRect("frame", 0, 0, cell, cell),
  ];
}

function pairOf(across: Axis, up: Axis, samples: WeightedSamples, cell: number): string[] {
  const place = ({ range: [lower, upper] }: Axis, value: number) => ((value - lower) / (upper - lower)) * cell;
  const [bestX, bestY] = [place(across, across.parameter.best), cell - place(up, up.parameter.best)];
  const best = svgPath("best", `M${at(bestX - 4)} ${at(bestY)}h8M${at(bestX)} ${at(bestY - 4)}v8`);
  if (samples.effective < ENOUGH_FOR_DENSITY) {
    const dots = equalSamples(samples.weights, MOST_POINTS).map((i) => {
      return [place(across, across.values[i]), cell - place(up, up.values[i])] as const;
    });
    return [svgPath("dots", dotsAt(dots)), best];
  }
  const levels = densityLines(across.values, up.values, samples, [across.range, up.range], SHARES);
  const lines = levels.map((level, i) => {
    const d = level.map((line) => {
      return lineThrough(
        line.map(([u, v]) => [u * cell, (1 - v) * cell] as const),
        true,
      );
    });
    return svgPath(`level-${100 * SHARES[i]}`, d.join(""));
  });
  return [...lines, best];
}

function ticksAcross({ range: [lower, upper] }: Axis, left: number, bottom: number, cell: number): string[] {
  return inner(lower, upper, cell).flatMap((value) => {
    const x = left + ((value - lower) / (upper - lower)) * cell;
    const label = svgText(x + 3, bottom + 13, tickText(value), { anchor: "end", look: "small quiet", turn: TURN });
    return [svgPath("tick", `M${at(x)} ${at(bottom)}v4`), label];
  });
}

function ticksUp({ range: [lower, upper] }: Axis, left: number, top: number, cell: number): string[] {
  return inner(lower, upper, cell).flatMap((value) => {
    const y = top + cell - ((value - lower) / (upper - lower)) * cell;
    const label = svgText(left - 6, y + 3.5, tickText(value), { anchor: "end", look: "small quiet" });
    return [svgPath("tick", `M${at(left)} ${at(y)}h-4`), label];
  });
}

/** Ticks away from the ends: labels of neighbouring cells must not meet. */
function inner(lower: number, upper: number, cell: number): number[] {
  const rim = (8 / cell) * (upper - lower);
  return ticksBetween(lower, upper, 3).filter((value) => value >= lower + rim && value <= upper - rim);
}
