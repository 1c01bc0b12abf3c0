import { InputError } from "../errors.ts";
import type { SmoothTarget } from "../inference/sampler.ts";
import { failedAssertion } from "../model/assertion.ts";
import type { Model } from "../model/model.ts";
import { slopeFromUnit, valueFromUnit } from "../model/prior.ts";
import type { Evaluation, Likelihood } from "./evaluation.ts";

/** The coordinates nearest to the ends of the unit interval, where a prior without edges has infinite values. */
const FIRST = 2 ** -60;
const LAST = 1 - 2 ** -53;

/** Reasons that are counted apart; a reason with a number in it would otherwise fill the memory of a long search. */
const MOST_REASONS = 100;

/** What samplers search: the log evidence of a model, or its log likelihood where it has none, over quantiles of its priors. */
export interface ModelTarget extends SmoothTarget {
  readonly failures: ReadonlyMap<string, number>;
}

/**
 * A model's likelihood over the unit cube. Points at which an assertion fails are not evaluated.
 * @param likelihood Of this model.
 * @throws InputError for a model without free parameters.
 */
export function targetOf(model: Model, likelihood: Likelihood): ModelTarget {
  const dimensions = model.parameters.length;
  if (dimensions === 0) {
    throw new InputError("target/fixed", "the model has no free parameter", "give one a prior");
  }
  const failures = new Map<string, number>();
  const fail = (reason: string) => {
    const known = failures.has(reason) || failures.size < MOST_REASONS ? reason : "other reasons";
    failures.set(known, (failures.get(known) ?? 0) + 1);
  };

  /** Of each point; undefined where an assertion fails. */
  async function evaluate(points: Float64Array, gradient: boolean): Promise<readonly (Evaluation | undefined)[]> {
    const vectors = vectorsFromUnit(model, points);
    const kept: Float64Array[] = [];
    const places = Array.from({ length: points.length / dimensions }, (_, i) => {
      const vector = vectors.subarray(i * dimensions, (i + 1) * dimensions);
      const failed = failedAssertion(model.assertions, vector);
      if (failed === null) return kept.push(vector) - 1;
      fail(`assertion: ${failed.text}`);
      return -1;
    });
    if (kept.length === 0) return places.map(() => undefined);
    const batch = new Float64Array(kept.length * dimensions);
    for (const [k, vector] of kept.entries()) batch.set(vector, k * dimensions);
    const evaluations = await likelihood.evaluate(batch, { gradient });
    return places.map((place) => evaluations[place]);
  }

  /** -Infinity where there is none, which is counted. */
  function counted({ logEvidence, logLikelihood, failure }: Evaluation): number {
    const value = logEvidence ?? logLikelihood;
    if (failure === null && Number.isFinite(value)) return value;
    fail(failure ?? "the likelihood is not finite");
    return -Infinity;
  }

  const valuesOf = (evaluations: readonly (Evaluation | undefined)[]) =>
    Float64Array.from(evaluations, (evaluation) => (evaluation === undefined ? -Infinity : counted(evaluation)));

  return {
    dimensions,
    failures,
    logLikelihoods: async (points) => valuesOf(await evaluate(points, false)),
    async withGradients(points) {
      const evaluations = await evaluate(points, true);
      const logLikelihoods = valuesOf(evaluations);
      const gradients = new Float64Array(points.length);
      evaluations.forEach((evaluation, i) => {
        if (logLikelihoods[i] === -Infinity) return;
        const at = i * dimensions;
        const gradient = evaluation!.gradient!;
        model.parameters.forEach(({ prior }, p) => {
          gradients[at + p] = gradient[p] * slopeFromUnit(prior, inside(points[at + p]));
        });
      });
      return { logLikelihoods, gradients };
    },
  };
}

/**
 * The free parameters of points in the unit cube, by their priors; all of them finite.
 * @param points (n, free parameters), row-major.
 * @returns (n, free parameters)
 */
export function vectorsFromUnit({ parameters }: Model, points: Float64Array): Float64Array {
  return points.map((u, i) => valueFromUnit(parameters[i % parameters.length].prior, inside(u)));
}

function inside(u: number): number {
  return Math.min(Math.max(u, FIRST), LAST);
}
