import { autocovariance } from "./autocovariance.ts";

/** Sokal's c: the window is as many autocorrelation times long. As emcee. */
const WINDOW = 5;

/**
 * Integrated autocorrelation time: as many steps bring one independent sample.
 *
 *   tau(M) = 1 + 2 sum_{m = 1..M} rho(m),    M the smallest with M >= 5 tau(M)
 *
 * Sokal 1997, "Monte Carlo Methods in Statistical Mechanics", section 3 (the window); Foreman-Mackey et al. 2013, PASP 125,
 * 306, and emcee 3's `integrated_time` (rho is the mean of the walkers' normalized autocorrelation functions).
 * @param chains one quantity, by walker: (steps) each. To be trusted from some 50 times the result on.
 * @returns in steps; NaN for chains that never move or of less than two steps.
 */
export function autocorrelationTime(chains: readonly Float64Array[]): number {
  const steps = chains[0].length;
  const functions = chains.map(autocovariance);
  const variances = functions.map((covariance) => covariance(0));
  let time = 1;
  for (let lag = 1; lag < steps; lag++) {
    const sum = functions.reduce((total, covariance, k) => total + covariance(lag) / variances[k], 0);
    time += (2 * sum) / chains.length;
    if (!(lag < WINDOW * time)) return time;
  }
  return steps < 2 ? Number.NaN : time;
}
