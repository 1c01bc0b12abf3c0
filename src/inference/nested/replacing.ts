import { logSum } from "../statistics/log-sum.ts";
import type { Points } from "./points.ts";
import { NO_LIKELIHOOD } from "./points.ts";
import type { Run } from "./run.ts";

/** A run in the hands of a step: a copy of the live points that may change, and those that die. */
export interface Replacing {
  /** All live points that are wanted are there. */
  isFull(): boolean;
  lowest(): number;
  logLikelihoodOf(index: number): number;
  /** A first live point, born on the floor. */
  add(point: Float64Array, logLikelihood: number): void;
  /** The live point `index` dies; the new one is born on its contour. */
  replace(index: number, point: Float64Array, logLikelihood: number): void;
  /** A candidate was below its contour. */
  fail(): void;
  /** What the run has become. */
  run(): Run;
}

export function replacing(before: Run, dimensions: number): Replacing {
  const { size } = before;
  let { count } = before.live;
  let { logVolume, logEvidence, triesInVain } = before;
  let { tries, deaths } = before.window;
  const coordinates = new Float64Array(size * dimensions);
  const logLikelihoods = new Float64Array(size);
  const births = new Float64Array(size);
  coordinates.set(before.live.coordinates);
  logLikelihoods.set(before.live.logLikelihoods);
  births.set(before.live.births);
  const dead = { coordinates: [] as number[], logLikelihoods: [] as number[], births: [] as number[] };

  function put(index: number, point: Float64Array, logLikelihood: number, birth: number) {
    coordinates.set(point, index * dimensions);
    logLikelihoods[index] = logLikelihood;
    births[index] = birth;
    triesInVain = 0;
  }

  return {
    isFull: () => count === size,
    lowest() {
      let lowest = 0;
      for (let i = 1; i < count; i++) if (logLikelihoods[i] < logLikelihoods[lowest]) lowest = i;
      return lowest;
    },
    logLikelihoodOf: (index) => logLikelihoods[index],
    add(point, logLikelihood) {
      put(count, point, logLikelihood, before.floor);
      count++;
    },
    replace(index, point, logLikelihood) {
      const contour = logLikelihoods[index];
      dead.coordinates.push(...coordinates.subarray(index * dimensions, (index + 1) * dimensions));
      dead.logLikelihoods.push(contour);
      dead.births.push(births[index]);
      put(index, point, logLikelihood, contour);
      tries++;
      deaths++;
      if (contour > NO_LIKELIHOOD) logEvidence = logSum([logEvidence, contour + logVolume - Math.log(size)]);
      logVolume -= 1 / size;
    },
    fail() {
      tries++;
      triesInVain++;
    },
    run: () => ({
      ...before,
      live: {
        count,
        coordinates: coordinates.slice(0, count * dimensions),
        logLikelihoods: logLikelihoods.slice(0, count),
        births: births.slice(0, count),
      },
      dead: dead.births.length === 0 ? before.dead : [...before.dead, fromLists(dead)],
      logVolume,
      logEvidence,
      window: { tries, deaths },
      triesInVain,
    }),
  };
}

function fromLists(lists: {
  readonly coordinates: readonly number[];
  readonly logLikelihoods: readonly number[];
  readonly births: readonly number[];
}): Points {
  return {
    count: lists.births.length,
    coordinates: Float64Array.from(lists.coordinates),
    logLikelihoods: Float64Array.from(lists.logLikelihoods),
    births: Float64Array.from(lists.births),
  };
}
