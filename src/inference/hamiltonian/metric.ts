import { cholesky } from "../cholesky.ts";
import { normal, type RandomState } from "../rng.ts";

/**
 * An inverse mass matrix, the covariance of the positions as far as it is known: momenta are drawn from N(0, inverse of it).
 * Plain data, never changed.
 */
export interface Metric {
  /** (d) of a diagonal one, or (d, d). */
  readonly covariance: Float64Array;
  /** (d) square roots, or (d, d) the lower triangle L with L L' the covariance. */
  readonly root: Float64Array;
}

/** @param covariance (d), positive, or (d, d), positive definite. */
export function metricOf(covariance: Float64Array, dimensions: number): Metric {
  const isDiagonal = covariance.length === dimensions;
  return { covariance, root: isDiagonal ? covariance.map(Math.sqrt) : cholesky(covariance, dimensions) };
}

/** The momentum over the mass: covariance times momentum. */
export function velocityOf({ covariance }: Metric, momentum: Float64Array): Float64Array {
  const d = momentum.length;
  if (covariance.length === d) return momentum.map((p, i) => p * covariance[i]);
  return momentum.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += covariance[i * d + j] * momentum[j];
    return sum;
  });
}

export function drawMomentum({ covariance, root }: Metric, dimensions: number, random: RandomState): Float64Array {
  const d = dimensions;
  const momentum = new Float64Array(d);
  for (let i = 0; i < d; i++) momentum[i] = normal(random);
  if (covariance.length === d) return momentum.map((z, i) => z / root[i]);
  // Back substitution with L': the covariance of L'^-1 z is (L L')^-1.
  for (let i = d - 1; i >= 0; i--) {
    for (let j = i + 1; j < d; j++) momentum[i] -= root[j * d + i] * momentum[j];
    momentum[i] /= root[i * d + i];
  }
  return momentum;
}
