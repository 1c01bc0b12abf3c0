import { InputError } from "../errors.ts";
import { randomState, uniform } from "../inference/rng.ts";
import type { SearchOutcome } from "../pipeline/search-outcome.ts";
import { samplesPosterior } from "./posterior-summary.ts";

/**
 * Draws of equal weight from weighted samples, in their order: systematic resampling (Kitagawa 1996, J. Comput. Graph.
 * Stat. 5, 1), one random number for all. The same for the same seed.
 * @param count one or more.
 * @returns (count, free parameters) values of the parameters; empty where the search did not sample the posterior.
 * @throws InputError for a count that is not a whole number of one or more.
 */
export function posteriorDraws({ model, samples, vectors }: SearchOutcome, count: number, seed: number): Float64Array {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new InputError("result/draws", `${count} draws are not a whole number of one or more`, "give 200 or so");
  }
  if (!samplesPosterior(samples)) return new Float64Array(0);
  const dimensions = model.parameters.length;
  const weights = samples.logWeights.map(Math.exp);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const last = weights.findLastIndex((weight) => weight > 0);
  const offset = uniform(randomState(seed));
  const draws = new Float64Array(count * dimensions);
  let [sample, below] = [0, weights[0]];
  for (let k = 0; k < count; k++) {
    const wanted = ((k + offset) / count) * total;
    // Rounding must not carry it past the last sample that has a weight.
    while (below <= wanted && sample < last) below += weights[++sample];
    draws.set(vectors.subarray(sample * dimensions, (sample + 1) * dimensions), k * dimensions);
  }
  return draws;
}
