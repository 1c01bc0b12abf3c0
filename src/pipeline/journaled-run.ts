import { randomState } from "../inference/rng.ts";
import { type RunEnd, runSampler } from "../inference/run.ts";
import type { PlannedSpec } from "../likelihood/from-spec.ts";
import { targetOf, vectorsFromUnit } from "../likelihood/target.ts";
import type { FitOptions, Spread } from "./fit-options.ts";
import { journaled } from "./journal.ts";
import type { AnySampler } from "./search-sampler.ts";

/** What a phase has spent so far. */
export interface Spent {
  readonly evaluations: number;
  /** How many of them an earlier run had stored. */
  readonly replayed: number;
  /** How many had no likelihood, by the reason. */
  readonly failures: Readonly<Record<string, number>>;
}

export const NOTHING_SPENT: Spent = { evaluations: 0, replayed: 0, failures: {} };

/** One sampler's run, of a phase that may have several. */
export interface RunOfPhase {
  readonly phase: string;
  /** In the journal. */
  readonly title: string;
  readonly sampler: AnySampler;
  /** By the runs before. */
  readonly spent: Spent;
  /** More evaluations than these end it. */
  readonly most: number;
  /** The part of the phase that it is, of its progress. */
  readonly part: readonly [from: number, to: number];
}

/** Where it ended, and what the phase has spent by then. */
export interface JournaledEnd extends RunEnd, Spent {
  /** Why the fit was paused, which is a reason why it was stopped, or null. */
  readonly paused: string | null;
}

/** Runs a sampler on a likelihood whose every answer is in the journal, and tells of every step. */
export async function runJournaled(
  { phase, title, sampler, spent, most, part: [from, to] }: RunOfPhase,
  { datasets, model, likelihood, planned }: PlannedSpec,
  options: FitOptions,
): Promise<JournaledEnd> {
  const spread: Spread = options.spread ?? ((alone, _, use) => use(alone));
  return spread(likelihood, { datasets, model, options: planned }, async (shared) => {
    const target = journaled(targetOf(model, shared), options.journal, title);
    const replayed = () => spent.replayed + target.replayed;
    let paused: string | null = null;
    const end = await runSampler(sampler, target, {
      random: randomState(options.seed),
      stop: (evaluations) => {
        paused = options.pause?.(spent.evaluations + evaluations) ?? null;
        return paused ?? (evaluations >= most ? `stopped after ${evaluations} evaluations` : null);
      },
      onStep: (info, evaluations) => {
        const failed = countOf(spent.failures) + countOf(Object.fromEntries(target.failures));
        const vector = vectorsFromUnit(model, info.best.point);
        const sum = spent.evaluations + evaluations;
        const progress = from + (to - from) * info.progress;
        options.onStep?.({ ...info, progress, phase, evaluations: sum, replayed: replayed(), failed, model, vector });
      },
    });
    return {
      ...end,
      paused,
      evaluations: spent.evaluations + end.samples.evaluations,
      replayed: replayed(),
      failures: sumOf(spent.failures, Object.fromEntries(target.failures)),
    };
  });
}

function countOf(failures: Spent["failures"]): number {
  return Object.values(failures).reduce((sum, count) => sum + count, 0);
}

function sumOf(before: Spent["failures"], added: Spent["failures"]): Spent["failures"] {
  const sums = Object.entries(added).map(([reason, count]) => [reason, count + (before[reason] ?? 0)]);
  return { ...before, ...Object.fromEntries(sums) };
}
