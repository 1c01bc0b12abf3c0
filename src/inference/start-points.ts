import { InputError } from "../errors.ts";
import { draws, normal, type RandomState, uniform } from "./rng.ts";
import type { Target } from "./sampler.ts";
import { fromUnit, toUnit } from "./unconstrained.ts";

export interface StartPoints {
  /** (count, dimensions) */
  readonly points: Float64Array;
  /** (count), finite. */
  readonly logLikelihoods: Float64Array;
  readonly evaluations: number;
}

/** Draws from the prior until each point has a likelihood; a prior of which less than some 1 % has one is given up. */
const ROUNDS = 500;
/** ln(u / (1 - u)) of a uniform u has a standard deviation of 1.8. */
const NEAR = 0.45;

/**
 * Where walkers, particles, chains begin: `given`, or uniform in the unit cube where the target has a likelihood.
 * @param random changed by the draws.
 * @param given (count, dimensions) in the unit cube.
 * @throws InputError where `given` does not fit, or where no likelihood is found.
 */
export async function startPoints(
  target: Target,
  random: RandomState,
  count: number,
  given?: Float64Array,
): Promise<StartPoints> {
  if (target.dimensions < 1) {
    throw new InputError("sampler/no-parameters", "the model has no free parameter", "free one");
  }
  if (given !== undefined) return givenPoints(target, count, given);
  return drawnPoints(target, count, (n) => draws(random, n, uniform));
}

/**
 * `startPoints` about one point: a quarter as far from it, over the unconstrained space, as points of the prior lie from its middle.
 * @param about (dimensions) in the unit cube.
 */
export async function startPointsAbout(
  target: Target,
  random: RandomState,
  count: number,
  about: Float64Array,
): Promise<StartPoints> {
  const middle = fromUnit(about);
  return drawnPoints(target, count, (n) =>
    toUnit(draws(random, n, normal).map((off, i) => middle[i % middle.length] + NEAR * off)),
  );
}

/** @param draw So many coordinates. */
async function drawnPoints(
  target: Target,
  count: number,
  draw: (coordinates: number) => Float64Array,
): Promise<StartPoints> {
  const { dimensions } = target;
  const points = new Float64Array(count * dimensions);
  const logLikelihoods = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  let evaluations = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const missing = [...logLikelihoods.keys()].filter((i) => logLikelihoods[i] === Number.NEGATIVE_INFINITY);
    if (missing.length === 0) return { points, logLikelihoods, evaluations };
    const batch = draw(missing.length * dimensions);
    const found = await target.logLikelihoods(batch);
    evaluations += missing.length;
    missing.forEach((i, at) => {
      points.set(batch.subarray(at * dimensions, (at + 1) * dimensions), i * dimensions);
      logLikelihoods[i] = found[at];
    });
  }
  throw new InputError(
    "sampler/no-likelihood",
    `${evaluations} points of the prior were tried, and next to none has a likelihood`,
    "narrow the priors, or give points to start from",
  );
}

async function givenPoints(target: Target, count: number, given: Float64Array): Promise<StartPoints> {
  const { dimensions } = target;
  if (given.length !== count * dimensions || !given.every((value) => value >= 0 && value <= 1))
    throw new InputError(
      "sampler/start-points",
      `${given.length} coordinates to start from`,
      `give ${count} points of ${dimensions} coordinates in [0, 1]`,
    );
  const logLikelihoods = await target.logLikelihoods(given.slice());
  const without = logLikelihoods.findIndex((value) => !(value > Number.NEGATIVE_INFINITY));
  if (without >= 0)
    throw new InputError("sampler/start-points", `start point ${without} has no likelihood`, "give one that has");
  return { points: given.slice(), logLikelihoods, evaluations: count };
}
