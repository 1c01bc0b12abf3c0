import { meanOfSubPixels } from "../dataset/oversampling.ts";
import type { Galaxy } from "./galaxy.ts";
import { lensedImage } from "./trace-rays.ts";

/**
 * The light of all galaxies, each pixel the mean over its sub-pixels, before any PSF or primary beam.
 * @param positions (sum of `subPixelsPerPixel`, 2) image-plane y and x of the sub-pixels, arcseconds, pixel after pixel.
 * @param subPixelsPerPixel (N)
 * @returns (N) intensity per pixel.
 */
export type ModelImage = (
  galaxies: readonly Galaxy[],
  positions: Float64Array,
  subPixelsPerPixel: Int32Array,
) => Float64Array;

/** Ray by ray, profile by profile. @throws InputError as `lensPlanes` does. */
export const modelImage: ModelImage = (galaxies, positions, subPixelsPerPixel) =>
  meanOfSubPixels(lensedImage(galaxies, positions), subPixelsPerPixel);
