import { nativeFromSlim } from "../dataset/mask.ts";
import type { Evaluation } from "../likelihood/evaluation.ts";
import type { InterferometerDataset } from "../likelihood/interferometer-dataset.ts";
import type { Picture } from "./figures.ts";

/** The dirty image of a dataset per unit weight, in the units of the visibilities per beam. */
export function dirtyImagePicture({ compaction }: InterferometerDataset): Picture {
  const { sums, grid } = compaction;
  const values = sums.data.dirtyImage.map((value) => value / sums.weightSum);
  return { shape: grid.shape, values, title: "dirty image" };
}

/** The reconstructed source in its own plane. */
export function sourcePicture({ source }: Evaluation): Picture {
  return { shape: source.mesh.shape, values: source.values, title: "source" };
}

/** What one evaluation has to show: the data, the lensed source under the mask, and the source. */
export function evaluationPictures(dataset: InterferometerDataset, evaluation: Evaluation): Picture[] {
  const { shape } = dataset.compaction.grid;
  const inside = nativeFromSlim(new Float64Array(evaluation.source.image.length).fill(1), shape, dataset.nativeIndex);
  const lensed = nativeFromSlim(evaluation.source.image, shape, dataset.nativeIndex);
  return [
    dirtyImagePicture(dataset),
    { shape, values: lensed.map((value, pixel) => (inside[pixel] === 0 ? Number.NaN : value)), title: "lensed source" },
    sourcePicture(evaluation),
  ];
}
