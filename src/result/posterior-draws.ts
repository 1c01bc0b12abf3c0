import { InputError } from "../errors.ts";
import { randomState, uniform } from "../inference/rng.ts";
import { systematicResampling } from "../inference/statistics/systematic-resampling.ts";
import type { SearchOutcome } from "../pipeline/search-outcome.ts";
import { samplesPosterior } from "./posterior-summary.ts";

/**
 * Draws of equal weight from weighted samples, in their order. The same for the same seed.
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
  const draws = new Float64Array(count * dimensions);
  const drawn = systematicResampling(samples.logWeights, count, uniform(randomState(seed)));
  for (const [k, sample] of drawn.entries()) {
    draws.set(vectors.subarray(sample * dimensions, (sample + 1) * dimensions), k * dimensions);
  }
  return draws;
}
