import type { SampleSet } from "../sampler.ts";
import { autocorrelationTime } from "../statistics/autocorrelation.ts";
import { extremeOver, historyFrom } from "../statistics/chains.ts";
import { splitRHat } from "../statistics/split-r-hat.ts";
import { flattened } from "../vectors.ts";
import type { EnsembleState } from "./ensemble.ts";

/** emcee's advice for what to leave out at the beginning, in autocorrelation times. */
const BURN_IN = 2;
/** Below, most proposals are in vain (Foreman-Mackey et al. 2013, section 4, advise 0.2 to 0.5). */
const LEAST_ACCEPTANCE = 0.1;
/** Vehtari et al. 2021 ask for 1.01 of independent chains; the walkers of an ensemble are short and many. */
const LARGEST_R_HAT = 1.1;

/** The chains without their beginning, each walker's step a sample of the same weight. */
export function ensembleSamples(state: EnsembleState, autocorrelationTimes: number): SampleSet {
  const { history, evaluations, accepted } = state;
  const { chains, dimensions } = history;
  const steps = history.points.length;
  const looked = steps > 1 ? extremeOver(Math.max, history, autocorrelationTime) : Number.NaN;
  // Before the chains have moved there is no such time; half of them is left in any case.
  const time = Number.isFinite(looked) ? looked : steps;
  const kept = historyFrom(history, Math.min(Math.ceil(BURN_IN * time), Math.floor(steps / 2)));
  const count = kept.points.length * chains;
  const acceptance = steps > 0 ? accepted / (steps * chains) : 0;
  const rHat = kept.points.length > 0 ? extremeOver(Math.max, kept, splitRHat) : Number.NaN;
  // Of what is kept, by coordinate: the longest time of all decides.
  const keptTime = kept.points.length > 1 ? extremeOver(Math.max, kept, autocorrelationTime) : Number.NaN;
  return {
    dimensions,
    points: flattened(kept.points),
    logLikelihoods: flattened(kept.logLikelihoods),
    logWeights: new Float64Array(count).fill(-Math.log(count)),
    chains,
    logEvidence: null,
    evaluations,
    diagnostics: {
      acceptance,
      autocorrelationTime: time,
      burnIn: steps - kept.points.length,
      effectiveSamples: count / keptTime,
      splitRHat: rHat,
    },
    warnings: [
      ...(steps >= autocorrelationTimes * time
        ? []
        : [`the chains are ${(steps / time).toPrecision(2)} autocorrelation times long, of ${autocorrelationTimes}`]),
      ...(acceptance >= LEAST_ACCEPTANCE ? [] : [`${(100 * acceptance).toPrecision(2)} % of moves were accepted`]),
      ...(rHat > LARGEST_R_HAT ? [`walkers disagree: split R-hat is ${rHat.toFixed(2)}`] : []),
      ...stuckWalkers(state),
    ],
  };
}

/** Left behind where no proposal of the others is any good: their samples weigh as much as all, and should not. */
function stuckWalkers({ history }: EnsembleState): string[] {
  const steps = history.points.length;
  if (steps < 2) return [];
  const last = historyFrom(history, Math.floor(steps / 2));
  const unmoved = Array.from({ length: history.chains }, (_, walker) => walker).filter((walker) =>
    last.logLikelihoods.every((row) => row[walker] === last.logLikelihoods[0][walker]),
  );
  return unmoved.length > 0 ? [`${unmoved.length} walkers did not move in the second half of the run`] : [];
}
