import { expect, test } from "vitest";
import { nestedSampler, randomState, runSampler, type Target } from "../../src/index.ts";

test("a sampler runs over any target by public names alone", async () => {
  const SIGMA = 0.05;
  const target: Target = {
    dimensions: 1,
    logLikelihoods: async (points) => points.map((u) => -0.5 * ((u - 0.5) / SIGMA) ** 2),
  };
  const { samples } = await runSampler(nestedSampler(), target, { random: randomState(1) });
  const { value, error } = samples.logEvidence!;
  expect(Math.abs(value - Math.log(SIGMA * Math.sqrt(2 * Math.PI)))).toBeLessThan(3 * error);
});
