import type { Asking } from "../lockstep.ts";
import type { RandomState } from "../rng.ts";
import type { Evaluation } from "../unconstrained.ts";
import { reasonableStep } from "./leapfrog.ts";
import { type Metric, metricOf } from "./metric.ts";
import { type Moments, noMoments, regularizedCovariance, withPoint } from "./moments.ts";
import { noUTurn, type Transition } from "./no-u-turn.ts";
import { adapted, type StepSize, settled, stepSizeFrom } from "./step-size.ts";
import { warmupPhase } from "./warmup-windows.ts";

/** A chain with what it has learned of its surroundings. Plain data, never changed. */
export interface Chain {
  readonly at: Evaluation;
  readonly stepSize: StepSize;
  readonly metric: Metric;
  /** Of the window under way. */
  readonly moments: Moments;
}

export interface ChainSettings {
  readonly isDense: boolean;
  /** Kept where it is known; null to learn one. */
  readonly covariance: Float64Array | null;
  readonly warmup: number;
  /** The mean acceptance that the step size is adapted to. */
  readonly acceptance: number;
  readonly maximumDepth: number;
}

const NOTHING_TO_LEARN = { isCounted: false, isWindowEnd: false };

export function* newChain(at: Evaluation, { isDense, covariance }: ChainSettings, random: RandomState): Asking<Chain> {
  const d = at.position.length;
  const unit = Float64Array.from({ length: isDense ? d * d : d }, (_, i) => (!isDense || i % (d + 1) === 0 ? 1 : 0));
  const metric = metricOf(covariance ?? unit, d);
  const step: number = yield* reasonableStep(at, metric, 1, random);
  return { at, metric, stepSize: stepSizeFrom(step), moments: noMoments(d, unit.length) };
}

/** One transition, and what is learned of it while the chain warms up. */
export function* nextInChain(
  chain: Chain,
  iteration: number,
  settings: ChainSettings,
  random: RandomState,
): Asking<{ readonly chain: Chain; readonly transition: Transition }> {
  const { warmup, acceptance, maximumDepth } = settings;
  const { metric, stepSize } = chain;
  const transition: Transition = yield* noUTurn(chain.at, { metric, step: stepSize.step, maximumDepth, random });
  const moved = { ...chain, at: transition.at };
  if (iteration >= warmup) return { chain: moved, transition };
  const learned: Chain = yield* learnedFrom(
    { ...moved, stepSize: adapted(stepSize, transition.acceptance, acceptance) },
    settings.covariance === null ? warmupPhase(iteration, warmup) : NOTHING_TO_LEARN,
    random,
  );
  const isLast = iteration === warmup - 1;
  return { chain: isLast ? { ...learned, stepSize: settled(learned.stepSize) } : learned, transition };
}

function* learnedFrom(chain: Chain, phase: ReturnType<typeof warmupPhase>, random: RandomState): Asking<Chain> {
  if (!phase.isCounted) return chain;
  const moments = withPoint(chain.moments, chain.at.position);
  if (!phase.isWindowEnd) return { ...chain, moments };
  const d = chain.at.position.length;
  const covariance = regularizedCovariance(moments);
  const metric = covariance === null ? chain.metric : metricOf(covariance, d);
  const step: number = yield* reasonableStep(chain.at, metric, chain.stepSize.step, random);
  return { ...chain, metric, stepSize: stepSizeFrom(step), moments: noMoments(d, moments.deviations.length) };
}
