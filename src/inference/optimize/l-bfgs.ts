import { type BestPoint, bestOf } from "../best-point.ts";
import { type Asking, inLockstep } from "../lockstep.ts";
import { numberOption } from "../option.ts";
import type { SamplerState } from "../sampler.ts";
import { smoothStart } from "../smooth-start.ts";
import { type Evaluation, toUnit, unconstrained } from "../unconstrained.ts";
import { along, dot, flattened } from "../vectors.ts";
import { basinSamples, basinsOf } from "./basins.ts";
import { lineSearch } from "./line-search.ts";
import { type MultiStartOptimizer, type MultiStartOptions, multiStartSettings } from "./multi-start.ts";

/*
 * Limited-memory BFGS from many starts: Nocedal & Wright 2006, Numerical Optimization, algorithms 7.4 (the direction) and 7.5,
 * with the signs of a maximum. A step is an iteration of all starts that still climb, the trials of their line searches
 * side by side in one batch.
 */

export interface LbfgsOptions extends MultiStartOptions {
  /** A start is at its top when three iterations in a row raised the log likelihood by no more than this. Default 1e-4. */
  readonly tolerance?: number;
  /** What climbs: the log likelihood (the default), or with ln |du / dx| the density over the unconstrained space. */
  readonly over?: "likelihood" | "density";
}

/** A start on its way; `stalled` where the line search finds nothing higher. Plain data, never changed. */
export interface Climber {
  readonly at: Evaluation;
  /** Changes of position and of the negative gradient in the last iterations, oldest first. */
  readonly pairs: readonly { readonly s: Float64Array; readonly y: Float64Array }[];
  /** Iterations in a row that gained no more than the tolerance. */
  readonly idle: number;
  readonly ending: "none" | "converged" | "stalled";
}

export interface LbfgsState extends SamplerState {
  readonly climbers: readonly Climber[];
  readonly best: BestPoint;
  readonly iterations: number;
}

/** Pairs kept; Nocedal & Wright, section 7.2, advise 3 to 20. */
const MEMORY = 10;
/** One iteration without gain may be a memory that misleads. */
const IDLE = 3;

/** @throws InputError where an option is out of its range. */
export function lbfgs(options: LbfgsOptions = {}): MultiStartOptimizer<LbfgsState> {
  const { starts, maximumIterations, basinTolerance } = multiStartSettings(options, 200);
  const tolerance = numberOption("tolerance", options.tolerance ?? 1e-4, 0, Number.MAX_VALUE);
  const jacobian = options.over === "density";
  const climbing = ({ climbers }: LbfgsState) => climbers.filter(({ ending }) => ending === "none").length;
  const isDone = (state: LbfgsState) => climbing(state) === 0 || state.iterations >= maximumIterations;
  const basins = ({ climbers }: LbfgsState) =>
    basinsOf(unitPoints(climbers), logLikelihoodsOf(climbers), basinTolerance);
  const diagnosticsOf = (state: LbfgsState) => ({
    iterations: state.iterations,
    climbing: climbing(state),
    converged: state.climbers.filter(({ ending }) => ending === "converged").length,
    stalled: state.climbers.filter(({ ending }) => ending === "stalled").length,
  });

  return {
    name: "L-BFGS",
    async init(target, from) {
      const random = from.slice();
      const { evaluations, at } = await smoothStart(target, random, starts, options.start, jacobian);
      const climbers = at.map((evaluation): Climber => ({ at: evaluation, pairs: [], idle: 0, ending: "none" }));
      return { random, evaluations, climbers, best: bestClimber(null, climbers), iterations: 0 };
    },
    async step(before, target) {
      const smooth = unconstrained(target, jacobian, before.evaluations);
      const climbers = await inLockstep(
        before.climbers.map((climber) => climb(climber, tolerance)),
        smooth,
      );
      const state: LbfgsState = {
        random: before.random,
        evaluations: smooth.evaluations(),
        climbers,
        best: bestClimber(before.best, climbers),
        iterations: before.iterations + 1,
      };
      const ended = 1 - climbing(state) / starts;
      return {
        state,
        info: {
          progress: isDone(state) ? 1 : Math.max(ended, state.iterations / maximumIterations),
          best: state.best,
          diagnostics: diagnosticsOf(state),
        },
      };
    },
    isDone,
    basins,
    samples: (state) => {
      const left = climbing(state);
      return basinSamples(
        basins(state),
        state.evaluations,
        diagnosticsOf(state),
        left > 0 ? [`${left} of ${starts} starts still climb after ${state.iterations} iterations`] : [],
      );
    },
  };
}

