import { axisAngle } from "../dataset/sky-orientation.ts";

/** What is known of a number. */
export interface ValueSummary {
  readonly median: number;
  /** From the quantile (1 - 0.683) / 2 to (1 + 0.683) / 2: one sigma of a normal distribution. */
  readonly interval68: readonly [lower: number, upper: number];
  /** Of 95.4 %: two sigma. */
  readonly interval95: readonly [lower: number, upper: number];
  readonly mean: number;
  readonly standardDeviation: number;
}

/** Shares of the probability in the intervals, as 1 and 2 sigma of a normal distribution have. */
const ONE_SIGMA = 0.683;
const TWO_SIGMA = 0.954;
const QUANTILES = [0.5, ...[ONE_SIGMA, TWO_SIGMA].flatMap((share) => [(1 - share) / 2, (1 + share) / 2])];

/**
 * Weighted quantiles: of each the smallest of the values at or below which at least that share of the weight lies. A value
 * of weight n counts as n values of weight 1.
 * @param values (n), one at least.
 * @param weights (n), not negative; they need not add up to one.
 * @param quantiles in [0, 1].
 */
export function weightedQuantiles(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  quantiles: readonly number[],
): readonly number[] {
  const order = Array.from(values, (_, i) => i)
    .filter((i) => weights[i] > 0)
    .sort((a, b) => values[a] - values[b]);
  let sum = 0;
  const below = order.map((i) => {
    sum += weights[i];
    return sum;
  });
  return quantiles.map((quantile) => {
    // What rounding leaves of a sum of as many weights.
    const wanted = quantile * sum * (1 - 1e-12);
    const found = below.findIndex((share) => share >= wanted);
    return values[order[found < 0 ? order.length - 1 : found]];
  });
}

/** @param values (n) and `weights` (n) as `weightedQuantiles` has them. */
export function summaryOf(values: ArrayLike<number>, weights: ArrayLike<number>): ValueSummary {
  const [median, lower68, upper68, lower95, upper95] = weightedQuantiles(values, weights, QUANTILES);
  let [total, sum] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (!(weights[i] > 0)) continue;
    total += weights[i];
    sum += weights[i] * values[i];
  }
  const mean = sum / total;
  let squares = 0;
  for (let i = 0; i < values.length; i++) if (weights[i] > 0) squares += weights[i] * (values[i] - mean) ** 2;
  return {
    median,
    interval68: [lower68, upper68],
    interval95: [lower95, upper95],
    mean,
    standardDeviation: Math.sqrt(squares / total),
  };
}

/**
 * The same for the angles of axes, degrees, to which 0 and 180 are one: about their mean direction, that of the sum of unit
 * vectors at twice the angles. The mean is in [0, 180); intervals and the median go on beyond either end, as [172, 185] for
 * what lies from 172 through 180 to 5.
 */
export function axisSummaryOf(degrees: ArrayLike<number>, weights: ArrayLike<number>): ValueSummary {
  let [cosine, sine] = [0, 0];
  for (let i = 0; i < degrees.length; i++) {
    const twice = (2 * degrees[i] * Math.PI) / 180;
    cosine += weights[i] * Math.cos(twice);
    sine += weights[i] * Math.sin(twice);
  }
  const mean = axisAngle((0.5 * Math.atan2(sine, cosine) * 180) / Math.PI);
  const away = Array.from(degrees, (angle) => {
    const beyond = axisAngle(angle - mean);
    return beyond > 90 ? beyond - 180 : beyond;
  });
  const about = summaryOf(away, weights);
  const shifted = ([lower, upper]: readonly [number, number]) => [mean + lower, mean + upper] as const;
  return {
    median: mean + about.median,
    interval68: shifted(about.interval68),
    interval95: shifted(about.interval95),
    mean,
    standardDeviation: Math.hypot(about.standardDeviation, about.mean),
  };
}
