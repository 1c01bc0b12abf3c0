import type { SmoothTarget } from "./sampler.ts";
import { flattened } from "./vectors.ts";

/** A point of the unconstrained space, x = ln(u / (1 - u)) of each unit coordinate, and what is known there. */
export interface Evaluation {
  /** (dimensions) x. */
  readonly position: Float64Array;
  readonly logLikelihood: number;
  /** What is maximized or sampled: the log likelihood, with the Jacobian where it was asked for. */
  readonly logDensity: number;
  /** (dimensions) of `logDensity` by x; zero where there is no likelihood. */
  readonly gradient: Float64Array;
}

/** A target over all x. Lives for one step. */
export interface UnconstrainedTarget {
  /** All in one call. */
  evaluate(positions: readonly Float64Array[]): Promise<Evaluation[]>;
  evaluations(): number;
}

/** The cube's walls are infinitely far: the nearest numbers to 0 and 1 stand for them. */
const EDGE = 2 ** -53;

/**
 * A target without walls, for methods that follow derivatives.
 * @param jacobian `true` adds ln |du / dx| = sum ln u (1 - u), so that a density over x is uniform in the cube where the
 *   likelihood is; without, maxima over x are those of the likelihood.
 * @param before evaluations to count on from.
 */
export function unconstrained(target: SmoothTarget, jacobian: boolean, before: number): UnconstrainedTarget {
  const d = target.dimensions;
  let evaluations = before;
  return {
    evaluations: () => evaluations,
    async evaluate(positions) {
      // A step that overflowed is nowhere.
      const asked = positions.filter((position) => !position.includes(Number.NaN));
      if (asked.length === 0) return positions.map(nowhere);
      const points = flattened(asked.map(toUnit));
      const found = await target.withGradients(points.slice());
      evaluations += asked.length;
      return positions.map((position) => {
        const k = asked.indexOf(position);
        const logLikelihood = found.logLikelihoods[k];
        if (!(logLikelihood > Number.NEGATIVE_INFINITY)) return nowhere(position);
        const u = points.subarray(k * d, (k + 1) * d);
        const gradient = u.map(
          (value, i) => found.gradients[k * d + i] * value * (1 - value) + (jacobian ? 1 - 2 * value : 0),
        );
        const logDensity = logLikelihood + (jacobian ? logJacobian(position) : 0);
        return { position, logLikelihood, logDensity, gradient };
      });
    },
  };
}

/** ln |du / dx|, which goes on to fall where u can no longer tell: else nothing would bring back a trajectory that got there. */
export function logJacobian(position: Float64Array): number {
  return position.reduce((sum, x) => sum - Math.abs(x) - 2 * Math.log1p(Math.exp(-Math.abs(x))), 0);
}

function nowhere(position: Float64Array): Evaluation {
  const none = Number.NEGATIVE_INFINITY;
  return { position, logLikelihood: none, logDensity: none, gradient: new Float64Array(position.length) };
}

/** Any x, infinite too, into the open unit interval. */
export function toUnit(position: Float64Array): Float64Array {
  return position.map((x) => Math.min(Math.max(1 / (1 + Math.exp(-x)), EDGE), 1 - EDGE));
}

/** @param point in the unit cube, its walls as points next to them. */
export function fromUnit(point: Float64Array): Float64Array {
  return point.map((value) => {
    const u = Math.min(Math.max(value, EDGE), 1 - EDGE);
    return Math.log(u / (1 - u));
  });
}
