import type { SearchOutcome } from "../../pipeline/search-outcome.ts";
import { samplesPosterior } from "../posterior-summary.ts";

/** Samples of the posterior with their weights. */
export interface WeightedSamples {
  /** (n, parameters) */
  readonly vectors: Float64Array;
  readonly parameters: number;
  /** (n), which add up to one. */
  readonly weights: Float64Array;
  /** Of how many independent ones of equal weight they are worth: by what the sampler says, and by their weights. */
  readonly effective: number;
}

/** Fewer are no picture of a posterior. */
const FEWEST = 8;

/** The samples of an outcome; null where it is of too few points to draw, such as a best point alone. */
export function weightedSamples({ samples, vectors }: SearchOutcome): WeightedSamples | null {
  if (!samplesPosterior(samples)) return null;
  const weights = samples.logWeights.map(Math.exp);
  // Kish 1965.
  const equal = 1 / weights.reduce((sum, weight) => sum + weight * weight, 0);
  if (!(equal >= FEWEST)) return null;
  const { effectiveSamples = equal } = samples.diagnostics;
  const effective = Math.max(1, Math.min(equal, effectiveSamples || equal));
  return { vectors, parameters: samples.dimensions, weights, effective };
}

/** (n) the values of one parameter. */
export function columnOf({ vectors, parameters, weights }: WeightedSamples, parameter: number): Float64Array {
  return weights.map((_, i) => vectors[i * parameters + parameter]);
}

/** Where the lowest and the highest thousandth lie, and a margin about them: what an axis shows. */
export function shownRange(values: Float64Array, weights: Float64Array): readonly [lower: number, upper: number] {
  const order = [...values.keys()].filter((i) => weights[i] > 0).sort((a, b) => values[a] - values[b]);
  const sorted = Float64Array.from(order, (i) => weights[i]);
  const [lower, upper] = [TAIL, 1 - TAIL].map((share) => values[order[placeReaching(sorted, share)]]);
  const margin = MARGIN * (upper - lower) || 1e-3 * Math.abs(lower) || 1e-3;
  return [lower - margin, upper + margin];
}

const TAIL = 1e-3;
const MARGIN = 0.06;

/**
 * `count` samples of equal weight, by steps of 1 / count through the weights (systematic resampling), so that the same
 * samples give the same picture; each sample once.
 */
export function equalSamples(weights: Float64Array, count: number): number[] {
  const kept: number[] = [];
  let [below, next] = [0, 0.5 / count];
  weights.forEach((weight, i) => {
    below += weight;
    if (below < next) return;
    kept.push(i);
    next += Math.ceil((below - next) * count || 1) / count;
  });
  return kept;
}

/** The first place up to which numbers add up to `total`; the last where they do not. */
export function placeReaching(numbers: Float64Array, total: number): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) {
    sum += numbers[i];
    if (sum >= total) return i;
  }
  return numbers.length - 1;
}
