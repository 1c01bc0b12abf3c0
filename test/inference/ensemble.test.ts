import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { ensembleSampler } from "../../src/inference/ensemble/ensemble.ts";
import { randomState } from "../../src/inference/rng.ts";
import { gaussianTarget } from "./gaussian-target.ts";
import { expectDeterminism, expectMoments, runSampler } from "./run-sampler.ts";

describe("ensemble MCMC", () => {
  test.each([
    [2, 0.9],
    [5, -0.6],
    [10, 0.7],
  ])("samples a Gaussian of %s dimensions correlated by %s", async (dimensions, correlation) => {
    const target = gaussianTarget(dimensions, correlation);
    const sampler = ensembleSampler({ maximumSteps: 2000, autocorrelationTimes: 30 });
    const { samples } = await runSampler(sampler, target, 11);
    const { effectiveSamples, acceptance, splitRHat } = samples.diagnostics;
    expect(samples.warnings).toEqual([]);
    expect(effectiveSamples).toBeGreaterThan(500);
    expect(acceptance).toBeGreaterThan(0.25);
    // Some forty short chains: their noise is above the 1.01 of a few long ones.
    expect(splitRHat).toBeLessThan(1.06);
    // The walkers of one step know of each other, and squares forget slower than the coordinates that the number is of.
    expectMoments(samples, effectiveSamples / 2, target.mean, target.covariance);
  });

  // emcee 3.1.6, StretchMove and DEMove, 32 walkers and 12000 steps on this Gaussian, started from it; tau is the mean of
  // its coordinates', which scatter by 3.
  test.each([
    { name: "stretches", differentialEvolution: 0, acceptance: 0.551, time: 58.8 },
    // Every tenth move is a jump here, of which few are accepted: 0.9 * 0.287 and more of them.
    { name: "differential evolution", differentialEvolution: 1, acceptance: 0.273, time: 19 },
  ])("accepts and forgets as emcee's $name", async ({ differentialEvolution, acceptance, time }) => {
    const sampler = ensembleSampler({
      differentialEvolution,
      walkers: 32,
      maximumSteps: 4000,
      autocorrelationTimes: 1e3,
    });
    const { samples } = await runSampler(sampler, gaussianTarget(5, 0.5), 3);
    expect(samples.diagnostics.acceptance).toBeCloseTo(acceptance, 1.5);
    // tau of 3000 steps is known to some 10 %, and the longest of five is above their mean.
    expect(samples.diagnostics.autocorrelationTime / time).toBeGreaterThan(0.75);
    expect(samples.diagnostics.autocorrelationTime / time).toBeLessThan(1.4);
  });

  test("asks for two batches a step, at most, and for no point outside the cube", async () => {
    // As wide as the cube: walkers stretch out of it all the time.
    const target = gaussianTarget(2, 0, 1);
    let outside = 0;
    const watched = {
      dimensions: 2,
      logLikelihoods(points: Float64Array) {
        if (!points.every((u) => u >= 0 && u <= 1)) outside++;
        return target.logLikelihoods(points);
      },
    };
    const { samples, infos } = await runSampler(ensembleSampler({ maximumSteps: 400 }), watched, 1);
    expect(outside).toBe(0);
    expect(target.batches()).toBeLessThanOrEqual(1 + 2 * infos.length);
    expect(samples.evaluations).toBeLessThan(32 * (infos.length + 1));
    expect(infos.at(-1)?.progress).toBe(1);
  });

  test("steps are the same of the same state", () => expectDeterminism(ensembleSampler(), gaussianTarget(3, 0.5)));

  test("a run too short says so", async () => {
    const { samples } = await runSampler(ensembleSampler({ maximumSteps: 60 }), gaussianTarget(5, 0.5), 1);
    expect(samples.warnings.join()).toContain("autocorrelation times long, of 50");
  });

  test("says what is wrong with its options", async () => {
    expect(() => ensembleSampler({ maximumSteps: 0 })).toThrow(InputError);
    const begin = (options: Parameters<typeof ensembleSampler>[0]) =>
      ensembleSampler(options).init(gaussianTarget(5, 0.5), randomState(1));
    await expect(begin({ walkers: 8 })).rejects.toThrow("walkers is 8");
    await expect(begin({ walkers: 11 })).rejects.toThrow("half the walkers is 5.5");
    await expect(begin({ start: new Float64Array(7) })).rejects.toThrow("7 coordinates to start from");
    const none = { dimensions: 1, logLikelihoods: async (u: Float64Array) => u.map(() => Number.NEGATIVE_INFINITY) };
    await expect(ensembleSampler().init(none, randomState(1))).rejects.toThrow("next to none has a likelihood");
  });
});
