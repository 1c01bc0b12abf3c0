import { escapeMarkup, SERIES_COLORS } from "./html-page.ts";

/** A value with the bar of its spread. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  /** Drawn hollow, at the end of a dashed line: not measured in the whole. */
  readonly extrapolated: boolean;
}

export interface ChartSeries {
  readonly label: string;
  /** By growing x. */
  readonly points: readonly ChartPoint[];
}

export interface ChartAxis {
  readonly label: string;
  /** What stands beside a power of ten. */
  readonly tick: (value: number) => string;
}

export interface Chart {
  /** Read out, not drawn. */
  readonly title: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly ChartSeries[];
}

const [WIDTH, HEIGHT] = [900, 440];
const FRAME = { left: 84, right: WIDTH - 210, top: 12, bottom: HEIGHT - 50 };
const LABEL_HEIGHT = 15;
const LABEL_DISTANCE = 18;
/** Beyond it the next power of ten is no number any more. */
const LARGEST = 1e300;
/** Of an axis, as a share of what the points span. */
const PADDING = 0.05;
const MOST_DECADES = 8;
const MARKER = 4;

/** What the chart needs in the style of its page: see html-page.ts for the colors. */
export const CHART_STYLE = `
.chart { display: block; height: auto; max-width: 100%; }
.chart text { fill: var(--ink); font: 12px system-ui, sans-serif; }
.chart .ticks { fill: none; stroke: var(--faint); }
.chart .label { fill: currentColor; paint-order: stroke; stroke: var(--page); stroke-linejoin: round; stroke-width: 4px; }
.chart .line { fill: none; stroke: currentColor; stroke-width: 1.5px; }
.chart .dashed { stroke-dasharray: 3 3; } .chart .leader { fill: none; opacity: 0.6; stroke: currentColor; }
.chart .marker { fill: currentColor; stroke: currentColor; stroke-width: 1.5px; } .chart .hollow { fill: var(--page); }
${Array.from({ length: SERIES_COLORS }, (_, index) => `.chart .series-${index} { color: var(--series-${index}); }`).join("\n")}
`;

/**
 * Lines in a frame whose axes are logarithmic, each labelled where it ends. Values that no logarithm has a place for are
 * left out. SVG without a style of its own: `CHART_STYLE` belongs into the page.
 */
export function logLogChart({ title, x, y, series }: Chart): string {
  const drawn = series
    .map(({ label, points }, index) => ({ label, index, points: points.filter(hasPlace) }))
    .filter(({ points }) => points.length > 0);
  const points = drawn.flatMap((each) => each.points);
  const acrossDomain = logDomain(points.map((point) => point.x));
  const upDomain = logDomain(points.flatMap(({ y, low, high }) => [y, low, high]));
  const across = (value: number): number => placed(value, acrossDomain, FRAME.left, FRAME.right);
  const up = (value: number): number => placed(value, upDomain, FRAME.bottom, FRAME.top);
  const lines = drawn.map(({ index, points }) => {
    const places = points.map((point): Place => {
      const { extrapolated } = point;
      return { x: across(point.x), y: up(point.y), low: up(point.low), high: up(point.high), extrapolated };
    });
    return `<g class="series-${index % SERIES_COLORS}">${lineOf(places)}${places.map((place) => markerOf(place, index)).join("")}</g>`;
  });
  const ends = drawn.map(({ label, index, points }): LineEnd => {
    const last = points[points.length - 1];
    return { label, index, x: across(last.x), y: up(last.y) };
  });
  return [
    `<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">`,
    `<title>${escapeMarkup(title)}</title>`,
    ...axisAcross(x, acrossDomain, across),
    ...axisUp(y, upDomain, up),
    ...lines,
    ...labelsOf(ends),
    "</svg>",
  ].join("\n");
}

/** Powers of ten, as logarithms. */
type LogDomain = readonly [from: number, to: number];

interface Place {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly extrapolated: boolean;
}

interface LineEnd {
  readonly label: string;
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

function hasPlace({ x, y, low, high }: ChartPoint): boolean {
  return [x, y, low, high].every((value) => value > 1 / LARGEST && value < LARGEST);
}

/** What the values span and a little more, with two powers of ten inside at least: without them an axis says nothing. */
function logDomain(values: readonly number[]): LogDomain {
  const logs = values.length === 0 ? [0, 1] : values.map(Math.log10);
  const [least, most] = [Math.min(...logs), Math.max(...logs)];
  const padding = PADDING * (most - least);
  const domain: LogDomain = [least - padding, most + padding];
  if (Math.floor(domain[1]) - Math.ceil(domain[0]) >= 1) return domain;
  return [Math.floor(domain[0]), Math.max(Math.ceil(domain[1]), Math.floor(domain[0]) + 1)];
}

function placed(value: number, [from, to]: LogDomain, start: number, end: number): number {
  return start + ((Math.log10(value) - from) / (to - from)) * (end - start);
}

/** The powers of ten inside; every second or third of them where there are many. */
export function decadesIn([from, to]: LogDomain): number[] {
  const first = Math.ceil(from);
  const count = Math.floor(to) - first + 1;
  const step = Math.ceil(count / MOST_DECADES);
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => 10 ** (first + index * step));
}

/** Two to nine times a power of ten. */
function between(domain: LogDomain): number[] {
  const powers = Array.from({ length: Math.ceil(domain[1]) - Math.floor(domain[0]) }, (_, index) => {
    return 10 ** (Math.floor(domain[0]) + index);
  });
  const values =
    powers.length > MOST_DECADES ? [] : powers.flatMap((power) => [2, 3, 4, 5, 6, 7, 8, 9].map((n) => n * power));
  return values.filter((value) => Math.log10(value) >= domain[0] && Math.log10(value) <= domain[1]);
}

