import { openArray } from "../dataset/array-file.ts";
import { type MapOrientation, mapTurns, readMap } from "../dataset/map.ts";
import { slimFromNative } from "../dataset/mask.ts";
import { seedsFromArray } from "../inversion/mesh/seeds.ts";
import type { DatasetSpec, PixelizationSpec, Spec } from "../model/spec.ts";
import type { Dataset } from "./dataset.ts";
import type { FileChoice } from "./dataset-maps.ts";
import type { ReadOptions } from "./interferometer-dataset.ts";
import type { PixelizationArrays } from "./pixelized-source.ts";

/**
 * Reads the adapt images and vertices that pixelizations name.
 * @returns By the galaxies' names.
 * @throws InputError for files that are not right.
 */
export async function readPixelizationArrays(
  spec: Spec,
  datasets: readonly Dataset[],
  options: Pick<ReadOptions, "open">,
): Promise<Readonly<Record<string, PixelizationArrays>>> {
  const arrays: Record<string, PixelizationArrays> = {};
  for (const [name, { pixelization }] of Object.entries(spec.galaxies)) {
    if (pixelization === undefined) continue;
    const adaptImages: Record<string, Float64Array> = {};
    for (const dataset of datasets) {
      const file = adaptImageFile(pixelization, dataset.name);
      if (file === undefined) continue;
      adaptImages[dataset.name] = await readAdaptImage(file, dataset, spec.datasets[dataset.name], options);
    }
    arrays[name] = { adaptImages, seeds: await readSeeds(pixelization, options) };
  }
  return arrays;
}

function adaptImageFile({ adaptImage }: PixelizationSpec, dataset: string): FileChoice | undefined {
  if (adaptImage === undefined) return undefined;
  return "files" in adaptImage ? adaptImage.files[dataset] : adaptImage.file;
}

/** (M) in the unmasked pixels; it lies as the dataset's own image does. */
async function readAdaptImage(
  file: FileChoice,
  dataset: Dataset,
  spec: DatasetSpec,
  { open }: Pick<ReadOptions, "open">,
): Promise<Float64Array> {
  const grid = dataset.type === "imaging" ? dataset.grid : dataset.compaction.grid;
  const orientation: MapOrientation =
    spec.type === "imaging" || dataset.type === "imaging"
      ? (spec as Extract<DatasetSpec, { type: "imaging" }>)
      : { fitsRowZero: spec.fitsRowZero, xAxis: dataset.compaction.sky.xAxis };
  const like = spec.type === "imaging" ? await turnsOf(spec.data, orientation, open) : undefined;
  const map = await readMap(await openArray(await open(file.path), "adapt_image", file), grid.shape, orientation, like);
  return slimFromNative(map, grid.shape[1], dataset.nativeIndex);
}

async function turnsOf(data: FileChoice, orientation: MapOrientation, open: ReadOptions["open"]) {
  const image = await openArray(await open(data.path), "data", data);
  return image.header === undefined ? undefined : mapTurns(image, orientation);
}

async function readSeeds(
  { mesh }: PixelizationSpec,
  { open }: Pick<ReadOptions, "open">,
): Promise<Float64Array | null> {
  if (!("imageMesh" in mesh) || mesh.imageMesh.type !== "file") return null;
  const file: FileChoice = mesh.imageMesh.path;
  const array = await openArray(await open(file.path), "image_mesh", file);
  return seedsFromArray({ dtype: array.complex ? "c16" : "f8", shape: [...array.shape], data: await array.whole() });
}
