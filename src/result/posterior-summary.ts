import type { SampleSet } from "../inference/sampler.ts";
import type { Prior } from "../model/prior.ts";
import type { SearchOutcome } from "../pipeline/search-outcome.ts";
import { summaryOf, type ValueSummary } from "./value-summary.ts";

/** A free parameter before and after the data. */
export interface ParameterSummary {
  /** In the spec, `galaxies.lens.mass.einstein_radius`. */
  readonly path: string;
  readonly prior: Prior;
  /** At the best point of the search. */
  readonly best: number;
  /** null where the search did not sample the posterior. */
  readonly posterior: ValueSummary | null;
}

export interface PosteriorSummary {
  /** In the order of the model. */
  readonly parameters: readonly ParameterSummary[];
  readonly samples: number;
  /** As many independent samples would know as much; null where the posterior was not sampled. */
  readonly effectiveSamples: number | null;
}

/** What a search tells of the free parameters. */
export function posteriorSummary({ model, samples, vectors, best }: SearchOutcome): PosteriorSummary {
  const { parameters } = model;
  const isPosterior = samplesPosterior(samples);
  const weights = samples.logWeights.map(Math.exp);
  return {
    parameters: parameters.map(({ path, prior }, p) => {
      const values = Float64Array.from(weights, (_, n) => vectors[n * parameters.length + p]);
      return { path, prior, best: best.vector[p], posterior: isPosterior ? summaryOf(values, weights) : null };
    }),
    samples: weights.length,
    effectiveSamples: isPosterior ? effectiveSamples(samples) : null,
  };
}

/** Whether samples are of the posterior: chains, or points weighed by an evidence. Tops of basins are not. */
export function samplesPosterior({ chains, logEvidence, logWeights }: SampleSet): boolean {
  return (chains !== null || logEvidence !== null) && logWeights.some((weight) => weight > -Infinity);
}

/** What the sampler knows of its chains, or 1 / sum of the squared weights (Kish 1965). */
function effectiveSamples({ diagnostics, logWeights }: SampleSet): number {
  const kish = 1 / logWeights.reduce((sum, weight) => sum + Math.exp(2 * weight), 0);
  return diagnostics.effectiveSamples ?? kish;
}
