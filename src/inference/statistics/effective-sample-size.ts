import { autocovariance } from "./autocovariance.ts";
import { normalScores } from "./normal-scores.ts";
import { splitChains } from "./split-chains.ts";

/**
 * Bulk effective sample size: as many independent samples know the middle of the distribution as well. Disagreement of the
 * chains lowers it, anticorrelation along them raises it above their length.
 *
 * Vehtari, Gelman, Simpson, Carpenter & Buerkner 2021, Bayesian Analysis 16, 667, section 3.2 and eq. 10 to 14; the sum over lags ends
 * by the initial monotone sequence of Geyer 1992, Statistical Science 7, 473.
 * @param chains one quantity: (steps) each, four steps or more.
 * @returns NaN for shorter chains and where nothing moved.
 */
export function bulkEffectiveSampleSize(chains: readonly Float64Array[]): number {
  if (chains[0].length < 4) return Number.NaN;
  const scores = normalScores(splitChains(chains));
  const n = scores[0].length;
  const covariances = scores.map(autocovariance);
  const meanCovariance = (lag: number) => covariances.reduce((sum, of) => sum + of(lag), 0) / scores.length;
  const means = scores.map((chain) => chain.reduce((sum, value) => sum + value, 0) / n);
  const centre = means.reduce((sum, value) => sum + value, 0) / means.length;
  const between = means.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (means.length - 1);
  const within = (meanCovariance(0) * n) / (n - 1);
  const variance = meanCovariance(0) + between;
  if (!(variance > 0)) return Number.NaN;
  const correlation = (lag: number) => (lag === 0 ? 1 : 1 - (within - meanCovariance(lag)) / variance);
  const size = scores.length * n;
  // Stan's limit for anticorrelated chains, whose sum is a small difference of large ones.
  return size / Math.max(geyerTime(correlation, n), 1 / Math.log10(size));
}

/** -1 + 2 sum of the pairs rho(2t) + rho(2t + 1) while they are positive, none larger than the one before. */
function geyerTime(correlation: (lag: number) => number, n: number): number {
  let time = -1;
  let pair = Number.POSITIVE_INFINITY;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    pair = Math.min(pair, correlation(lag) + correlation(lag + 1));
    if (!(pair > 0)) break;
    time += 2 * pair;
  }
  return time;
}
