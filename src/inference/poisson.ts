import { type RandomState, uniform } from "./rng.ts";

/** Means below take about as many uniform numbers as they count; from here on two or three do. */
const LARGE = 10;
/** Beyond, whole numbers have gaps in f64. */
export const LARGEST_MEAN = 2 ** 52;

/**
 * A count of events that come independently of each other: P(k) = mean^k exp(-mean) / k!, exactly (to the 53 bits of a
 * uniform number) for any mean from 0 to 2^52.
 */
export function poisson(state: RandomState, mean: number): number {
  return mean < LARGE ? arrivals(state, mean) : transformedRejection(state, mean);
}

/** Waiting times between events are exponential: counts those that fit into `mean` (Knuth 1969, section 3.4.1). */
function arrivals(state: RandomState, mean: number): number {
  const end = Math.exp(-mean);
  let count = 0;
  for (let left = uniform(state); left > end; left *= uniform(state)) count++;
  return count;
}

/**
 * Hormann 1993, Insurance: Mathematics and Economics 12, 39, algorithm PTRS: a uniform number is bent into a hat over the
 * probabilities; most draws are taken without looking at these (the squeeze).
 */
function transformedRejection(state: RandomState, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = uniform(state) - 0.5;
    const v = uniform(state);
    const fromEdge = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / fromEdge + b) * u + mean + 0.43);
    if (fromEdge >= 0.07 && v <= squeeze) return count;
    if (!(count >= 0 && count < Number.POSITIVE_INFINITY) || (fromEdge < 0.013 && v > fromEdge)) continue;
    const density = (v * inverseAlpha) / (a / (fromEdge * fromEdge) + b);
    if (Math.log(density) <= logProbability(count, mean)) return count;
  }
}

/**
 * ln P(k). Written out, its terms are of the size of k ln k and cancel; the saddle point (Loader 2000, "Fast and Accurate
 * Computation of Binomial Probabilities") has what is left of them.
 */
function logProbability(k: number, mean: number): number {
  if (k === 0) return -mean;
  return -deviance(k, mean) - stirlingError(k) - 0.5 * Math.log(2 * Math.PI * k);
}

/** k ln(k / mean) + mean - k, by a series in v = (k - mean) / (k + mean) where the two are close. */
function deviance(k: number, mean: number): number {
  const v = (k - mean) / (k + mean);
  if (Math.abs(v) >= 0.1) return k * Math.log(k / mean) + mean - k;
  let sum = (k - mean) * v;
  let power = 2 * k * v;
  for (let j = 1; ; j++) {
    power *= v * v;
    const next = sum + power / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}

/** ln k! - ln(sqrt(2 pi k) (k / e)^k), for k from 1. */
function stirlingError(k: number): number {
  if (k < 16) {
    let factorial = 1;
    for (let n = 2; n <= k; n++) factorial *= n;
    return Math.log(factorial) - (k + 0.5) * Math.log(k) + k - 0.5 * Math.log(2 * Math.PI);
  }
  // Stirling's series; the first term left out, 1 / (1188 k^9), is below 2e-14.
  const square = 1 / (k * k);
  return (1 / 12 - (1 / 360 - (1 / 1260 - square / 1680) * square) * square) / k;
}
