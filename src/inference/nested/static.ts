import type { RandomState } from "../rng.ts";
import type { Sampler, SamplerState, StepInfo } from "../sampler.ts";
import { counted, type Tally } from "./evaluations.ts";
import { joined, NO_LIKELIHOOD, type Points } from "./points.ts";
import { advance, ending, highestOf, logEvidenceLeft, newRun, type Run } from "./run.ts";
import { sampleSet } from "./sample-set.ts";
import { evidenceToleranceOf, type NestedOptions, settingsFor } from "./settings.ts";

export interface NestedState extends SamplerState, Tally {
  readonly random: RandomState;
  readonly dimensions: number;
  readonly run: Run;
}

/** Nested sampling with as many live points throughout (Skilling 2006, Bayesian Analysis 1, 833). */
export function nestedSampler(options: NestedOptions = {}): Sampler<NestedState> {
  const tolerance = evidenceToleranceOf(options);
  return {
    name: "nested sampling",
    async init({ dimensions }, random) {
      const run = newRun(settingsFor(options, dimensions).livePoints, dimensions);
      return { random: random.slice(), dimensions, evaluations: 0, withoutLikelihood: 0, run };
    },
    async step(state, target) {
      const random = state.random.slice();
      const asked = counted(target, state);
      const run = await advance(state.run, asked, random, settingsFor(options, state.dimensions));
      return { state: { ...state, ...asked.tally(), random, run }, info: infoOf(run, state.dimensions, tolerance) };
    },
    isDone: ({ run }) => ending(run, tolerance) !== null,
    samples: (state) => {
      const { run } = state;
      return sampleSet(pointsOf(run), state, { run, stuck: 0, isOnItsWay: ending(run, tolerance) === null }, tolerance);
    },
  };
}

/** All points of a run, those alive as if it ended now. */
export function pointsOf({ dead, live }: Run): Points {
  return joined([...dead, live]);
}

/** What there is to say of a run under way. */
export function infoOf(run: Run, dimensions: number, tolerance: number): StepInfo {
  const { live, logVolume, logEvidence } = run;
  const highest = highestOf(live);
  const best = live.logLikelihoods.indexOf(highest);
  const left = logEvidenceLeft(run);
  // What is left falls by e with every e-folding of volume, once the peak is found.
  const foldingsLeft = Math.max(0, Math.log(left / tolerance));
  return {
    progress: ending(run, tolerance) === null ? -logVolume / (foldingsLeft - logVolume + 1e-9) : 1,
    best: {
      logLikelihood: highest === NO_LIKELIHOOD ? Number.NEGATIVE_INFINITY : highest,
      point: live.coordinates.slice(best * dimensions, (best + 1) * dimensions),
    },
    diagnostics: { logEvidence, logEvidenceLeft: left, logVolume, scale: run.scale },
  };
}
