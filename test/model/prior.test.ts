import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalCumulative, normalQuantile } from "../../src/model/normal.ts";
import { logDensity, type Prior, valueFromUnit } from "../../src/model/prior.ts";

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Values of scipy 1.17 (`scipy.stats.norm`, `scipy.stats.truncnorm`). */
const CUMULATIVE: readonly [z: number, p: number][] = [
  [-10, 7.61985302416047e-24],
  [-5, 2.866515718791933e-7],
  [-2.999, 0.0013543365337271057],
  [-1, 0.15865525393145707],
  [0, 0.5],
  [0.3, 0.6179114221889526],
  [2, 0.9772498680518208],
];

describe("the normal distribution", () => {
  test.each(CUMULATIVE)("below %d is %d", (z, p) => {
    expect(Math.abs(normalCumulative(z) / p - 1)).toBeLessThan(1e-13);
  });

  test("quantiles invert it, in both tails", () => {
    fc.assert(
      fc.property(real(-37, 0), (z) => {
        // The root is as sharp as p is: dp / p = |z| dz in the tail.
        expect(Math.abs(normalQuantile(normalCumulative(z)) - z)).toBeLessThan(1e-12);
      }),
    );
    fc.assert(
      fc.property(real(1e-300, 0.5), (p) => {
        expect(normalCumulative(normalQuantile(p)) / p).toBeCloseTo(1, 11);
        // 1 - p is rounded by 1e-16, which the slope 1 / density magnifies.
        if (p > 1e-6) expect(Math.abs(normalQuantile(1 - p) + normalQuantile(p))).toBeLessThan(1e-9);
      }),
    );
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(0.5)]).toEqual([
      -Infinity,
      Infinity,
      expect.closeTo(0, 15),
    ]);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 13);
  });
});

const edges = fc.tuple(real(-50, 50), real(0.01, 50)).map(([lower, width]) => ({ lower, upper: lower + width }));
const priors: fc.Arbitrary<Prior> = fc.oneof(
  edges.map((range): Prior => ({ prior: "uniform", ...range })),
  fc.tuple(real(-9, 6), real(0.1, 6)).map(([lower, decades]): Prior => {
    return { prior: "log_uniform", lower: 10 ** lower, upper: 10 ** (lower + decades) };
  }),
  fc.tuple(real(-10, 10), real(0.1, 10)).map(([mean, sigma]): Prior => ({ prior: "gaussian", mean, sigma })),
  fc.tuple(real(-10, 10), real(0.5, 10), real(-4, 3), real(0.1, 4)).map(([mean, sigma, from, width]): Prior => {
    return { prior: "gaussian", mean, sigma, lower: mean + from * sigma, upper: mean + (from + width) * sigma };
  }),
);

describe("priors", () => {
  test("the unit interval maps to the prior in order and within its edges", () => {
    fc.assert(
      fc.property(priors, real(0, 1), real(0, 1), (prior, u, v) => {
        const { lower = -Infinity, upper = Infinity } = prior;
        const [low, high] = [Math.min(u, v), Math.max(u, v)].map((unit) => valueFromUnit(prior, unit));
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(lower);
        expect(high).toBeLessThanOrEqual(upper);
      }),
    );
  });

  test("its density is the derivative of its quantile", () => {
    fc.assert(
      fc.property(priors, real(0.02, 0.98), (prior, u) => {
        // Five-point difference: the error is of order (h / distance to the edge)^4 beside the rounding of 1e-16 / h.
        const h = 1e-4;
        const at = (steps: number) => valueFromUnit(prior, u + steps * h);
        const slope = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
        expect(Math.abs(Math.exp(logDensity(prior, at(0))) * slope - 1)).toBeLessThan(1e-6);
      }),
    );
  });

  test("outside of the edges there is nothing", () => {
    expect(logDensity({ prior: "uniform", lower: 0, upper: 2 }, 2.1)).toBe(-Infinity);
    expect(logDensity({ prior: "uniform", lower: 0, upper: 2 }, 1)).toBeCloseTo(-Math.LN2, 15);
    expect(logDensity({ prior: "log_uniform", lower: 1, upper: 2 }, 0.5)).toBe(-Infinity);
    expect(logDensity({ prior: "gaussian", mean: 0, sigma: 1, lower: 0 }, -1)).toBe(-Infinity);
    expect(logDensity({ prior: "gaussian", mean: 0, sigma: 1, lower: 0 }, 0)).toBeCloseTo(
      Math.log(2 / Math.sqrt(2 * Math.PI)),
      14,
    );
  });

  test("a Gaussian cut off far in its tail keeps its shape", () => {
    const prior: Prior = { prior: "gaussian", mean: 0, sigma: 1, lower: 8, upper: 9 };
    expect(valueFromUnit(prior, 0.5)).toBeCloseTo(8.08488889901817, 12);
  });
});
