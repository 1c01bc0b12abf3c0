import { pixelMeans } from "../dataset/oversampling.ts";
import type { Galaxy } from "./galaxy.ts";
import { lensedImage } from "./trace-rays.ts";

/**
 * The light of all galaxies, each pixel the mean over its sub-pixels, before any PSF or primary beam.
 * @param positions (sum of subSizes^2, 2) image-plane y and x of the sub-pixels, arcseconds, pixel by pixel.
 * @param subSizes (N) sub-pixels along a side of each pixel.
 * @returns (N) intensity per pixel.
 */
export type ModelImage = (galaxies: readonly Galaxy[], positions: Float64Array, subSizes: Int32Array) => Float64Array;

/** Ray by ray, profile by profile. @throws InputError as `lensPlanes` does. */
export const modelImage: ModelImage = (galaxies, positions, subSizes) =>
  pixelMeans(lensedImage(galaxies, positions), subSizes);
