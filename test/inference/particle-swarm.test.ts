import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { particleSwarm } from "../../src/inference/swarm/particle-swarm.ts";
import { gaussianTarget } from "./gaussian-target.ts";
import { rosenbrockTarget } from "./rosenbrock-target.ts";
import { expectDeterminism, runSampler } from "./run-sampler.ts";

describe("a particle swarm", () => {
  test.each([2, 5, 10])("finds the top of a correlated Gaussian of %s dimensions", async (dimensions) => {
    const target = gaussianTarget(dimensions, 0.6);
    const { samples, infos } = await runSampler(particleSwarm(), target, 1);
    expect(samples.diagnostics.converged).toBe(1);
    // Less than 1e-3 in 50 iterations leaves no more than about that.
    expect(samples.logLikelihoods[0]).toBeGreaterThan(-0.01);
    expect(infos.at(-1)?.best.point).toEqual(samples.points);
    expect(infos.at(-1)?.progress).toBe(1);
    const bests = infos.map((info) => info.best.logLikelihood);
    expect(bests).toEqual(bests.toSorted((a, b) => a - b));
  });

  test.each([1, 2, 3, 4, 5])("does not stop on the way up a narrow degeneracy, seed %i", async (seed) => {
    const { samples } = await runSampler(particleSwarm(), gaussianTarget(10, 0.95, 0.02), seed);
    expect(samples.diagnostics.converged).toBe(1);
    expect(samples.logLikelihoods[0]).toBeGreaterThan(-0.01);
  });

  test("follows Rosenbrock's valley", async () => {
    const { samples } = await runSampler(particleSwarm({ tolerance: 1e-9 }), rosenbrockTarget(2), 2);
    for (const u of samples.points) expect(u).toBeCloseTo(0.75, 4);
  });

  test("finds a top on the wall, and asks for no point outside the cube", async () => {
    const target = {
      dimensions: 2,
      logLikelihoods: async (points: Float64Array) => {
        expect(points.every((u) => u >= 0 && u <= 1)).toBe(true);
        return Float64Array.from({ length: points.length / 2 }, (_, n) => points[2 * n] - points[2 * n + 1]);
      },
    };
    const { samples } = await runSampler(particleSwarm(), target, 3);
    expect(samples.points[0]).toBeCloseTo(1, 2);
    expect(samples.points[1]).toBeCloseTo(0, 2);
  });

  test("steps are the same of the same state", () => expectDeterminism(particleSwarm(), gaussianTarget(3, 0.5)));

  test("says that it stopped early, and what is wrong with its options", async () => {
    const { samples } = await runSampler(particleSwarm({ maximumIterations: 5 }), gaussianTarget(5, 0.5), 1);
    expect(samples.warnings.join()).toContain("still rose in the last of 5");
    expect(() => particleSwarm({ tolerance: 0 })).toThrow(InputError);
    expect(() => particleSwarm({ patience: 1.5 })).toThrow("patience is 1.5");
  });
});
