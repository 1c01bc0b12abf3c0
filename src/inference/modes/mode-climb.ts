import { type BestPoint, bestOf } from "../best-point.ts";
import { type TemperedClimb, type TemperedClimbState, temperedClimb } from "../optimize/tempered-climb.ts";
import type { SmoothTarget } from "../sampler.ts";
import { toUnit, unconstrained } from "../unconstrained.ts";
import { type FoundMode, modesOf } from "./modes.ts";

/* From the prior to the modes of the posterior, in the unconstrained space, for samplers that begin there. */

export interface ModeClimbOptions {
  /** Points of the prior that begin to climb: the best of four times as many. Default 64. */
  readonly starts?: number;
  /** The best of these after the tempered climb, which climb on to the end. Default 16. */
  readonly climbers?: number;
  /** Of each climb to the end. Default 300. */
  readonly maximumIterations?: number;
  /** (dimensions) In the unit cube: starts are about this point. Default all over the prior. */
  readonly about?: Float64Array;
}

/** Where climbs ended. */
export interface Climbed {
  /** Of the largest mass first. */
  readonly modes: readonly FoundMode[];
  readonly best: BestPoint;
  readonly evaluations: number;
}

export interface ModeClimb extends TemperedClimb {
  /** Of climbs that are done. */
  modes(state: TemperedClimbState, target: SmoothTarget): Promise<Climbed>;
}

/** @throws InputError where an option is out of its range. */
export function modeClimb(options: ModeClimbOptions): ModeClimb {
  const { starts = 64, climbers = 16, maximumIterations = 300 } = options;
  const about = options.about === undefined ? {} : { about: options.about };
  const climb = temperedClimb({ starts, climbers, maximumIterations, tolerance: 0.01, ...about }, "density");
  return {
    ...climb,
    async modes(state, target) {
      const smooth = unconstrained(target, true, state.evaluations);
      const modes = await modesOf(climb.ends(state), smooth);
      const [{ at }] = modes;
      const best = bestOf(state.best, toUnit(at.position), Float64Array.of(at.logLikelihood));
      return { modes, best, evaluations: smooth.evaluations() };
    },
  };
}
