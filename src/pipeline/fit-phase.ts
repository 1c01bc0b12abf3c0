import { randomState } from "../inference/rng.ts";
import { runSampler } from "../inference/run.ts";
import type { StepInfo } from "../inference/sampler.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import type { Evaluation, Likelihood } from "../likelihood/evaluation.ts";
import { type PlanSpecOptions, planSpec } from "../likelihood/from-spec.ts";
import type { LikelihoodStart } from "../likelihood/over-threads.ts";
import { targetOf, vectorsFromUnit } from "../likelihood/target.ts";
import { DEFAULT_SEARCH, type StopRules } from "../model/search-schema.ts";
import type { Spec } from "../model/spec.ts";
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
  /** In the place of the spec's. */
  readonly stop?: StopRules;
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
  readonly outcome: Pick<SearchOutcome, "model" | "objective">;
  /** Of the best point. */
  readonly vector: Float64Array;
}

/** A phase that has been searched. */
export interface FittedPhase {
  readonly outcome: SearchOutcome;
  readonly datasets: readonly Dataset[];
  /** Of the best point, with errors of the sources. */
  readonly evaluation: Evaluation;
  readonly likelihood: Likelihood;
  /** Of the spec of this phase, by which it can be run alone. */
  readonly text: string;
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
  { spec, text }: { readonly spec: Spec; readonly text: string },
  options: FitOptions,
): Promise<FittedPhase> {
  const began = performance.now();
  const { datasets, model, likelihood, planned } = await planSpec(spec, options);
  await options.onPlanned?.(phase);
  const search = spec.search ?? DEFAULT_SEARCH;
  const stop = options.stop ?? search.stop;
  const spread = options.spread ?? ((alone, _, use) => use(alone));
  const objective = model.galaxies.some(({ pixelization }) => pixelization !== undefined)
    ? "log_evidence"
    : "log_likelihood";
  const searching = performance.now();
  const { target, end } = await spread(likelihood, { datasets, model, options: planned }, async (shared) => {
    const target = journaled(targetOf(model, shared), options.journal, phase);
    const end = await runSampler(searchSampler(search), target, {
      random: randomState(options.seed),
      stop: (evaluations) => reasonToStop(stop, evaluations, (performance.now() - searching) / 60_000),
      onStep: (info, evaluations) => {
        options.onStep?.({
          ...info,
          phase,
          evaluations,
          replayed: target.replayed,
          failed: countOf(target.failures),
          outcome: { model, objective },
          vector: vectorsFromUnit(model, info.best.point),
        });
      },
    });
    return { target, end };
  });
  const failures = Object.fromEntries(target.failures);
  if (end.best.logLikelihood === -Infinity) throw noLikelihood(phase, failures);
  const best = { vector: vectorsFromUnit(model, end.best.point), logLikelihood: end.best.logLikelihood };
  const [evaluation] = await likelihood.evaluate(best.vector, { errors: true });
  const { samples, stopped } = end;
  return {
    outcome: {
      phase,
      spec,
      model,
      objective,
      samples: stopped === null ? samples : { ...samples, warnings: [stopped, ...samples.warnings] },
      vectors: vectorsFromUnit(model, samples.points),
      best,
      stopped,
      failures,
    },
    datasets,
    evaluation,
    likelihood,
    text,
    seconds: (performance.now() - began) / 1000,
  };
}

function reasonToStop(stop: StopRules, evaluations: number, minutes: number): string | null {
  if (evaluations >= stop.evaluations) return `stopped after ${evaluations} evaluations`;
  return minutes >= stop.minutes ? `stopped after ${stop.minutes} minutes` : null;
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
