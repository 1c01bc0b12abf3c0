import type { SearchOutcome } from "../../pipeline/search-outcome.ts";
import { SERIES_COLORS } from "../html-page.ts";
import { ticksBetween } from "../ticks.ts";
import { at, dotsAt, lineThrough, svgFigure, svgPath, svgRect, svgText, tickText } from "./svg.ts";
import { shownRange } from "./weighted-samples.ts";

/** What one parameter did while the search went on. */
export interface Trace {
  readonly label: string;
  readonly index: number;
}

const [WIDTH, HEIGHT] = [340, 130];
const FRAME = { left: 58, right: WIDTH - 8, top: 6, bottom: HEIGHT - 32 };
/** Of one panel. */
const MOST_POINTS = 700;
const MOST_CHAINS = SERIES_COLORS - 1;
/** Of weights relative to the largest, each a class of points of one opacity. */
const CLASSES = [
  { above: 0.3, opacity: 0.9 },
  { above: 0.03, opacity: 0.5 },
  { above: 0.003, opacity: 0.25 },
  { above: 0, opacity: 0.22 },
] as const;

/** Panels as SVG by their labels: of chains by their steps, of weighted samples by the prior volume. */
export function tracePanels(
  outcome: SearchOutcome,
  traces: readonly Trace[],
): readonly { readonly label: string; readonly svg: string }[] {
  const { samples, vectors } = outcome;
  const [d, { chains }] = [samples.dimensions, samples];
  const draw = chains === null ? volumeTraces(outcome) : chainTraces(outcome, chains);
  return traces.map(({ label, index }) => {
    const values = samples.logWeights.map((_, i) => vectors[i * d + index]);
    return { label, svg: draw(values, label) };
  });
}

/** How many chains are drawn, of how many. */
export function drawnChains({ samples: { chains } }: SearchOutcome): readonly [drawn: number, all: number] {
  return [Math.min(chains ?? 0, MOST_CHAINS), chains ?? 0];
}

type DrawTrace = (values: Float64Array, label: string) => string;

function chainTraces({ samples }: SearchOutcome, chains: number): DrawTrace {
  const steps = samples.logWeights.length / chains;
  const drawn = Math.min(chains, MOST_CHAINS);
  const every = Math.max(1, Math.ceil((steps * drawn) / (2 * MOST_POINTS)));
  return (values, label) => {
    const range = shownRange(values, samples.logWeights.map(Math.exp));
    const lines = Array.from({ length: drawn }, (_, chain) => {
      const points = Array.from({ length: Math.ceil(steps / every) }, (_, i): [number, number] => {
        const step = i * every;
        return [
          placed(step, [0, Math.max(1, steps - 1)], across),
          clamped(placed(values[step * chains + chain], range, up)),
        ];
      });
      return svgPath("trace", lineThrough(points), ` style="color: var(--series-${chain})"`);
    });
    return panel(`Value of ${label} by the step of each chain`, "step", [0, Math.max(1, steps - 1)], range, lines);
  };
}

function volumeTraces({ samples }: SearchOutcome): DrawTrace {
  const volumes = logVolumes(samples);
  const finite = volumes.filter(Number.isFinite);
  const range: readonly [number, number] = [
    finite.reduce((a, b) => Math.max(a, b), -Infinity),
    finite.reduce((a, b) => Math.min(a, b), 0),
  ];
  const heaviest = samples.logWeights.reduce((a, b) => Math.max(a, b), -Infinity);
  const kept = thinned(samples.logWeights, heaviest);
  // The first half of the way is all over the prior, and what is found would be a line beside it.
  const isLate = volumes.map((volume) => (volume <= range[1] / 2 ? 1 : 0));
  const count = isLate.reduce((sum, one) => sum + one, 0);
  const late = isLate.map((one) => one / count);
  return (values, label) => {
    const shown = shownRange(values, late);
    const dots = CLASSES.map(({ above, opacity }, k) => {
      const below = k === 0 ? Infinity : CLASSES[k - 1].above;
      const points = kept.filter((i) => {
        const share = Math.exp(samples.logWeights[i] - heaviest);
        const isShown = values[i] >= shown[0] && values[i] <= shown[1] && Number.isFinite(volumes[i]);
        return isShown && share >= above && share < below;
      });
      const dots = points.map((i) => [placed(volumes[i], range, across), placed(values[i], shown, up)] as const);
      return svgPath("dots", dotsAt(dots), ` fill-opacity="${opacity}"`);
    });
    return panel(`Values of ${label} by the logarithm of the prior volume`, "ln X", range, shown, dots.toReversed());
  };
}

/** Half of the points by their weight, half of them evenly on the way there. */
function thinned(logWeights: Float64Array, heaviest: number): number[] {
  const all = [...logWeights.keys()];
  if (all.length <= MOST_POINTS) return all;
  const some = (of: number[]) => of.filter((_, i) => i % Math.ceil((2 * of.length) / MOST_POINTS) === 0);
  const heavy = all.filter((i) => Math.exp(logWeights[i] - heaviest) >= 0.03);
  return [...some(all), ...some(heavy)];
}

/**
 * ln X of each sample, the prior volume in which the likelihood is higher: of nested samples the weight is L dX / Z, so
 * that volumes are sums of dX from the peak outward.
 */
export function logVolumes({ logLikelihoods, logWeights, logEvidence }: SearchOutcome["samples"]): Float64Array {
  const shells = logWeights.map((logWeight, i) => logWeight - logLikelihoods[i] + (logEvidence?.value ?? 0));
  const order = [...shells.keys()].sort((a, b) => logLikelihoods[b] - logLikelihoods[a]);
  const volumes = new Float64Array(shells.length);
  let inside = -Infinity;
  for (const i of order) {
    // A point without a likelihood is in no shell.
    if (Number.isNaN(shells[i])) shells[i] = -Infinity;
    const [more, less] = [Math.max(inside, shells[i]), Math.min(inside, shells[i])];
    if (more > -Infinity) inside = more + Math.log1p(Math.exp(less - more));
    volumes[i] = inside;
  }
  return volumes;
}

const across = [FRAME.left, FRAME.right] as const;
const up = [FRAME.bottom, FRAME.top] as const;

function placed(value: number, [from, to]: readonly [number, number], [start, end]: readonly [number, number]): number {
  return start + ((value - from) / (to - from)) * (end - start);
}

/** What is off the scale is drawn at its edge. */
function clamped(y: number): number {
  return Math.min(FRAME.bottom, Math.max(FRAME.top, y));
}

function panel(
  title: string,
  axis: string,
  domain: readonly [number, number],
  range: readonly [number, number],
  content: readonly string[],
): string {
  const { left, right, top, bottom } = FRAME;
  const inOrder = [Math.min(...domain), Math.max(...domain)] as const;
  return svgFigure(WIDTH, HEIGHT, title, [
    ...ticksBetween(...inOrder, 5).map((value) => {
      const x = placed(value, domain, across);
      return (
        svgPath("tick", `M${at(x)} ${bottom}v4`) +
        svgText(x, bottom + 15, tickText(value), { anchor: "middle", look: "small quiet" })
      );
    }),
    ...ticksBetween(...range, 4).map((value) => {
      const y = placed(value, range, up);
      return (
        svgPath("grid", `M${left} ${at(y)}H${right}`) +
        svgText(left - 5, y + 3.5, tickText(value), { anchor: "end", look: "small quiet" })
      );
    }),
    svgText(right, bottom + 28, axis, { anchor: "end", look: "small quiet" }),
    ...content,
    svgRect("frame", left, top, right - left, bottom - top),
  ]);
}
