import { flagLimit } from "../dataset/imaging.ts";
import { cholesky, inverseOfSquare } from "../inference/cholesky.ts";
import type { SeenImage } from "./automatic-mask.ts";

/*
 * The light of a lens taken off an image without a fit: about its peak, in every ring a pixel wide, what is the same in all
 * directions and what goes as an ellipse and a box do (angles of 2 and 4 phi; Carter 1978, MNRAS 182, 797, has isophotes so).
 * What stands out of a ring is clipped, and the profile made to fall outwards, so that a whole ring of arcs, which is a bump
 * in it, is none of it.
 */

export interface WithoutLensLight {
  /** (rows, columns) the image smoothed over 3 x 3 pixels, lens light taken off; 0 where there are no data. */
  readonly rest: Float64Array;
  /** (rows, columns) of that. */
  readonly signalToNoise: Float64Array;
  /** (y, x) of the lens' light, arcseconds; null where none is seen. */
  readonly peak: readonly [y: number, x: number] | null;
}

/** A lens is looked for within this share of the image's shorter side about its middle. */
const NEAR_MIDDLE = 1 / 8;
/** Standard deviations of a smoothed peak. */
const PEAK = 8;
/**
 * What this misses of a lens: so much of its light is no signal. Galaxies are a little lopsided; and the first rings are too
 * coarse for a core, which this share of its light at the peak allows for, falling by e in so many pixels.
 */
const LOPSIDED = 0.01;
const COARSE = 0.3;
const COARSE_WITHIN = 4;
/** Peaks count less away from the image's middle, by a Gaussian of this width in shares of its shorter side. */
const MIDDLE = 1 / 16;
/** Pixels: the width of the window that a peak's centre is seen through, and the rounds in which it follows. */
const CORE = 2;
const CENTRINGS = 10;
/** Of its axes, seen through a window of so many pixels: galaxies that lens have 0.6 to 1, arcs a third. */
const ROUND = 0.5;
const ROUND_WITHIN = 5;
/** Rounds of clipping, and the deviations from which on a pixel is clipped. */
const ROUNDS = 6;
const CLIPPED = 2;
/** Rings of fewer pixels have one value. */
const FEWEST = 24;

/** @param lensMayShine False where nothing of the lens is to be taken off. */
export function withoutLensLight(image: SeenImage, lensMayShine: boolean): WithoutLensLight {
  const { data, noiseMap } = image;
  const limit = flagLimit(noiseMap);
  const usable = data.map((value, p) => (Number.isFinite(value) && noiseMap[p] > 0 && noiseMap[p] < limit ? 1 : 0));
  const smooth = smoothed(image, data, usable);
  const noise = smoothedNoise(image, usable);
  const light = lensMayShine ? lensLight(image, usable, smooth, noise) : null;
  if (light === null) return { rest: smooth, signalToNoise: smooth.map((value, p) => value / noise[p]), peak: null };
  const rest = smoothed(
    image,
    data.map((value, p) => value - light.model[p]),
    usable,
  );
  const missed = light.radii.map((radius, p) => {
    return (LOPSIDED + COARSE * Math.exp(-radius / COARSE_WITHIN)) * light.model[p];
  });
  return {
    rest,
    signalToNoise: rest.map((value, p) => value / Math.hypot(noise[p], missed[p])),
    peak: light.peak,
  };
}

/** The mean of the usable among 3 x 3 pixels; 0 where the middle one is not. */
function smoothed({ shape: [rows, columns] }: SeenImage, values: Float64Array, usable: Float64Array): Float64Array {
  return values.map((_, pixel) => {
    if (usable[pixel] === 0) return 0;
    let [sum, count] = [0, 0];
    forEachAround(pixel, rows, columns, (p) => {
      if (usable[p] === 0) return;
      sum += values[p];
      count++;
    });
    return sum / count;
  });
}

/** Of such a mean; Infinity where there is none. */
function smoothedNoise({ shape: [rows, columns], noiseMap }: SeenImage, usable: Float64Array): Float64Array {
  return noiseMap.map((_, pixel) => {
    if (usable[pixel] === 0) return Infinity;
    let [sum, count] = [0, 0];
    forEachAround(pixel, rows, columns, (p) => {
      if (usable[p] === 0) return;
      sum += noiseMap[p] ** 2;
      count++;
    });
    return Math.sqrt(sum) / count;
  });
}

