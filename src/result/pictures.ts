import { nativeFromSlim } from "../dataset/mask.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import type { Evaluation, SourceReconstruction } from "../likelihood/evaluation.ts";
import type { ImagingDataset } from "../likelihood/imaging-dataset.ts";
import type { InterferometerDataset } from "../likelihood/interferometer-dataset.ts";
import type { Picture } from "./figures.ts";

/** The dirty image of a dataset per unit weight, in the units of the visibilities per beam. */
export function dirtyImagePicture({ compaction }: InterferometerDataset): Picture {
  const { sums, grid } = compaction;
  const values = sums.data.dirtyImage.map((value) => value / sums.weightSum);
  return { shape: grid.shape, values, title: "dirty image" };
}

/** The reconstructed source in its own plane. */
export function sourcePicture(source: SourceReconstruction): Picture {
  return { shape: source.mesh.shape, values: source.values, title: "source" };
}

/** What one evaluation has to show: of each dataset the data and the model under the mask, and the source. */
export function evaluationPictures(datasets: readonly Dataset[], { datasets: seen, source }: Evaluation): Picture[] {
  const pictures = datasets.flatMap((dataset, index) => {
    const { image } = seen[index];
    if (dataset.type === "imaging") return imagingPictures(dataset, image);
    const lensed = source === null ? image : source.image;
    const title = source === null ? "model" : "lensed source";
    return [dirtyImagePicture(dataset), underMask(dataset, dataset.compaction.grid.shape, lensed, title)];
  });
  return source === null ? pictures : [...pictures, sourcePicture(source)];
}

function imagingPictures(dataset: ImagingDataset, image: Float64Array): Picture[] {
  const { data, noiseMap, grid } = dataset;
  const residuals = data.map((value, m) => (value - image[m]) / noiseMap[m]);
  const panels = { data, model: image, "residuals / noise": residuals };
  return Object.entries(panels).map(([title, slim]) => underMask(dataset, grid.shape, slim, title));
}

/** Values of the unmasked pixels, the others without any. */
function underMask(
  { nativeIndex }: Dataset,
  shape: readonly [number, number],
  slim: Float64Array,
  title: string,
): Picture {
  const inside = nativeFromSlim(new Float64Array(slim.length).fill(1), shape, nativeIndex);
  const values = nativeFromSlim(slim, shape, nativeIndex);
  return { shape, values: values.map((value, pixel) => (inside[pixel] === 0 ? Number.NaN : value)), title };
}
