import { InputError } from "../errors.ts";
import type { PixelGrid } from "../grid.ts";

/*
 * A pixel's value is the mean of its light over s x s sub-pixels, s its sub-size. Sub-pixels are ordered pixel by pixel in
 * slim order, and within a pixel by rows from the top, as in PyAutoLens.
 */

/** Along each side of a pixel. */
export const LARGEST_SUB_SIZE = 64;
/** Of an image: a gigabyte of positions. */
const MOST_SUB_PIXELS = 2 ** 26;

/** Sub-sizes by steps: sizes[k] where a value is below edges[k] and not below the one before; the last one beyond. */
export interface SubSizeSteps {
  /** Rising. */
  readonly edges: readonly number[];
  /** One more than edges. */
  readonly sizes: readonly number[];
}

/** The same sub-size in every one of `count` pixels. @throws InputError for one that is not whole. */
export function fixedSubSizes(count: number, size: number): Int32Array {
  requireSubSize(size);
  return new Int32Array(count).fill(size);
}

/**
 * Sub-sizes by what is known of a pixel: its distance from a centre, its brightness or its signal to noise.
 * @throws InputError when edges do not rise, there is not one size more than edges, or a size is not whole.
 */
export function steppedSubSizes(values: Float64Array, { edges, sizes }: SubSizeSteps): Int32Array {
  if (sizes.length !== edges.length + 1 || !edges.every((edge, k) => k === 0 || edge > edges[k - 1])) {
    throw new InputError(
      "oversampling/steps",
      `sub-sizes [${sizes.join(", ")}] for the edges [${edges.join(", ")}]`,
      "give rising edges, and one size more than edges: the last is that beyond them",
    );
  }
  for (const size of sizes) requireSubSize(size);
  return Int32Array.from(values, (value) => {
    const step = edges.findIndex((edge) => value < edge);
    return sizes[step < 0 ? edges.length : step];
  });
}

/**
 * Distances from a centre, to step sub-sizes by.
 * @param positions (M, 2) y and x, arcseconds.
 * @returns (M) arcseconds.
 */
export function distancesFrom([y, x]: readonly [number, number], positions: Float64Array): Float64Array {
  return Float64Array.from({ length: positions.length / 2 }, (_, m) => {
    return Math.hypot(positions[2 * m] - y, positions[2 * m + 1] - x);
  });
}

/**
 * Positions of the sub-pixels of some pixels.
 * @param nativeIndex (M, 2) row and column of every pixel, which may be beyond the grid's shape.
 * @param subSizes (M) sub-pixels along a side of each pixel.
 * @returns (sum of subSizes^2, 2) y and x in arcseconds, pixel by pixel.
 * @throws InputError for a sub-size that is not from 1 to 64, or for too many sub-pixels together.
 */
export function subPixelPositions(grid: PixelGrid, nativeIndex: Int32Array, subSizes: Int32Array): Float64Array {
  const { shape, pixelScale, origin } = grid;
  const positions = new Float64Array(2 * countSubPixels(subSizes));
  let next = 0;
  subSizes.forEach((size, m) => {
    const centreY = origin[0] + ((shape[0] - 1) / 2 - nativeIndex[2 * m]) * pixelScale;
    const centreX = origin[1] + (nativeIndex[2 * m + 1] - (shape[1] - 1) / 2) * pixelScale;
    for (let k = 0; k < size; k++) {
      for (let l = 0; l < size; l++) {
        positions[next++] = centreY + (0.5 - (k + 0.5) / size) * pixelScale;
        positions[next++] = centreX + ((l + 0.5) / size - 0.5) * pixelScale;
      }
    }
  });
  return positions;
}

/**
 * The mean over the sub-pixels of each pixel.
 * @param values (sum of subSizes^2) in the order of `subPixelPositions`.
 * @returns (M)
 */
export function pixelMeans(values: Float64Array, subSizes: Int32Array): Float64Array {
  let next = 0;
  return Float64Array.from(subSizes, (size) => {
    let sum = 0;
    for (let k = 0; k < size * size; k++) sum += values[next++];
    return sum / (size * size);
  });
}

function requireSubSize(size: number, where?: string): void {
  if (Number.isInteger(size) && size >= 1 && size <= LARGEST_SUB_SIZE) return;
  const remedy = `give whole numbers from 1 to ${LARGEST_SUB_SIZE}`;
  throw new InputError("oversampling/size", `a sub-size of ${size}`, remedy, where);
}

function countSubPixels(subSizes: Int32Array): number {
  for (const [m, size] of subSizes.entries()) requireSubSize(size, `pixel ${m}`);
  const count = subSizes.reduce((sum, size) => sum + size * size, 0);
  if (count > MOST_SUB_PIXELS) {
    const what = `${count} sub-pixels together, more than ${MOST_SUB_PIXELS}`;
    throw new InputError("oversampling/large", what, "give smaller sub-sizes or a smaller mask");
  }
  return count;
}
