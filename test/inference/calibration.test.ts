import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Calibration, calibrate } from "../../bench/sampling/calibrate.ts";
import { lensScene } from "../../bench/sampling/lens-scene.ts";
import { nestedSampler } from "../../src/inference/nested/static.ts";
import { draws, normal, randomState, uniform } from "../../src/inference/rng.ts";
import { normalCumulative } from "../../src/inference/statistics/normal.ts";
import { rankUniformity } from "../../src/inference/statistics/rank-uniformity.ts";

// bench/simulation-based-calibration.ts has all parameters of the lens, every sampler and many more simulations.
describe("ranks of a lens's parameters, and of its likelihood, among draws of the posterior", () => {
  const small = {
    side: 8,
    noise: 1,
    fixed: ["galaxies.lens.mass.ell_comps=[0.1, 0.0]", "galaxies.source.disk.centre.0=0.03"],
  };
  const options = { simulations: 30, draws: 31, seed: 1 };
  /** The least of the p-values, as if they had nothing to do with each other (Bonferroni). */
  const leastUniform = ({ ranks }: Calibration) =>
    Math.min(...[...ranks.values()].map((of) => ranks.size * rankUniformity(of, options.draws)));
  const sampler = nestedSampler({ livePoints: 40 });

  test("are uniform", async () => {
    const calibration = await calibrate(lensScene(small), sampler, options);
    expect([...calibration.ranks.keys()].map((path) => path.split(".").slice(2).join("."))).toEqual([
      "mass.einstein_radius",
      "disk.centre.1",
      "disk.intensity",
      "",
    ]);
    expect(calibration.warned).toEqual([]);
    expect(leastUniform(calibration)).toBeGreaterThan(0.05);
  });

  test("are not, of a posterior that is too narrow by 30 %", async () => {
    const calibration = await calibrate(lensScene({ ...small, statedNoise: 0.7 }), sampler, options);
    expect(leastUniform(calibration)).toBeLessThan(1e-3);
  });
});

describe("rank uniformity", () => {
  const ranksOf = (random: ReturnType<typeof randomState>, count: number, most: number) =>
    draws(random, count, uniform).map((u) => Math.floor(u * (most + 1)));

  test("p-values of uniform ranks are no smaller than they say, and nearly so", () => {
    const random = randomState(1);
    const values = Array.from({ length: 600 }, () => rankUniformity(ranksOf(random, 40, 15), 15));
    // Discrete, so that P(p <= a) is a at most: here within three standard deviations of a counted part.
    for (const a of [0.02, 0.05, 0.1, 0.3, 0.6]) {
      const part = values.filter((p) => p <= a).length / values.length;
      const scatter = 3 * Math.sqrt((a * (1 - a)) / values.length);
      expect(part).toBeLessThan(a + scatter);
      expect(part).toBeGreaterThan(0.7 * a - scatter);
    }
  });

  test("of one draw it is the sign test", () => {
    // 2 of 10 below: 2 (1 + 10 + 45) / 1024.
    expect(rankUniformity([0, 0, 1, 1, 1, 1, 1, 1, 1, 1], 1)).toBeCloseTo(112 / 1024, 12);
    expect(rankUniformity([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], 1)).toBe(1);
  });

  test("of two ranks all cases can be counted", () => {
    const draws = 3;
    const all = Array.from({ length: 16 }, (_, i) => [i >> 2, i & 3]);
    const values = all.map((ranks) => rankUniformity(ranks, draws));
    // The p-value is the part of all equally likely cases that are as extreme: it takes its own values so often.
    for (const p of values) expect(values.filter((other) => other <= p + 1e-9).length / 16).toBeCloseTo(p, 9);
  });

  test("does not care for the order of ranks, nor which end is up", () => {
    const some = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(some, (ranks) => {
        const p = rankUniformity(ranks, 9);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(rankUniformity(ranks.toReversed(), 9)).toBe(p);
        expect(
          rankUniformity(
            ranks.map((rank) => 9 - rank),
            9,
          ),
        ).toBeCloseTo(p, 9);
      }),
      { numRuns: 50 },
    );
    expect(rankUniformity([], 9)).toBeNaN();
  });

  test.each([
    { name: "too narrow", width: 1.5, shift: 0 },
    { name: "too wide", width: 0.6, shift: 0 },
    { name: "off", width: 1, shift: 0.5 },
  ])("sees a posterior that is $name", ({ width, shift }) => {
    const random = randomState(4);
    const truths = draws(random, 150, normal).map((z) => normalCumulative(width * z + shift));
    const ranks = truths.map((u) => Math.min(31, Math.floor(32 * u)));
    expect(rankUniformity(ranks, 31)).toBeLessThan(1e-3);
  });
});
