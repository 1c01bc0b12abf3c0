import type { VoiceKernels } from "../backend/kernels.ts";
import { fixedSubSizes, LARGEST_SUB_SIZE, subPixelPositions } from "../dataset/oversampling.ts";
import type { Galaxy } from "../lens/galaxy.ts";
import { modelImage } from "../lens/model-image.ts";
import { planBlurring } from "./imaging.ts";
import type { ImagingDataset } from "./imaging-dataset.ts";
import { lightSubSizes } from "./sub-sizes.ts";

/** Pixels whose sub-pixels are held at once: those of all together may be too many. */
const TOGETHER = 512;

/**
 * How far twice as many sub-pixels along each side change an image of light profiles, the largest difference of a pixel in
 * standard deviations of its noise. What converges with the square of their size is still 4/3 of this off.
 * @param galaxies As the dataset sees them: see `seenGalaxies`.
 */
export function lightSamplingError(
  dataset: ImagingDataset,
  galaxies: readonly Galaxy[],
  kernels: VoiceKernels,
): number {
  const { grid, nativeIndex, blurringRegion, noiseMap } = dataset;
  const pixels = Int32Array.from([...nativeIndex, ...blurringRegion]);
  const sizes = Int32Array.from([...lightSubSizes(dataset), ...fixedSubSizes(blurringRegion.length / 2, 1)]);
  const finer = sizes.map((size) => Math.min(2 * size, LARGEST_SUB_SIZE));
  const change = new Float64Array(sizes.length);
  for (let from = 0; from < sizes.length; from += TOGETHER) {
    const part = pixels.subarray(2 * from, 2 * (from + TOGETHER));
    const [coarse, fine] = [sizes, finer].map((all) => {
      const own = all.subarray(from, from + TOGETHER);
      return modelImage(galaxies, subPixelPositions(grid, part, own), own);
    });
    for (let m = 0; m < coarse.length; m++) change[from + m] = fine[m] - coarse[m];
  }
  const seen = planBlurring(dataset, kernels).blur(change);
  return seen.reduce((most, value, m) => Math.max(most, Math.abs(value) / noiseMap[m]), 0);
}
