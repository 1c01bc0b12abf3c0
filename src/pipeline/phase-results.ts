import type { SampleSet } from "../inference/sampler.ts";
import type { Evaluation } from "../likelihood/evaluation.ts";
import { valuesByPath } from "../model/model.ts";
import type { PhaseResults, Posterior } from "../model/passed-on.ts";
import { isLogarithmic } from "../model/prior.ts";
import { coefficientPath, type Solved } from "../model/solved-values.ts";
import type { SearchOutcome } from "./search-outcome.ts";

/**
 * What later phases take from a search.
 * @param evaluation Of its best point.
 */
export function phaseResults(outcome: SearchOutcome, evaluation: Evaluation): PhaseResults {
  const { spec, model, samples, vectors, best } = outcome;
  const weights = weightsOf(samples);
  const posteriors = model.parameters.map(({ path, prior }, p) => {
    const scaled = (value: number) => (isLogarithmic(prior) ? Math.log(value) : value);
    const values = weights.map((_, i) => scaled(vectors[i * model.parameters.length + p]));
    return [path, posteriorOf(values, weights) ?? { mean: scaled(best.vector[p]), standardDeviation: 0 }] as const;
  });
  return {
    posteriors: Object.fromEntries(posteriors),
    best: valuesByPath(spec, best.vector),
    solved: solvedIn(evaluation),
  };
}

function weightsOf({ logWeights }: SampleSet): Float64Array {
  const largest = logWeights.reduce((most, weight) => Math.max(most, weight), -Infinity);
  return logWeights.map((weight) => Math.exp(weight - largest));
}

/** @returns undefined where there are no samples. */
function posteriorOf(values: Float64Array, weights: Float64Array): Posterior | undefined {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) return undefined;
  const mean = values.reduce((sum, value, i) => sum + weights[i] * value, 0) / total;
  const variance = values.reduce((sum, value, i) => sum + weights[i] * (value - mean) ** 2, 0) / total;
  return { mean, standardDeviation: Math.sqrt(variance) };
}

/** Of what was solved for in one dataset alone, or in all together. */
function solvedIn({ datasets, sources }: Evaluation): Solved {
  const found = [
    ...datasets.flatMap(({ intensities }) => Object.entries(intensities)),
    ...sources.flatMap(({ galaxy, regularization: { coefficient } }) => {
      return coefficient === undefined ? [] : [[coefficientPath(galaxy), coefficient] as const];
    }),
  ];
  const times = new Map<string, number>();
  for (const [path] of found) times.set(path, (times.get(path) ?? 0) + 1);
  return Object.fromEntries(found.filter(([path]) => times.get(path) === 1));
}
