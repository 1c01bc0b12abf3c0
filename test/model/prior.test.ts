import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalCumulative, normalQuantile } from "../../src/inference/statistics/normal.ts";
import { logDensity, type Prior, slopeFromUnit, unitFromValue, valueFromUnit } from "../../src/model/prior.ts";
import { between } from "../between.ts";

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
      fc.property(between(-37, 0), (z) => {
        // The root is as sharp as p is: dp / p = |z| dz in the tail.
        expect(Math.abs(normalQuantile(normalCumulative(z)) - z)).toBeLessThan(1e-12);
      }),
    );
    fc.assert(
      fc.property(between(1e-300, 0.5), (p) => {
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

const edges = fc.tuple(between(-50, 50), between(0.01, 50)).map(([lower, width]) => ({ lower, upper: lower + width }));
const priors: fc.Arbitrary<Prior> = fc.oneof(
  edges.map((range): Prior => ({ prior: "uniform", ...range })),
  fc.tuple(between(-9, 6), between(0.1, 6)).map(([lower, decades]): Prior => {
    return { prior: "log_uniform", lower: 10 ** lower, upper: 10 ** (lower + decades) };
  }),
  fc.tuple(between(-10, 10), between(0.1, 10)).map(([mean, sigma]): Prior => ({ prior: "gaussian", mean, sigma })),
  fc
    .tuple(between(-10, 10), between(0.5, 10), between(-4, 3), between(0.1, 4))
    .map(([mean, sigma, from, width]): Prior => {
      return { prior: "gaussian", mean, sigma, lower: mean + from * sigma, upper: mean + (from + width) * sigma };
    }),
  fc.tuple(between(-5, 5), between(0.1, 2)).map(([mean, sigma]): Prior => ({ prior: "log_gaussian", mean, sigma })),
  fc
    .tuple(between(-5, 5), between(0.1, 2), between(-4, 3), between(0.1, 4))
    .map(([mean, sigma, from, width]): Prior => {
      const [lower, upper] = [from, from + width].map((z) => Math.exp(mean + z * sigma));
      return { prior: "log_gaussian", mean, sigma, lower, upper };
    }),
  fc.tuple(between(0, 170), between(1, 180)).map(([lower, width]): Prior => {
    return { prior: "sine", lower, upper: Math.min(lower + width, 180) };
  }),
);

describe("priors", () => {
  test("the unit interval maps to the prior in order and within its edges", () => {
    fc.assert(
      fc.property(priors, between(0, 1), between(0, 1), (prior, u, v) => {
        const { lower = -Infinity, upper = Infinity } = prior;
        const [low, high] = [Math.min(u, v), Math.max(u, v)].map((unit) => valueFromUnit(prior, unit));
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(lower);
        expect(high).toBeLessThanOrEqual(upper);
      }),
    );
  });

  test("its slope is the derivative of its value", () => {
    fc.assert(
      fc.property(priors, between(0.02, 0.98), (prior, u) => {
        // Five-point difference: the error is of order (h / distance to the edge)^4 beside the rounding of 1e-16 / h.
        const h = 1e-4;
        const at = (steps: number) => valueFromUnit(prior, u + steps * h);
        const slope = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
        expect(Math.abs(slopeFromUnit(prior, u) / slope - 1)).toBeLessThan(1e-6);
      }),
    );
  });

  test("a value's quantile is the one that it is the value at", () => {
    fc.assert(
      fc.property(priors, between(0.001, 0.999), (prior, u) => {
        // What rounding of the value makes of u: its relative precision over a step that the narrowest prior here has.
        expect(Math.abs(unitFromValue(prior, valueFromUnit(prior, u)) - u)).toBeLessThan(1e-10);
      }),
    );
  });

  test("the density adds up to one", () => {
    fc.assert(
      fc.property(priors, (prior) => {
        const [first, last] = [valueFromUnit(prior, 1e-4), valueFromUnit(prior, 1 - 1e-4)];
        // By the midpoint rule in the quantity that spreads it: the logarithm where the prior spans decades.
        const log = prior.prior.startsWith("log_");
        const [from, to] = log ? [Math.log(first), Math.log(last)] : [first, last];
        const step = (to - from) / 4000;
        let sum = 0;
        for (let i = 0; i < 4000; i++) {
          const t = from + (i + 0.5) * step;
          sum += log ? Math.exp(logDensity(prior, Math.exp(t)) + t) : Math.exp(logDensity(prior, t));
        }
        expect(Math.abs(sum * step - (1 - 2e-4))).toBeLessThan(1e-5);
      }),
      { numRuns: 40 },
    );
  });

  // scipy 1.17: lognorm(s=0.4, scale=exp(0.3)).ppf(0.9), and arccos of the mean of the edges' cosines.
  test("is what others have", () => {
    expect(valueFromUnit({ prior: "log_gaussian", mean: 0.3, sigma: 0.4 }, 0.9)).toBeCloseTo(2.2538066389872573, 12);
    expect(valueFromUnit({ prior: "sine", lower: 0, upper: 90 }, 0.5)).toBeCloseTo(60, 12);
    expect(valueFromUnit({ prior: "sine", lower: 0, upper: 180 }, 0.25)).toBeCloseTo(60, 12);
    expect(logDensity({ prior: "sine", lower: 0, upper: 180 }, 90)).toBeCloseTo(Math.log(Math.PI / 360), 12);
    expect(logDensity({ prior: "log_gaussian", mean: 0, sigma: 1 }, -1)).toBe(-Infinity);
    expect(unitFromValue({ prior: "uniform", lower: 1, upper: 3 }, 4)).toBe(1);
    expect(unitFromValue({ prior: "gaussian", mean: 2, sigma: 3 }, 2)).toBe(0.5);
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
