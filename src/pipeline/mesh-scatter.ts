import { normal, type RandomState } from "../inference/rng.ts";
import type { SampleSet } from "../inference/sampler.ts";
import { fromUnit, toUnit } from "../inference/unconstrained.ts";
import { along } from "../inference/vectors.ts";

/*
 * Where the pixels of a source happen to be moves the top of a posterior: by as much as the noise does where data are clear, and
 * a source's knots lie between pixels. (Etherington et al. 2022, MNRAS 517, 3275, cap their likelihoods against it.) Here the top
 * is climbed to on several meshes. Every mesh is as good as another, so the posterior of them all is that of one, moved to the
 * mean of the tops and spread by their covariance.
 */

/** Beyond this many standard deviations the pixels say more than the data. */
const NOTABLE = 3;

/**
 * The samples of one mesh as those of all: each is moved by the mean of the tops and by a draw of the Gaussian of their
 * covariance, in the unconstrained space. Their log likelihoods stay those that they had on their own mesh.
 * @param tops In the unit cube, the samples' own mesh first; of one alone there is no scatter.
 * @param random changed by the draws.
 */
export function scattered(samples: SampleSet, tops: readonly Float64Array[], random: RandomState): SampleSet {
  if (tops.length < 2) return samples;
  const d = samples.dimensions;
  const [own, ...others] = tops.map(fromUnit);
  const moves = [own.map(() => 0), ...others.map((top) => along(top, -1, own))];
  const mean = own.map((_, i) => moves.reduce((sum, move) => sum + move[i], 0) / moves.length);
  const off = moves.map((move) => along(move, -1, mean).map((value) => value / Math.sqrt(moves.length - 1)));
  const points = samples.points.slice();
  for (let at = 0; at < points.length; at += d) {
    const moved = off.reduce<Float64Array>((sum, each) => along(sum, normal(random), each), mean);
    points.set(toUnit(along(fromUnit(points.subarray(at, at + d)), 1, moved)), at);
  }
  const scatter = Math.sqrt(largestRatio(off, samples));
  return {
    ...samples,
    points,
    diagnostics: { ...samples.diagnostics, meshes: tops.length, meshScatter: scatter },
    warnings: [
      ...samples.warnings,
      ...(scatter > NOTABLE
        ? [
            `on other meshes the best point scatters by ${scatter.toFixed(1)} standard deviations: the pixels, not the data`,
          ]
        : []),
    ],
  };
}

/** Of the variances of the parameters: that of the tops over that of the samples. */
function largestRatio(off: readonly Float64Array[], { points, logWeights, dimensions: d }: SampleSet): number {
  const weights = logWeights.map(Math.exp);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let largest = 0;
  for (let i = 0; i < d; i++) {
    const values = weights.map((_, n) => fromUnit(points.subarray(n * d, (n + 1) * d))[i]);
    const mean = values.reduce((sum, value, n) => sum + weights[n] * value, 0) / total;
    const variance = values.reduce((sum, value, n) => sum + weights[n] * (value - mean) ** 2, 0) / total;
    const ofTops = off.reduce((sum, each) => sum + each[i] ** 2, 0);
    largest = Math.max(largest, ofTops / variance);
  }
  return largest;
}
