import fc from "fast-check";
import { expect, test } from "vitest";
import { pixelGrid } from "../../src/grid.ts";
import { draws, normal, randomState } from "../../src/inference/rng.ts";
import { croppedTo, cutToMask } from "../../src/result/cropped-raster.ts";
import {
  besideInterval,
  countText,
  durationText,
  intervalText,
  numberText,
  parameterLabel,
  rangeText,
} from "../../src/result/report/number-text.ts";
import { type DensityLine, densityLines, histogram } from "../../src/result/report/sample-density.ts";
import { logVolumes } from "../../src/result/report/trace-plot.ts";
import { equalSamples, shownRange } from "../../src/result/report/weighted-samples.ts";
import { sampledOutcome } from "./sampled-outcome.ts";

test("the larger error has two digits, and all have as many decimals", () => {
  expect(intervalText({ median: 1.40031, lower: 1.39824, upper: 1.40238 })).toBe("1.4003 ± 0.0021");
  expect(intervalText({ median: -0.05, lower: -0.062, upper: -0.0401 })).toBe("−0.050 +0.010 −0.012");
  expect(intervalText({ median: 3.43e11, lower: 3.4e11, upper: 3.46e11 })).toBe("(3.430 ± 0.030) × 10¹¹");
  expect(intervalText({ median: 2, lower: 2, upper: 2 })).toBe("2.000");
  expect(besideInterval(1.399999, { median: 1.4, lower: 1.398, upper: 1.402 })).toBe("1.4000");
  expect(rangeText(-0.00005, 0.00103)).toBe("−0.00005 … 0.00103");
  expect(parameterLabel("galaxies.lens.mass.einstein_radius", "arcsec")).toBe('lens.mass.einstein_radius ["]');
});

test("numbers without a text of their own", () => {
  expect([null, Number.NaN, -Infinity, 0, 1234567].map((value) => numberText(value))).toEqual([
    "–",
    "–",
    "−∞",
    "0.000",
    "1.235 × 10⁶",
  ]);
  expect(countText(1234567)).toBe("1\u202f234\u202f567");
  expect([0.0123, 12.3, 754, 9000].map(durationText)).toEqual(["12.3 ms", "12.3 s", "13 min", "2 h 30 min"]);
});

function area(line: DensityLine): number {
  return Math.abs(
    line.reduce((sum, [x, y], i) => {
      const [nextX, nextY] = line[(i + 1) % line.length];
      return sum + (x * nextY - nextX * y) / 2;
    }, 0),
  );
}

test.each([0, 0.9, -0.97])("contours of a Gaussian hold what they say, at a correlation of %f", (correlation) => {
  const count = 20_000;
  const drawn = draws(randomState(1), 2 * count, normal);
  const x = Float64Array.from({ length: count }, (_, i) => drawn[2 * i]);
  const rest = Math.sqrt(1 - correlation ** 2);
  const y = x.map((value, i) => 5 + 0.1 * (correlation * value + rest * drawn[2 * i + 1]));
  const weights = new Float64Array(count).fill(1 / count);
  const ranges = [
    [-4, 4],
    [4.6, 5.4],
  ] as const;
  const levels = densityLines(x, y, { weights, effective: count }, ranges, [0.95, 0.68]);
  // Within r standard deviations is 1 - exp(-r^2 / 2) of a Gaussian; in shares of the ranges, an eighth each.
  const expected = [0.05, 0.32].map((outside) => (Math.PI * -2 * Math.log(outside) * rest) / 64);
  levels.forEach((lines, level) => {
    const found = lines.map(area).toSorted((a, b) => b - a)[0];
    // The narrow ones are some bins wide, and smoothing widens them by their half.
    expect(found / expected[level]).toBeGreaterThan(0.93);
    expect(found / expected[level]).toBeLessThan(rest < 0.3 ? 1.5 : 1.15);
  });
});

test("volumes of nested samples fall from the prior's to the peak's", async () => {
  const { samples } = await sampledOutcome("nested");
  const volumes = logVolumes(samples);
  const order = [...volumes.keys()].sort((a, b) => samples.logLikelihoods[a] - samples.logLikelihoods[b]);
  const sorted = order.map((i) => volumes[i]);
  // The first of 100 live points takes a hundredth of the prior with it.
  expect(Math.abs(sorted[0])).toBeLessThan(0.05);
  for (let i = 1; i < sorted.length; i++) expect(sorted[i]).toBeLessThanOrEqual(sorted[i - 1]);
  // Halfway down, a hundredth an iteration.
  const middle = order.length >> 2;
  expect(sorted[middle] / (-middle / 100)).toBeGreaterThan(0.9);
  expect(sorted[middle] / (-middle / 100)).toBeLessThan(1.1);
});

test("samples of equal weight are drawn by weight", () => {
  const weights = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 80 }), (given, count) => {
      const sum = given.reduce((total, weight) => total + weight, 0);
      const shares = Float64Array.from(given, (weight) => weight / sum);
      const kept = equalSamples(shares, count);
      expect(new Set(kept).size).toBe(kept.length);
      expect(kept.length).toBeLessThanOrEqual(count);
      // Whoever has more than one step of the way is drawn.
      shares.forEach((share, i) => {
        if (share > 1.001 / count) expect(kept).toContain(i);
      });
    }),
  );
});

test("an axis shows what has weight", () => {
  const values = Float64Array.from({ length: 10_001 }, (_, i) => i);
  const weights = values.map((value) => (value <= 1000 ? 1 / 1001 : 0));
  const [lower, upper] = shownRange(values, weights);
  expect(lower).toBeGreaterThan(-100);
  expect(lower).toBeLessThan(0);
  expect(upper).toBeGreaterThan(1000);
  expect(upper).toBeLessThan(1100);
  expect(histogram(values, weights, [lower, upper], 10).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  // One value alone has an axis too.
  const [from, to] = shownRange(new Float64Array(9).fill(2), new Float64Array(9).fill(1 / 9));
  expect(from).toBeLessThan(2);
  expect(to).toBeGreaterThan(2);
});

test("a raster cut to a mask or a box keeps its pixels where they are", () => {
  const grid = pixelGrid([6, 8], 0.5, [1, -1]);
  const values = new Float64Array(48).fill(Number.NaN);
  values[2 * 8 + 3] = 7;
  const cut = cutToMask(values, grid);
  expect(cut.shape).toEqual([3, 3]);
  expect(cut.values[4]).toBe(7);
  // Row 2 of 6 is from 1.5 down to 1, column 3 of 8 from -1.5 to -1: with a pixel around.
  expect(cut.extent).toEqual({ top: 2, bottom: 0.5, left: -2, right: -0.5 });
  const closer = croppedTo(cut, { top: 1.4, bottom: 1.1, left: -1.4, right: -1.1 });
  expect(closer).toEqual({
    shape: [1, 1],
    values: Float64Array.of(7),
    extent: { top: 1.5, bottom: 1, left: -1.5, right: -1 },
  });
  expect(cutToMask(new Float64Array(48).fill(Number.NaN), grid).shape).toEqual([6, 8]);
});
