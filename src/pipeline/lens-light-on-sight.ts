import { flagLimit } from "../dataset/imaging.ts";
import type { SeenImage } from "./automatic-mask.ts";

/*
 * The light of a lens taken off an image without a fit: the median on similar ellipses about its peak, made to fall outwards,
 * so that a whole ring of arcs, which is a bump in the profile, is none of it.
 */

export interface WithoutLensLight {
  /** (rows, columns) of the image smoothed over 3 x 3 pixels, lens light taken off; 0 where there are no data. */
  readonly signalToNoise: Float64Array;
  /** (y, x) of the lens' light, arcseconds; null where none is seen. */
  readonly peak: readonly [y: number, x: number] | null;
}

/** A lens is looked for within this share of the image's shorter side about its middle. */
const NEAR_MIDDLE = 1 / 8;
/** Standard deviations of a smoothed peak. */
const PEAK = 8;
/** What the median misses of the lens, twisted and lopsided as galaxies are: a tenth of its light is no signal. */
const NOT_ELLIPTICAL = 0.1;
/** Pixels: the width of the window that the ellipse is seen through. */
const WINDOW = 5;
/** Rounds of centring. */
const ROUNDS = 5;

/** @param lensMayShine False where nothing of the lens is to be taken off. */
export function withoutLensLight(image: SeenImage, lensMayShine: boolean): WithoutLensLight {
  const { data, noiseMap } = image;
  const limit = flagLimit(noiseMap);
  const usable = data.map((value, p) =>
    Number.isFinite(value) && noiseMap[p] > 0 && noiseMap[p] < limit ? 1 : 0,
  );
  const smooth = smoothed(image, data, usable);
  const noise = smoothedNoise(image, usable);
  const light = lensMayShine ? lensLight(image, usable, smooth, noise) : null;
  if (light === null) return { signalToNoise: smooth.map((value, p) => value / noise[p]), peak: null };
  const rest = smoothed(image, data.map((value, p) => value - light.model[p]), usable);
  return {
    signalToNoise: rest.map((value, p) => value / Math.hypot(noise[p], NOT_ELLIPTICAL * light.model[p])),
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
  const first = brightestPeak(image, smooth, noise);
  if (first === null) return null;
  let [row, column] = [Math.floor(first / columns), first % columns];
  // In pixels; of the light itself, not of the light in the window.
  let [yy, xx, xy] = [1, 1, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const seen = windowed(image, usable, row, column);
    if (seen === null) break;
    [row, column] = [row + seen.row, column + seen.column];
    [yy, xx, xy] = withoutWindow(seen.yy, seen.xx, seen.xy);
  }
  const determinant = yy * xx - xy * xy;
  // The radius of a circle of the ellipse's area.
  const radiusOf = (pixel: number) => {
    const [dy, dx] = [Math.floor(pixel / columns) - row, (pixel % columns) - column];
    return Math.sqrt((xx * dy * dy - 2 * xy * dy * dx + yy * dx * dx) / Math.sqrt(determinant));
  };
  const radii = image.data.map((_, pixel) => radiusOf(pixel));
  const profile = fallingProfile(image.data, usable, radii);
  const model = radii.map((radius) => {
    const k = Math.min(Math.floor(radius), profile.length - 2);
    const t = Math.min(radius - k, 1);
    return (1 - t) * profile[k] + t * profile[k + 1];
  });
  const peak = [
    image.origin[0] + ((rows - 1) / 2 - row) * image.pixelScale,
    image.origin[1] + (column - (columns - 1) / 2) * image.pixelScale,
  ] as const;
  return { peak, model };
}

/** The highest of the smoothed image's peaks near its middle; null where none is above the noise. */
function brightestPeak({ shape: [rows, columns] }: SeenImage, smooth: Float64Array, noise: Float64Array): number | null {
  const reach = NEAR_MIDDLE * Math.min(rows, columns);
  let best: number | null = null;
  smooth.forEach((value, pixel) => {
    const [dy, dx] = [Math.floor(pixel / columns) - (rows - 1) / 2, (pixel % columns) - (columns - 1) / 2];
    if (Math.hypot(dy, dx) > reach || !(value > PEAK * noise[pixel])) return;
    if (best !== null && value <= smooth[best]) return;
    let isPeak = true;
    forEachAround(pixel, rows, columns, (p) => {
      if (smooth[p] > value) isPeak = false;
    });
    if (isPeak) best = pixel;
  });
  return best;
}

/** Mean and covariance of the light through a round Gaussian window; null where there is none. */
function windowed({ shape: [rows, columns], data }: SeenImage, usable: Float64Array, row: number, column: number) {
  let [sum, y, x, yy, xx, xy] = [0, 0, 0, 0, 0, 0];
  const reach = 4 * WINDOW;
  for (let i = Math.max(Math.ceil(row - reach), 0); i <= Math.min(row + reach, rows - 1); i++) {
    for (let j = Math.max(Math.ceil(column - reach), 0); j <= Math.min(column + reach, columns - 1); j++) {
      const [dy, dx] = [i - row, j - column];
      const pixel = i * columns + j;
      const weight = usable[pixel] * data[pixel] * Math.exp(-(dy * dy + dx * dx) / (2 * WINDOW ** 2));
      sum += weight;
      y += weight * dy;
      x += weight * dx;
      yy += weight * dy * dy;
      xx += weight * dx * dx;
      xy += weight * dy * dx;
    }
  }
  if (!(sum > 0)) return null;
  [y, x] = [y / sum, x / sum];
  return { row: y, column: x, yy: yy / sum - y * y, xx: xx / sum - x * x, xy: xy / sum - x * y };
}

/** Gaussians multiply: C^-1 = M^-1 - W^-1. A circle where that is none of an ellipse of at most one to three. */
function withoutWindow(yy: number, xx: number, xy: number): [yy: number, xx: number, xy: number] {
  const determinant = yy * xx - xy * xy;
  const [a, b, c] = [xx / determinant - 1 / WINDOW ** 2, yy / determinant - 1 / WINDOW ** 2, -xy / determinant];
  const inverse = a * b - c * c;
  const isEllipse = a > 0 && b > 0 && inverse > 0.25 * (0.6 * (a + b)) ** 2;
  return isEllipse ? [b / inverse, a / inverse, -c / inverse] : [1, 1, 0];
}

/** Medians in rings a pixel wide, none above the one before. */
function fallingProfile(data: Float64Array, usable: Float64Array, radii: Float64Array): Float64Array {
  const rings: number[][] = [];
  radii.forEach((radius, pixel) => {
    // The nearest whole radius.
    const ring = Math.round(radius);
    if (usable[pixel] === 0) return;
    while (rings.length <= ring) rings.push([]);
    rings[ring].push(data[pixel]);
  });
  const profile = new Float64Array(Math.max(rings.length, 2));
  let last = Infinity;
  rings.forEach((values, ring) => {
    values.sort((a, b) => a - b);
    if (values.length > 0) last = Math.min(last, Math.max(values[(values.length - 1) >> 1], 0));
    profile[ring] = Number.isFinite(last) ? last : 0;
  });
  return profile;
}
