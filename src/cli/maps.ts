import { kernelsBeside } from "../backend/kernels.ts";
import { openArray } from "../dataset/array-file.ts";
import { type MapFrame, mapFrame } from "../dataset/map-frame.ts";
import { writeFits } from "../io/fits.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import type { FileChoice } from "../likelihood/dataset-maps.ts";
import type { Evaluation, SourceReconstruction } from "../likelihood/evaluation.ts";
import type { Model } from "../model/model.ts";
import { seenGalaxies } from "../model/seen-galaxies.ts";
import { datasetFigurePng } from "../result/dataset-figure.ts";
import { datasetMaps, gridOf, mapHdus } from "../result/dataset-maps.ts";
import { lensMapHdus, lensMaps } from "../result/lens-maps.ts";
import { sourceHdus } from "../result/source-hdus.ts";
import type { OutputDirectory } from "./output.ts";
import type { SpecFiles } from "./spec-files.ts";

/**
 * Writes the maps of an evaluation: of each dataset FITS files of what is seen and of the lens, and a figure;
 * of each source a FITS file.
 * @returns The paths.
 */
export async function writeMaps(
  directory: OutputDirectory,
  files: Pick<SpecFiles, "spec" | "open">,
  datasets: readonly Dataset[],
  { model, vector }: { readonly model: Model; readonly vector: ArrayLike<number> },
  { backend, datasets: evaluations, sources }: Evaluation,
): Promise<string[]> {
  const kernels = kernelsBeside(backend);
  const written: string[] = [];
  const units = new Map<string, string | undefined>();
  for (const [d, dataset] of datasets.entries()) {
    const { name } = dataset;
    const frame = await frameOf(files, dataset);
    units.set(name, frame.unit);
    const galaxies = seenGalaxies(model, vector, name, evaluations[d].intensities);
    const maps = datasetMaps(dataset, evaluations[d], galaxies, kernels);
    const seen = sources.filter((source) => source.datasets.includes(name));
    written.push(
      await directory.write(`${name}-maps.fits`, writeFits(mapHdus(maps, gridOf(dataset), frame))),
      await directory.write(`${name}-maps.png`, datasetFigurePng(dataset, maps, galaxies, seen)),
    );
    const ofLens = lensMaps(galaxies, gridOf(dataset));
    if (ofLens === null) continue;
    written.push(await directory.write(`${name}-lens.fits`, writeFits(lensMapHdus(ofLens, gridOf(dataset), frame))));
  }
  const names = sourceNames(sources);
  for (const [s, source] of sources.entries()) {
    const hdus = sourceHdus(source, units.get(source.datasets[0]));
    written.push(await directory.write(`${names[s]}-source.fits`, writeFits(hdus)));
  }
  return written;
}

/** A galaxy with a source for each dataset has a name for each. */
function sourceNames(sources: readonly SourceReconstruction[]): readonly string[] {
  const named = (separator: string) =>
    sources.map(({ galaxy, datasets }) => {
      const isOne = sources.filter((source) => source.galaxy === galaxy).length === 1;
      return isOne ? galaxy : `${galaxy}${separator}${datasets[0]}`;
    });
  const names = named("-");
  // Names of galaxies and datasets may have hyphens, but no points.
  return new Set(names).size === names.length ? names : named(".");
}

/** Maps lie as the file of the data does, which is opened once more for its header. */
export async function frameOf({ spec, open }: Pick<SpecFiles, "spec" | "open">, dataset: Dataset): Promise<MapFrame> {
  const given = spec.datasets[dataset.name];
  if (dataset.type === "imaging" && given.type === "imaging") {
    const data: FileChoice = given.data;
    return mapFrame(await openArray(await open(data.path), "data", data), gridOf(dataset), given);
  }
  const xAxis = dataset.type === "interferometer" ? dataset.compaction.sky.xAxis : "west";
  return mapFrame(null, gridOf(dataset), { fitsRowZero: "bottom", xAxis });
}
