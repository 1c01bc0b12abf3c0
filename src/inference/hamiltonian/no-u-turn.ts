import type { Asking } from "../lockstep.ts";
import { type RandomState, uniform } from "../rng.ts";
import type { Evaluation } from "../unconstrained.ts";
import { along, dot } from "../vectors.ts";
import { leap, type PhasePoint, phasePoint } from "./leapfrog.ts";
import { drawMomentum, type Metric } from "./metric.ts";

/*
 * A trajectory that doubles, forwards or backwards in time, until it turns back on itself: Hoffman & Gelman 2014, Journal of
 * Machine Learning Research 15, 1593. Its points are weighed by their density, and the turn is told from the sum of
 * momenta: Betancourt 2017, "A Conceptual Introduction to Hamiltonian Monte Carlo", appendix A.
 */

export interface Transition {
  readonly at: Evaluation;
  /** Mean over all leaps of min(1, exp(-energy gained)), which the step size is adapted to. */
  readonly acceptance: number;
  readonly leaps: number;
  readonly isDivergent: boolean;
  /** The trajectory was cut off before it turned. */
  readonly isCutOff: boolean;
}

export interface NoUTurnSettings {
  readonly metric: Metric;
  readonly step: number;
  readonly maximumDepth: number;
  readonly random: RandomState;
}

/** A stretch of a trajectory. */
interface Stretch {
  /** First and last in time. */
  readonly first: PhasePoint;
  readonly last: PhasePoint;
  /** One of its points, drawn by their weights exp(-energy). */
  readonly drawn: Evaluation;
  readonly logWeight: number;
  readonly momentumSum: Float64Array;
  readonly acceptances: number;
  readonly leaps: number;
  readonly end: "none" | "turned" | "divergent";
}

/** An energy gained that no step size that works leads to; as Stan. */
const DIVERGENCE = 1000;

export function* noUTurn(at: Evaluation, settings: NoUTurnSettings): Asking<Transition> {
  const { metric, maximumDepth, random } = settings;
  const start = phasePoint(at, drawMomentum(metric, at.position.length, random), metric);
  let whole: Stretch = {
    first: start,
    last: start,
    drawn: at,
    logWeight: 0,
    momentumSum: start.momentum,
    acceptances: 0,
    leaps: 0,
    end: "none",
  };
  let depth = 0;
  for (; depth < maximumDepth && whole.end === "none"; depth++) {
    const direction = uniform(random) < 0.5 ? -1 : 1;
    const from = direction > 0 ? whole.last : whole.first;
    const added: Stretch = yield* stretch(from, start.energy, direction, depth, settings);
    // Half that has ended is left out: its points would not lead back here.
    if (added.end !== "none") whole = { ...counted(whole, added), end: added.end };
    // Biased towards the new half, which is farther away.
    else whole = joined(whole, added, direction, Math.exp(added.logWeight - whole.logWeight), random);
  }
  return {
    at: whole.drawn,
    acceptance: whole.acceptances / whole.leaps,
    leaps: whole.leaps,
    isDivergent: whole.end === "divergent",
    isCutOff: whole.end === "none",
  };
}

/** 2^depth leaps on from a point. */
function* stretch(
  from: PhasePoint,
  startEnergy: number,
  direction: number,
  depth: number,
  settings: NoUTurnSettings,
): Asking<Stretch> {
  if (depth === 0) return single(yield* leap(from, direction * settings.step, settings.metric), startEnergy);
  const near: Stretch = yield* stretch(from, startEnergy, direction, depth - 1, settings);
  if (near.end !== "none") return near;
  const middle = direction > 0 ? near.last : near.first;
  const far: Stretch = yield* stretch(middle, startEnergy, direction, depth - 1, settings);
  if (far.end !== "none") return { ...counted(near, far), end: far.end };
  const share = Math.exp(far.logWeight - logSum(near.logWeight, far.logWeight));
  return joined(near, far, direction, share, settings.random);
}

function single(point: PhasePoint, startEnergy: number): Stretch {
  const gained = point.energy - startEnergy;
  return {
    first: point,
    last: point,
    drawn: point.at,
    logWeight: -gained,
    momentumSum: point.momentum,
    acceptances: Math.min(1, Math.exp(-gained)),
    leaps: 1,
    end: gained > DIVERGENCE ? "divergent" : "none",
  };
}

/** @param share the probability that the point drawn is the one of `added`. */
function joined(stretch: Stretch, added: Stretch, direction: number, share: number, random: RandomState): Stretch {
  const [early, late] = direction > 0 ? [stretch, added] : [added, stretch];
  const momentumSum = along(early.momentumSum, 1, late.momentumSum);
  // Also from each half to the first point beyond it: two halves of a period each have no turn of their own.
  const isTurned =
    hasTurned(early.first, late.last, momentumSum) ||
    hasTurned(early.first, late.first, along(early.momentumSum, 1, late.first.momentum)) ||
    hasTurned(early.last, late.last, along(late.momentumSum, 1, early.last.momentum));
  return {
    ...counted(stretch, added),
    first: early.first,
    last: late.last,
    drawn: uniform(random) < share ? added.drawn : stretch.drawn,
    logWeight: logSum(stretch.logWeight, added.logWeight),
    momentumSum,
    end: isTurned ? "turned" : "none",
  };
}

function counted(stretch: Stretch, added: Stretch): Stretch {
  return {
    ...stretch,
    acceptances: stretch.acceptances + added.acceptances,
    leaps: stretch.leaps + added.leaps,
  };
}

/** The sum of momenta, which is the way between the ends, no longer points along both velocities. */
function hasTurned(first: PhasePoint, last: PhasePoint, momentumSum: Float64Array): boolean {
  return dot(first.velocity, momentumSum) <= 0 || dot(last.velocity, momentumSum) <= 0;
}

function logSum(a: number, b: number): number {
  const largest = Math.max(a, b);
  return largest === Number.NEGATIVE_INFINITY ? largest : largest + Math.log1p(Math.exp(-Math.abs(a - b)));
}
