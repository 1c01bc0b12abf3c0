import type { VoiceKernels } from "../backend/kernels.ts";
import { turnedMap } from "../dataset/map.ts";
import type { MapFrame } from "../dataset/map-frame.ts";
import type { PixelGrid } from "../grid.ts";
import type { FitsOutput } from "../io/fits.ts";
import type { Galaxy } from "../lens/galaxy.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import { dirtyMaps } from "../likelihood/dirty-maps.ts";
import type { DatasetEvaluation } from "../likelihood/evaluation.ts";
import { lightImages } from "../likelihood/light-images.ts";

export type MapName =
  | "DATA"
  | "NOISE"
  | "MODEL"
  | "RESIDUAL"
  | "NORMALIZED_RESIDUAL"
  | "DIRTY_DATA"
  | "DIRTY_MODEL"
  | "DIRTY_RESIDUAL"
  | "LENSED_SOURCE"
  | "LENS_LIGHT";

/** (rows, columns) each on the dataset's grid, row 0 the top; NaN where a pixel is masked, but in dirty images. */
export type DatasetMaps = Readonly<Partial<Record<MapName, Float64Array>>>;

/**
 * What one evaluation has to show of one dataset.
 *
 * MODEL is as the instrument sees it, through the PSF or the primary beam, and so is LENS_LIGHT, the light profiles that no
 * mass deflects; LENSED_SOURCE is what lies behind a mass, before the instrument. Dirty images are per unit weight.
 * @param galaxies As the dataset sees them: see `seenGalaxies`.
 */
export function datasetMaps(
  dataset: Dataset,
  evaluation: DatasetEvaluation,
  galaxies: readonly Galaxy[],
  kernels: VoiceKernels,
): DatasetMaps {
  const { lensLight, lensedSource } = lightImages(dataset, evaluation.lensed, galaxies, kernels);
  const parts = {
    ...(lensedSource === null ? {} : { LENSED_SOURCE: underMask(dataset, lensedSource) }),
    ...(lensLight === null ? {} : { LENS_LIGHT: underMask(dataset, lensLight) }),
  };
  const { image } = evaluation;
  if (dataset.type === "interferometer") {
    const { data, model, residual } = dirtyMaps(dataset, image, kernels);
    const dirty = { DIRTY_DATA: data, DIRTY_MODEL: model, DIRTY_RESIDUAL: residual };
    return { ...dirty, MODEL: underMask(dataset, image), ...parts };
  }
  const { data, noiseMap } = dataset;
  const residual = data.map((value, m) => value - image[m]);
  return {
    DATA: underMask(dataset, data),
    NOISE: underMask(dataset, noiseMap),
    MODEL: underMask(dataset, image),
    RESIDUAL: underMask(dataset, residual),
    NORMALIZED_RESIDUAL: underMask(
      dataset,
      residual.map((value, m) => value / noiseMap[m]),
    ),
    ...parts,
  };
}

export function gridOf(dataset: Dataset): PixelGrid {
  return dataset.type === "imaging" ? dataset.grid : dataset.compaction.grid;
}

/** Values of the unmasked pixels (M) on the whole grid, NaN in the others. */
export function underMask(dataset: Dataset, slim: Float64Array): Float64Array {
  const [rows, columns] = gridOf(dataset).shape;
  const native = new Float64Array(rows * columns).fill(Number.NaN);
  slim.forEach((value, m) => {
    native[dataset.nativeIndex[2 * m] * columns + dataset.nativeIndex[2 * m + 1]] = value;
  });
  return native;
}

/** The maps as HDUs, EXTNAME their names. */
export function mapHdus(maps: DatasetMaps, { shape }: PixelGrid, { turns, cards, unit }: MapFrame): FitsOutput[] {
  return Object.entries(maps).map(([name, values]) => {
    const bunit = unit === undefined || name === "NORMALIZED_RESIDUAL" ? [] : [{ keyword: "BUNIT", value: unit }];
    return { name, data: turnedMap(values, shape, turns), shape, cards: [...bunit, ...cards] };
  });
}
