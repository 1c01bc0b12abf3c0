import type { SampleSet } from "../sampler.ts";
import { extremeOver } from "../statistics/chains.ts";
import { bulkEffectiveSampleSize } from "../statistics/effective-sample-size.ts";
import { splitRHat } from "../statistics/split-r-hat.ts";
import { flattened } from "../vectors.ts";
import type { NutsState } from "./nuts.ts";

/** What Vehtari et al. 2021 (Bayesian Analysis 16, 667) ask of R-hat at most and of samples in each chain at least. */
const LARGEST_R_HAT = 1.01;
const LEAST_SAMPLES = 100;

/** Nothing says that chains disagree or that there are too few samples to tell. */
export function areConverged({ chains, diagnostics }: SampleSet): boolean {
  return diagnostics.splitRHat <= LARGEST_R_HAT && diagnostics.effectiveSamples >= LEAST_SAMPLES * (chains ?? 1);
}

/** The chains after their warm-up, all samples of the same weight. */
export function nutsSamples({ history, totals, evaluations, iterations }: NutsState, all: number): SampleSet {
  const { chains, dimensions, points } = history;
  const count = points.length * chains;
  const isEmpty = count === 0;
  const rHat = isEmpty ? Number.NaN : extremeOver(Math.max, history, splitRHat);
  const effectiveSamples = isEmpty ? Number.NaN : extremeOver(Math.min, history, bulkEffectiveSampleSize);
  const { transitions, acceptance, leaps, divergences, cutOff } = totals;
  return {
    dimensions,
    points: flattened(points),
    logLikelihoods: flattened(history.logLikelihoods),
    logWeights: new Float64Array(count).fill(-Math.log(count)),
    chains,
    logEvidence: null,
    evaluations,
    diagnostics: {
      effectiveSamples,
      splitRHat: rHat,
      acceptance: acceptance / transitions,
      leaps: leaps / transitions,
      divergences,
      cutOff,
    },
    warnings: [
      ...(iterations < all ? [`stopped after ${iterations} of ${all} iterations`] : []),
      ...(rHat <= LARGEST_R_HAT ? [] : [`chains disagree: split R-hat is ${rHat.toFixed(3)}`]),
      ...(effectiveSamples >= LEAST_SAMPLES * chains
        ? []
        : [`${effectiveSamples.toFixed(0)} effective samples, of ${LEAST_SAMPLES * chains} that R-hat needs`]),
      ...(divergences > 0 ? [`${divergences} of ${transitions} trajectories diverged: raise the acceptance`] : []),
      ...(cutOff > 0 ? [`${cutOff} of ${transitions} trajectories were cut off: raise the maximum depth`] : []),
    ],
  };
}
