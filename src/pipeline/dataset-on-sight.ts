import { nativeFromSlim } from "../dataset/mask.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import { lensOnSight } from "./automatic-mask.ts";
import type { DatasetOnSight } from "./automatic-scene.ts";
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
    const noise = noiseMap.toSorted()[noiseMap.length >> 1];
    return { type: "imaging", pixelScale: grid.pixelScale, noise, sight };
  }
  const { grid, sums } = dataset.compaction;
  const sight = lensOnSight(dirtyOnSight(dataset.compaction), { shareOfPeak: ABOVE_SIDELOBES, lensMayShine: false });
  return { type: "interferometer", pixelScale: grid.pixelScale, noise: 1 / Math.sqrt(sums.weightSum), sight };
}
