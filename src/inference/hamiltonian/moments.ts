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

/** Towards a small multiple of the unit matrix while the points are few: as Stan, n / (n + 5) of it and 1e-3 * 5 / (n + 5). */
export function regularizedCovariance({ count, mean, deviations }: Moments): Float64Array {
  const d = mean.length;
  const isDiagonal = deviations.length === d;
  const shrunk = (1e-3 * 5) / (count + 5);
  return deviations.map((sum, at) => {
    const covariance = (sum / (count - 1)) * (count / (count + 5));
    return isDiagonal || at % (d + 1) === 0 ? covariance + shrunk : covariance;
  });
}
