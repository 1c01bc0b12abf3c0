import { ascendingOrder } from "./ascending-order.ts";
import { BUFFER } from "./rectangular.ts";

/** One axis of a rectangular mesh whose pixels hold equal shares of the rays along it. */
export interface AdaptiveAxis {
  /** (n) pixel centres, ascending. */
  readonly centres: Float64Array;
  /** (n + 1) where pixels meet, halfway between centres, and the ends. */
  readonly boundaries: Float64Array;
  /** (N) rays by coordinate. */
  readonly order: Int32Array;
  /** (N) weight of each ray; null where all are equal. */
  readonly weights: Float64Array | null;
}

/** Share of a uniform axis in every axis: no pixel is narrower than this times a pixel of the uniform mesh. */
const UNIFORM_SHARE = 1e-3;

/**
 * Divides the weight of all rays, sorted by coordinate, into n equal shares and puts a pixel's centre at the mean
 * coordinate of its share:
 *
 *   centre_i = n integral of Q(p) dp, p from i / n to (i + 1) / n,     i = 0 ... n - 1,
 *
 * Q being the weighted quantile function of the coordinates. A ray whose weight lies across the end of a share counts
 * for both, by its parts. Since Q is the least of the greatest coordinates of all sets of rays that weigh as much, a
 * centre is a continuous function of the coordinates, with no jump where rays of different weight change places (as an
 * interpolated cumulative distribution would have), and never moves farther than the ray that moves the most. Its slope
 * by a ray is the ray's part in the share. A thousandth of the uniform axis between the outermost rays is mixed in, so
 * that rays at the same place leave pixels of some width.
 * @param coordinates (N) of at least one ray; centres are NaN where one is.
 * @param weights (N) none negative, not all zero; null where all are equal.
 */
export function adaptiveAxis(coordinates: Float64Array, weights: Float64Array | null, pixels: number): AdaptiveAxis {
  const order = ascendingOrder(coordinates);
  const lowest = coordinates[order[0]];
  const highest = coordinates[order[order.length - 1]];
  // From the lowest: rays at one place then have exactly that mean.
  const means = new Float64Array(pixels);
  forEachPart({ order, weights }, pixels, (pixel, ray, part) => {
    means[pixel] += part * (coordinates[ray] - lowest);
  });
  const low = lowest - BUFFER;
  const high = highest + BUFFER;
  const centres = means.map((mean, i) => {
    const uniform = low + ((i + 0.5) / pixels) * (high - low);
    return (1 - UNIFORM_SHARE) * (lowest + mean) + UNIFORM_SHARE * uniform;
  });
  const boundaries = Float64Array.from({ length: pixels + 1 }, (_, i) => (centres[i - 1] + centres[i]) / 2);
  boundaries[0] = low;
  boundaries[pixels] = high;
  return { centres, boundaries, order, weights };
}

/**
 * The adjoint of `adaptiveAxis`: adds to the slopes of something by the coordinates what its slopes by the centres bring,
 * the rays staying in their order.
 * @param centreSlopes (n)
 * @param out (N) added to.
 */
export function addAxisSlopes(axis: AdaptiveAxis, centreSlopes: Float64Array, out: Float64Array): void {
  const { order } = axis;
  const pixels = centreSlopes.length;
  forEachPart(axis, pixels, (pixel, ray, part) => {
    out[ray] += (1 - UNIFORM_SHARE) * part * centreSlopes[pixel];
  });
  centreSlopes.forEach((slope, i) => {
    const way = (i + 0.5) / pixels;
    out[order[0]] += UNIFORM_SHARE * (1 - way) * slope;
    out[order[order.length - 1]] += UNIFORM_SHARE * way * slope;
  });
}

/** Visits every pixel and ray that have weight in common: `part` is the fraction of the pixel's share. */
function forEachPart(
  { order, weights }: Pick<AdaptiveAxis, "order" | "weights">,
  pixels: number,
  visit: (pixel: number, ray: number, part: number) => void,
): void {
  // In shares: pixel i has what lies between i and i + 1.
  const perWeight = pixels / totalWeight(order, weights);
  let sum = 0;
  let from = 0;
  let pixel = 0;
  for (const ray of order) {
    sum += weights === null ? 1 : weights[ray];
    const to = Math.min(sum * perWeight, pixels);
    while (pixel < pixels - 1 && to > pixel + 1) {
      visit(pixel, ray, pixel + 1 - from);
      pixel++;
      from = pixel;
    }
    visit(pixel, ray, to - from);
    from = to;
  }
}

function totalWeight(order: Int32Array, weights: Float64Array | null): number {
  return weights === null ? order.length : order.reduce((sum, ray) => sum + weights[ray], 0);
}
