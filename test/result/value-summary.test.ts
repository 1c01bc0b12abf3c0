import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { axisSummaryOf, summaryOf, weightedQuantiles } from "../../src/result/value-summary.ts";
import { between } from "../between.ts";

const weighted = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 6 })), {
  minLength: 1,
  maxLength: 20,
});

describe("a weighted set", () => {
  test("is the set in which each value stands as often as its weight says", () => {
    fc.assert(
      fc.property(weighted, between(0, 1), (pairs, quantile) => {
        const replicated = pairs.flatMap(([value, weight]) => Array<number>(weight).fill(value)).sort((a, b) => a - b);
        fc.pre(replicated.length > 0);
        const [values, weights] = [pairs.map(([value]) => value), pairs.map(([, weight]) => weight)];
        const rank = Math.max(Math.ceil(quantile * replicated.length * (1 - 1e-12)), 1);
        expect(weightedQuantiles(values, weights, [quantile])).toEqual([replicated[rank - 1]]);
        const { mean, standardDeviation } = summaryOf(values, weights);
        const average = replicated.reduce((sum, value) => sum + value, 0) / replicated.length;
        const variance = replicated.reduce((sum, value) => sum + (value - average) ** 2, 0) / replicated.length;
        expect(mean).toBeCloseTo(average, 9);
        expect(standardDeviation).toBeCloseTo(Math.sqrt(variance), 9);
      }),
    );
  });

  test("of a thousand even values has the intervals of 1 and 2 sigma", () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i * 617) % 1000);
    const summary = summaryOf(values, new Float64Array(1000).fill(0.001));
    expect(summary).toMatchObject({ median: 499, interval68: [158, 841], interval95: [22, 976] });
  });
});

describe("angles of axes", () => {
  test("are about their mean direction, wherever 0 is", () => {
    fc.assert(
      fc.property(between(0, 179.999), (turn) => {
        const away = [-12, -5, -1, 0, 1, 5, 12];
        const ones = away.map(() => 1);
        const angles = away.map((angle) => (((angle + turn) % 180) + 180) % 180);
        const plain = summaryOf(away, ones);
        const summary = axisSummaryOf(angles, ones);
        const apart = (a: number, b: number) => Math.abs(((((a - b + 90) % 180) + 180) % 180) - 90);
        expect(apart(summary.mean, turn)).toBeLessThan(1e-9);
        expect(summary.median - summary.mean).toBeCloseTo(0, 9);
        expect(summary.mean >= 0 && summary.mean < 180).toBe(true);
        expect(summary.interval68[0] - summary.mean).toBeCloseTo(plain.interval68[0], 9);
        expect(summary.interval95[1] - summary.mean).toBeCloseTo(plain.interval95[1], 9);
        expect(summary.standardDeviation).toBeCloseTo(plain.standardDeviation, 9);
      }),
    );
  });

  test("on both sides of north are near north", () => {
    const { mean, interval95 } = axisSummaryOf([178, 4], [1, 1]);
    expect(mean).toBeCloseTo(1, 9);
    expect(interval95).toEqual([expect.closeTo(-2, 9), expect.closeTo(4, 9)]);
  });
});
