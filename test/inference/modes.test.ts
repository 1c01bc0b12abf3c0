import { describe, expect, test } from "vitest";
import { modesOf } from "../../src/inference/modes/modes.ts";
import type { SmoothTarget } from "../../src/inference/sampler.ts";
import { type Evaluation, unconstrained } from "../../src/inference/unconstrained.ts";
import { mixtureTarget } from "./mixture-target.ts";

// Where climbs ended, and which of these places are one mode.

const X = (u: number) => Math.log(u / (1 - u));

async function modesFrom(target: SmoothTarget, ...units: number[][]) {
  const smooth = unconstrained(target, true, 0);
  const ends: readonly Evaluation[] = await smooth.evaluate(units.map((unit) => Float64Array.from(unit, X)));
  return modesOf(ends, smooth);
}

describe("two tops", () => {
  const SIGMA = 0.03;
  const apart = (sigmas: number) => [
    [0.5 - (sigmas / 2) * SIGMA, 0.5],
    [0.5 + (sigmas / 2) * SIGMA, 0.5],
  ];

  test.each([
    [3, 1],
    [4.5, 2],
    [7, 2],
  ])("%s standard deviations apart are of %s modes", async (sigmas, count) => {
    const centres = apart(sigmas);
    const modes = await modesFrom(mixtureTarget(centres, [0, 0], SIGMA), ...centres);
    expect(modes).toHaveLength(count);
    expect(modes.reduce((sum, { hits }) => sum + hits, 0)).toBe(2);
  });
});

test("climbs that ripples stopped on one hill are of one mode", async () => {
  const [sigma, height] = [0.05, 0.6];
  const hill = mixtureTarget([[0.5, 0.5]], [0], sigma);
  const phase = (points: Float64Array, n: number) => (2 * Math.PI * (points[2 * n] - 0.5)) / sigma;
  const rippled: SmoothTarget = {
    dimensions: 2,
    async logLikelihoods(points) {
      return (await hill.logLikelihoods(points)).map((value, n) => value + height * Math.cos(phase(points, n)));
    },
    async withGradients(points) {
      const { gradients } = await hill.withGradients(points);
      const slope = (n: number) => ((-2 * Math.PI * height) / sigma) * Math.sin(phase(points, n));
      return {
        logLikelihoods: await this.logLikelihoods(points),
        gradients: gradients.map((value, i) => value + (i % 2 === 0 ? slope(i / 2) : 0)),
      };
    },
  };
  const modes = await modesFrom(rippled, [0.5, 0.5], [0.5 + 2 * sigma, 0.5], [0.5 - 4 * sigma, 0.5]);
  expect(modes.map(({ hits }) => hits)).toEqual([3]);
});