function forEachAround(pixel: number, rows: number, columns: number, visit: (pixel: number) => void): void {
  const [row, column] = [Math.floor(pixel / columns), pixel % columns];
  for (let i = Math.max(row - 1, 0); i <= Math.min(row + 1, rows - 1); i++) {
    for (let j = Math.max(column - 1, 0); j <= Math.min(column + 1, columns - 1); j++) visit(i * columns + j);
  }
}

/** Its peak, and its image. */
function lensLight(image: SeenImage, usable: Float64Array, smooth: Float64Array, noise: Float64Array) {
  const [rows, columns] = image.shape;
  const middle = peaksNearMiddle(image, smooth, noise)
    .map((peak) => centroid(image, usable, Math.floor(peak / columns), peak % columns))
    .find((at) => axisRatio(image, usable, at) > ROUND);
  if (middle === undefined) return null;
  const [row, column] = middle;
  const rings: number[][] = [];
  const radii = usable.map((_, pixel) => Math.hypot(Math.floor(pixel / columns) - row, (pixel % columns) - column));
  usable.forEach((isUsable, pixel) => {
    if (isUsable === 0) return;
    const ring = Math.round(radii[pixel]);
    while (rings.length <= ring) rings.push([]);
    rings[ring].push(pixel);
  });
  const model = new Float64Array(usable.length);
  let last = Infinity;
  for (const pixels of rings) {
    const angles = pixels.map((pixel) => Math.atan2(Math.floor(pixel / columns) - row, (pixel % columns) - column));
    const values = Float64Array.from(pixels, (pixel) => image.data[pixel]);
    const shape = ringOf(values, angles);
    const mean = Math.max(Math.min(shape[0], last), 0);
    if (pixels.length > 0) last = mean;
    // A ring of arcs has a shape of its own, which is that of the lens only as far as the light is.
    const share = shape[0] > mean ? mean / shape[0] : 1;
    pixels.forEach((pixel, i) => {
      model[pixel] = Math.max(mean + share * (valueAt(shape, angles[i]) - shape[0]), 0);
    });
  }
  const peak = [
    image.origin[0] + ((rows - 1) / 2 - row) * image.pixelScale,
    image.origin[1] + (column - (columns - 1) / 2) * image.pixelScale,
  ] as const;
  return { peak, model, radii };
}

/** Pixels at the peaks of the smoothed image above the noise, the highest first. */
function peaksNearMiddle(
  { shape: [rows, columns] }: SeenImage,
  smooth: Float64Array,
  noise: Float64Array,
): readonly number[] {
  const reach = NEAR_MIDDLE * Math.min(rows, columns);
  const peaks: { readonly pixel: number; readonly height: number }[] = [];
  smooth.forEach((value, pixel) => {
    const [dy, dx] = [Math.floor(pixel / columns) - (rows - 1) / 2, (pixel % columns) - (columns - 1) / 2];
    if (Math.hypot(dy, dx) > reach || !(value > PEAK * noise[pixel])) return;
    let isPeak = true;
    forEachAround(pixel, rows, columns, (p) => {
      if (smooth[p] > value) isPeak = false;
    });
    const height = value * Math.exp(-(dy * dy + dx * dx) / (2 * (MIDDLE * Math.min(rows, columns)) ** 2));
    if (isPeak) peaks.push({ pixel, height });
  });
  return peaks.sort((a, b) => b.height - a.height).map(({ pixel }) => pixel);
}

/**
 * Of the ellipse that light has about a position, from its second moments through a round Gaussian window. Moments of an
 * elliptical Gaussian through one are harmonic sums, 1 / m = 1 / s^2 + 1 / w^2 along each axis, which is undone here.
 */
