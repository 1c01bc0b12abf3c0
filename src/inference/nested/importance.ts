import { logSum } from "../statistics/log-sum.ts";
import { NO_LIKELIHOOD, type Points, pointsAt, WHOLE_PRIOR } from "./points.ts";
import type { Weighing } from "./prior-volume.ts";
import type { Run } from "./run.ts";

/*
 * Where more live points help most (Higson, Handley, Hobson & Lasenby 2019, Statistics and Computing 29, 891; the
 * mixture and the defaults as dynesty: Speagle 2020, MNRAS 493, 3132).
 */

/** A batch covers what is at least this part of the most important. */
const IMPORTANT = 0.8;

/** From which contour to which a batch of live points goes. */
export type Range = Pick<Run, "floor" | "ceiling" | "seeds" | "logVolume" | "logEvidence">;

/**
 * @param priority of the posterior, in [0, 1]; what is left is the evidence's.
 * @param leastSeeds points that have to be alive on the floor, from which a bound is made.
 */
export function importantRange(
  points: Points,
  weighing: Weighing,
  dimensions: number,
  priority: number,
  leastSeeds: number,
): Range {
  const { order, liveCounts, logVolumes, logWeights, logEvidence } = weighing;
  const importances = importancesOf(weighing, priority);
  const highest = importances.reduce((a, b) => Math.max(a, b), 0);
  const isImportant = (importance: number) => importance >= IMPORTANT * highest;
  const likelihoodAt = (rank: number) => (rank < 0 ? WHOLE_PRIOR : points.logLikelihoods[order[rank]]);
  // One further on both sides, and the floor below where few are alive and outside of a plateau.
  let first = Math.max(importances.findIndex(isImportant) - 1, 0);
  while (first > 0 && (liveCounts[first] < leastSeeds || likelihoodAt(first - 1) === likelihoodAt(first))) first--;
  const last = importances.findLastIndex(isImportant) + 1;
  const floor = likelihoodAt(first - 1);
  const seeds = order.filter((point) => points.births[point] <= floor && points.logLikelihoods[point] > floor);
  return {
    floor,
    ceiling: last < order.length - 1 ? likelihoodAt(last) : Number.MAX_VALUE,
    seeds: pointsAt(points, first === 0 ? [] : seeds, dimensions),
    logVolume: first === 0 ? 0 : logVolumes[first - 1],
    logEvidence: Math.max(logEvidence + logSum(logWeights.subarray(0, first)), NO_LIKELIHOOD),
  };
}

/**
 * Each death's part in the error: of the posterior by its weight, of the evidence by what is still ahead of it over the
 * points that share it. Both add up to one.
 */
function importancesOf({ liveCounts, logWeights }: Weighing, priority: number): Float64Array {
  let ahead = 0;
  const ofEvidence = new Float64Array(logWeights.length);
  for (let i = logWeights.length - 1; i >= 0; i--) {
    ahead += Math.exp(logWeights[i]);
    ofEvidence[i] = ahead / liveCounts[i];
  }
  const total = ofEvidence.reduce((sum, value) => sum + value, 0);
  return ofEvidence.map((value, i) => priority * Math.exp(logWeights[i]) + ((1 - priority) * value) / total);
}
