import { nativeFromSlim } from "../dataset/mask.ts";
import { delaunayMesh } from "../inversion/mesh/delaunay.ts";
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
  const { mesh, values } = source;
  if ("shape" in mesh) return { shape: mesh.shape, values, title: "source" };
  return { shape: [RASTER, RASTER], values: interpolated(mesh.vertices, values), title: "source" };
}

/** Pixels a side of the picture of a mesh of triangles. */
const RASTER = 100;

/** Values of vertices on a raster over them, without any beyond their hull. */
function interpolated(vertices: Float64Array, values: Float64Array): Float64Array {
  const [y, x] = [0, 1].map((axis) => vertices.filter((_, at) => at % 2 === axis));
  const [top, left] = [y.reduce((a, b) => Math.max(a, b)), x.reduce((a, b) => Math.min(a, b))];
  const [height, width] = [top - y.reduce((a, b) => Math.min(a, b)), x.reduce((a, b) => Math.max(a, b)) - left];
  const positions = Float64Array.from({ length: 2 * RASTER * RASTER }, (_, at) => {
    const pixel = at >> 1;
    return at % 2 === 0
      ? top - ((Math.floor(pixel / RASTER) + 0.5) * height) / RASTER
      : left + (((pixel % RASTER) + 0.5) * width) / RASTER;
  });
  const { indexes, weights, mappingsPerPixel: corners } = delaunayMesh({ positions, vertices }).mapping;
  return Float64Array.from({ length: RASTER * RASTER }, (_, pixel) => {
    const first = pixel * corners;
    if (indexes[first + 1] < 0) return Number.NaN;
    return [0, 1, 2].reduce((sum, corner) => sum + weights[first + corner] * values[indexes[first + corner]], 0);
  });
}

/** What one evaluation has to show: of each dataset the data and the model under the mask, and the sources. */
export function evaluationPictures(datasets: readonly Dataset[], { datasets: seen, sources }: Evaluation): Picture[] {
  const pictures = datasets.flatMap((dataset, index) => {
    const { image, lensed } = seen[index];
    if (dataset.type === "imaging") return imagingPictures(dataset, image);
    const title = lensed === null ? "model" : "lensed source";
    return [dirtyImagePicture(dataset), underMask(dataset, dataset.compaction.grid.shape, lensed ?? image, title)];
  });
  return [...pictures, ...sources.map(sourcePicture)];
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
