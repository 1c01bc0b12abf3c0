import { type BestPoint, bestOf } from "../best-point.ts";
import { numberOption, wholeOption } from "../option.ts";
import { type RandomState, uniform } from "../rng.ts";
import type { Sampler, SamplerState, StepInfo, Target } from "../sampler.ts";
import { startPoints } from "../start-points.ts";
import { autocorrelationTime } from "../statistics/autocorrelation.ts";
import { extremeOver, type History, longerBy } from "../statistics/chains.ts";
import { ensembleSamples } from "./ensemble-samples.ts";
import { differentialEvolutionMove, stretchMove } from "./moves.ts";

/*
 * Markov chains of many walkers that propose to each other where to go. One half of them moves while the other stands still,
 * then the other, so that a step is two batches: Foreman-Mackey, Hogg, Lang & Goodman 2013, PASP 125, 306 (emcee), section 3.
 * Outside the unit cube the prior is zero, and a proposal there is rejected without a question to the target.
 */

export interface EnsembleOptions {
  /** Even; default 32, or 4 a dimension where that is more. */
  readonly walkers?: number;
  /** Where the walkers begin, (walkers, dimensions); default uniform in the cube. */
  readonly start?: Float64Array;
  /** Default 5000. */
  readonly maximumSteps?: number;
  /** Ends when the chains are as many autocorrelation times long, and this time is settled to 1 %. Default 50. */
  readonly autocorrelationTimes?: number;
  /** How many of the steps are of differential evolution; the others are stretches, as all of emcee's default. Default 0.5. */
  readonly differentialEvolution?: number;
}

export interface EnsembleState extends SamplerState {
  readonly points: Float64Array;
  readonly logLikelihoods: Float64Array;
  readonly history: History;
  /** Moves accepted so far, of steps times walkers. */
  readonly accepted: number;
  readonly best: BestPoint;
  /** The longest over the coordinates, in steps, as of step `lookedAt`, and by how much that changed it. */
  readonly autocorrelation: { readonly time: number; readonly change: number; readonly lookedAt: number };
}

/** It is looked at again when the chains are longer by a third: all looks together take four times the last. */
const FIRST_LOOK = 100;
const NEXT_LOOK = 1.33;
const SETTLED = 0.01;

/** @throws InputError where an option is out of its range. */
export function ensembleSampler(options: EnsembleOptions = {}): Sampler<EnsembleState> {
  const maximumSteps = wholeOption("maximum steps", options.maximumSteps ?? 5000, 1);
  const times = numberOption("autocorrelation times", options.autocorrelationTimes ?? 50, 0, 1e6);
  const share =
    options.differentialEvolution === 0
      ? 0
      : numberOption("differential evolution", options.differentialEvolution ?? 0.5, 0, 1);
  const isSettled = ({ autocorrelation: { time, change }, history }: EnsembleState) =>
    change < SETTLED && history.points.length >= times * time;
  const isDone = (state: EnsembleState) => isSettled(state) || state.history.points.length >= maximumSteps;

  return {
    name: "ensemble MCMC",
    async init(target, from) {
      const random = from.slice();
      const { dimensions } = target;
      // Two a dimension are the least: fewer stay in the subspace that they span.
      const walkers = wholeOption(
        "walkers",
        options.walkers ?? Math.max(32, 4 * dimensions),
        Math.max(4, 2 * dimensions),
      );
      wholeOption("half the walkers", walkers / 2, 2);
      const { points, logLikelihoods, evaluations } = await startPoints(target, random, walkers, options.start);
      return {
        random,
        evaluations,
        points,
        logLikelihoods,
        history: { chains: walkers, dimensions, points: [], logLikelihoods: [] },
        accepted: 0,
        best: bestOf(null, points, logLikelihoods),
        autocorrelation: { time: Number.MAX_VALUE, change: 1, lookedAt: 0 },
      };
    },
    async step(before, target) {
      const random = before.random.slice();
      const move = uniform(random) < share ? differentialEvolutionMove : stretchMove;
      const ensemble: Ensemble = {
        points: before.points.slice(),
        logLikelihoods: before.logLikelihoods.slice(),
        accepted: before.accepted,
        evaluations: before.evaluations,
      };
      // Halves of their own at every step mix better than two that stay apart.
      const order = permutation(before.logLikelihoods.length, random);
      const halves = [order.slice(0, order.length / 2), order.slice(order.length / 2)];
      await moveHalf(
        ensemble,
        halves[0],
        gathered(ensemble.points, halves[1], target.dimensions),
        move,
        target,
        random,
      );
      await moveHalf(
        ensemble,
        halves[1],
        gathered(ensemble.points, halves[0], target.dimensions),
        move,
        target,
        random,
      );
      const history = longerBy(before.history, ensemble.points, ensemble.logLikelihoods);
      const state: EnsembleState = {
        ...ensemble,
        random,
        history,
        best: bestOf(before.best, ensemble.points, ensemble.logLikelihoods),
        autocorrelation: lookedAgain(before.autocorrelation, history),
      };
      return { state, info: infoOf(state, isDone(state) ? 1 : state.history.points.length / maximumSteps) };
    },
    isDone,
    samples: (state) => ensembleSamples(state, times),
  };
}

