import type { StepInfo } from "../inference/sampler.ts";
import type { Likelihood } from "../likelihood/evaluation.ts";
import type { PlanSpecOptions } from "../likelihood/from-spec.ts";
import type { LikelihoodStart } from "../likelihood/over-threads.ts";
import type { Model } from "../model/model.ts";
import type { Journal } from "./journal.ts";

/** Runs `use` with a likelihood whose batches are spread over threads. */
export type Spread = <T>(
  likelihood: Likelihood,
  start: Omit<LikelihoodStart, "build">,
  use: (likelihood: Likelihood) => Promise<T>,
) => Promise<T>;

/** What a fit is made with, besides what its spec says. */
export interface FitOptions extends Omit<PlanSpecOptions, "model" | "once"> {
  readonly seed: number;
  readonly journal: Journal;
  /** Asked before every step, with the evaluations of the fit so far: why to pause, or null to go on. */
  pause?(evaluations: number): string | null;
  /** Shares the batches of a likelihood with other threads while `use` runs. */
  readonly spread?: Spread;
  /** Before the search, when everything has been read. */
  onPlanned?(phase: string): Promise<void>;
  /** Told after every step. */
  onStep?(step: FitStep): void;
}

/** How far a phase is. */
export interface FitStep extends StepInfo {
  readonly phase: string;
  readonly evaluations: number;
  /** How many of them an earlier run had stored. */
  readonly replayed: number;
  /** Those at which there was no likelihood. */
  readonly failed: number;
  readonly model: Model;
  /** Of the best point. */
  readonly vector: Float64Array;
}
