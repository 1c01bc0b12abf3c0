import { type Mask, nativeIndexForSlimIndex } from "../../dataset/mask.ts";
import { type PixelGrid, slimPositions } from "../../grid.ts";
import { type RandomState, randomState, uniform } from "../../inference/rng.ts";
import { nearestVertex } from "./nearest-vertex.ts";
import { type BrightnessSeedsOptions, requireAdaptImage, requireSeeds } from "./seeds.ts";
import { triangulate } from "./triangulation.ts";
import { weightMap } from "./weight-map.ts";

/** It has converged well enough for seeds by then. */
const MOST_ITERATIONS = 100;

export interface KMeansSeedsOptions extends BrightnessSeedsOptions {
  /** Of the random start. */
  readonly seed: number;
}

/**
 * Seeds by k-means clustering of the unmasked pixels, weighted by brightness (PyAutoLens' `KMeans`): each seed is the mean
 * of the pixels that are nearer to it than to other seeds. Pixels without weight take no part. Begins with k-means++ (Arthur
 * & Vassilvitskii 2007) and iterates as Lloyd (1982) does until no pixel changes, or a hundred times. In a mask with a
 * hole, a mean may lie in the hole.
 * @param adaptImage (M) brightness in the unmasked pixels.
 * @returns (S, 2) y and x, arcseconds; the same for the same seed.
 * @throws InputError as `weightMap` does, and `mesh/seeds` for more seeds than pixels with weight.
 */
export function kMeansSeeds(
  grid: PixelGrid,
  mask: Mask,
  adaptImage: Float64Array,
  options: KMeansSeedsOptions,
): Float64Array {
  const nativeIndex = nativeIndexForSlimIndex(mask);
  requireAdaptImage(adaptImage, nativeIndex.length / 2);
  const all = weightMap(adaptImage, options);
  const positions = slimPositions(grid, nativeIndex).filter((_, at) => all[at >> 1] > 0);
  const weights = all.filter((weight) => weight > 0);
  requireSeeds(options.seeds, weights.length, "bright");
  let clusters = spreadStart(positions, weights, options.seeds, randomState(options.seed));
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const means = clusterMeans(positions, weights, clusters);
    const nearest = nearestVertex(triangulate(means));
    const nearer = clusters.of.map((cluster, m) => nearest(positions[2 * m], positions[2 * m + 1], cluster));
    const moved = nearer.some((cluster, m) => cluster !== clusters.of[m]);
    clusters = { centres: means, of: nearer };
    if (!moved) break;
  }
  return clusters.centres;
}

interface Clusters {
  /** (S, 2) */
  readonly centres: Float64Array;
  /** (M) cluster of each pixel. */
  readonly of: Int32Array;
}

/** k-means++: pixels drawn one after the other by weight times the squared distance to the nearest one drawn. */
function spreadStart(positions: Float64Array, weights: Float64Array, count: number, state: RandomState): Clusters {
  const centres = new Float64Array(2 * count);
  const of = new Int32Array(weights.length);
  const squaredDistance = new Float64Array(weights.length).fill(Number.POSITIVE_INFINITY);
  const chances = weights.slice();
  for (let cluster = 0; cluster < count; cluster++) {
    const drawn = drawIndex(chances, state);
    const [y, x] = [positions[2 * drawn], positions[2 * drawn + 1]];
    centres.set([y, x], 2 * cluster);
    for (let m = 0; m < weights.length; m++) {
      const squared = (positions[2 * m] - y) ** 2 + (positions[2 * m + 1] - x) ** 2;
      if (squared >= squaredDistance[m]) continue;
      squaredDistance[m] = squared;
      chances[m] = weights[m] * squared;
      of[m] = cluster;
    }
  }
  return { centres, of };
}

/** An index with a chance in proportion to its value. */
function drawIndex(chances: Float64Array, state: RandomState): number {
  let total = 0;
  for (const chance of chances) total += chance;
  const target = total * uniform(state);
  let sum = 0;
  return chances.findIndex((chance) => {
    sum += chance;
    return sum > target;
  });
}

/** The mean of the pixels of each cluster; where a cluster has lost them all, it stays. */
function clusterMeans(positions: Float64Array, weights: Float64Array, { centres, of }: Clusters): Float64Array {
  const sums = new Float64Array(centres.length);
  const totals = new Float64Array(centres.length / 2);
  of.forEach((cluster, m) => {
    sums[2 * cluster] += weights[m] * positions[2 * m];
    sums[2 * cluster + 1] += weights[m] * positions[2 * m + 1];
    totals[cluster] += weights[m];
  });
  return sums.map((sum, at) => (totals[at >> 1] > 0 ? sum / totals[at >> 1] : centres[at]));
}
