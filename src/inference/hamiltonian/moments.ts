/** Count, mean and sums of squared (or multiplied) deviations of points that came one by one. Never changed. */
export interface Moments {
  readonly count: number;
  readonly mean: Float64Array;
  /** (d) of variances alone, or (d, d). */
  readonly deviations: Float64Array;
}

/** @param length d for variances alone, d^2 for covariances. */
export function noMoments(dimensions: number, length: number): Moments {
  return { count: 0, mean: new Float64Array(dimensions), deviations: new Float64Array(length) };
}

/** One point more: Welford 1962, Technometrics 4, 419. */
export function withPoint({ count, mean, deviations }: Moments, point: Float64Array): Moments {
  const d = point.length;
  const before = point.map((x, i) => x - mean[i]);
  const nextMean = mean.map((value, i) => value + before[i] / (count + 1));
  const after = point.map((x, i) => x - nextMean[i]);
  const isDiagonal = deviations.length === d;
  return {
    count: count + 1,
    mean: nextMean,
    deviations: deviations.map((sum, at) =>
      isDiagonal ? sum + before[at] * after[at] : sum + after[Math.floor(at / d)] * before[at % d],
    ),
  };
}

/**
 * The covariance, its correlations drawn to none while the points are few, by n / (n + 5). As Stan but for the variances,
 * which Stan draws to 1e-3: over parameters of which some are known to a thousandth of their prior that is not small.
 * @returns null where nothing moved.
 */
export function regularizedCovariance({ count, mean, deviations }: Moments): Float64Array | null {
  const d = mean.length;
  const isVariance = (at: number) => deviations.length === d || at % (d + 1) === 0;
  if (count < 2 || deviations.some((sum, at) => isVariance(at) && !(sum > 0))) return null;
  return deviations.map((sum, at) => (sum / (count - 1)) * (isVariance(at) ? 1 : count / (count + 5)));
}
