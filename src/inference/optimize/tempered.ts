import type { SmoothTarget } from "../sampler.ts";

/**
 * What climbs in the place of the likelihood: `temper` times its logarithm plus ln |du / dx| = sum ln u (1 - u), the density over
 * x = ln(u / (1 - u)) that chains sample where `temper` is one. Where it is small, the slope of ln u (1 - u) keeps coordinates that
 * the likelihood does not yet speak of away from the walls, near which they could not be told any more.
 */
export function tempered(target: SmoothTarget, temper: number): SmoothTarget {
  const d = target.dimensions;
  const values = (points: Float64Array, logLikelihoods: Float64Array) =>
    logLikelihoods.map((value, n) => temper * value + logJacobian(points.subarray(n * d, (n + 1) * d)));
  return {
    dimensions: d,
    async logLikelihoods(points) {
      // The target may keep what it is given.
      return values(points, await target.logLikelihoods(points.slice()));
    },
    async withGradients(points) {
      const { logLikelihoods, gradients } = await target.withGradients(points.slice());
      return {
        logLikelihoods: values(points, logLikelihoods),
        gradients: gradients.map((slope, i) => {
          const u = points[i];
          const isSomewhere = logLikelihoods[Math.floor(i / d)] > Number.NEGATIVE_INFINITY;
          return isSomewhere ? temper * slope + (1 - 2 * u) / (u * (1 - u)) : 0;
        }),
      };
    },
  };
}

/** The log likelihood of which `value` is the tempered one. */
export function untempered(value: number, point: Float64Array, temper: number): number {
  return (value - logJacobian(point)) / temper;
}

function logJacobian(point: Float64Array): number {
  return point.reduce((sum, u) => sum + Math.log(u * (1 - u)), 0);
}
