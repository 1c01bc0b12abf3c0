import { describe, expect, test } from "vitest";
import { poisson } from "../../src/inference/poisson.ts";
import { draws, randomState } from "../../src/inference/rng.ts";

const COUNT = 200_000;
const MEANS = [0.1, 3, 9.999, 10, 30, 1e4, 1e8];

describe.each(MEANS)("Poisson numbers of mean %s", (mean) => {
  const numbers = draws(randomState(7), COUNT, (state) => poisson(state, mean));
  const average = numbers.reduce((sum, value) => sum + value, 0) / COUNT;

  test("are whole, and their mean and variance the mean", () => {
    expect(numbers.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / COUNT;
    // Five standard errors; the fourth central moment is 3 mean^2 + mean.
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(mean / COUNT));
    expect(Math.abs(variance - mean)).toBeLessThan(5 * Math.sqrt((2 * mean ** 2 + mean) / COUNT));
  });

  test("come as often as their probabilities say", () => {
    const bins = binsOf(mean);
    const observed = new Float64Array(bins.length);
    for (const value of numbers) observed[bins.findLastIndex(({ from }) => value >= from)]++;
    const chiSquared = bins.reduce((sum, { probability }, bin) => {
      const expected = COUNT * probability;
      return sum + (observed[bin] - expected) ** 2 / expected;
    }, 0);
    expect(bins.length).toBeGreaterThan(3);
    expect(bins.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
    // chi^2 of n degrees of freedom has mean n and variance 2 n.
    const freedom = bins.length - 1;
    expect(chiSquared).toBeLessThan(freedom + 5 * Math.sqrt(2 * freedom));
  });
});

test("a mean of zero counts nothing, and the largest is no trouble", () => {
  const random = randomState(1);
  expect(draws(random, 100, (state) => poisson(state, 0))).toEqual(new Float64Array(100));
  const deviation = draws(random, 1000, (state) => (poisson(state, 2 ** 52) - 2 ** 52) / 2 ** 26);
  expect(deviation.reduce((sum, value) => sum + value ** 2, 0) / 1000).toBeCloseTo(1, 0);
});

/**
 * Bins of a count, or of several where counts are many, that some 20 draws or more fall into. Probabilities from the
 * ratio of neighbors, P(k + 1) / P(k) = mean / (k + 1), divided by their sum at the end.
 */
function binsOf(mean: number): { from: number; probability: number }[] {
  const reach = Math.ceil(12 * Math.sqrt(mean) + 20);
  const mode = Math.floor(mean);
  const first = Math.max(0, mode - reach);
  const weights = new Float64Array(mode + reach - first + 1);
  weights[mode - first] = 1;
  for (let at = mode - first + 1; at < weights.length; at++) weights[at] = (weights[at - 1] * mean) / (first + at);
  for (let at = mode - first - 1; at >= 0; at--) weights[at] = (weights[at + 1] * (first + at + 1)) / mean;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const smallest = mean < 100 ? 1e-4 : 0.01;
  const bins: { from: number; probability: number }[] = [];
  let [from, probability] = [0, 0];
  weights.forEach((weight, at) => {
    probability += weight / total;
    if (probability < smallest) return;
    bins.push({ from, probability });
    [from, probability] = [first + at + 1, 0];
  });
  bins[bins.length - 1].probability += probability;
  return bins;
}
