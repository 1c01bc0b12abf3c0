import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { nuts } from "../../src/inference/hamiltonian/nuts.ts";
import type { SmoothTarget } from "../../src/inference/sampler.ts";
import { gaussianTarget } from "./gaussian-target.ts";
import { mixtureTarget } from "./mixture-target.ts";
import { rosenbrockTarget } from "./rosenbrock-target.ts";
import { expectDeterminism, expectMoments, runSampler } from "./run-sampler.ts";

describe("NUTS", () => {
  test.each([
    [2, 0.9, "diagonal"],
    [5, -0.6, "diagonal"],
    [10, 0.7, "dense"],
  ] as const)(
    "samples a Gaussian of %s dimensions correlated by %s with a %s metric",
    async (d, correlation, metric) => {
      const target = gaussianTarget(d, correlation);
      const { samples, infos } = await runSampler(nuts({ metric, warmup: 300, samples: 500 }), target, 1);
      const { effectiveSamples, splitRHat, acceptance, leaps, divergences } = samples.diagnostics;
      expect(samples.logLikelihoods).toHaveLength(4 * 500);
      // Of some 400 effective samples it scatters to 1.026 from seed to seed.
      expect(splitRHat).toBeLessThan(1.03);
      expect(effectiveSamples).toBeGreaterThan(300);
      // Means anticorrelate along such chains and know more than that; squares do not.
      expectMoments(samples, Math.min(effectiveSamples, 1000), target.mean, target.covariance);
      // 0.8 is wanted; after a short warm-up the mean of the steps is on the safe side.
      expect(acceptance).toBeGreaterThan(0.7);
      expect(acceptance).toBeLessThan(0.97);
      expect(leaps).toBeLessThan(15);
      expect(divergences).toBe(0);
      expect(infos.at(-1)?.progress).toBe(1);
      // Four chains share their batches, of which the longest trajectory decides the number.
      expect(target.batches()).toBeLessThan(samples.evaluations / 1.5);
    },
  );

  test("is uniform over the cube where the likelihood says nothing", async () => {
    const { samples } = await runSampler(nuts({ warmup: 300 }), gaussianTarget(2, 0, 1e6), 1);
    expectMoments(samples, 1000, Float64Array.of(0.5, 0.5), Float64Array.of(1 / 12, 0, 0, 1 / 12));
  });

  test("bends around Rosenbrock's valley, up to the walls", async () => {
    const target = rosenbrockTarget(2, 5);
    const { samples } = await runSampler(nuts({ acceptance: 0.95 }), target, 1);
    const { mean, covariance } = await quadrature(target, 400);
    expect(samples.warnings.filter((line) => line.includes("diverged"))).toEqual([]);
    expectMoments(samples, samples.diagnostics.effectiveSamples / 2, mean, covariance);
  });

  test("a dense metric undoes correlations", async () => {
    const target = gaussianTarget(3, 0.99);
    const leapsWith = async (metric: "diagonal" | "dense") =>
      (await runSampler(nuts({ metric, warmup: 300, samples: 200 }), target, 2)).samples.diagnostics.leaps;
    expect(await leapsWith("dense")).toBeLessThan(0.4 * (await leapsWith("diagonal")));
  });

  test("learns scales however small", async () => {
    const sigmas = [0.1, 1e-4];
    const log = (u: Float64Array, n: number) =>
      -0.5 * sigmas.reduce((sum, sigma, i) => sum + ((u[2 * n + i] - 0.5) / sigma) ** 2, 0);
    const sharp: SmoothTarget = {
      dimensions: 2,
      logLikelihoods: async (u) => Float64Array.from({ length: u.length / 2 }, (_, n) => log(u, n)),
      withGradients: async (u) => ({
        logLikelihoods: await sharp.logLikelihoods(u),
        gradients: u.map((x, i) => (0.5 - x) / sigmas[i % 2] ** 2),
      }),
    };
    const start = new Float64Array(8).fill(0.5);
    const { samples } = await runSampler(nuts({ start, samples: 300 }), sharp, 1);
    // As of a round Gaussian; without the variances a trajectory across takes a thousand.
    expect(samples.diagnostics.leaps).toBeLessThan(8);
    expectMoments(samples, 300, Float64Array.of(0.5, 0.5), Float64Array.of(0.01, 0, 0, 1e-8));
  });

  test("counts trajectories that fall off a cliff", async () => {
    const smooth = gaussianTarget(2, 0, 0.2);
    const isOut = (points: Float64Array, n: number) => points[2 * n] > 0.5;
    const cliff: SmoothTarget = {
      dimensions: 2,
      logLikelihoods: async (points) => (await cliff.withGradients(points)).logLikelihoods,
      withGradients: async (points) => {
        const { logLikelihoods, gradients } = await smooth.withGradients(points);
        return {
          logLikelihoods: logLikelihoods.map((value, n) => (isOut(points, n) ? Number.NEGATIVE_INFINITY : value)),
          gradients: gradients.map((value, i) => (isOut(points, Math.floor(i / 2)) ? 0 : value)),
        };
      },
    };
    const { samples } = await runSampler(nuts({ warmup: 200, samples: 200 }), cliff, 3);
    expect(samples.diagnostics.divergences).toBeGreaterThan(10);
    expect(samples.warnings.join()).toContain("trajectories diverged");
    expect(samples.points.every((u, i) => i % 2 === 1 || u <= 0.5)).toBe(true);
  });

  test("chains on different peaks disagree", async () => {
    const target = mixtureTarget(
      [
        [0.2, 0.2],
        [0.8, 0.8],
      ],
      [0, 0],
      0.03,
    );
    const start = Float64Array.of(0.2, 0.2, 0.8, 0.8, 0.21, 0.2, 0.8, 0.79);
    const { samples } = await runSampler(nuts({ start, warmup: 200, samples: 200 }), target, 1);
    expect(samples.diagnostics.splitRHat).toBeGreaterThan(1.5);
    expect(samples.warnings.join()).toContain("chains disagree");
  });

  test("steps are the same of the same state, in the warm-up and after", () =>
    expectDeterminism(nuts({ warmup: 10, samples: 20, metric: "dense" }), gaussianTarget(3, 0.5), 16));

  test("says that it stopped early, and what is wrong with its options", async () => {
    const target = gaussianTarget(2, 0);
    const { state } = await runSampler(nuts({ warmup: 5, samples: 5 }), target, 1);
    expect(nuts({ warmup: 5, samples: 50 }).samples(state).warnings[0]).toBe("stopped after 10 of 55 iterations");
    expect(() => nuts({ acceptance: 1 })).toThrow(InputError);
    expect(() => nuts({ maximumDepth: 40 })).toThrow("maximum depth is 40");
  });
});

/** Mean and covariance of a posterior of two coordinates, by the midpoint rule. */
async function quadrature(target: SmoothTarget, count: number) {
  const points = Float64Array.from({ length: 2 * count * count }, (_, at) => {
    const cell = Math.floor(at / 2);
    return ((at % 2 === 0 ? Math.floor(cell / count) : cell % count) + 0.5) / count;
  });
  const weights = (await target.logLikelihoods(points)).map(Math.exp);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const average = (f: (cell: number) => number) => weights.reduce((sum, w, cell) => sum + w * f(cell), 0) / total;
  const mean = Float64Array.from({ length: 2 }, (_, i) => average((cell) => points[2 * cell + i]));
  const covariance = Float64Array.from({ length: 4 }, (_, at) => {
    const [i, j] = [at >> 1, at & 1];
    return average((cell) => (points[2 * cell + i] - mean[i]) * (points[2 * cell + j] - mean[j]));
  });
  return { mean, covariance };
}
