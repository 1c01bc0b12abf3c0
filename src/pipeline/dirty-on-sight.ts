import type { Compaction } from "../dataset/compaction.ts";
import type { WCompact } from "../operators/w-compact.ts";
import type { SeenImage } from "./automatic-mask.ts";

/** From so many standard deviations at its peak on, images can be told from what is between them. */
const CLEAR = 10;
/** Of the shorter side: beyond, a ring that fits in the grid is one blob. */
const WIDEST = 1 / 12;
/** A Gaussian is cut at so many of its deviations. */
const CUT = 3;

/**
 * The dirty image as sharp as what it shows is clear: as it is, or smoothed by a Gaussian of 1, 2, 4, ... pixels until its peak
 * stands out. An array of long baselines spreads faint arcs over many beams, and none of these by itself is seen.
 *
 * Noise maps are of an image that is smoothed over 3 x 3 pixels before anything is looked for: a beam is wider than these, so that
 * their mean has the noise of one pixel, and not a third of it.
 */
export function dirtyOnSight({ grid, sums }: Pick<Compaction, "grid" | "sums">): SeenImage {
  const { dirtyImage } = sums.data;
  const seen = (sigma: number) => {
    const data = sigma === 0 ? dirtyImage : smoothed(dirtyImage, grid.shape, sigma);
    const noise = Math.sqrt(sigma === 0 ? sums.weightSum : smoothedVariance(sums.wCompact, sigma));
    return { data, noise, peak: data.reduce((most, value) => Math.max(most, value), 0) / noise };
  };
  let best = seen(0);
  for (let sigma = 1; best.peak < CLEAR && sigma <= WIDEST * Math.min(...grid.shape); sigma *= 2) {
    const smoother = seen(sigma);
    if (smoother.peak > best.peak) best = smoother;
  }
  return { ...grid, data: best.data, noiseMap: new Float64Array(dirtyImage.length).fill(3 * best.noise) };
}

/** Normalized, along one axis, from -reach to reach. */
function gaussian(sigma: number): Float64Array {
  const reach = Math.ceil(CUT * sigma);
  const values = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const sum = values.reduce((all, value) => all + value, 0);
  return values.map((value) => value / sum);
}

/** Of an image that is 0 beyond its sides. */
function smoothed(image: Float64Array, [rows, columns]: readonly [number, number], sigma: number): Float64Array {
  const along = gaussian(sigma);
  const acrossRows = smoothedAlong(image, along, rows, columns);
  return smoothedAlong(acrossRows, along, columns, 1);
}

/** Along the axis of `count` steps of `stride`. */
function smoothedAlong(image: Float64Array, along: Float64Array, count: number, stride: number): Float64Array {
  const reach = (along.length - 1) / 2;
  return image.map((_, pixel) => {
    const at = Math.floor(pixel / stride) % count;
    let sum = 0;
    for (let d = -Math.min(reach, at); d <= Math.min(reach, count - 1 - at); d++) {
      sum += along[d + reach] * image[pixel + d * stride];
    }
    return sum;
  });
}

/**
 * Of a pixel far from the sides: the sum of g_i g_j W_ij, for noise of pixels i and j goes together as W says. Of two Gaussians
 * g so far from each other the product sums to a Gaussian of twice the variance.
 */
function smoothedVariance({ shape: [rows, columns], minus }: WCompact, sigma: number): number {
  const along = gaussian(Math.SQRT2 * sigma);
  const reach = (along.length - 1) / 2;
  const width = 2 * columns - 1;
  let variance = 0;
  for (let d = 0; d <= Math.min(reach, rows - 1); d++) {
    for (let e = -Math.min(reach, columns - 1); e <= Math.min(reach, columns - 1); e++) {
      // Row differences -d are those of (d, -e).
      const both = d === 0 ? 1 : 2;
      variance += both * along[reach + d] * along[reach + e] * minus[d * width + e + columns - 1];
    }
  }
  return variance;
}
