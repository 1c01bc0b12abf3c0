import { normalScores } from "./normal-scores.ts";
import { splitChains } from "./split-chains.ts";

/**
 * Rank-normalized split R-hat: how much wider all chains together are than each half chain, in location (the ranks of the
 * values) or in scale (those of the distances from the median), whichever is worse. One where chains agree; Vehtari et al.
 * trust what is below 1.01.
 *
 * Vehtari, Gelman, Simpson, Carpenter & Buerkner 2021, Bayesian Analysis 16, 667, section 4.
 * @param chains one quantity: (steps) each, four steps or more.
 * @returns NaN for shorter chains and where nothing moved.
 */
export function splitRHat(chains: readonly Float64Array[]): number {
  if (chains[0].length < 4) return Number.NaN;
  const halves = splitChains(chains);
  const middle = median(halves);
  const folded = halves.map((half) => half.map((value) => Math.abs(value - middle)));
  return Math.max(rHat(normalScores(halves)), rHat(normalScores(folded)));
}

/** sqrt(((n - 1) / n W + B / n) / W), of the variances within and between the chains (their equations 1 to 4). */
function rHat(chains: readonly Float64Array[]): number {
  const means = chains.map(mean);
  const within = mean(chains.map(variance));
  const between = variance(means);
  const n = chains[0].length;
  return Math.sqrt((((n - 1) / n) * within + between) / within);
}

function median(chains: readonly Float64Array[]): number {
  const sorted = Float64Array.from(chains.flatMap((chain) => [...chain])).sort();
  const half = sorted.length / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half) - 1]) / 2;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

function variance(values: ArrayLike<number>): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - centre) ** 2;
  return sum / (values.length - 1);
}
