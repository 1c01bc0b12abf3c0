import { kernelsBeside } from "../../backend/kernels.ts";
import { type SkyOrientation, skyOrientation } from "../../dataset/sky-orientation.ts";
import { type Dataset, xAxisOf } from "../../likelihood/dataset.ts";
import type { DatasetEvaluation } from "../../likelihood/evaluation.ts";
import type { InterferometerDataset } from "../../likelihood/interferometer-dataset.ts";
import { seenGalaxies } from "../../model/seen-galaxies.ts";
import type { Spec } from "../../model/spec.ts";
import { DIVERGING, SEQUENTIAL } from "../color-map.ts";
import { cutToMask } from "../cropped-raster.ts";
import { type DatasetMaps, datasetMaps, gridOf, type MapName } from "../dataset-maps.ts";
import { escapeMarkup } from "../html-page.ts";
import { planeCurves } from "../plane-curves.ts";
import { finiteRange, type Stretch, symmetricRange } from "../stretch.ts";
import type { ReportContent } from "./content.ts";
import { countText, numberText } from "./number-text.ts";
import { captionedFigure, type SkyCurve, type SkyFigure } from "./sky-figure.ts";
import { sourceFigures } from "./source-figures.ts";

/** Residuals are drawn to so many times the noise, whatever there is beyond. */
const MOST_SIGMA = 5;

/** Data, model and what is left of each dataset, and the sources behind, as figures. */
export function imageSection(content: ReportContent): string {
  const sources = sourceFigures(content);
  const [first, ...others] = content.datasets.map((_, index) => datasetFigures(content, index));
  if (others.length === 0) return grid([...first, ...sources]);
  const parts = [first, ...others].map((figures, index) => titled(content.datasets[index].name, figures));
  return [...parts, ...(sources.length === 0 ? [] : [titled("Source plane", sources)])].join("\n");
}

const grid = (figures: readonly string[]) => `<div class="panels">\n${figures.join("\n")}\n</div>`;

const titled = (title: string, figures: readonly string[]) => `<h3>${escapeMarkup(title)}</h3>\n${grid(figures)}`;

/** What to show of a map. */
interface Panel extends Pick<SkyFigure, "stretch"> {
  readonly map: MapName;
  readonly title: string;
  readonly notes: readonly string[];
  readonly colorMap?: SkyFigure["colorMap"];
  /** Critical curves. */
  readonly curves?: readonly SkyCurve[];
}

function datasetFigures({ datasets, skies = {}, evaluation, phases }: ReportContent, index: number): string[] {
  const [dataset, seen] = [datasets[index], evaluation.datasets[index]];
  const { spec, model, best } = phases[phases.length - 1].outcome;
  const galaxies = seenGalaxies(model, best.vector, dataset.name, seen.intensities);
  const maps = datasetMaps(dataset, seen, galaxies, kernelsBeside(evaluation.backend));
  const curves = planeCurves(galaxies, gridOf(dataset)).map(({ points, closed, kind }) => ({ points, closed, kind }));
  const panels =
    dataset.type === "imaging" ? imagePanels(seen, maps, curves) : dirtyPanels(dataset, seen, maps, curves);
  const sky = skies[dataset.name] ?? unturned(dataset, spec);
  return panels.map(({ map, title, notes, colorMap = SEQUENTIAL, stretch, curves = [] }) => {
    const ofCurves = curves.some(({ kind }) => kind === "radial")
      ? "critical curves, radial ones dashed"
      : "critical curves";
    const note = [...notes, ...(curves.length === 0 ? [] : [ofCurves])].join("; ");
    return captionedFigure(title, note, {
      ...cutToMask(maps[map]!, gridOf(dataset)),
      alternative: `${title} of ${dataset.name}${note === "" ? "" : `; ${note}`}`,
      colorMap,
      stretch,
      curves,
      // White signs are not for pale residuals.
      ...(colorMap === DIVERGING ? {} : { sky }),
    });
  });
}

