import { cholesky } from "../cholesky.ts";
import type { Mode } from "../modes/laplace.ts";
import { draws, normal, type RandomState } from "../rng.ts";
import { toUnit, type UnconstrainedTarget } from "../unconstrained.ts";
import { along, flattened } from "../vectors.ts";

/** After as many halvings a draw is at the top. */
const ROUNDS = 40;

/**
 * Draws of a mode's Gaussian. One without a likelihood comes closer to the top by halves.
 * @param random changed by the draws.
 * @returns (count, d) in the unit cube.
 */
export async function drawsFrom(
  { at, covariance }: Mode,
  count: number,
  target: UnconstrainedTarget,
  random: RandomState,
): Promise<Float64Array> {
  const d = at.position.length;
  const root = cholesky(covariance, d);
  let positions: readonly Float64Array[] = Array.from({ length: count }, () => {
    const z = draws(random, d, normal);
    return at.position.map((x, i) => z.reduce((sum, value, j) => sum + root[i * d + j] * value, x));
  });
  for (let round = 0; round < ROUNDS; round++) {
    const found = await target.evaluate(positions);
    if (found.every(({ logLikelihood }) => logLikelihood > Number.NEGATIVE_INFINITY)) break;
    positions = found.map(({ position, logLikelihood }) =>
      logLikelihood > Number.NEGATIVE_INFINITY ? position : along(at.position, 0.5, along(position, -1, at.position)),
    );
  }
  return flattened(positions.map(toUnit));
}
