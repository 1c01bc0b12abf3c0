import type { RandomState } from "../rng.ts";
import { uniform } from "../rng.ts";
import { logSum } from "../statistics/log-sum.ts";
import type { CountedTarget } from "./evaluations.ts";
import { type Bound, multiEllipsoid, nearest, withinBound, withinCube } from "./multi-ellipsoid.ts";
import { NO_LIKELIHOOD, noPoints, type Points, WHOLE_PRIOR } from "./points.ts";
import { randomWalk } from "./random-walk.ts";
import { replacing } from "./replacing.ts";
import type { NestedSettings } from "./settings.ts";
import { slices } from "./slice.ts";
import type { Walker } from "./walker.ts";

/*
 * One run of nested sampling (Skilling 2006, Bayesian Analysis 1, 833), from the prior or from a contour inside it. A run
 * of n live points is n threads, each a live point that dies and is born anew above its own death (Higson et al. 2019).
 * Threads know nothing of each other but where to look, so any of them may advance at once: a batch loses nothing.
 */

/** Plain data of numbers and typed arrays, never changed. */
export interface Run {
  /** Live points wanted. */
  readonly size: number;
  /** The contour that the first points are born on. */
  readonly floor: number;
  /** The contour that all points have to pass, if they are not done before. */
  readonly ceiling: number;
  /** Points of earlier runs, alive on the floor; none where that is the prior. */
  readonly seeds: Points;
  readonly live: Points;
  readonly dead: readonly Points[];
  /** ln X of the lowest live point, as far as a count of deaths tells. */
  readonly logVolume: number;
  /** ln of the evidence below it; `NO_LIKELIHOOD` for none. */
  readonly logEvidence: number;
  /** Null while points come from the whole cube. */
  readonly bound: Bound | null;
  /** What was tried since the bound was last looked at, and how often it replaced a point. */
  readonly window: { readonly tries: number; readonly deaths: number };
  /** Tries since a point was last replaced. */
  readonly triesInVain: number;
  /** Of the steps of walks, in units of the bound. */
  readonly scale: number;
  /** Walkers that ended where they began. */
  readonly stuck: number;
}

/** @param size live points. */
export function newRun(size: number, dimensions: number): Run {
  return {
    size,
    floor: WHOLE_PRIOR,
    ceiling: Number.MAX_VALUE,
    seeds: noPoints(),
    live: noPoints(),
    dead: [],
    logVolume: 0,
    logEvidence: NO_LIKELIHOOD,
    bound: null,
    window: { tries: 0, deaths: 0 },
    triesInVain: 0,
    // Steps as long as leave a ball half of the time.
    scale: 1 / Math.sqrt(dimensions),
    stuck: 0,
  };
}

/** One batch of candidates, or of walkers. */
export async function advance(
  run: Run,
  target: CountedTarget,
  random: RandomState,
  settings: NestedSettings,
): Promise<Run> {
  const looked = lookedAtBound(run, target.dimensions, random);
  return looked.bound === null || settings.proposal === "uniform"
    ? byRejection(looked, target, random, settings.batch)
    : byWalking(looked, looked.bound, target, random, settings);
}

/** Below this part of candidates above the contour, the whole cube is too large. */
const LEAST_EFFICIENCY = 0.2;
/** Deaths, and candidates, a live point, after which the bound is made anew. */
const DEATHS_PER_BOUND = 0.25;
const TRIES_PER_BOUND = 2;

function lookedAtBound(run: Run, dimensions: number, random: RandomState): Run {
  const around = ({ count, coordinates }: Points): Run => ({
    ...run,
    bound: multiEllipsoid(coordinates, dimensions, run.logVolume - Math.log(count), random),
    window: { tries: 0, deaths: 0 },
  });
  const { size, live, seeds, bound, window } = run;
  if (live.count < size) return bound === null && seeds.count > 0 ? around(seeds) : run;
  if (window.deaths < DEATHS_PER_BOUND * size && window.tries < TRIES_PER_BOUND * size) return run;
  const isCubeEnough = bound === null && window.deaths > LEAST_EFFICIENCY * window.tries;
  // Where some live points still have no likelihood, they are all over the prior.
  if (isCubeEnough || live.logLikelihoods.includes(NO_LIKELIHOOD)) return { ...run, window: { tries: 0, deaths: 0 } };
  return around(live);
}

/**
 * A stream of candidates, uniform in a region that holds the contour: each meets the lowest live point of its moment, so
 * that a batch is what one candidate after the other would have been.
 */
