import { logSum } from "../statistics/log-sum.ts";

/** What weighted draws say of the posterior. */
export interface Weighing {
  /** (n), which add up to one. */
  readonly logWeights: Float64Array;
  /** -Infinity where no draw has a likelihood. */
  readonly logEvidence: number;
  /** Of ln of the evidence. */
  readonly error: number;
  /** 1 / sum of the squared weights (Kish 1965). */
  readonly effectiveSamples: number;
  readonly largestWeight: number;
}

/**
 * The error is that of a mean of independent weights: sum of w^2 / (sum of w)^2 - 1 / n.
 * @param draws Of each (n) ln of the posterior, not normalized, and ln of the density of all draws.
 */
export function weigh(draws: { readonly logPosteriors: Float64Array; readonly logProposals: Float64Array }): Weighing {
  const ratios = draws.logPosteriors.map((value, n) => value - draws.logProposals[n]);
  const logEvidence = logSum(ratios);
  if (logEvidence === Number.NEGATIVE_INFINITY) {
    return { logWeights: ratios, logEvidence, error: Infinity, effectiveSamples: 0, largestWeight: 0 };
  }
  const logWeights = ratios.map((ratio) => ratio - logEvidence);
  const squares = logWeights.reduce((sum, value) => sum + Math.exp(2 * value), 0);
  const largestWeight = logWeights.reduce((largest, value) => Math.max(largest, Math.exp(value)), 0);
  return {
    logWeights,
    logEvidence,
    error: Math.sqrt(Math.max(squares - 1 / logWeights.length, 0)),
    effectiveSamples: 1 / squares,
    largestWeight,
  };
}

/**
 * For fitting, no weight may be more than sqrt(n) times their mean (Ionides 2008, Journal of Computational and Graphical
 * Statistics 17, 295): biased where one is, and never of one draw alone.
 * @returns (n), which add up to one.
 */
export function truncatedWeights(logWeights: Float64Array): Float64Array {
  const most = 1 / Math.sqrt(logWeights.length);
  const weights = logWeights.map((value) => Math.min(Math.exp(value), most));
  const total = weights.reduce((sum, value) => sum + value, 0);
  return weights.map((value) => value / total);
}