function axisRatio({ shape: [rows, columns], data }: SeenImage, usable: Float64Array, at: readonly number[]): number {
  const reach = 4 * ROUND_WITHIN;
  let [sum, yy, xx, yx] = [0, 0, 0, 0];
  for (let i = Math.max(Math.round(at[0]) - reach, 0); i <= Math.min(Math.round(at[0]) + reach, rows - 1); i++) {
    for (let j = Math.max(Math.round(at[1]) - reach, 0); j <= Math.min(Math.round(at[1]) + reach, columns - 1); j++) {
      const [dy, dx] = [i - at[0], j - at[1]];
      const window = Math.exp(-(dy * dy + dx * dx) / (2 * ROUND_WITHIN ** 2));
      const weight = usable[i * columns + j] * Math.max(data[i * columns + j], 0) * window;
      sum += weight;
      yy += weight * dy * dy;
      xx += weight * dx * dx;
      yx += weight * dy * dx;
    }
  }
  const [half, off] = [(yy + xx) / (2 * sum), Math.hypot((yy - xx) / 2, yx) / sum];
  const [narrow, wide] = [half - off, half + off].map((moment) => 1 / moment - 1 / ROUND_WITHIN ** 2);
  // Light that is wider than the window is flat in it, and has no axis.
  return wide > 0 ? Math.sqrt(wide / narrow) : narrow > 0 ? 0 : 1;
}

/** The middle of the light through a round Gaussian window that follows it, row and column. */
function centroid({ shape: [rows, columns], data }: SeenImage, usable: Float64Array, row: number, column: number) {
  const reach = 4 * CORE;
  let [atRow, atColumn] = [row, column];
  for (let round = 0; round < CENTRINGS; round++) {
    let [sum, y, x] = [0, 0, 0];
    for (let i = Math.max(row - reach, 0); i <= Math.min(row + reach, rows - 1); i++) {
      for (let j = Math.max(column - reach, 0); j <= Math.min(column + reach, columns - 1); j++) {
        const [dy, dx] = [i - atRow, j - atColumn];
        const window = Math.exp(-(dy * dy + dx * dx) / (2 * CORE * CORE));
        const weight = usable[i * columns + j] * Math.max(data[i * columns + j], 0) * window;
        sum += weight;
        y += weight * dy;
        x += weight * dx;
      }
    }
    if (!(sum > 0)) break;
    // Twice, since the window halves how far a profile as wide as itself is seen to be off.
    atRow += (2 * y) / sum;
    atColumn += (2 * x) / sum;
  }
  return [atRow, atColumn];
}

type RingShape = readonly [mean: number, cos2: number, sin2: number, cos4: number, sin4: number];

function basisAt(angle: number): RingShape {
  return [1, Math.cos(2 * angle), Math.sin(2 * angle), Math.cos(4 * angle), Math.sin(4 * angle)];
}

function valueAt(shape: RingShape, angle: number): number {
  return basisAt(angle).reduce((sum, wave, k) => sum + shape[k] * wave, 0);
}

/** Least squares of what is not clipped. */
function ringOf(values: Float64Array, angles: readonly number[]): RingShape {
  const flat: RingShape = [median(values), 0, 0, 0, 0];
  if (values.length < FEWEST) return flat;
  const rows = angles.map(basisAt);
  let shape = flat;
  for (let round = 0; round < ROUNDS; round++) {
    const rest = values.map((value, i) => value - valueAt(shape, angles[i]));
    const middle = median(rest);
    // 1.4826 median deviations are a standard deviation of normal noise.
    const limit = CLIPPED * 1.4826 * median(rest.map((value) => Math.abs(value - middle)));
    const kept = [...rows.keys()].filter((i) => Math.abs(rest[i] - middle) <= limit);
    const found = leastSquares(
      kept.map((i) => rows[i]),
      kept.map((i) => values[i]),
    );
    if (found === null) break;
    shape = found;
  }
  return shape;
}

function leastSquares(rows: readonly RingShape[], values: readonly number[]): RingShape | null {
  const size = 5;
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  rows.forEach((row, i) => {
    for (let a = 0; a < size; a++) {
      right[a] += row[a] * values[i];
      for (let b = 0; b < size; b++) matrix[a * size + b] += row[a] * row[b];
    }
  });
  const root = cholesky(matrix, size);
  const inverse = inverseOfSquare(root, size);
  const solved = basisAt(0).map((_, a) => right.reduce((sum, value, b) => sum + inverse[a * size + b] * value, 0));
  // Ring pixels on one side alone leave some of it open.
  return solved.every(Number.isFinite) ? (solved as unknown as RingShape) : null;
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  return sorted.length === 0 ? 0 : sorted[(sorted.length - 1) >> 1];
}