/** What a step changes in place, in copies of its own. */
interface Ensemble {
  readonly points: Float64Array;
  readonly logLikelihoods: Float64Array;
  accepted: number;
  evaluations: number;
}

async function moveHalf(
  ensemble: Ensemble,
  half: readonly number[],
  others: Float64Array,
  move: typeof stretchMove,
  target: Target,
  random: RandomState,
): Promise<void> {
  const d = target.dimensions;
  const proposals = half.map((walker) => move(ensemble.points.slice(walker * d, (walker + 1) * d), others, random));
  const thresholds = half.map(() => Math.log(uniform(random)));
  const inside = [...proposals.keys()].filter((i) => proposals[i].point.every((u) => u >= 0 && u <= 1));
  if (inside.length === 0) return;
  const batch = new Float64Array(inside.length * d);
  inside.forEach((i, at) => {
    batch.set(proposals[i].point, at * d);
  });
  const logLikelihoods = await target.logLikelihoods(batch);
  ensemble.evaluations += inside.length;
  inside.forEach((i, at) => {
    const walker = half[i];
    const logRatio = logLikelihoods[at] - ensemble.logLikelihoods[walker] + proposals[i].logFactor;
    if (!(thresholds[i] < logRatio)) return;
    ensemble.points.set(proposals[i].point, walker * d);
    ensemble.logLikelihoods[walker] = logLikelihoods[at];
    ensemble.accepted++;
  });
}

function gathered(points: Float64Array, walkers: readonly number[], d: number): Float64Array {
  const result = new Float64Array(walkers.length * d);
  walkers.forEach((walker, at) => {
    result.set(points.subarray(walker * d, (walker + 1) * d), at * d);
  });
  return result;
}

/** Fisher & Yates. */
function permutation(length: number, random: RandomState): number[] {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(uniform(random) * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function lookedAgain(before: EnsembleState["autocorrelation"], history: History): EnsembleState["autocorrelation"] {
  const steps = history.points.length;
  if (steps < Math.max(FIRST_LOOK, NEXT_LOOK * before.lookedAt)) return before;
  const time = extremeOver(Math.max, history, autocorrelationTime);
  return { time, change: Math.abs(time - before.time) / time, lookedAt: steps };
}

function infoOf({ history, accepted, autocorrelation, best }: EnsembleState, progress: number): StepInfo {
  const steps = history.points.length;
  return {
    progress,
    best,
    diagnostics: {
      steps,
      acceptance: accepted / (steps * history.chains),
      ...(autocorrelation.lookedAt > 0 ? { autocorrelationTime: autocorrelation.time } : {}),
    },
  };
}
