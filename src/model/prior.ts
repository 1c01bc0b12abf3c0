import type { Prior } from "../profiles/parameter.ts";
import { normalCumulative, normalQuantile } from "./normal.ts";

export type { Prior };

/**
 * The value at a quantile of the prior: maps the unit interval, uniformly filled, to the prior's distribution.
 * @param u in [0, 1]. The ends give the prior's ends, infinite for a Gaussian that is not cut off.
 */
export function valueFromUnit(prior: Prior, u: number): number {
  switch (prior.prior) {
    case "uniform":
      return within(prior, prior.lower + u * (prior.upper - prior.lower));
    case "log_uniform":
      return within(prior, prior.lower * (prior.upper / prior.lower) ** u);
    case "gaussian": {
      const { mean, sigma, lower = -Infinity, upper = Infinity } = prior;
      // On the side of the lower tail, where probabilities keep their digits.
      const mirrored = lower > mean;
      const [from, to] = mirrored ? [mean - upper, mean - lower] : [lower - mean, upper - mean];
      const below = normalCumulative(from / sigma);
      const above = normalCumulative(to / sigma);
      const z = normalQuantile(below + (mirrored ? 1 - u : u) * (above - below));
      return within({ lower, upper }, mean + (mirrored ? -z : z) * sigma);
    }
  }
}

/** Natural logarithm of the prior's normalized density; -Infinity outside of it. */
export function logDensity(prior: Prior, value: number): number {
  const { lower = -Infinity, upper = Infinity } = prior;
  if (!(value >= lower && value <= upper)) return -Infinity;
  switch (prior.prior) {
    case "uniform":
      return -Math.log(prior.upper - prior.lower);
    case "log_uniform":
      return -Math.log(value) - Math.log(Math.log(prior.upper / prior.lower));
    case "gaussian": {
      const { mean, sigma } = prior;
      const [from, to] = lower > mean ? [mean - upper, mean - lower] : [lower - mean, upper - mean];
      const kept = normalCumulative(to / sigma) - normalCumulative(from / sigma);
      return -0.5 * ((value - mean) / sigma) ** 2 - Math.log(sigma * kept) - 0.5 * Math.log(2 * Math.PI);
    }
  }
}

/** Rounding must not carry a value over the prior's edge. */
function within({ lower, upper }: { readonly lower: number; readonly upper: number }, value: number): number {
  return Math.min(Math.max(value, lower), upper);
}
