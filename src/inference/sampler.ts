import type { RandomState } from "./rng.ts";

/*
 * What all samplers have in common. They know nothing of lenses: a target is a log likelihood over the unit cube, whose
 * coordinates are quantiles of the prior, so that the prior is uniform in it.
 */

/** A log likelihood over the unit cube. */
export interface Target {
  readonly dimensions: number;
  /**
   * @param points (n, dimensions) in the unit cube, row-major.
   * @returns (n); -Infinity where there is none, never NaN.
   */
  logLikelihoods(points: Float64Array): Promise<Float64Array>;
  /** How many points had no likelihood so far, by the reason, where the target counts them. */
  readonly failures?: ReadonlyMap<string, number>;
}

/** One with derivatives. */
export interface SmoothTarget extends Target {
  /** @returns (n) and (n, dimensions) derivatives by the unit coordinates, zero where there is no likelihood. */
  withGradients(
    points: Float64Array,
  ): Promise<{ readonly logLikelihoods: Float64Array; readonly gradients: Float64Array }>;
}

/** What a step needs of the next, all of it: plain data of numbers, strings, arrays and typed arrays. */
export interface SamplerState {
  readonly random: RandomState;
  /** Points evaluated so far. */
  readonly evaluations: number;
}

/** What a reader of the progress needs. */
export interface StepInfo {
  /** In [0, 1], as far as the sampler can tell. */
  readonly progress: number;
  /** The best log likelihood so far, and where it is in the unit cube. */
  readonly best: { readonly logLikelihood: number; readonly point: Float64Array };
  /** What tells whether it goes well: acceptance, iterations, what is left of the evidence. */
  readonly diagnostics: Readonly<Record<string, number>>;
}

/** Where a sampler ends. */
export interface SampleSet {
  readonly dimensions: number;
  /** (n, dimensions) in the unit cube. */
  readonly points: Float64Array;
  /** (n) */
  readonly logLikelihoods: Float64Array;
  /** (n), which add up to one. */
  readonly logWeights: Float64Array;
  /** How many chains the samples are of: sample `step * chains + chain`. Null for weighted points that are no chains. */
  readonly chains: number | null;
  /** (n) Of starts that climbed, whose points are the tops of basins: how many ended at each. */
  readonly hits?: Float64Array;
  /** ln of the integral of the likelihood over the prior, and its standard error; null where the sampler has none. */
  readonly logEvidence: { readonly value: number; readonly error: number } | null;
  readonly evaluations: number;
  /** What a reader needs to trust it: effective sample size, R-hat, acceptance, ... */
  readonly diagnostics: Readonly<Record<string, number>>;
  /** Why it may not be trusted, a line each; empty where nothing speaks against it. */
  readonly warnings: readonly string[];
}

/** A sampler is where it begins and a step; stopping, progress, storage and threads are the runner's. */
export interface Sampler<State extends SamplerState, T extends Target = Target> {
  readonly name: string;
  init(target: T, random: RandomState): Promise<State>;
  /** Of the same state the same step, to the byte. The state given is not changed. */
  step(state: State, target: T): Promise<{ readonly state: State; readonly info: StepInfo }>;
  isDone(state: State): boolean;
  /** May be asked for at any time. */
  samples(state: State): SampleSet;
}
