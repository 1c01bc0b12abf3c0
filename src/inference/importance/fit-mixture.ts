import { longestAxis } from "../modes/longest-axis.ts";
import { logSum } from "../statistics/log-sum.ts";
import {
  DEGREES,
  logStudent,
  type StudentComponent,
  type StudentMixture,
  squaredDistance,
  studentComponent,
} from "./student-mixture.ts";

/*
 * The mixture of Student t distributions that is nearest to weighted draws, in the sense of Kullback and Leibler: expectation
 * maximization as in population Monte Carlo (Cappe, Douc, Guillin, Marin & Robert 2008, Statistics and Computing 18, 447), where a
 * draw far out counts less for the moments. Each component is held to the one it was by as many draws as a covariance needs at
 * the least, so that a few heavy weights cannot make it collapse.
 */

/** Draws and what they weigh, which adds up to one. */
export interface WeightedDraws {
  readonly positions: readonly Float64Array[];
  /** (n) */
  readonly weights: Float64Array;
  /** As many equal draws say as much. */
  readonly effective: number;
}

const MOST_ROUNDS = 10;
/** In the mean of ln density. With less to gain the draws would be as good as they are, to some thousandths. */
const GAIN = 1e-3;
/** Halves of a component are this far from its middle, in its standard deviations. */
const APART = 0.8;

/**
 * Fitted to the draws from the mixture before, with one component more where that is worth its parameters: by Akaike's
 * criterion, which asks how near the draws still to come will be.
 */
export function fitMixture(before: StudentMixture, draws: WeightedDraws, mostComponents: number): StudentMixture {
  const same = maximized(before, draws);
  if (before.length >= mostComponents) return same.mixture;
  const split = maximized(splitLargest(same.mixture), draws);
  const d = before[0].mean.length;
  const parameters = 1 + d + (d * (d + 1)) / 2;
  return draws.effective * (split.logDensity - same.logDensity) > parameters ? split.mixture : same.mixture;
}

/** With the mean of ln density over the draws. */
function maximized(start: StudentMixture, draws: WeightedDraws) {
  let mixture = start;
  let expected = expectation(mixture, draws);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { responsibilities, distances, logDensity } = expected;
    const parts = start.map((prior, k) => refitted(prior, responsibilities[k], distances[k], draws, start.length));
    const whole = logSum(parts.map(({ logShare }) => logShare));
    mixture = parts.map((part) => ({ ...part, logShare: part.logShare - whole }));
    expected = expectation(mixture, draws);
    if (expected.logDensity - logDensity < GAIN) break;
  }
  return { mixture, logDensity: expected.logDensity };
}

/** Of which component each draw is, by its weight, and how far from it. */
function expectation(mixture: StudentMixture, { positions, weights }: WeightedDraws) {
  const responsibilities = mixture.map(() => new Float64Array(positions.length));
  const distances = mixture.map(() => new Float64Array(positions.length));
  let logDensity = 0;
  positions.forEach((x, n) => {
    if (weights[n] === 0) return;
    const terms = mixture.map((component, k) => {
      distances[k][n] = squaredDistance(component, x);
      return component.logShare + logStudent(component, distances[k][n]);
    });
    const sum = logSum(terms);
    logDensity += weights[n] * sum;
    terms.forEach((term, k) => {
      responsibilities[k][n] = weights[n] * Math.exp(term - sum);
    });
  });
  return { responsibilities, distances, logDensity };
}

/** A component's share, mean and scale, with `prior` as `d + 2` draws more. */
function refitted(
  prior: StudentComponent,
  responsibilities: Float64Array,
  distances: Float64Array,
  { positions, effective }: WeightedDraws,
  components: number,
): StudentComponent {
  const d = prior.mean.length;
  const held = (d + 2) / effective;
  const share = responsibilities.reduce((sum, value) => sum + value, 0);
  const moments = responsibilities.map((value, n) => (value * (DEGREES + d)) / (DEGREES + distances[n]));
  const total = held + moments.reduce((sum, value) => sum + value, 0);
  const mean = prior.mean.map((x) => held * x);
  positions.forEach((x, n) => {
    if (moments[n] > 0) for (let i = 0; i < d; i++) mean[i] += moments[n] * x[i];
  });
  for (let i = 0; i < d; i++) mean[i] /= total;
  const scale = prior.scale.map((value) => held * value);
  const add = (x: Float64Array, weight: number) => {
    for (let i = 0; i < d; i++)
      for (let j = 0; j <= i; j++) scale[i * d + j] += weight * (x[i] - mean[i]) * (x[j] - mean[j]);
  };
  positions.forEach((x, n) => {
    if (moments[n] > 0) add(x, moments[n]);
  });
  add(prior.mean, held);
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++) {
      scale[i * d + j] /= held + share;
      scale[j * d + i] = scale[i * d + j];
    }
  // As if each had been met once more: none is lost for good.
  const logShare = Math.log((effective * share + 1) / (effective + components));
  const component = studentComponent(logShare, mean, scale);
  return component.root.every((value) => Number.isFinite(value)) ? component : { ...prior, logShare };
}

/** The component of the largest share as two halves of the same mean and covariance, along its longest axis. */
function splitLargest(mixture: StudentMixture): StudentMixture {
  const largest = mixture.reduce((best, other) => (other.logShare > best.logShare ? other : best));
  const { mean, scale, logShare } = largest;
  const axis = longestAxis(scale, mean.length);
  const d = mean.length;
  const inner = scale.map((value, at) => value - APART ** 2 * axis[Math.floor(at / d)] * axis[at % d]);
  const halves = [-APART, APART].map((side) =>
    studentComponent(
      logShare - Math.LN2,
      mean.map((x, i) => x + side * axis[i]),
      inner,
    ),
  );
  return mixture.flatMap((component) => (component === largest ? halves : [component]));
}
