/**
 * The autocovariance of a chain about its mean, divided by its length n whatever the lag (the biased estimator, which keeps
 * the sequence positive definite), lag by lag: those who sum it up to a window need no more lags than that.
 * @returns a function of the lag in [0, n).
 */
export function autocovariance(chain: Float64Array): (lag: number) => number {
  const mean = chain.reduce((sum, value) => sum + value, 0) / chain.length;
  const centred = chain.map((value) => value - mean);
  const n = centred.length;
  return (lag) => {
    // Four sums, for the processor to add at once.
    let [a, b, c, d] = [0, 0, 0, 0];
    let i = lag;
    for (; i + 3 < n; i += 4) {
      a += centred[i] * centred[i - lag];
      b += centred[i + 1] * centred[i + 1 - lag];
      c += centred[i + 2] * centred[i + 2 - lag];
      d += centred[i + 3] * centred[i + 3 - lag];
    }
    for (; i < n; i++) a += centred[i] * centred[i - lag];
    return (a + b + c + d) / n;
  };
}
