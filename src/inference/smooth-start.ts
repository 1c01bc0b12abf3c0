import { InputError } from "../errors.ts";
import type { RandomState } from "./rng.ts";
import type { SmoothTarget } from "./sampler.ts";
import { startPoints } from "./start-points.ts";
import { type Evaluation, fromUnit, unconstrained } from "./unconstrained.ts";

/**
 * `startPoints` with their derivatives, in the unconstrained space.
 * @throws InputError as these do, and where a point on the wall of the cube has a likelihood but none next to it.
 */
export async function smoothStart(
  target: SmoothTarget,
  random: RandomState,
  count: number,
  given: Float64Array | undefined,
  jacobian: boolean,
): Promise<{ readonly evaluations: number; readonly at: readonly Evaluation[] }> {
  const d = target.dimensions;
  const { points, evaluations } = await startPoints(target, random, count, given);
  const smooth = unconstrained(target, jacobian, evaluations);
  const positions = Array.from({ length: count }, (_, k) => fromUnit(points.subarray(k * d, (k + 1) * d)));
  const at = await smooth.evaluate(positions);
  const without = at.findIndex(({ logLikelihood }) => !(logLikelihood > Number.NEGATIVE_INFINITY));
  if (without >= 0)
    throw new InputError(
      "sampler/start-points",
      `next to start point ${without} there is no likelihood`,
      "start from inside the region that has one",
    );
  return { evaluations: smooth.evaluations(), at };
}
