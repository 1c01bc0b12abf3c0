import { randomState } from "../inference/rng.ts";
import { runSampler } from "../inference/run.ts";
import type { StepInfo } from "../inference/sampler.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import type { Evaluation, Likelihood } from "../likelihood/evaluation.ts";
import { type PlannedSpec, type PlanSpecOptions, planSpec } from "../likelihood/from-spec.ts";
import type { LikelihoodStart } from "../likelihood/over-threads.ts";
import { isPixelized } from "../likelihood/plan.ts";
import { targetOf, vectorsFromUnit } from "../likelihood/target.ts";
import type { Model } from "../model/model.ts";
import { DEFAULT_SEARCH, type SearchSpec } from "../model/search-schema.ts";
import type { Spec } from "../model/spec.ts";
import { openingAlso } from "./adapt-image.ts";
import { type Journal, journaled } from "./journal.ts";
import type { SearchOutcome } from "./search-outcome.ts";
import { searchSampler } from "./search-sampler.ts";

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

/** A phase to be searched: see `FittedPhase`. */
export interface PhaseToFit extends Pick<FittedPhase, "text"> {
  readonly spec: Spec;
  readonly adaptImages?: FittedPhase["adaptImages"];
}

/** A phase that has been searched. */
export interface FittedPhase {
  readonly outcome: SearchOutcome;
  readonly datasets: readonly Dataset[];
  /** Of the best point, with errors of the sources. */
  readonly evaluation: Evaluation;
  readonly likelihood: Likelihood;
  /** Of the spec of this phase, by which it can be run alone where these files are. */
  readonly text: string;
  /** Adapt images that earlier phases made for it, by their paths. */
  readonly adaptImages: ReadonlyMap<string, Uint8Array>;
  readonly seconds: number;
}

/**
 * Searches the posterior of one spec.
 * @param phase Its name, in the journal and in what it ends with.
 * @param seed Of the fit; phases draw from generators of their own.
 * @throws InputError for a spec that cannot be searched, and Error where no point has a likelihood.
 */
export async function fitPhase(
  phase: string,
  { spec, text, adaptImages = new Map() }: PhaseToFit,
  fitOptions: FitOptions,
): Promise<FittedPhase> {
  const options = { ...fitOptions, open: openingAlso(adaptImages, fitOptions.open) };
  const began = performance.now();
  const { datasets, model, likelihood, planned } = await planSpec(spec, options);
  await options.onPlanned?.(phase);
  const objective = isPixelized(model) ? "log_evidence" : "log_likelihood";
  const search = model.parameters.length === 0 ? evaluateOnce : searchPosterior;
  const found = await search(phase, spec.search ?? DEFAULT_SEARCH, { datasets, model, likelihood, planned }, options);
  const vector = vectorsFromUnit(model, found.best.point);
  const [evaluation] = await likelihood.evaluate(vector, { errors: true });
  return {
    outcome: {
      phase,
      spec,
      model,
      objective,
      samples: found.samples,
      vectors: vectorsFromUnit(model, found.samples.points),
      best: { vector, logLikelihood: found.best.logLikelihood },
      stopped: found.paused,
      failures: found.failures,
    },
    datasets,
    evaluation,
    likelihood,
    text,
    adaptImages,
    seconds: (performance.now() - began) / 1000,
  };
}

/** What a search found. */
interface Found extends Pick<SearchOutcome, "samples" | "failures"> {
  readonly best: StepInfo["best"];
  readonly paused: string | null;
}

async function searchPosterior(
  phase: string,
  search: SearchSpec,
  { datasets, model, likelihood, planned }: PlannedSpec,
  options: FitOptions,
): Promise<Found> {
  const spread: Spread = options.spread ?? ((alone, _, use) => use(alone));
  return spread(likelihood, { datasets, model, options: planned }, async (shared) => {
    const target = journaled(targetOf(model, shared), options.journal, phase);
    let paused: string | null = null;
    const { samples, best, stopped } = await runSampler(searchSampler(search), target, {
      random: randomState(options.seed),
      stop: (evaluations) => {
        paused = options.pause?.(evaluations) ?? null;
        return paused ?? (evaluations >= search.stop.evaluations ? `stopped after ${evaluations} evaluations` : null);
      },
      onStep: (info, evaluations) => {
        const failed = countOf(target.failures);
        const vector = vectorsFromUnit(model, info.best.point);
        options.onStep?.({ ...info, phase, evaluations, replayed: target.replayed, failed, model, vector });
      },
    });
    const failures = Object.fromEntries(target.failures);
    if (best.logLikelihood === -Infinity) throw noLikelihood(phase, failures);
    const warnings = stopped === null ? samples.warnings : [stopped, ...samples.warnings];
    return { samples: { ...samples, warnings }, best, paused, failures };
  });
}

/** Of a phase in which everything is given, or solved for. */
async function evaluateOnce(phase: string, _: SearchSpec, { likelihood }: PlannedSpec): Promise<Found> {
  const none = new Float64Array(0);
  const [{ logEvidence, logLikelihood, failure }] = await likelihood.evaluate(none);
  if (failure !== null) throw noLikelihood(phase, { [failure]: 1 });
  const value = logEvidence ?? logLikelihood;
  return {
    samples: {
      dimensions: 0,
      points: none,
      logLikelihoods: Float64Array.of(value),
      logWeights: Float64Array.of(0),
      chains: null,
      logEvidence: null,
      evaluations: 1,
      diagnostics: {},
      warnings: [],
    },
    best: { point: none, logLikelihood: value },
    paused: null,
    failures: {},
  };
}

function countOf(failures: ReadonlyMap<string, number>): number {
  return [...failures.values()].reduce((sum, count) => sum + count, 0);
}

function noLikelihood(phase: string, failures: SearchOutcome["failures"]): Error {
  const [[reason, count] = ["the sampler met no point", 0]] = Object.entries(failures).toSorted(
    ([, a], [, b]) => b - a,
  );
  return new Error(`${phase}: no point has a likelihood; of ${count} points: ${reason}`);
}
