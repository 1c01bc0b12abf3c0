/**
 * Whether ranks are uniform: the p-value of their empirical distribution function against the discrete uniform one.
 *
 * Of N ranks among L draws, R_k = #(rank < k) is Bin(N, k / (L + 1)) if they are uniform, for each k = 1..L. The statistic is
 * the smallest of the probabilities 2 min(P(<= R_k), P(>= R_k)), which is what the width of simultaneous bands is adjusted by in
 * Säilynoja, Bürkner & Vehtari 2022, Statistics and Computing 32, 32. Its distribution is exact: the R_k are a
 * Markov chain, whose increments are Bin(N - R_k, 1 / (L + 1 - k)), and the p-value is the probability that it leaves the band
 * of all R_k that are less extreme than the statistic. L N^2 / 2 operations.
 * @param ranks N whole numbers from 0 to `draws`.
 * @param draws L, 1 or more.
 * @returns in [0, 1]; NaN without ranks.
 */
export function rankUniformity(ranks: ArrayLike<number>, draws: number): number {
  const count = ranks.length;
  if (count === 0) return Number.NaN;
  const binomial = binomials(count);
  const tails = Array.from({ length: draws }, (_, k) => twoSided(binomial, count, (k + 1) / (draws + 1)));
  const below = cumulativeCounts(ranks, draws);
  const statistic = tails.reduce((least, tail, k) => Math.min(least, tail[below[k]]), 1);
  // What is as extreme up to rounding (the other tail of a symmetric one) is outside too.
  const isInside = (k: number, r: number) => tails[k][r] > statistic * (1 + 1e-9);

  let probabilities = new Float64Array(count + 1);
  probabilities[0] = 1;
  for (let k = 0; k < draws; k++) {
    const next = new Float64Array(count + 1);
    probabilities.forEach((probability, from) => {
      if (probability === 0) return;
      for (let r = from; r <= count; r++) {
        if (isInside(k, r)) next[r] += probability * binomial(count - from, r - from, 1 / (draws + 1 - k));
      }
    });
    probabilities = next;
  }
  return Math.min(Math.max(1 - probabilities.reduce((sum, probability) => sum + probability, 0), 0), 1);
}

/** R_k of k = 1..L. */
function cumulativeCounts(ranks: ArrayLike<number>, draws: number): Uint32Array {
  const below = new Uint32Array(draws);
  for (let i = 0; i < ranks.length; i++) {
    for (let k = ranks[i]; k < draws; k++) below[k]++;
  }
  return below;
}

/** Of r = 0..N: the probability of what is as far out or farther on its side, twice. */
function twoSided(binomial: Binomial, count: number, p: number): Float64Array {
  const mass = Float64Array.from({ length: count + 1 }, (_, r) => binomial(count, r, p));
  const upTo = mass.slice();
  const from = mass.slice();
  for (let r = 1; r <= count; r++) upTo[r] += upTo[r - 1];
  for (let r = count - 1; r >= 0; r--) from[r] += from[r + 1];
  return mass.map((_, r) => Math.min(1, 2 * upTo[r], 2 * from[r]));
}

/** P(r of n), of probability p each. */
type Binomial = (n: number, r: number, p: number) => number;

/** For n up to `most`. */
function binomials(most: number): Binomial {
  const logFactorials = new Float64Array(most + 1);
  for (let n = 2; n <= most; n++) logFactorials[n] = logFactorials[n - 1] + Math.log(n);
  return (n, r, p) => {
    if (p === 1) return r === n ? 1 : 0;
    const logWays = logFactorials[n] - logFactorials[r] - logFactorials[n - r];
    return Math.exp(logWays + r * Math.log(p) + (n - r) * Math.log1p(-p));
  };
}
