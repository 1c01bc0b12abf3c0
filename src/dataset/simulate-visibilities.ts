import type { PixelGrid } from "../grid.ts";
import { normal, type RandomState } from "../inference/rng.ts";
import type { VisibilityData } from "../operators/compaction.ts";
import type { VisibilitiesArgs } from "../operators/visibilities.ts";
import { orient, type SkyConvention } from "./interferometer.ts";

/** A piece of sky, and what an interferometer measures of it. */
export interface VisibilitySimulation {
  readonly grid: PixelGrid;
  /** (rows, columns) intensity in each pixel of the grid, any primary beam applied. */
  readonly image: Float64Array;
  /** (K, 2) u toward east and v toward north, in wavelengths, as files hold them. */
  readonly uvWavelengths: Float64Array;
  readonly sky: SkyConvention;
  /** Standard deviation of the thermal noise in every real and every imaginary part. */
  readonly noiseSigma: number;
}

/**
 * Visibilities with thermal noise.
 * @param transform The voice's visibilities of an image.
 * @param random null for visibilities without noise; the noise map is the same.
 * @returns Baselines as given, not turned to the grid.
 */
export function simulateVisibilities(
  { grid, image, uvWavelengths, sky, noiseSigma }: VisibilitySimulation,
  transform: (args: VisibilitiesArgs) => Float64Array,
  random: RandomState | null,
): VisibilityData {
  const noiseless = transform({ grid, image, uvWavelengths: orient(uvWavelengths, sky) });
  return {
    uvWavelengths,
    visibilities: random === null ? noiseless : noiseless.map((value) => value + noiseSigma * normal(random)),
    noiseMap: new Float64Array(noiseless.length).fill(noiseSigma),
  };
}
