import { kernelsBeside } from "../../backend/kernels.ts";
import type { Dataset } from "../../likelihood/dataset.ts";
import type { DatasetEvaluation } from "../../likelihood/evaluation.ts";
import { litGalaxies } from "../../model/linear-light.ts";
import { DIVERGING, SEQUENTIAL } from "../color-map.ts";
import { cutToMask } from "../cropped-raster.ts";
import { type DatasetMaps, datasetMaps, gridOf, type MapName } from "../dataset-maps.ts";
import { escapeMarkup } from "../html-page.ts";
import { planeCurves } from "../plane-curves.ts";
import { finiteRange, type Stretch, symmetricRange } from "../stretch.ts";
import type { ReportContent } from "./content.ts";
import { countText, numberText } from "./number-text.ts";
import { type SkyCurve, type SkyFigure, skyFigure } from "./sky-figure.ts";

/** Residuals are drawn to so many times the noise, whatever there is beyond. */
const MOST_SIGMA = 5;

/** Data, model and what is left, of each dataset, as figures. */
export function datasetSections({ datasets, evaluation, instance, phases }: ReportContent): string {
  const { spec } = phases[phases.length - 1].outcome;
  const kernels = kernelsBeside(evaluation.backend);
  const sections = datasets.map((dataset, index) => {
    const seen = evaluation.datasets[index];
    const galaxies = litGalaxies(instance, seen.intensities);
    const maps = datasetMaps(dataset, seen, galaxies, kernels);
    const given = spec.datasets[dataset.name];
    const xAxis =
      dataset.type === "interferometer"
        ? dataset.compaction.sky.xAxis
        : given.type === "imaging"
          ? given.xAxis
          : "west";
    const curves = planeCurves(galaxies, gridOf(dataset)).map(
      ({ points, closed, kind }): SkyCurve => ({ points, closed, kind }),
    );
    return `<h3>${escapeMarkup(dataset.name)}</h3>\n${panels(dataset, seen, maps, curves, xAxis)}`;
  });
  return sections.join("\n");
}

function panels(
  dataset: Dataset,
  seen: DatasetEvaluation,
  maps: DatasetMaps,
  curves: readonly SkyCurve[],
  xAxis: "east" | "west",
): string {
  const isImage = dataset.type === "imaging";
  const brightness = isImage ? stretchOf(maps.DATA!, maps.NOISE!) : linear(maps.DIRTY_DATA!);
  const figure = (name: MapName, title: string, note: string, look: Partial<SkyFigure> = {}): string => {
    const values = maps[name];
    if (values === undefined) return "";
    const shown = cutToMask(values, gridOf(dataset));
    const alternative = `${title} of ${dataset.name}. ${note}`;
    return captioned(title, note, {
      ...shown,
      alternative,
      colorMap: SEQUENTIAL,
      stretch: brightness,
      xAxis,
      ...look,
    });
  };
  const curved =
    curves.length === 0
      ? ""
      : `with critical curves${curves.some(({ kind }) => kind === "radial") ? " (radial ones dashed)" : ""}`;
  const ofItself = (name: MapName): Stretch => {
    const values = maps[name];
    if (values === undefined) return brightness;
    return isImage ? { kind: "asinh", range: finiteRange(values), softening: 0.1 } : linear(values);
  };
  const figures = isImage
    ? [
        figure("DATA", "Data", ""),
        figure("MODEL", "Model", curved, { curves }),
        figure("NORMALIZED_RESIDUAL", "Residuals / noise", residualNote(maps.NORMALIZED_RESIDUAL!, seen), {
          colorMap: DIVERGING,
          stretch: { kind: "linear", range: [-MOST_SIGMA, MOST_SIGMA] },
        }),
      ]
    : [
        figure("DIRTY_DATA", "Dirty image of the data", ""),
        figure("DIRTY_MODEL", "Dirty image of the model", curved, { curves }),
        figure(
          "DIRTY_RESIDUAL",
          "Dirty image of the residuals",
          `χ² ${numberText(seen.chiSquared, 6)} of ${countText(2 * dataset.compaction.count)} numbers`,
          {
            colorMap: DIVERGING,
            stretch: { kind: "linear", range: symmetricRange(maps.DIRTY_RESIDUAL!) },
          },
        ),
      ];
  const isBoth = maps.LENS_LIGHT !== undefined && maps.LENSED_SOURCE !== undefined;
  const parts = [
    ...(isBoth
      ? [
          figure("LENS_LIGHT", "Model of the lens' light", "as the instrument sees it", {
            stretch: ofItself("LENS_LIGHT"),
          }),
        ]
      : []),
    ...(isBoth || !isImage
      ? [
          figure(
            "LENSED_SOURCE",
            "Model of the lensed source",
            ["before the instrument", curved].filter(Boolean).join(", "),
            { stretch: ofItself("LENSED_SOURCE"), curves },
          ),
        ]
      : []),
  ];
  return `<div class="panels">\n${[...figures, ...parts].join("\n")}\n</div>`;
}

/** A figure under its title. */
export function captioned(title: string, note: string, figure: SkyFigure): string {
  return `<figure><figcaption><b>${escapeMarkup(title)}</b> ${escapeMarkup(note)}</figcaption>${skyFigure(figure)}</figure>`;
}

const linear = (values: Float64Array): Stretch => ({ kind: "linear", range: finiteRange(values) });

/** Linear within some times the noise and logarithmic above, from a little below the sky on. */
function stretchOf(data: Float64Array, noise: Float64Array): Stretch {
  const sorted = noise.filter(Number.isFinite).sort();
  const sigma = sorted[sorted.length >> 1] ?? 0;
  const [lowest, highest] = finiteRange(data);
  const range = [Math.max(lowest, -3 * sigma), highest] as const;
  const softening = (5 * sigma) / (range[1] - range[0]);
  return { kind: "asinh", range, softening: Math.min(0.5, Math.max(0.01, softening || 0.05)) };
}

function residualNote(residuals: Float64Array, { chiSquared }: DatasetEvaluation): string {
  const pixels = residuals.filter(Number.isFinite);
  const largest = pixels.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return `χ² ${numberText(chiSquared / pixels.length, 3)} a pixel, the largest ${numberText(largest, 2)} times the noise`;
}
