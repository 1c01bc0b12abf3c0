import { describe, expect, test } from "vitest";
import { draws, normal, randomState, uniform } from "../../src/inference/rng.ts";
import { autocorrelationTime } from "../../src/inference/statistics/autocorrelation.ts";
import { bulkEffectiveSampleSize } from "../../src/inference/statistics/effective-sample-size.ts";
import { normalScores } from "../../src/inference/statistics/normal-scores.ts";
import { splitRHat } from "../../src/inference/statistics/split-r-hat.ts";

/** x_t = a x_(t - 1) + noise: rho(m) = a^m, so that tau is (1 + a) / (1 - a). */
function autoregressive(a: number, chains: number, steps: number, seed: number): Float64Array[] {
  const random = randomState(seed);
  return Array.from({ length: chains }, () => {
    const chain = draws(random, steps, normal).map((noise) => noise * Math.sqrt(1 - a * a));
    for (let i = 1; i < steps; i++) chain[i] += a * chain[i - 1];
    return chain;
  });
}

describe("of an autoregressive chain", () => {
  test.each([0, 0.5, 0.9, -0.5])("of correlation %s the times are known", (a) => {
    const chains = autoregressive(a, 8, 4000, 2);
    const expected = (1 + a) / (1 - a);
    // Sokal 1997: a relative variance of 2 (2 M + 1) / n, with the window M of 5 tau; three of its roots.
    const scatter = 3 * Math.sqrt((2 * (10 * expected + 1)) / (8 * 4000));
    // Sokal's window ends at once where chains anticorrelate.
    if (a >= 0) expect(Math.abs(autocorrelationTime(chains) / expected - 1)).toBeLessThan(Math.max(scatter, 0.06));
    // The sum of an alternating series, cut off between two pairs, is off by more of its small self.
    expect(Math.abs((8 * 4000) / bulkEffectiveSampleSize(chains) / expected - 1)).toBeLessThan(Math.max(scatter, 0.1));
  });

  test("chains of one distribution agree, and those of others do not", () => {
    const chains = autoregressive(0.3, 4, 2000, 3);
    expect(splitRHat(chains)).toBeLessThan(1.01);
    expect(splitRHat(chains.map((chain, k) => chain.map((value) => value + (k === 0 ? 1 : 0))))).toBeGreaterThan(1.05);
    // Same mean, another width: the folded ranks tell.
    expect(splitRHat(chains.map((chain, k) => chain.map((value) => value * (k === 0 ? 4 : 1))))).toBeGreaterThan(1.05);
    // A drift that all chains share: their halves differ.
    expect(splitRHat(chains.map((chain) => chain.map((value, i) => value + i / 1000)))).toBeGreaterThan(1.05);
    expect(bulkEffectiveSampleSize(chains.map((chain, k) => chain.map((value) => value + 3 * k)))).toBeLessThan(20);
  });

  test("ranks forget all but the order", () => {
    const chains = autoregressive(0.3, 4, 500, 4);
    const cauchy = chains.map((chain) => chain.map((value) => value ** 5));
    expect(bulkEffectiveSampleSize(cauchy)).toBe(bulkEffectiveSampleSize(chains));
  });
});

test("the autocorrelation time is emcee's to all digits", () => {
  // Autoregressive chains from Park & Miller's generator; emcee 3.1.6, autocorr.integrated_time.
  let word = 12345;
  const chains = Array.from({ length: 3 }, () => {
    let x = 0;
    return Float64Array.from({ length: 400 }, () => {
      word = (word * 16807) % 2147483647;
      x = 0.8 * x + word / 2147483647 - 0.5;
      return x;
    });
  });
  expect(autocorrelationTime(chains)).toBeCloseTo(8.752850300992803, 10);
});

test("normal scores of uniform numbers are standard normal, and ties have one score", () => {
  const [scores] = normalScores([draws(randomState(1), 2001, uniform)]);
  const sorted = scores.toSorted();
  expect(sorted[1000]).toBeCloseTo(0, 3);
  // Quantiles 0.025 and 0.975 of the normal distribution.
  expect(sorted[50]).toBeCloseTo(-1.9555, 2);
  expect(sorted[1950]).toBeCloseTo(1.9555, 2);
  const tied = normalScores([Float64Array.of(1, 2, 2), Float64Array.of(2, 3, 0)]);
  expect(new Set([tied[0][1], tied[0][2], tied[1][0]]).size).toBe(1);
});

test("chains that say nothing are no number", () => {
  const still = [new Float64Array(10), new Float64Array(10)];
  expect(splitRHat(still)).toBeNaN();
  expect(bulkEffectiveSampleSize(still)).toBeNaN();
  expect(autocorrelationTime(still)).toBeNaN();
  expect(splitRHat([new Float64Array(2)])).toBeNaN();
});
