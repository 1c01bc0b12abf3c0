import { flattened } from "../vectors.ts";
import { normalQuantile } from "./normal.ts";

/**
 * Ranks over all chains as normal quantiles, z = Phi^-1((r - 3/8) / (S + 1/4)), ties by their mean rank: what is said of
 * these holds for quantities without mean or variance too. Vehtari et al. 2021, Bayesian Analysis 16, 667, eq. 14.
 */
export function normalScores(chains: readonly Float64Array[]): Float64Array[] {
  const sorted = flattened(chains).sort();
  return chains.map((chain) =>
    chain.map((value) => {
      // The mean of the ranks, from one, of all that have this value.
      const rank =
        (countBelow(sorted, (other) => other < value) + 1 + countBelow(sorted, (other) => other <= value)) / 2;
      return normalQuantile((rank - 3 / 8) / (sorted.length + 1 / 4));
    }),
  );
}

/** How many of `sorted` come before the first that is not below, by bisection. */
function countBelow(sorted: Float64Array, isBelow: (value: number) => boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isBelow(sorted[middle])) from = middle + 1;
    else to = middle;
  }
  return from;
}
