import { kernelsBeside } from "../backend/kernels.ts";
import type { OpenFile } from "../dataset/array-file.ts";
import { nativeFromSlim } from "../dataset/mask.ts";
import { bytesSource } from "../io/byte-source.ts";
import { writeNpy } from "../io/npy.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import type { Evaluation } from "../likelihood/evaluation.ts";
import { lightImages } from "../likelihood/light-images.ts";
import type { AdaptImageSource } from "../model/phases.ts";
import { seenGalaxies } from "../model/seen-galaxies.ts";
import type { SearchOutcome } from "./search-outcome.ts";

/** A phase that has been searched. */
export interface BestFit {
  readonly datasets: readonly Dataset[];
  readonly outcome: Pick<SearchOutcome, "model" | "best">;
  /** Of its best point. */
  readonly evaluation: Evaluation;
}

/**
 * The lensed light of a galaxy in a dataset, before the instrument, as the file of an adapt image: npy, zero where the
 * dataset is masked. Sources that are pixelized are seen together; where several are, each has them all.
 * @throws InputError where over-sampling makes too many sub-pixels.
 */
export function adaptImageFile(
  { datasets, outcome: { model, best }, evaluation }: BestFit,
  { galaxy, dataset }: Omit<AdaptImageSource, "phase">,
): Uint8Array {
  const d = datasets.findIndex(({ name }) => name === dataset);
  const { intensities, lensed } = evaluation.datasets[d];
  const lit = seenGalaxies(model, best.vector, dataset, intensities);
  const alone = lit.map((other) => (other.name === galaxy ? other : { ...other, lights: [] }));
  const isPixelized = model.galaxies.some(({ name, pixelization }) => name === galaxy && pixelization !== undefined);
  const kernels = kernelsBeside(evaluation.backend);
  const light = lightImages(datasets[d], isPixelized ? lensed : null, alone, kernels);
  const { nativeIndex } = datasets[d];
  const slim = light.lensedSource ?? light.lensLight ?? new Float64Array(nativeIndex.length / 2);
  const { shape } = gridOf(datasets[d]);
  return writeNpy({ dtype: "f8", shape: [...shape], data: nativeFromSlim(slim, shape, nativeIndex) });
}

function gridOf(dataset: Dataset) {
  return dataset.type === "imaging" ? dataset.grid : dataset.compaction.grid;
}

/** Opens files that are in memory by their paths, and others as `open` does. */
export function openingAlso(files: ReadonlyMap<string, Uint8Array>, open: OpenFile): OpenFile {
  return async (path) => {
    const bytes = files.get(path);
    return bytes === undefined ? open(path) : bytesSource(bytes, path);
  };
}
