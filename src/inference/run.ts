import type { RandomState } from "./rng.ts";
import type { Sampler, SamplerState, SampleSet, StepInfo, Target } from "./sampler.ts";

export interface RunOptions {
  readonly random: RandomState;
  /** Asked before every step: why to end early, or null to go on. */
  stop?(evaluations: number): string | null;
  /** Told after every step. */
  onStep?(info: StepInfo, evaluations: number): void;
}

/** Where a run ended. */
export interface RunEnd {
  readonly samples: SampleSet;
  /** The best point that was met, which need not be a sample. */
  readonly best: StepInfo["best"];
  /** Why it ended before the sampler was done, or null. */
  readonly stopped: string | null;
}

/** Steps until the sampler is done, or is stopped. */
export async function runSampler<State extends SamplerState, T extends Target>(
  sampler: Sampler<State, T>,
  target: T,
  { random, stop, onStep }: RunOptions,
): Promise<RunEnd> {
  let state = await sampler.init(target, random);
  let best: StepInfo["best"] | undefined;
  let stopped: string | null = null;
  while (!sampler.isDone(state)) {
    stopped = stop?.(state.evaluations) ?? null;
    if (stopped !== null) break;
    const next = await sampler.step(state, target);
    state = next.state;
    best = next.info.best;
    onStep?.(next.info, state.evaluations);
  }
  const samples = sampler.samples(state);
  return { samples, best: best ?? bestSample(samples), stopped };
}

function bestSample({ points, logLikelihoods, dimensions }: SampleSet): StepInfo["best"] {
  const n = logLikelihoods.indexOf(Math.max(...logLikelihoods));
  return n < 0
    ? { logLikelihood: -Infinity, point: new Float64Array(dimensions).fill(0.5) }
    : { logLikelihood: logLikelihoods[n], point: points.slice(n * dimensions, (n + 1) * dimensions) };
}
