import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHART_STYLE, type Chart, type ChartPoint, decadesIn, logLogChart } from "../../src/result/chart.ts";
import { htmlPage, htmlTable, SERIES_COLORS } from "../../src/result/html-page.ts";

const point = (x: number, y: number, extrapolated = false): ChartPoint => {
  return { x, y, low: y * 0.9, high: y * 1.1, extrapolated };
};

function chart(series: Chart["series"], more: Partial<Chart> = {}): string {
  const x = { label: "K", tick: (value: number) => `x${value}` };
  const y = { label: "seconds", tick: (value: number) => `y${value}` };
  return logLogChart({ title: "cost", x, y, series, ...more });
}

/** x and y of every text of a class, by its content. */
function textsOf(svg: string): Map<string, readonly [x: number, y: number]> {
  const texts = [...svg.matchAll(/<text[^>]* x="([\d.-]+)" y="([\d.-]+)"[^>]*>([^<]*)</g)];
  const plain = [...svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)"[^>]*>([^<]*)</g)];
  return new Map([...texts, ...plain].map(([, x, y, content]) => [content, [Number(x), Number(y)]]));
}

describe("axes", () => {
  test("have ticks at powers of ten, equally far apart", () => {
    const texts = textsOf(chart([{ label: "a", points: [point(1e3, 1e-3), point(1e7, 10)] }]));
    const [first, second, third] = ["x1000", "x10000", "x100000"].map((label) => texts.get(label)![0]);
    expect(texts.has("x10000000")).toBe(true);
    expect(second - first).toBeCloseTo(third - second, 0);
    // Less is lower, and lower is further from the top.
    expect(texts.get("y0.001")![1]).toBeGreaterThan(texts.get("y0.01")![1]);
  });

  test("have two powers of ten where the points span less", () => {
    expect(decadesIn([2, 3])).toEqual([100, 1000]);
    const svg = chart([{ label: "a", points: [point(300, 3)] }]);
    for (const tick of ["x100", "x1000", "y1", "y10"]) expect(svg).toContain(`>${tick}<`);
  });

  test("name no more than eight", () => {
    expect(decadesIn([-0.5, 30.5])).toHaveLength(8);
  });
});

describe("lines", () => {
  test("end in their labels, which keep off each other", () => {
    const series = Array.from({ length: 9 }, (_, index) => {
      return { label: `row ${index}`, points: [point(10, 1), point(1e4, 5 + 0.001 * index)] };
    });
    const texts = textsOf(chart(series));
    const places = series.map(({ label }) => texts.get(label)!);
    const heights = places.map(([, y]) => y).sort((a, b) => a - b);
    for (let i = 1; i < heights.length; i++) expect(heights[i] - heights[i - 1]).toBeGreaterThan(14);
    expect(new Set(places.map(([x]) => x)).size).toBe(1);
  });

  test("are hollow and dashed where extrapolated", () => {
    const svg = chart([{ label: "a", points: [point(10, 1), point(100, 2), point(1000, 4, true)] }]);
    expect(svg.match(/class="marker"/g)).toHaveLength(2);
    expect(svg.match(/class="marker hollow"/g)).toHaveLength(1);
    expect(svg.match(/class="line dashed"/g)).toHaveLength(1);
    const measured = chart([{ label: "a", points: [point(10, 1), point(100, 2), point(1000, 4)] }]);
    expect(measured).not.toMatch(/hollow|dashed/);
  });

  test("have colors of the page's, however many there are", () => {
    const svg = chart(Array.from({ length: 20 }, (_, n) => ({ label: `${n}`, points: [point(n + 1, 1)] })));
    for (const [, index] of svg.matchAll(/series-(\d+)/g)) expect(Number(index)).toBeLessThan(SERIES_COLORS);
    expect(CHART_STYLE).toContain(`var(--series-${SERIES_COLORS - 1})`);
  });
});

describe("whatever the numbers", () => {
  const value = fc.oneof(fc.double(), fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.constantFrom(0, -1, 1e-320));
  const points = fc.array(fc.record({ x: value, y: value, low: value, high: value, extrapolated: fc.boolean() }), {
    maxLength: 5,
  });

  test("every coordinate is one", () => {
    fc.assert(
      fc.property(fc.array(points, { maxLength: 4 }), (lines) => {
        const svg = chart(lines.map((points, index) => ({ label: `row ${index}`, points })));
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      }),
    );
  });

  test("text is escaped, in plots, tables and titles", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const hostile = `</text><script>${text}"'&`;
        const axis = { label: hostile, tick: () => hostile };
        const svg = chart([{ label: hostile, points: [point(1, 1)] }], { title: hostile, x: axis, y: axis });
        const table = htmlTable({ header: [hostile], cells: [[hostile]], leftColumns: 1, ratios: [1] });
        for (const markup of [svg, table, htmlPage(hostile, "", "")]) expect(markup).not.toContain("<script");
      }),
    );
  });
});

test("bars are longest for the largest ratio, and absent where there is none", () => {
  const html = htmlTable({ header: ["a"], cells: [["1"], ["2"], ["3"]], leftColumns: 0, ratios: [1, 1000, null] });
  expect([...html.matchAll(/width: ([\d.]+)%/g)].map(([, percent]) => Number(percent))).toEqual([1, 100]);
});

test("a page is whole: both color schemes, and nothing from elsewhere", () => {
  const html = htmlPage("a & b", CHART_STYLE, chart([]));
  expect(html).toContain("prefers-color-scheme: dark");
  expect(html.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|<script|<link|@import|url\(/);
  const named = new Set([...html.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name));
  for (const name of named) expect(html).toContain(`${name}: #`);
});
