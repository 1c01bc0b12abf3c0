import { type BestPoint, bestOf } from "../best-point.ts";
import { type LbfgsState, lbfgs } from "../optimize/l-bfgs.ts";
import { wholeOption } from "../option.ts";
import type { RandomState } from "../rng.ts";
import type { SamplerState, SmoothTarget, StepInfo } from "../sampler.ts";
import { startPoints } from "../start-points.ts";
import { toUnit, unconstrained } from "../unconstrained.ts";
import { flattened } from "../vectors.ts";
import { type FoundMode, modesOf } from "./modes.ts";
import { tempered, untempered } from "./tempered.ts";

/*
 * From the prior to the modes of the posterior, in the unconstrained space, for samplers that begin there: many starts climb a
 * tempered density, the best of them the density itself, both by L-BFGS.
 */

export interface ModeClimbOptions {
  /** Points of the prior that begin to climb: the best of four times as many. Default 64. */
  readonly starts?: number;
  /** The best of these after the tempered climb, which climb on to the end. Default 16. */
  readonly climbers?: number;
  /** Of each climb to the end. Default 300. */
  readonly maximumIterations?: number;
}

export interface ModeClimbState extends SamplerState {
  /** The tempered climb or that to the end. */
  readonly stage: "approach" | "climb";
  readonly temper: number;
  readonly climb: LbfgsState;
  /** Evaluations before this stage. */
  readonly before: number;
  readonly best: BestPoint;
}

/** Where climbs ended. */
export interface Climbed {
  /** Of the largest mass first. */
  readonly modes: readonly FoundMode[];
  readonly best: BestPoint;
  readonly evaluations: number;
}

export interface ModeClimb {
  /** How many climb to the end. */
  readonly climbers: number;
  init(target: SmoothTarget, random: RandomState): Promise<ModeClimbState>;
  step(
    state: ModeClimbState,
    target: SmoothTarget,
  ): Promise<{ readonly state: ModeClimbState; readonly info: StepInfo }>;
  isDone(state: ModeClimbState): boolean;
  /** Of climbs that are done. */
  modes(state: ModeClimbState, target: SmoothTarget): Promise<Climbed>;
}

/** As many points of the prior are looked at for each start. */
const LOOKS = 4;
/** Iterations of the tempered climb. */
const APPROACH = 40;
/**
 * In each dimension the tempered log likelihoods of the starts differ by about this: enough for the likelihood to lead, little
 * enough for the prior to be heard.
 */
const HEARD = 10;
/** For climbs that have begun. */
const NO_START = new Float64Array(0);

/** @throws InputError where an option is out of its range. */
export function modeClimb(options: ModeClimbOptions): ModeClimb {
  const starts = wholeOption("starts", options.starts ?? 64, 1);
  const climbers = wholeOption("climbers", Math.min(options.climbers ?? 16, starts), 1);
  const maximumIterations = wholeOption("maximum iterations", options.maximumIterations ?? 300, 1);
  const climbOf = {
    approach: (start: Float64Array) => lbfgs({ starts, start, maximumIterations: APPROACH, tolerance: 0.1 }),
    climb: (start: Float64Array) => lbfgs({ starts: climbers, start, maximumIterations, tolerance: 0.01 }),
  };
  const isOver = ({ stage, climb }: ModeClimbState) => climbOf[stage](NO_START).isDone(climb);

  /** The approach is over: its best climb on. */
  async function climbOn(state: ModeClimbState, target: SmoothTarget): Promise<ModeClimbState> {
    const points = flattened(state.climb.climbers.map(({ at }) => toUnit(at.position)));
    const densities = Float64Array.from(state.climb.climbers, ({ at }) => at.logDensity);
    const best = bestPoints(points, densities, climbers);
    const climb = await climbOf.climb(best.points).init(tempered(target, 1), state.random);
    return climbedTo({ ...state, stage: "climb", temper: 1, before: state.evaluations }, climb);
  }

  return {
    climbers,
    async init(target, from) {
      const random = from.slice();
      const looked = await startPoints(target, random, LOOKS * starts);
      // The middle of priors that an earlier search has left is where it ended.
      const middle = new Float64Array(target.dimensions).fill(0.5);
      const inMiddle = await target.logLikelihoods(middle);
      const { points, values } = bestPoints(
        flattened([middle, looked.points]),
        flattened([inMiddle, looked.logLikelihoods]),
        starts,
      );
      const spread = values[0] - values[starts >> 1];
      const temper = Math.min(1, (HEARD * target.dimensions) / spread);
      const climb = await climbOf.approach(points).init(tempered(target, temper), random);
      const before = looked.evaluations + 1;
      const best = bestOf(null, points, values);
      return climbedTo({ random, stage: "approach", temper, climb, before, evaluations: before, best }, climb);
    },
    async step(state, target) {
      if (isOver(state)) return informed(await climbOn(state, target), null);
      const { state: climb, info } = await climbOf[state.stage](NO_START).step(
        state.climb,
        tempered(target, state.temper),
      );
      return informed(climbedTo(state, climb), info);
    },
    isDone: (state) => state.stage === "climb" && isOver(state),
    async modes(state, target) {
      const smooth = unconstrained(target, true, state.evaluations);
      const modes = await modesOf(await smooth.evaluate(state.climb.climbers.map(({ at }) => at.position)), smooth);
      const [{ at }] = modes;
      const best = bestOf(state.best, toUnit(at.position), Float64Array.of(at.logLikelihood));
      return { modes, best, evaluations: smooth.evaluations() };
    },
  };
}

function climbedTo(state: ModeClimbState, climb: LbfgsState): ModeClimbState {
  const { evaluations, random, best } = climb;
  const logLikelihood = untempered(best.logLikelihood, best.point, state.temper);
  return {
    ...state,
    climb,
    random,
    evaluations: state.before + evaluations,
    best: bestOf(state.best, best.point, Float64Array.of(logLikelihood)),
  };
}

/** @param info Of the stage; null where it begins. */
function informed(state: ModeClimbState, info: StepInfo | null): { state: ModeClimbState; info: StepInfo } {
  const progress = (state.stage === "approach" ? 0 : 0.5) + 0.5 * (info?.progress ?? 0);
  return { state, info: { progress, best: state.best, diagnostics: info?.diagnostics ?? {} } };
}

/** The best `count` of points (n, dimensions), best first. */
function bestPoints(points: Float64Array, values: Float64Array, count: number) {
  const d = points.length / values.length;
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, count);
  return {
    points: flattened(order.map((k) => points.subarray(k * d, (k + 1) * d))),
    values: Float64Array.from(order, (k) => values[k]),
  };
}
