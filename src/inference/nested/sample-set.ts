import type { SampleSet } from "../sampler.ts";
import type { Tally } from "./evaluations.ts";
import { NO_LIKELIHOOD, type Points, pointsAt } from "./points.ts";
import { type Weighing, weigh } from "./prior-volume.ts";
import { ending, type Run } from "./run.ts";

/** Of what was evaluated, this part should have replaced a live point. */
const LEAST_EFFICIENCY = 1e-3;
/** A plateau of more of the posterior than this hides its shape. */
const LARGEST_PLATEAU = 0.05;

/**
 * Weighed points of one or several runs, in the order of likelihood.
 *
 * @param last the run that is under way or was the last, how many walkers were stuck in those before, and whether none has
 * come to the top yet.
 */
export function sampleSet(
  points: Points,
  { evaluations, withoutLikelihood, dimensions }: Tally & { readonly dimensions: number },
  last: { readonly run: Run; readonly stuck: number; readonly isOnItsWay: boolean },
  evidenceTolerance: number,
): SampleSet {
  const weighing = weigh(points.logLikelihoods, points.births);
  const { coordinates, logLikelihoods } = pointsAt(points, weighing.order, dimensions);
  const { run } = last;
  const stuck = last.stuck + run.stuck;
  const efficiency = points.count / Math.max(evaluations, 1);
  const warnings = [
    ...(last.isOnItsWay && points.count > 0
      ? ["stopped on its way up: ln Z is more than this, and the samples are not yet of the posterior"]
      : []),
    ...(ending(run, evidenceTolerance) === "stalled"
      ? [`nothing above the contour in ${run.triesInVain} tries: the run was given up`]
      : []),
    ...(efficiency < LEAST_EFFICIENCY
      ? [`efficiency collapsed: ${(100 * efficiency).toPrecision(2)} % of evaluations`]
      : []),
    ...(stuck > 0 ? [`${stuck} walks ended where they began: their points are no new samples`] : []),
    ...plateaus(logLikelihoods, weighing),
    ...(withoutLikelihood > 0 ? [`${withoutLikelihood} of ${evaluations} evaluations had no likelihood`] : []),
  ];
  return {
    dimensions,
    points: coordinates,
    logLikelihoods: logLikelihoods.map((value) => (value === NO_LIKELIHOOD ? Number.NEGATIVE_INFINITY : value)),
    logWeights: weighing.logWeights,
    chains: null,
    logEvidence: { value: weighing.logEvidence, error: weighing.logEvidenceError },
    evaluations,
    diagnostics: {
      information: weighing.information,
      effectiveSamples: weighing.effectiveSamples,
      efficiency,
      withoutLikelihood,
      stuck,
    },
    warnings,
  };
}

/** Points of the same likelihood are handled right (`prior-volume.ts`), but say that the likelihood is flat or coarse. */
function plateaus(sorted: Float64Array, { logWeights }: Weighing): string[] {
  let [largest, logLikelihood] = [0, 0];
  for (let first = 0; first < sorted.length; ) {
    let [end, weight] = [first, 0];
    for (; end < sorted.length && sorted[end] === sorted[first]; end++) weight += Math.exp(logWeights[end]);
    if (end - first > 1 && weight > largest) [largest, logLikelihood] = [weight, sorted[first]];
    first = end;
  }
  if (largest < LARGEST_PLATEAU) return [];
  return [`plateau: ${(100 * largest).toFixed(0)} % of the posterior has the log likelihood ${logLikelihood}`];
}