/** One iteration. */
function* climb(climber: Climber, tolerance: number): Asking<Climber> {
  const { at, pairs, ending } = climber;
  if (ending !== "none") return climber;
  const direction = ascentDirection(at.gradient, pairs, wallScales(at.position));
  const slope = dot(at.gradient, direction);
  if (!(slope > 0)) return { ...climber, ending: "converged" };
  // Without a memory the length of the direction says nothing; one unit of x is a moderate step.
  const firstStep = pairs.length > 0 ? 1 : 1 / direction.reduce((largest, p) => Math.max(largest, Math.abs(p)), 0);
  const next: Evaluation | null = yield* lineSearch(at, direction, firstStep);
  if (next === null) {
    // The gradient itself may still lead up. Where it does not, idle iterations tell a top from a ragged slope.
    if (pairs.length > 0) return { ...climber, pairs: [], idle: climber.idle + 1 };
    return { ...climber, ending: climber.idle > 0 ? "converged" : "stalled" };
  }
  const s = along(next.position, -1, at.position);
  const y = along(at.gradient, -1, next.gradient);
  const isUsable = dot(s, y) > Number.EPSILON * dot(y, y);
  const idle = next.logDensity - at.logDensity > tolerance ? 0 : climber.idle + 1;
  return {
    at: next,
    pairs: isUsable ? [...pairs, { s, y }].slice(-MEMORY) : pairs,
    idle,
    ending: idle < IDLE ? "none" : "converged",
  };
}

/**
 * The inverse Hessian as far as the pairs know it times the gradient, by the two-loop recursion.
 * @param scales (d) the diagonal of the inverse Hessian before the first pair, up to a factor.
 */
function ascentDirection(gradient: Float64Array, pairs: Climber["pairs"], scales: Float64Array): Float64Array {
  let direction = gradient;
  const factors = pairs.map(() => 0);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y } = pairs[k];
    factors[k] = dot(s, direction) / dot(s, y);
    direction = along(direction, -factors[k], y);
  }
  const last = pairs.at(-1);
  const scaled = (vector: Float64Array) => vector.map((value, i) => value * scales[i]);
  const factor = last === undefined ? 1 : dot(last.s, last.y) / dot(last.y, scaled(last.y));
  direction = scaled(direction).map((value) => value * factor);
  pairs.forEach(({ s, y }, k) => {
    direction = along(direction, factors[k] - dot(y, direction) / dot(s, y), s);
  });
  return direction;
}

/**
 * (dx / du)^2 = (u (1 - u))^-2. With these the first direction is that of the gradient by u: a start next to a wall of the cube,
 * where all is flat in x, comes away from it.
 */
function wallScales(position: Float64Array): Float64Array {
  return toUnit(position).map((u) => (u * (1 - u)) ** -2);
}

function unitPoints(climbers: readonly Climber[]): Float64Array {
  return flattened(climbers.map(({ at }) => toUnit(at.position)));
}

function logLikelihoodsOf(climbers: readonly Climber[]): Float64Array {
  return Float64Array.from(climbers, ({ at }) => at.logLikelihood);
}

function bestClimber(best: BestPoint | null, climbers: readonly Climber[]): BestPoint {
  return bestOf(best, unitPoints(climbers), logLikelihoodsOf(climbers));
}
