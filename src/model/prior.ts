import { normalCumulative, normalQuantile } from "../inference/statistics/normal.ts";
import type { Prior } from "../profiles/parameter.ts";

/*
 * Every prior is uniform or normal in some rising function t of the parameter: itself, its logarithm, or the half of
 * 1 - cos that makes a sine uniform. `log_gaussian` is as PyAutoFit's LogGaussianPrior: mean and sigma of the natural logarithm.
 */

export type { Prior };

/**
 * The value at a quantile of the prior: maps the unit interval, uniformly filled, to the prior's distribution.
 * @param u in [0, 1]. The ends give the prior's ends, infinite for a Gaussian that is not cut off.
 */
export function valueFromUnit(prior: Prior, u: number): number {
  const { lower, upper } = edges(prior);
  const value = scaleOf(prior).invert(distributionOf(prior).quantile(u));
  // Rounding must not carry it over the edge.
  return Math.min(Math.max(value, lower), upper);
}

/** The quantile of a value: 0 below the prior, 1 above it. */
export function unitFromValue(prior: Prior, value: number): number {
  const { lower, upper } = edges(prior);
  if (value <= lower) return 0;
  if (value >= upper) return 1;
  return Math.min(Math.max(distributionOf(prior).cumulative(scaleOf(prior).at(value)), 0), 1);
}

/** Natural logarithm of the prior's normalized density; -Infinity outside of it. */
export function logDensity(prior: Prior, value: number): number {
  const { lower, upper } = edges(prior);
  if (!(value >= lower && value <= upper)) return -Infinity;
  const { at, slope } = scaleOf(prior);
  return distributionOf(prior).logDensity(at(value)) + Math.log(slope(value));
}

/** d value / d u of `valueFromUnit`: one over the density. Infinite at the end of a prior that fades out there. */
export function slopeFromUnit(prior: Prior, u: number): number {
  return Math.exp(-logDensity(prior, valueFromUnit(prior, u)));
}

/** Whether it is of the parameter's logarithm that the prior speaks. */
export function isLogarithmic({ prior }: Prior): boolean {
  return prior === "log_uniform" || prior === "log_gaussian";
}

function edges(prior: Prior): { readonly lower: number; readonly upper: number } {
  const smallest = prior.prior === "log_gaussian" ? 0 : -Infinity;
  const { lower = smallest, upper = Infinity } = prior;
  return { lower: Math.max(lower, smallest), upper };
}

/** A function t of the parameter that rises. */
interface Scale {
  at(value: number): number;
  invert(t: number): number;
  /** dt / d value */
  slope(value: number): number;
}

const RADIANS = Math.PI / 180;

const LINEAR: Scale = { at: (value) => value, invert: (t) => t, slope: () => 1 };
const LOGARITHMIC: Scale = { at: Math.log, invert: Math.exp, slope: (value) => 1 / value };
/** (1 - cos) / 2, written so that small angles keep their digits. */
const HAVERSINE: Scale = {
  at: (degrees) => Math.sin(0.5 * RADIANS * degrees) ** 2,
  invert: (t) => (2 * Math.asin(Math.sqrt(t))) / RADIANS,
  slope: (degrees) => 0.5 * RADIANS * Math.sin(RADIANS * degrees),
};

function scaleOf(prior: Prior): Scale {
  if (isLogarithmic(prior)) return LOGARITHMIC;
  return prior.prior === "sine" ? HAVERSINE : LINEAR;
}

/** How t is distributed. */
interface Distribution {
  quantile(u: number): number;
  cumulative(t: number): number;
  logDensity(t: number): number;
}

function distributionOf(prior: Prior): Distribution {
  const { at } = scaleOf(prior);
  const { lower, upper } = edges(prior);
  if (prior.prior === "gaussian" || prior.prior === "log_gaussian") {
    return normal(prior.mean, prior.sigma, at(lower), at(upper));
  }
  return uniform(at(lower), at(upper));
}

function uniform(lower: number, upper: number): Distribution {
  return {
    quantile: (u) => lower + u * (upper - lower),
    cumulative: (t) => (t - lower) / (upper - lower),
    logDensity: () => -Math.log(upper - lower),
  };
}

function normal(mean: number, sigma: number, lower: number, upper: number): Distribution {
  // On the side of the lower tail, where probabilities keep their digits.
  const side = lower > mean ? -1 : 1;
  const [from, to] = [lower, upper].map((t) => (side * (t - mean)) / sigma).toSorted((a, b) => a - b);
  const below = normalCumulative(from);
  const kept = normalCumulative(to) - below;
  const mirrored = (u: number) => (side < 0 ? 1 - u : u);
  return {
    quantile: (u) => mean + side * sigma * normalQuantile(below + mirrored(u) * kept),
    cumulative: (t) => mirrored((normalCumulative((side * (t - mean)) / sigma) - below) / kept),
    logDensity: (t) => -0.5 * ((t - mean) / sigma) ** 2 - Math.log(sigma * kept) - 0.5 * Math.log(2 * Math.PI),
  };
}
