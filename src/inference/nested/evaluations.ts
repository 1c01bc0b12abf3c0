import type { Target } from "../sampler.ts";
import { isInCube } from "./multi-ellipsoid.ts";
import { NO_LIKELIHOOD } from "./points.ts";

/** What is counted of a target's answers. */
export interface Tally {
  readonly evaluations: number;
  /** How many of these had no likelihood. */
  readonly withoutLikelihood: number;
}

/** A target whose answers are counted, with `NO_LIKELIHOOD` in place of -Infinity. Lives for one step. */
export interface CountedTarget {
  readonly dimensions: number;
  tally(): Tally;
  /** Of each point, all in one call; `NO_LIKELIHOOD` outside the unit cube, where the target is not asked. */
  logLikelihoods(points: readonly Float64Array[]): Promise<Float64Array>;
}

/** Counts on from `before`. */
export function counted(target: Target, before: Tally): CountedTarget {
  let { evaluations, withoutLikelihood } = before;
  return {
    dimensions: target.dimensions,
    tally: () => ({ evaluations, withoutLikelihood }),
    async logLikelihoods(points) {
      const result = new Float64Array(points.length).fill(NO_LIKELIHOOD);
      const asked = points.flatMap((point, i) => (isInCube(point) ? [i] : []));
      if (asked.length === 0) return result;
      const batch = new Float64Array(asked.length * target.dimensions);
      asked.forEach((i, at) => {
        batch.set(points[i], at * target.dimensions);
      });
      const answers = await target.logLikelihoods(batch);
      asked.forEach((i, at) => {
        result[i] = Math.max(answers[at], NO_LIKELIHOOD);
        if (result[i] === NO_LIKELIHOOD) withoutLikelihood++;
      });
      evaluations += asked.length;
      return result;
    },
  };
}
