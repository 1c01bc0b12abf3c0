import type { Dataset } from "../likelihood/dataset.ts";
import type { Evaluation, SourceReconstruction } from "../likelihood/evaluation.ts";
import type { ImagingDataset } from "../likelihood/imaging-dataset.ts";
import type { InterferometerDataset } from "../likelihood/interferometer-dataset.ts";
import { gridOf, underMask } from "./dataset-maps.ts";
import type { Picture } from "./figures.ts";
import { sourceRaster } from "./source-raster.ts";

/** The dirty image of a dataset per unit weight, in the units of the visibilities per beam. */
export function dirtyImagePicture({ compaction }: InterferometerDataset): Picture {
  const { sums, grid } = compaction;
  const values = sums.data.dirtyImage.map((value) => value / sums.weightSum);
  return { shape: grid.shape, values, title: "dirty image" };
}

/** Pixels along the longer side of a picture of a source. */
const SOURCE_SIDE = 200;

/** The reconstructed source in its own plane. */
export function sourcePicture(source: SourceReconstruction): Picture {
  return { ...sourceRaster(source, SOURCE_SIDE), title: "source" };
}

/** What one evaluation has to show: of each dataset the data and the model under the mask, and the sources. */
export function evaluationPictures(datasets: readonly Dataset[], { datasets: seen, sources }: Evaluation): Picture[] {
  const pictures = datasets.flatMap((dataset, index) => {
    const { image, lensed } = seen[index];
    if (dataset.type === "imaging") return imagingPictures(dataset, image);
    const title = lensed === null ? "model" : "lensed source";
    return [dirtyImagePicture(dataset), { ...masked(dataset, lensed ?? image), title }];
  });
  return [...pictures, ...sources.map(sourcePicture)];
}

function imagingPictures(dataset: ImagingDataset, image: Float64Array): Picture[] {
  const { data, noiseMap } = dataset;
  const residuals = data.map((value, m) => (value - image[m]) / noiseMap[m]);
  const panels = { data, model: image, "residuals / noise": residuals };
  return Object.entries(panels).map(([title, slim]) => ({ ...masked(dataset, slim), title }));
}

function masked(dataset: Dataset, slim: Float64Array): Picture {
  return { shape: gridOf(dataset).shape, values: underMask(dataset, slim) };
}
