import { contourLines } from "../../lens/contour-lines.ts";
import { placeReaching, type WeightedSamples } from "./weighted-samples.ts";

/** (bins) the share of the weight in each bin of a range; what is outside is in none. */
export function histogram(
  values: Float64Array,
  weights: Float64Array,
  [lower, upper]: readonly [number, number],
  bins: number,
): Float64Array {
  const shares = new Float64Array(bins);
  values.forEach((value, i) => {
    const bin = Math.floor(((value - lower) / (upper - lower)) * bins);
    if (bin >= 0 && bin < bins) shares[bin] += weights[i];
  });
  return shares;
}

/** A line of equal density: (x, y) each as shares of the ranges, y upward. */
export type DensityLine = readonly (readonly [x: number, y: number])[];

const BINS = 40;
/** Bins beyond the ranges, so that lines close there. */
const RIM = 6;
const SIZE = BINS + 2 * RIM;
/** The bandwidth is this part of what Scott (1992) has for two dimensions, n^(-1/6) standard deviations. */
const OF_SCOTT = 0.8;
/** What a histogram has lost, and smoothing gives back: some half of a bin. */
const LEAST_VARIANCE = 0.3;

/**
 * The lines within which the densest parts of two parameters' samples hold each of `shares` of their weight: a histogram
 * smoothed by a Gaussian as long and as narrow as the samples are, and marching squares.
 */
export function densityLines(
  x: Float64Array,
  y: Float64Array,
  { weights, effective }: Pick<WeightedSamples, "weights" | "effective">,
  ranges: readonly [across: readonly [number, number], up: readonly [number, number]],
  shares: readonly number[],
): readonly (readonly DensityLine[])[] {
  const [across, up] = [x, y].map((values, axis) => {
    const [lower, upper] = ranges[axis];
    return values.map((value) => RIM + ((value - lower) / (upper - lower)) * BINS);
  });
  const counts = new Float64Array(SIZE * SIZE);
  weights.forEach((weight, i) => {
    const [column, row] = [Math.floor(across[i]), Math.floor(up[i])];
    if (column >= 0 && column < SIZE && row >= 0 && row < SIZE) counts[row * SIZE + column] += weight;
  });
  const density = smoothed(counts, covariance(across, up, weights), (OF_SCOTT * effective ** (-1 / 6)) ** 2);
  // Nothing is on the rim, whatever the smoothing brought there: lines close.
  for (let i = 0; i < SIZE; i++) for (const end of [0, SIZE - 1]) density[i * SIZE + end] = density[end * SIZE + i] = 0;
  return levelsOf(density, shares).map((level) => {
    const field = density.map((value) => value - level);
    const crossing = (from: number, to: number) => {
      const t = field[from] / (field[from] - field[to]);
      const between = (a: number, b: number) => (a + t * (b - a) + 0.5 - RIM) / BINS;
      return [between(Math.floor(from / SIZE), Math.floor(to / SIZE)), between(from % SIZE, to % SIZE)] as const;
    };
    return contourLines([SIZE, SIZE], field, crossing).map(({ points }) => points.map(([v, u]) => [u, v] as const));
  });
}

type Covariance = readonly [xx: number, xy: number, yy: number];

function covariance(x: Float64Array, y: Float64Array, weights: Float64Array): Covariance {
  const meanOf = (value: (i: number) => number) => weights.reduce((sum, weight, i) => sum + weight * value(i), 0);
  const [meanX, meanY] = [meanOf((i) => x[i]), meanOf((i) => y[i])];
  return [
    meanOf((i) => (x[i] - meanX) ** 2),
    meanOf((i) => (x[i] - meanX) * (y[i] - meanY)),
    meanOf((i) => (y[i] - meanY) ** 2),
  ];
}

/** Each count spread as a Gaussian of the covariance times `factor`, as far as the rim is wide. */
function smoothed(counts: Float64Array, [xx, xy, yy]: Covariance, factor: number): Float64Array {
  const [a, b, c] = [factor * xx + LEAST_VARIANCE, factor * xy, factor * yy + LEAST_VARIANCE];
  const determinant = a * c - b * b;
  const width = 2 * RIM + 1;
  const kernel = Float64Array.from({ length: width * width }, (_, k) => {
    const [v, u] = [Math.floor(k / width) - RIM, (k % width) - RIM];
    return Math.exp((-0.5 * (c * u * u - 2 * b * u * v + a * v * v)) / determinant);
  });
  const sum = kernel.reduce((total, value) => total + value, 0);
  const result = new Float64Array(counts.length);
  counts.forEach((count, from) => {
    if (count === 0) return;
    const [row, column] = [Math.floor(from / SIZE), from % SIZE];
    for (let v = Math.max(0, row - RIM); v <= Math.min(SIZE - 1, row + RIM); v++) {
      for (let u = Math.max(0, column - RIM); u <= Math.min(SIZE - 1, column + RIM); u++) {
        result[v * SIZE + u] += (count / sum) * kernel[(v - row + RIM) * width + u - column + RIM];
      }
    }
  });
  return result;
}

/** The densities above which each share of the whole lies. */
function levelsOf(density: Float64Array, shares: readonly number[]): readonly number[] {
  const sorted = density.toSorted((a, b) => b - a);
  const whole = sorted.reduce((sum, value) => sum + value, 0);
  return shares.map((share) => sorted[placeReaching(sorted, share * whole)]);
}
