import { type BestPoint, bestOf } from "../best-point.ts";
import { wholeOption } from "../option.ts";
import type { Sampler, SamplerState, SmoothTarget, StepInfo } from "../sampler.ts";
import { startPoints, startPointsAbout } from "../start-points.ts";
import { type Evaluation, toUnit } from "../unconstrained.ts";
import { flattened } from "../vectors.ts";
import { type LbfgsOptions, type LbfgsState, lbfgs } from "./l-bfgs.ts";
import { multiStartSettings } from "./multi-start.ts";
import { tempered, untempered } from "./tempered.ts";

/*
 * L-BFGS in two climbs: many starts up a tempered density, then the best of them up what is asked for. A log likelihood of
 * thousands sends a climb wherever it falls less steeply, out of what the prior allows, where other tops are; tempered, it leads
 * and the prior is heard. Of 24 climbs to PyAutoLens' instrument_hst two came to the lens, and fourteen tempered ones; and these
 * were told from the others by how high they were.
 */

export interface TemperedClimbOptions extends Omit<LbfgsOptions, "start" | "over"> {
  /** The best of the starts after the tempered climb, which climb on to the end. Default 8. */
  readonly climbers?: number;
  /** (dimensions) In the unit cube: starts are about this point, one of them at it. Default all over the prior. */
  readonly about?: Float64Array;
}

export interface TemperedClimbState extends SamplerState {
  /** The tempered climb or that to the end. */
  readonly stage: "approach" | "climb";
  readonly temper: number;
  /** Of the stage, up the tempered density or what is asked for. */
  readonly climb: LbfgsState;
  /** Evaluations before this stage. */
  readonly before: number;
  readonly best: BestPoint;
}

export interface TemperedClimb extends Omit<Sampler<TemperedClimbState, SmoothTarget>, "name" | "samples"> {
  /** How many climb to the end. */
  readonly climbers: number;
  /** Where the climbs are. */
  ends(state: TemperedClimbState): readonly Evaluation[];
}

type Stage = Pick<TemperedClimbState, "stage" | "temper">;

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

/**
 * @param over What climbs to the end: the likelihood, or the density over the unconstrained space.
 * @throws InputError where an option is out of its range.
 */
export function temperedClimb(options: TemperedClimbOptions, over: "likelihood" | "density"): TemperedClimb {
  const { starts } = multiStartSettings(options, 1);
  const climbers = wholeOption("climbers", Math.min(options.climbers ?? 8, starts), 1);
  const climbOf = {
    approach: (start: Float64Array) => lbfgs({ starts, start, maximumIterations: APPROACH, tolerance: 0.1 }),
    climb: (start: Float64Array) => lbfgs({ ...options, starts: climbers, start, over }),
  };
  const isOver = ({ stage, climb }: TemperedClimbState) => climbOf[stage](NO_START).isDone(climb);
  const climbed = ({ stage, temper }: Stage, target: SmoothTarget) =>
    stage === "climb" ? target : tempered(target, temper);

  function after(state: Omit<TemperedClimbState, "evaluations">, climb: LbfgsState): TemperedClimbState {
    const { evaluations, random, best } = climb;
    const { point, logLikelihood } = best;
    const value = state.stage === "climb" ? logLikelihood : untempered(logLikelihood, point, state.temper);
    return {
      ...state,
      climb,
      random,
      evaluations: state.before + evaluations,
      best: bestOf(state.best, point, Float64Array.of(value)),
    };
  }

  /** The approach is over: its best climb on. */
  async function climbOn(state: TemperedClimbState, target: SmoothTarget): Promise<TemperedClimbState> {
    const points = flattened(state.climb.climbers.map(({ at }) => toUnit(at.position)));
    const densities = Float64Array.from(state.climb.climbers, ({ at }) => at.logDensity);
    const best = bestPoints(points, densities, climbers);
    const stage = { stage: "climb", temper: 1 } as const;
    const climb = await climbOf.climb(best.points).init(climbed(stage, target), state.random);
    return after({ ...state, ...stage, before: state.evaluations }, climb);
  }

  /** @param info Of the stage; null where it begins. */
  function informed(state: TemperedClimbState, info: StepInfo | null) {
    const progress = (state.stage === "approach" ? 0 : 0.5) + 0.5 * (info?.progress ?? 0);
    return { state, info: { progress, best: state.best, diagnostics: info?.diagnostics ?? {} } };
  }

  return {
    climbers,
    async init(target, from) {
      const random = from.slice();
      // The middle of priors that an earlier search has left is where it ended.
      const middle = options.about ?? new Float64Array(target.dimensions).fill(0.5);
      const inMiddle = await target.logLikelihoods(middle.slice());
      const looked =
        options.about === undefined
          ? await startPoints(target, random, LOOKS * starts)
          : await startPointsAbout(target, random, LOOKS * starts, options.about);
      const { points, values } = bestPoints(
        flattened([middle, looked.points]),
        flattened([inMiddle, looked.logLikelihoods]),
        starts,
      );
      const spread = values[0] - values[starts >> 1];
      const stage = { stage: "approach", temper: Math.min(1, (HEARD * target.dimensions) / spread) } as const;
      const climb = await climbOf.approach(points).init(climbed(stage, target), random);
      const best = bestOf(null, points, values);
      return after({ random, ...stage, climb, before: looked.evaluations + 1, best }, climb);
    },
    async step(state, target) {
      if (isOver(state)) return informed(await climbOn(state, target), null);
      const { state: climb, info } = await climbOf[state.stage](NO_START).step(state.climb, climbed(state, target));
      return informed(after(state, climb), info);
    },
    isDone: (state) => state.stage === "climb" && isOver(state),
    ends: ({ climb }) => climb.climbers.map(({ at }) => at),
  };
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
