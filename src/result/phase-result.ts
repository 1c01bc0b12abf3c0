import type { SkyOrientation } from "../dataset/sky-orientation.ts";
import type { Evaluation } from "../likelihood/evaluation.ts";
import { type PlausibilityChecks, plausibilityOf } from "../pipeline/fit-on-sight.ts";
import type { FittedPhase } from "../pipeline/fit-phase.ts";
import { planDerivedQuantities } from "./derived-quantities.ts";
import { type DerivedSummary, derivedSummaries } from "./derived-summary.ts";
import { posteriorDraws } from "./posterior-draws.ts";
import { type PosteriorSummary, posteriorSummary } from "./posterior-summary.ts";

/** A phase that has been searched, and what follows from it. */
export interface PhaseResult extends FittedPhase {
  readonly summary: PosteriorSummary;
  readonly derived: readonly DerivedSummary[];
  /** Whether it looks like a lens. */
  readonly plausibility: PlausibilityChecks;
}

/** From the posterior, for errors of what is derived. */
const DRAWS = 200;
/** One in so many is evaluated, for what takes a reconstruction: enough for an error, and seconds where all took minutes. */
const EVALUATED = 8;

/** @param sky Where north and east are in the first dataset. */
export async function phaseResult(fitted: FittedPhase, sky: SkyOrientation): Promise<PhaseResult> {
  const { outcome, datasets, evaluation, likelihood } = fitted;
  const dimensions = outcome.model.parameters.length;
  const draws = posteriorDraws(outcome, DRAWS, 0);
  const evaluations: (Evaluation | null)[] = [];
  for (let at = 0; at < draws.length; at += dimensions) {
    const isEvaluated = evaluations.length % EVALUATED === 0;
    evaluations.push(isEvaluated ? (await likelihood.evaluate(draws.slice(at, at + dimensions)))[0] : null);
  }
  const derive = planDerivedQuantities(outcome.model, datasets, { sky });
  return {
    ...fitted,
    summary: posteriorSummary(outcome),
    plausibility: plausibilityOf(fitted),
    derived: derivedSummaries(outcome, derive, evaluation, draws, evaluations),
  };
}
