import { InputError } from "../../errors.ts";
import { wholeOption } from "../option.ts";
import type { Sampler, SamplerState, StepInfo } from "../sampler.ts";
import { counted, type Tally } from "./evaluations.ts";
import { importantRange } from "./importance.ts";
import { joined, NO_LIKELIHOOD, noPoints, type Points, WHOLE_PRIOR } from "./points.ts";
import { weigh } from "./prior-volume.ts";
import { advance, ending, newRun, type Run } from "./run.ts";
import { sampleSet } from "./sample-set.ts";
import { evidenceToleranceOf, type NestedOptions, settingsFor } from "./settings.ts";
import { infoOf, pointsOf } from "./static.ts";

export interface DynamicNestedOptions extends NestedOptions {
  /** Of the posterior over the evidence, in [0, 1]. Default 0.8. */
  readonly priority?: number;
  /** Done with so many effective samples ... Default 5000. */
  readonly effectiveSamples?: number;
  /** ... and an error of ln Z of this. Default any. */
  readonly evidenceError?: number;
  /** Done after so many batches at the latest. Default 50. */
  readonly batches?: number;
}

export interface DynamicNestedState extends SamplerState, Tally {
  readonly dimensions: number;
  /** Points of all runs that are over. */
  readonly points: Points;
  readonly effectiveSamples: number;
  /** Of all steps. */
  readonly best: StepInfo["best"];
  readonly run: Run;
  /** Runs that are over, the first and those of batches. */
  readonly runs: number;
  /** Walkers of theirs that ended where they began. */
  readonly stuck: number;
  readonly isDone: boolean;
}

/**
 * Nested sampling with more live points where they matter: a run as `nestedSampler` has it, then batches of as many live
 * points over the contours that matter most, all of one set of births and deaths (Higson et al. 2019; Speagle 2020).
 *
 * @throws InputError where an option is out of its range.
 */
export function dynamicNestedSampler(options: DynamicNestedOptions = {}): Sampler<DynamicNestedState> {
  const { priority = 0.8, effectiveSamples = 5000, evidenceError = Number.MAX_VALUE } = options;
  const batches = wholeOption("batches", options.batches ?? 50, 0);
  if (!(priority >= 0 && priority <= 1)) {
    throw new InputError(
      "sampler/option",
      `priority is ${priority}`,
      "use a number from 0 (evidence) to 1 (posterior)",
    );
  }
  const tolerance = evidenceToleranceOf(options);
  return {
    name: "dynamic nested sampling",
    async init({ dimensions }, random) {
      return {
        random: random.slice(),
        dimensions,
        evaluations: 0,
        withoutLikelihood: 0,
        points: noPoints(),
        effectiveSamples: 0,
        best: { logLikelihood: WHOLE_PRIOR, point: new Float64Array(dimensions) },
        run: newRun(settingsFor(options, dimensions).livePoints, dimensions),
        runs: 0,
        stuck: 0,
        isDone: false,
      };
    },
    async step(state, target) {
      const random = state.random.slice();
      const asked = counted(target, state);
      const run = await advance(state.run, asked, random, settingsFor(options, state.dimensions));
      const info = infoOf(run, state.dimensions, tolerance);
      const best = info.best.logLikelihood > state.best.logLikelihood ? info.best : state.best;
      const moved = { ...state, ...asked.tally(), random, run, best };
      const part = state.runs === 0 ? info.progress / 2 : 0.5 + state.effectiveSamples / effectiveSamples / 2;
      return {
        state: ending(run, tolerance) === null ? moved : withNextBatch(moved),
        info: {
          best: known(best),
          progress: Math.min(part, 1),
          diagnostics: { ...info.diagnostics, batches: state.runs },
        },
      };
    },
    isDone: (state) => state.isDone,
    samples: (state) => {
      const points = state.isDone ? state.points : joined([state.points, pointsOf(state.run)]);
      const { run, stuck, runs } = state;
      return sampleSet(points, state, { run, stuck, isOnItsWay: runs === 0 }, tolerance);
    },
  };

  function withNextBatch(state: DynamicNestedState): DynamicNestedState {
    const { dimensions, run } = state;
    const points = joined([state.points, pointsOf(run)]);
    const weighing = weigh(points.logLikelihoods, points.births);
    const isDone =
      state.runs >= batches ||
      ending(run, tolerance) === "stalled" ||
      (weighing.effectiveSamples >= effectiveSamples && weighing.logEvidenceError <= evidenceError);
    const over = { ...state, points, effectiveSamples: weighing.effectiveSamples, runs: state.runs + 1 };
    if (isDone) return { ...over, isDone };
    const range = importantRange(points, weighing, dimensions, priority, run.size / 2);
    const next: Run = { ...newRun(run.size, dimensions), ...range, scale: run.scale };
    return { ...over, stuck: state.stuck + run.stuck, run: next };
  }
}

/** Without a likelihood anywhere yet, there is no best one. */
function known(best: StepInfo["best"]): StepInfo["best"] {
  return best.logLikelihood > NO_LIKELIHOOD ? best : { ...best, logLikelihood: Number.NEGATIVE_INFINITY };
}
