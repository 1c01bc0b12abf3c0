/** The best point seen, and its log likelihood. Plain data, never changed. */
export interface BestPoint {
  readonly logLikelihood: number;
  /** (dimensions) in the unit cube. */
  readonly point: Float64Array;
}

/**
 * The best of `best` and a batch.
 * @param points (n, dimensions)
 * @param logLikelihoods (n), at least one where `best` is null.
 */
export function bestOf(best: BestPoint | null, points: Float64Array, logLikelihoods: Float64Array): BestPoint {
  let winner = 0;
  for (let i = 1; i < logLikelihoods.length; i++) if (logLikelihoods[i] > logLikelihoods[winner]) winner = i;
  if (best !== null && !(logLikelihoods[winner] > best.logLikelihood)) return best;
  const dimensions = points.length / logLikelihoods.length;
  return {
    logLikelihood: logLikelihoods[winner],
    point: points.slice(winner * dimensions, (winner + 1) * dimensions),
  };
}
