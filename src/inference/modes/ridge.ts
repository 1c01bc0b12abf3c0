import type { Evaluation, UnconstrainedTarget } from "../unconstrained.ts";
import { along, dot } from "../vectors.ts";
import { type LocalGaussian, localGaussian } from "./laplace.ts";
import { longestAxis } from "./longest-axis.ts";

/*
 * A posterior that is bent along its degeneracy, as that of radius, ellipticity and shear is where data leave much open: the
 * Gaussian at its top goes straight on where the hill turns. Draws of it meet the arms so rarely that their weights do not
 * tell of them: of long parabolas in 5 to 11 dimensions ln Z was low by 5 to 17 of its errors, with 500 effective samples and no
 * warning. So the crest is walked along first.
 */

/**
 * From point to point, in standard deviations along the axis: the first that ends on the crest, which is where the density is no
 * further below what the last point's Gaussian expects. A crest that turns sharply may not come back to the plane of a long one.
 */
const STRIDES = [1, 0.5, 0.25];
const OFF = 1;
/** So far along the axis, a hill that falls as a Gaussian does, within so much in ln density, is not bent. */
const LOOK = 2;
const STRAIGHT = 0.7;
/**
 * Half way between two tops, below the lower by more in ln density, is a valley: that of two equal Gaussians 3.6 standard
 * deviations apart is as deep.
 */
export const VALLEY = 1;
/** Below the top by more, an arm holds too little to matter. */
const LOW = 6;
/** Points of an arm. */
const MOST_POINTS = 8;
/** Steps back onto the crest, and parts of each, tried side by side. */
const MOST_STEPS = 20;
const PARTS = [1, 0.5, 0.2];
/** In ln density: nearer to the crest is near enough. */
const NEAR = 0.1;

/**
 * Gaussians about points of the crest on both sides of a top, along its longest axis; none where the hill is straight.
 * @param top With a gradient of about zero.
 */
export async function ridgeOf(top: LocalGaussian, target: UnconstrainedTarget): Promise<readonly LocalGaussian[]> {
  const axis = longestAxis(top.covariance, top.at.position.length);
  const sides = [axis, axis.map((value) => -value)];
  const straightOn = await target.evaluate(sides.map((side) => along(top.at.position, LOOK, side)));
  const found: LocalGaussian[] = [];
  for (const [k, side] of sides.entries()) {
    const drop = top.at.logDensity - straightOn[k].logDensity;
    if (Math.abs(drop - LOOK ** 2 / 2) < STRAIGHT) continue;
    found.push(...(await arm(top, side, target)));
  }
  return found;
}

async function arm(top: LocalGaussian, side: Float64Array, target: UnconstrainedTarget): Promise<LocalGaussian[]> {
  const points: LocalGaussian[] = [];
  let [from, axis] = [top, side];
  let lowest = top.at.logDensity;
  while (points.length < MOST_POINTS) {
    const at = await nextOnCrest(from, axis, target);
    // Out of a valley it goes up to another mode, which climbs find if it matters.
    if (at === undefined || at.logDensity < top.at.logDensity - LOW || at.logDensity > lowest + VALLEY) break;
    lowest = Math.min(lowest, at.logDensity);
    const next = await localGaussian(at, from.precision, target);
    points.push(next);
    const turned = longestAxis(next.covariance, axis.length);
    // Which way is on.
    const isOn = dot(turned, multiplied(from.precision, axis)) > 0;
    [from, axis] = [next, isOn ? turned : turned.map((value) => -value)];
  }
  return points;
}

async function nextOnCrest(from: LocalGaussian, axis: Float64Array, target: UnconstrainedTarget) {
  const slope = dot(from.at.gradient, axis);
  for (const stride of STRIDES) {
    const [guess] = await target.evaluate([along(from.at.position, stride, axis)]);
    const at = await ontoCrest(guess, from, axis, target);
    if (at.logDensity > from.at.logDensity + stride * slope - stride ** 2 / 2 - OFF) return at;
  }
  return undefined;
}

/** Up, by steps of Newton that leave the place along the axis. */
async function ontoCrest(
  guess: Evaluation,
  { covariance }: LocalGaussian,
  axis: Float64Array,
  target: UnconstrainedTarget,
): Promise<Evaluation> {
  let at = guess;
  for (let steps = 0; steps < MOST_STEPS && at.logDensity > Number.NEGATIVE_INFINITY; steps++) {
    const { position, gradient } = at;
    // The axis is one standard deviation long: what is conjugate to it has none of it in the metric of the precision.
    const step = along(multiplied(covariance, gradient), -dot(axis, gradient), axis);
    if (dot(gradient, step) / 2 < NEAR) break;
    const trials = await target.evaluate(PARTS.map((part) => along(position, part, step)));
    const next = trials.reduce((best, trial) => (trial.logDensity > best.logDensity ? trial : best), at);
    if (next === at) break;
    at = next;
  }
  return at;
}

function multiplied(matrix: Float64Array, vector: Float64Array): Float64Array {
  const d = vector.length;
  return vector.map((_, i) => dot(matrix.subarray(i * d, (i + 1) * d), vector));
}
