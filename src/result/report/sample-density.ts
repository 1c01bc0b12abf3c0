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
/**
 * The bandwidth is this part of what Scott (1992) has for two dimensions, n^(-1/6) standard deviations: his is for round
 * clouds, and widens narrow ones.
 */
const OF_SCOTT = 0.5;

/**
 * The lines within which the densest parts of two parameters' samples hold each of `shares` of their weight: a histogram
 * smoothed by a Gaussian, and marching squares.
 */
export function densityLines(
  x: Float64Array,
  y: Float64Array,
  { weights, effective }: Pick<WeightedSamples, "weights" | "effective">,
  ranges: readonly [across: readonly [number, number], up: readonly [number, number]],
  shares: readonly number[],
): readonly (readonly DensityLine[])[] {
  const size = BINS + 2 * RIM;
  const [across, up] = [x, y].map((values, axis) => {
    const [lower, upper] = ranges[axis];
    return values.map((value) => RIM + ((value - lower) / (upper - lower)) * BINS);
  });
  const counts = new Float64Array(size * size);
  weights.forEach((weight, i) => {
    const [column, row] = [Math.floor(across[i]), Math.floor(up[i])];
    if (column >= 0 && column < size && row >= 0 && row < size) counts[row * size + column] += weight;
  });
  const [alongX, alongY] = [across, up].map((bins) => OF_SCOTT * effective ** (-1 / 6) * deviation(bins, weights));
  const density = smoothed(smoothed(counts, size, 1, alongX), size, size, alongY);
  // Nothing is on the rim, whatever the smoothing brought there: lines close.
  for (let i = 0; i < size; i++) for (const end of [0, size - 1]) density[i * size + end] = density[end * size + i] = 0;
  return levelsOf(density, shares).map((level) => {
    const field = density.map((value) => value - level);
    const crossing = (from: number, to: number) => {
      const t = field[from] / (field[from] - field[to]);
      const between = (a: number, b: number) => (a + t * (b - a) + 0.5 - RIM) / BINS;
      return [between(Math.floor(from / size), Math.floor(to / size)), between(from % size, to % size)] as const;
    };
    return contourLines([size, size], field, crossing).map(({ points }) => points.map(([v, u]) => [u, v] as const));
  });
}

function deviation(values: Float64Array, weights: Float64Array): number {
  const mean = values.reduce((sum, value, i) => sum + weights[i] * value, 0);
  return Math.sqrt(values.reduce((sum, value, i) => sum + weights[i] * (value - mean) ** 2, 0));
}

/** A Gaussian along one axis; at least of a bin's width, which is what the histogram has lost. */
function smoothed(field: Float64Array, size: number, stride: number, sigma: number): Float64Array {
  const width = Math.min(Math.max(sigma, 0.7), RIM);
  const reach = Math.ceil(3 * width);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-0.5 * ((k - reach) / width) ** 2));
  const sum = kernel.reduce((total, value) => total + value, 0);
  const other = stride === 1 ? size : 1;
  const result = new Float64Array(field.length);
  for (let line = 0; line < size; line++) {
    for (let i = 0; i < size; i++) {
      let total = 0;
      for (let k = Math.max(0, i - reach); k <= Math.min(size - 1, i + reach); k++) {
        total += kernel[k - i + reach] * field[line * other + k * stride];
      }
      result[line * other + i * stride] = total / sum;
    }
  }
  return result;
}

/** The densities above which each share of the whole lies. */
function levelsOf(density: Float64Array, shares: readonly number[]): readonly number[] {
  const sorted = density.toSorted((a, b) => b - a);
  const whole = sorted.reduce((sum, value) => sum + value, 0);
  return shares.map((share) => sorted[placeReaching(sorted, share * whole)]);
}
