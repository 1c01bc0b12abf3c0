import type { Asking } from "../lockstep.ts";
import type { RandomState } from "../rng.ts";
import type { Evaluation } from "../unconstrained.ts";
import { along, dot } from "../vectors.ts";
import { drawMomentum, type Metric, velocityOf } from "./metric.ts";

/** A point of phase space. */
export interface PhasePoint {
  readonly at: Evaluation;
  readonly momentum: Float64Array;
  readonly velocity: Float64Array;
  /** -ln of the joint density: kinetic and potential energy; Infinity where there is no likelihood. */
  readonly energy: number;
}

export function phasePoint(at: Evaluation, momentum: Float64Array, metric: Metric): PhasePoint {
  const velocity = velocityOf(metric, momentum);
  const energy = 0.5 * dot(momentum, velocity) - at.logDensity;
  return { at, momentum, velocity, energy: Number.isNaN(energy) ? Number.POSITIVE_INFINITY : energy };
}

/** Half a kick, a drift, half a kick; backwards in time with a negative step. One evaluation. */
export function* leap(from: PhasePoint, step: number, metric: Metric): Asking<PhasePoint> {
  const kicked = along(from.momentum, step / 2, from.at.gradient);
  const at: Evaluation = yield along(from.at.position, step, velocityOf(metric, kicked));
  return phasePoint(at, along(kicked, step / 2, at.gradient), metric);
}

/** As Stan: of this acceptance a single step should be. */
const WANTED = Math.log(0.8);
const MOST_DOUBLINGS = 60;

/** The step size at which a single leap begins (or ceases) to be accepted: Hoffman & Gelman 2014, algorithm 4. */
export function* reasonableStep(
  at: Evaluation,
  metric: Metric,
  firstStep: number,
  random: RandomState,
): Asking<number> {
  let step = firstStep;
  let factor = 0;
  for (let doublings = 0; doublings < MOST_DOUBLINGS; doublings++) {
    const from = phasePoint(at, drawMomentum(metric, at.position.length, random), metric);
    const to = yield* leap(from, step, metric);
    const wanted = from.energy - to.energy > WANTED ? 2 : 0.5;
    if (factor !== 0 && wanted !== factor) return step;
    factor = wanted;
    step *= factor;
  }
  return step;
}
