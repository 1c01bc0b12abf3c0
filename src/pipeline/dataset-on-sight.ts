import { nativeFromSlim } from "../dataset/mask.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import { lensOnSight } from "./automatic-mask.ts";
import type { DatasetOnSight } from "./automatic-phases.ts";

/** Sidelobes of a dirty beam of an array of dozens of antennas are a tenth to a third of its peak. */
const ABOVE_SIDELOBES = 0.35;

/** What a dataset says before it is fitted: visibilities by their dirty image. Masked pixels say nothing. */
export function datasetOnSight(dataset: Dataset): DatasetOnSight {
  if (dataset.type === "imaging") {
    const { grid, nativeIndex, data, noiseMap } = dataset;
    const known = nativeFromSlim(noiseMap, grid.shape, nativeIndex);
    const sight = lensOnSight({
      ...grid,
      data: nativeFromSlim(data, grid.shape, nativeIndex),
      noiseMap: known.map((sigma) => (sigma > 0 ? sigma : Infinity)),
    });
    return { type: "imaging", pixelScale: grid.pixelScale, sight };
  }
  const { grid, sums } = dataset.compaction;
  const data = sums.data.dirtyImage;
  // Of Re sum w d exp(i phi) with parts of variance 1 / w. A beam is wider than a pixel, so that the mean over 3 x 3 pixels,
  // in which things are seen, has the noise of one and not a third of it.
  const noiseMap = new Float64Array(data.length).fill(3 * Math.sqrt(sums.weightSum));
  const sight = lensOnSight({ ...grid, data, noiseMap }, { shareOfPeak: ABOVE_SIDELOBES, lensMayShine: false });
  return { type: "interferometer", pixelScale: grid.pixelScale, sight };
}
