import type { VoiceKernels } from "../backend/kernels.ts";
import { nativeFromSlim } from "../dataset/mask.ts";
import { departure, everyPixel, planTimesW } from "./chi-squared.ts";
import type { InterferometerDataset } from "./interferometer-dataset.ts";

/** Dirty images on the whole grid (rows, columns), per unit weight: in the units of the visibilities per beam. */
export interface DirtyMaps {
  readonly data: Float64Array;
  readonly model: Float64Array;
  /** D - W I, which is also the dirty image of the residual visibilities. */
  readonly residual: Float64Array;
}

/**
 * What visibilities see of the data, of a model and of their difference, outside the mask too: light that a model lacks
 * there shows in the residual.
 * @param image (M) the model in the unmasked pixels, through the primary beam.
 */
export function dirtyMaps(
  { compaction, nativeIndex }: InterferometerDataset,
  image: Float64Array,
  kernels: VoiceKernels,
): DirtyMaps {
  const { sums, grid } = compaction;
  const perWeight = (values: Float64Array) => values.map((value) => value / sums.weightSum);
  const timesW = planTimesW(compaction, everyPixel(grid.shape), kernels);
  // From the residual of a reference image, where there is one: it keeps the digits that the two share.
  const product = timesW(departure(compaction, nativeFromSlim(image, grid.shape, nativeIndex)));
  const residual = (sums.residual ?? sums.data).dirtyImage.map((value, pixel) => value - product[pixel]);
  return {
    data: perWeight(sums.data.dirtyImage),
    model: perWeight(sums.data.dirtyImage.map((value, pixel) => value - residual[pixel])),
    residual: perWeight(residual),
  };
}