/** As the spec has it, where nothing better is known. */
function unturned(dataset: Dataset, { datasets }: Spec): SkyOrientation {
  const xAxis = xAxisOf(dataset, datasets[dataset.name]);
  return skyOrientation(undefined, { rows: false, columns: false }, { xAxis });
}

function imagePanels({ chiSquared }: DatasetEvaluation, maps: DatasetMaps, curves: readonly SkyCurve[]): Panel[] {
  const stretch = stretchOf(maps.DATA!, maps.NOISE!);
  const residuals = maps.NORMALIZED_RESIDUAL!.filter(Number.isFinite);
  const largest = residuals.reduce((most, residual) => Math.max(most, Math.abs(residual)), 0);
  const notes = [`χ² ${numberText(chiSquared / residuals.length, 3)} a pixel, the largest ${numberText(largest, 2)} σ`];
  const isBoth = maps.LENS_LIGHT !== undefined && maps.LENSED_SOURCE !== undefined;
  const ofItself = (map: MapName): Stretch => ({ kind: "asinh", range: finiteRange(maps[map] ?? []), softening: 0.1 });
  return [
    { map: "DATA", title: "Data", notes: [], stretch },
    { map: "MODEL", title: "Model", notes: [], stretch, curves },
    {
      map: "NORMALIZED_RESIDUAL",
      title: "Residuals / noise",
      notes,
      colorMap: DIVERGING,
      stretch: { kind: "linear", range: [-MOST_SIGMA, MOST_SIGMA] },
    },
    ...(isBoth
      ? ([
          {
            map: "LENS_LIGHT",
            title: "Lens light",
            notes: ["model, through the PSF"],
            stretch: ofItself("LENS_LIGHT"),
          },
          {
            map: "LENSED_SOURCE",
            title: "Lensed source",
            notes: ["model, before the PSF"],
            stretch: ofItself("LENSED_SOURCE"),
            curves,
          },
        ] as const)
      : []),
  ];
}

function dirtyPanels(
  { compaction }: InterferometerDataset,
  { chiSquared }: DatasetEvaluation,
  maps: DatasetMaps,
  curves: readonly SkyCurve[],
): Panel[] {
  const linear = (map: MapName): Stretch => ({ kind: "linear", range: finiteRange(maps[map] ?? []) });
  const parts: readonly (readonly [MapName, string])[] = [
    ["LENSED_SOURCE", "Lensed source"],
    ["LENS_LIGHT", "Lens light"],
  ];
  return [
    { map: "DIRTY_DATA", title: "Dirty image", notes: [], stretch: linear("DIRTY_DATA") },
    { map: "DIRTY_MODEL", title: "Dirty image of the model", notes: [], stretch: linear("DIRTY_DATA"), curves },
    {
      map: "DIRTY_RESIDUAL",
      title: "Dirty residuals",
      notes: [`χ² ${numberText(chiSquared, 6)} of ${countText(2 * compaction.count)} real and imaginary parts`],
      colorMap: DIVERGING,
      stretch: { kind: "linear", range: symmetricRange(maps.DIRTY_RESIDUAL!) },
    },
    ...parts
      .filter(([map]) => maps[map] !== undefined)
      .map(([map, title]): Panel => ({ map, title, notes: ["model on the sky"], stretch: linear(map), curves })),
  ];
}

/** Linear within some times the noise and logarithmic above, from a little below the sky on. */
function stretchOf(data: Float64Array, noise: Float64Array): Stretch {
  const sorted = noise.filter(Number.isFinite).sort();
  const sigma = sorted[sorted.length >> 1] ?? 0;
  const [lowest, highest] = finiteRange(data);
  const range = [Math.max(lowest, -3 * sigma), highest] as const;
  const softening = (5 * sigma) / (range[1] - range[0]);
  return { kind: "asinh", range, softening: Math.min(0.5, Math.max(0.01, softening || 0.05)) };
}
