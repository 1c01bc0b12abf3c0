import { expect } from "vitest";
import { randomState } from "../../src/inference/rng.ts";
import type { Sampler, SamplerState, SampleSet, StepInfo, Target } from "../../src/inference/sampler.ts";

/** Steps until it is done. */
export async function runSampler<State extends SamplerState, T extends Target>(
  sampler: Sampler<State, T>,
  target: T,
  seed: number,
): Promise<{ state: State; samples: SampleSet; infos: StepInfo[] }> {
  let state = await sampler.init(target, randomState(seed));
  const infos: StepInfo[] = [];
  while (!sampler.isDone(state)) {
    const next = await sampler.step(state, target);
    state = next.state;
    infos.push(next.info);
  }
  return { state, samples: sampler.samples(state), infos };
}

/** Of the same seed the same bytes, a state is never changed, and one stored half-way goes on as if nothing had happened. */
export async function expectDeterminism<State extends SamplerState, T extends Target>(
  sampler: Sampler<State, T>,
  target: T,
  steps = 12,
): Promise<void> {
  const walk = async (from: State, count: number) => {
    let state = from;
    for (let i = 0; i < count; i++) state = (await sampler.step(state, target)).state;
    return state;
  };
  const random = randomState(5);
  const begin = await sampler.init(target, random);
  expect(random).toEqual(randomState(5));
  const stored = structuredClone(begin);
  const end = await walk(begin, steps);
  expect(begin).toEqual(stored);
  const middle = structuredClone(await walk(await sampler.init(target, randomState(5)), Math.floor(steps / 2)));
  expect(await walk(middle, steps - Math.floor(steps / 2))).toEqual(end);
  expect(sampler.samples(structuredClone(end))).toEqual(sampler.samples(end));
  expect(await sampler.init(target, randomState(6))).not.toEqual(begin);
}

/** Means and covariances within `sigmas` standard errors of as many independent samples. */
export function expectMoments(
  samples: SampleSet,
  effectiveSamples: number,
  mean: Float64Array,
  covariance: Float64Array,
  sigmas = 5,
): void {
  const d = samples.dimensions;
  const weights = samples.logWeights.map(Math.exp);
  const average = (f: (n: number) => number) => weights.reduce((sum, weight, n) => sum + weight * f(n), 0);
  expect(average(() => 1)).toBeCloseTo(1, 9);
  for (let i = 0; i < d; i++) {
    const off = Math.abs(average((n) => samples.points[n * d + i]) - mean[i]);
    expect(off).toBeLessThan(sigmas * Math.sqrt(covariance[i * d + i] / effectiveSamples));
    for (let j = 0; j <= i; j++) {
      const found = average((n) => (samples.points[n * d + i] - mean[i]) * (samples.points[n * d + j] - mean[j]));
      // Isserlis: the variance of a product of two Gaussians.
      const variance = covariance[i * d + i] * covariance[j * d + j] + covariance[i * d + j] ** 2;
      expect(Math.abs(found - covariance[i * d + j])).toBeLessThan(sigmas * Math.sqrt(variance / effectiveSamples));
    }
  }
}
