import { cholesky } from "../cholesky.ts";
import { draws, normal, type RandomState, uniform } from "../rng.ts";
import { logSum } from "../statistics/log-sum.ts";
import { systematicResampling } from "../statistics/systematic-resampling.ts";

/** A multivariate Student t distribution over the unconstrained space, its part of a mixture. Plain data, never changed. */
export interface StudentComponent {
  readonly logShare: number;
  /** (d) */
  readonly mean: Float64Array;
  /** (d, d), the covariance but for a factor of `DEGREES / (DEGREES - 2)`. */
  readonly scale: Float64Array;
  /** (d, d) Its lower Cholesky factor. */
  readonly root: Float64Array;
  /** ln of the density at the mean. */
  readonly logHeight: number;
}

/** Of one component or more, whose shares add up to one. */
export type StudentMixture = readonly StudentComponent[];

/**
 * Of freedom: tails that fall as a power, so that no posterior of finite variance has weights without bound, at a cost in bulk
 * that stays small in ten dimensions.
 */
export const DEGREES = 5;

export function studentComponent(logShare: number, mean: Float64Array, scale: Float64Array): StudentComponent {
  const d = mean.length;
  const root = cholesky(scale, d);
  let logHeight = logGammaHalf(DEGREES + d) - logGammaHalf(DEGREES) - (d / 2) * Math.log(DEGREES * Math.PI);
  for (let i = 0; i < d; i++) logHeight -= Math.log(root[i * (d + 1)]);
  return { logShare, mean, scale, root, logHeight };
}

/** (x - mean)' scale^-1 (x - mean) */
export function squaredDistance({ mean, root }: Pick<StudentComponent, "mean" | "root">, x: Float64Array): number {
  const d = mean.length;
  const z = new Float64Array(d);
  let sum = 0;
  for (let i = 0; i < d; i++) {
    let off = x[i] - mean[i];
    for (let j = 0; j < i; j++) off -= root[i * d + j] * z[j];
    z[i] = off / root[i * (d + 1)];
    sum += z[i] * z[i];
  }
  return sum;
}

/** ln of a component's density where its squared distance is this. */
export function logStudent({ mean, logHeight }: StudentComponent, squared: number): number {
  return logHeight - ((DEGREES + mean.length) / 2) * Math.log1p(squared / DEGREES);
}

/** ln of the density of a mixture. */
export function logMixture(mixture: StudentMixture, x: Float64Array): number {
  return logSum(mixture.map((component) => component.logShare + logStudent(component, squaredDistance(component, x))));
}

/**
 * Draws of a mixture, in the order of its components: of each as many as its share, but for one.
 * @param random changed by the draws.
 */
export function drawMixture(mixture: StudentMixture, count: number, random: RandomState): Float64Array[] {
  const shares = Float64Array.from(mixture, ({ logShare }) => logShare);
  const chosen = systematicResampling(shares, count, uniform(random));
  return Array.from(chosen, (k) => {
    const { mean, root } = mixture[k];
    const d = mean.length;
    const z = draws(random, d, normal);
    // A Student t is a normal over the root of an independent chi^2 / degrees.
    const chiSquared = draws(random, DEGREES, normal).reduce((sum, value) => sum + value * value, 0);
    const stretch = Math.sqrt(DEGREES / chiSquared);
    return mean.map((x, i) =>
      z.subarray(0, i + 1).reduce((sum, value, j) => sum + stretch * root[i * d + j] * value, x),
    );
  });
}

/** ln of the gamma function at `n / 2`, by its recurrence from 1/2 or 1. */
function logGammaHalf(n: number): number {
  let sum = n % 2 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let at = n % 2 === 0 ? 2 : 1; at < n; at += 2) sum += Math.log(at / 2);
  return sum;
}
