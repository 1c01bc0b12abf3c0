import { nativeFromSlim } from "../dataset/mask.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import { lensOnSight } from "./automatic-mask.ts";
import type { DatasetOnSight } from "./automatic-phases.ts";
import { dirtyOnSight } from "./dirty-on-sight.ts";

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
  const sight = lensOnSight(dirtyOnSight(dataset.compaction), { shareOfPeak: ABOVE_SIDELOBES, lensMayShine: false });
  return { type: "interferometer", pixelScale: dataset.compaction.grid.pixelScale, sight };
}
