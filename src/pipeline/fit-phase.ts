import type { Dataset } from "../likelihood/dataset.ts";
import type { Evaluation, Likelihood } from "../likelihood/evaluation.ts";
import { planSpec } from "../likelihood/from-spec.ts";
import { isPixelized } from "../likelihood/plan.ts";
import { vectorsFromUnit } from "../likelihood/target.ts";
import type { Spec } from "../model/spec.ts";
import { openingAlso } from "./adapt-image.ts";
import type { FitOptions } from "./fit-options.ts";
import type { SearchOutcome } from "./search-outcome.ts";
import { type Found, noLikelihood, searchPosterior } from "./search-posterior.ts";

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
  const isFixed = model.parameters.length === 0;
  const found = isFixed
    ? await evaluateOnce(phase, likelihood)
    : await searchPosterior(phase, spec, { datasets, model, likelihood, planned }, options);
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

/** Of a phase in which everything is given, or solved for. */
async function evaluateOnce(phase: string, likelihood: Likelihood): Promise<Found> {
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