async function byRejection(run: Run, target: CountedTarget, random: RandomState, batch: number): Promise<Run> {
  const { bound } = run;
  const draw = () =>
    bound === null || bound.logVolume >= 0 ? withinCube(target.dimensions, random) : withinBound(bound, random);
  const candidates = Array.from({ length: batch }, draw);
  const logLikelihoods = await target.logLikelihoods(candidates);
  const replacement = replacing(run, target.dimensions);
  candidates.forEach((candidate, i) => {
    if (!replacement.isFull()) {
      if (logLikelihoods[i] > run.floor) replacement.add(candidate, logLikelihoods[i]);
      else replacement.fail();
      return;
    }
    const lowest = replacement.lowest();
    if (logLikelihoods[i] > replacement.logLikelihoodOf(lowest))
      replacement.replace(lowest, candidate, logLikelihoods[i]);
    else replacement.fail();
  });
  return replacement.run();
}

/** The lowest live points at once, each by a walk above its own contour from another live point above it. */
async function byWalking(
  run: Run,
  bound: Bound,
  target: CountedTarget,
  random: RandomState,
  { batch, proposal, walkLength }: NestedSettings,
): Promise<Run> {
  const { dimensions } = target;
  const isFilling = run.live.count < run.size;
  const from = isFilling ? run.seeds : run.live;
  const ascending = [...from.logLikelihoods.keys()].sort((a, b) => from.logLikelihoods[a] - from.logLikelihoods[b]);
  const slots = isFilling
    ? Array.from({ length: Math.min(batch, run.size - run.live.count) }, () => null)
    : ascending.slice(0, batch).filter((index) => isBelowHighest(from, ascending, index));
  const starts = slots.map((slot): Walker => {
    const threshold = slot === null ? run.floor : from.logLikelihoods[slot];
    const first = ascending.findIndex((index) => from.logLikelihoods[index] > threshold);
    const start = ascending[first + Math.floor(uniform(random) * (ascending.length - first))];
    return {
      point: from.coordinates.slice(start * dimensions, (start + 1) * dimensions),
      logLikelihood: from.logLikelihoods[start],
      threshold,
      axes: nearest(bound, from.coordinates, start).ellipsoid.axes,
    };
  });
  const walk = proposal === "slice" ? slices : randomWalk;
  const { walkers, scale, stuck } = await walk(starts, walkLength, run.scale, target, random);
  const replacement = replacing(run, dimensions);
  walkers.forEach(({ point, logLikelihood }, i) => {
    const slot = slots[i];
    if (slot === null) replacement.add(point, logLikelihood);
    else replacement.replace(slot, point, logLikelihood);
  });
  return { ...replacement.run(), scale, stuck: run.stuck + stuck };
}

function isBelowHighest({ logLikelihoods }: Points, ascending: readonly number[], index: number): boolean {
  return logLikelihoods[index] < logLikelihoods[ascending[ascending.length - 1]];
}

/** Tries without a replacement after which a run is given up, and as many a live point. */
const PATIENCE = 10_000;
const PATIENCE_PER_POINT = 100;

export type Ending = "converged" | "ceiling" | "plateau" | "stalled";

/** Why a run is over; null while it is not. */
export function ending(run: Run, evidenceTolerance: number): Ending | null {
  const { live, size, ceiling, triesInVain } = run;
  if (triesInVain >= Math.max(PATIENCE, PATIENCE_PER_POINT * size)) return "stalled";
  if (live.count < size) return null;
  const lowest = live.logLikelihoods.reduce((a, b) => Math.min(a, b));
  const highest = highestOf(live);
  // Nothing is likelier than likeliest; but a first point that has a likelihood may be still to be found.
  if (lowest === highest) return highest === NO_LIKELIHOOD ? null : "plateau";
  if (lowest > ceiling) return "ceiling";
  return logEvidenceLeft(run) < evidenceTolerance ? "converged" : null;
}

/** ln((Z + what is left at most) / Z): all of the volume that is left at the highest likelihood found. */
export function logEvidenceLeft(run: Run): number {
  if (run.logEvidence === NO_LIKELIHOOD || run.live.count < run.size) return Number.MAX_VALUE;
  return logSum([0, highestOf(run.live) + run.logVolume - run.logEvidence]);
}

export function highestOf({ logLikelihoods }: Points): number {
  return logLikelihoods.reduce((a, b) => Math.max(a, b), NO_LIKELIHOOD);
}
