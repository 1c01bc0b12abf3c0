import { cholesky } from "../cholesky.ts";
import { draws, normal, type RandomState, uniform } from "../rng.ts";
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
}

/** Of one component or more, whose shares add up to one. */
export type StudentMixture = readonly StudentComponent[];

/**
 * Of freedom: tails that fall as a power, so that no posterior of finite variance has weights without bound, at a cost in bulk
 * that stays small in ten dimensions.
 */
export const DEGREES = 5;
/** ln of 3 sqrt(pi) / 4, the gamma function at 5/2. */
const LOG_GAMMA_HALF = Math.log((3 * Math.sqrt(Math.PI)) / 4);

export function studentComponent(logShare: number, mean: Float64Array, scale: Float64Array): StudentComponent {
  return { logShare, mean, scale, root: cholesky(scale, mean.length) };
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
export function logStudent({ mean, root }: StudentComponent, squared: number): number {
  const d = mean.length;
  let logRoot = 0;
  for (let i = 0; i < d; i++) logRoot += Math.log(root[i * (d + 1)]);
  const norm = logGammaHalf(DEGREES + d) - LOG_GAMMA_HALF - (d / 2) * Math.log(DEGREES * Math.PI) - logRoot;
  return norm - ((DEGREES + d) / 2) * Math.log1p(squared / DEGREES);
}

/** ln of the density of a mixture. */
export function logMixture(mixture: StudentMixture, x: Float64Array): number {
  const terms = mixture.map((component) => component.logShare + logStudent(component, squaredDistance(component, x)));
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
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