function axisAcross({ label, tick }: ChartAxis, domain: LogDomain, place: (value: number) => number): string[] {
  const { left, right, top, bottom } = FRAME;
  const long = decadesIn(domain).map((value) => `M${at(place(value))} ${top}V${bottom + 6}`);
  const short = between(domain).map((value) => `M${at(place(value))} ${bottom}v4`);
  return [
    `<path class="ticks" d="${[...long, ...short, `M${left} ${bottom}H${right}`].join("")}"/>`,
    ...decadesIn(domain).map((value) => text(place(value), bottom + 21, "middle", tick(value))),
    text((left + right) / 2, bottom + 42, "middle", label),
  ];
}

function axisUp({ label, tick }: ChartAxis, domain: LogDomain, place: (value: number) => number): string[] {
  const { left, right, top, bottom } = FRAME;
  const long = decadesIn(domain).map((value) => `M${left - 6} ${at(place(value))}H${right}`);
  const short = between(domain).map((value) => `M${left} ${at(place(value))}h-4`);
  const middle = (top + bottom) / 2;
  return [
    `<path class="ticks" d="${[...long, ...short, `M${left} ${top}V${bottom}`].join("")}"/>`,
    ...decadesIn(domain).map((value) => text(left - 10, place(value) + 4, "end", tick(value))),
    `<text x="14" y="${at(middle)}" text-anchor="middle" transform="rotate(-90 14 ${at(middle)})">${escapeMarkup(label)}</text>`,
  ];
}

function lineOf(places: readonly Place[]): string {
  return places
    .slice(1)
    .map((to, index) => {
      const from = places[index];
      const dashed = from.extrapolated || to.extrapolated ? " dashed" : "";
      return `<path class="line${dashed}" d="M${at(from.x)} ${at(from.y)}L${at(to.x)} ${at(to.y)}"/>`;
    })
    .join("");
}

/** Lines differ by the shapes of their points too, for eyes and printers that see no color. */
const SHAPES: readonly ((x: number, y: number) => string)[] = [
  (x, y) =>
    `M${at(x - MARKER)} ${at(y)}a${MARKER} ${MARKER} 0 1 1 ${2 * MARKER} 0a${MARKER} ${MARKER} 0 1 1 ${-2 * MARKER} 0z`,
  (x, y) => `M${at(x - MARKER)} ${at(y - MARKER)}h${2 * MARKER}v${2 * MARKER}h${-2 * MARKER}z`,
  (x, y) =>
    `M${at(x)} ${at(y - 1.4 * MARKER)}l${1.4 * MARKER} ${1.4 * MARKER}l${-1.4 * MARKER} ${1.4 * MARKER}l${-1.4 * MARKER} ${-1.4 * MARKER}z`,
  (x, y) => `M${at(x)} ${at(y - 1.3 * MARKER)}l${1.3 * MARKER} ${2.2 * MARKER}h${-2.6 * MARKER}z`,
];

function markerOf({ x, y, low, high, extrapolated }: Place, index: number): string {
  const bar = `<path class="line" d="M${at(x)} ${at(low)}V${at(high)}M${at(x - 3)} ${at(low)}h6M${at(x - 3)} ${at(high)}h6"/>`;
  const shape = SHAPES[index % SHAPES.length](x, y);
  return `${bar}<path class="marker${extrapolated ? " hollow" : ""}" d="${shape}"/>`;
}

/** Labels of lines that end at the same x push each other apart, and keep a thread to their line. */
function labelsOf(ends: readonly LineEnd[]): string[] {
  return [...new Set(ends.map(({ x }) => x))].flatMap((column) => {
    const sorted = ends.filter(({ x }) => x === column).sort((a, b) => a.y - b.y);
    const heights = apart(sorted.map(({ y }) => y));
    return sorted.map(({ label, index, x, y }, place) => {
      const height = heights[place];
      const leader = `<path class="leader" d="M${at(x + MARKER + 3)} ${at(y)}L${at(x + LABEL_DISTANCE - 3)} ${at(height)}"/>`;
      const name = `<text class="label" x="${at(x + LABEL_DISTANCE)}" y="${at(height + 4)}">${escapeMarkup(label)}</text>`;
      return `<g class="series-${index % SERIES_COLORS}">${leader}${name}</g>`;
    });
  });
}

/**
 * Growing heights moved as little as keeps labels off each other, by least squares: less a label's height each, they must
 * not fall, and neighbours that do share their mean (pool adjacent violators).
 */
function apart(heights: readonly number[]): number[] {
  const pools: { readonly mean: number; readonly count: number }[] = [];
  heights.forEach((height, index) => {
    let pool = { mean: height - LABEL_HEIGHT * index, count: 1 };
    for (let above = pools.at(-1); above !== undefined && above.mean > pool.mean; above = pools.at(-1)) {
      const count = above.count + pool.count;
      pool = { mean: (above.count * above.mean + pool.count * pool.mean) / count, count };
      pools.pop();
    }
    pools.push(pool);
  });
  const lowest = FRAME.bottom - LABEL_HEIGHT * (heights.length - 1);
  return pools
    .flatMap(({ mean, count }) => new Array<number>(count).fill(Math.min(mean, lowest)))
    .map((height, index) => height + LABEL_HEIGHT * index);
}

function text(x: number, y: number, anchor: string, content: string): string {
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}">${escapeMarkup(content)}</text>`;
}

function at(pixels: number): string {
  return pixels.toFixed(1);
}
