import type { Points } from "../../src/inference/nested/points.ts";
import { pointsAt } from "../../src/inference/nested/points.ts";
import { weigh } from "../../src/inference/nested/prior-volume.ts";
import { type RandomState, uniform } from "../../src/inference/rng.ts";

/** Means, then the lower triangle of the covariance about them. */
export function momentsOf(points: Points, dimensions: number): Float64Array {
  const { order, logWeights } = weigh(points.logLikelihoods, points.births);
  const weights = logWeights.map(Math.exp);
  const mean = new Float64Array(dimensions);
  const covariance = new Float64Array((dimensions * (dimensions + 1)) / 2);
  order.forEach((point, rank) => {
    for (let i = 0; i < dimensions; i++) mean[i] += weights[rank] * points.coordinates[point * dimensions + i];
  });
  const off = new Float64Array(dimensions);
  order.forEach((point, rank) => {
    for (let i = 0; i < dimensions; i++) off[i] = points.coordinates[point * dimensions + i] - mean[i];
    let entry = 0;
    for (let i = 0; i < dimensions; i++) {
      for (let j = 0; j <= i; j++) covariance[entry++] += weights[rank] * off[i] * off[j];
    }
  });
  return Float64Array.from([...mean, ...covariance]);
}

/**
 * Standard errors of the moments, by resampling whole threads (Higson, Handley, Hobson & Lasenby 2018, Bayesian Analysis
 * 13, 873): a point continues the thread of the death that it was born on.
 */
export function momentErrors(
  points: Points,
  dimensions: number,
  resamplings: number,
  random: RandomState,
): Float64Array {
  const threads = threadsOf(points);
  const draws = Array.from({ length: resamplings }, () => {
    const indices = threads.flatMap(() => threads[Math.floor(uniform(random) * threads.length)]);
    return momentsOf(pointsAt(points, indices, dimensions), dimensions);
  });
  return draws[0].map((_, moment) => {
    const mean = draws.reduce((sum, draw) => sum + draw[moment], 0) / resamplings;
    return Math.sqrt(draws.reduce((sum, draw) => sum + (draw[moment] - mean) ** 2, 0) / (resamplings - 1));
  });
}

function threadsOf({ births, logLikelihoods }: Points): number[][] {
  const threads: number[][] = [];
  const endingAt = new Map<number, number[][]>();
  const byBirth = [...births.keys()].sort((a, b) => births[a] - births[b] || logLikelihoods[a] - logLikelihoods[b]);
  for (const point of byBirth) {
    let thread = endingAt.get(births[point])?.pop();
    if (thread === undefined) {
      thread = [];
      threads.push(thread);
    }
    thread.push(point);
    const ends = endingAt.get(logLikelihoods[point]);
    if (ends === undefined) endingAt.set(logLikelihoods[point], [thread]);
    else ends.push(thread);
  }
  return threads;
}
