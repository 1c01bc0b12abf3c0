import type { Galaxy } from "../../lens/galaxy.ts";
import type { SourceReconstruction } from "../../likelihood/evaluation.ts";
import { nearestMass } from "../../likelihood/light-images.ts";
import { litGalaxies } from "../../model/linear-light.ts";
import { SEQUENTIAL } from "../color-map.ts";
import { croppedTo } from "../cropped-raster.ts";
import { gridOf } from "../dataset-maps.ts";
import { planeCurves } from "../plane-curves.ts";
import { profileRaster } from "../profile-raster.ts";
import { boxAbout, type SourceRaster, sourceRaster } from "../source-raster.ts";
import { finiteRange } from "../stretch.ts";
import type { ReportContent } from "./content.ts";
import { countText, numberText } from "./number-text.ts";
import { captionedFigure, type SkyCurve } from "./sky-figure.ts";

/** Pixels along the longer side of a raster. */
const SIDE = 240;
/** What is brighter than this part of the brightest pixel is shown, and what is fainter where there are caustics. */
const BRIGHT = 0.1;
const MARGIN = 1.25;

/** Every source in its own plane, under its caustics. */
export function sourceFigures({ datasets, evaluation, instance }: ReportContent): string[] {
  const grid = gridOf(datasets[0]);
  const galaxies = litGalaxies(instance, evaluation.datasets[0].intensities);
  const caustics = (redshift?: number): SkyCurve[] => {
    return planeCurves(galaxies, grid, redshift).map(({ caustic, closed, kind }) => ({
      points: caustic,
      closed,
      kind,
    }));
  };
  const pixelized = evaluation.sources.map((source) => {
    const curves = caustics(galaxies.find(({ name }) => name === source.galaxy)?.redshift);
    const title = `Source ${source.galaxy}`;
    return figure(title, noteOf(source), aboutBright(source, curves), curves);
  });
  const nearest = nearestMass(galaxies);
  const profiles = galaxies
    .filter(({ lights, redshift }) => lights.length > 0 && redshift > nearest)
    .map(({ name, lights, redshift }: Galaxy) => {
      const curves = caustics(redshift);
      const lines = curves.map(({ points }) => points);
      return figure(`Source ${name}`, "light profiles", profileRaster(lights, lines, SIDE), curves);
    });
  return [...pixelized, ...profiles];
}

function figure(title: string, note: string, raster: SourceRaster, curves: readonly SkyCurve[]): string {
  const noted = curves.length === 0 ? note : `${note}; caustics`;
  return captionedFigure(title, noted, {
    ...raster,
    alternative: `${title} in its plane: ${noted}`,
    colorMap: SEQUENTIAL,
    stretch: { kind: "linear", range: finiteRange(raster.values) },
    curves,
  });
}

function noteOf({ meshType, values, datasets, regularization }: SourceReconstruction): string {
  const coefficients = Object.entries(regularization).map(([name, value]) => `${name} ${numberText(value, 3)}`);
  const from = datasets.length > 1 ? ` from ${datasets.join(", ")}` : "";
  return `${countText(values.length)} pixels (${meshType.replaceAll("_", " ")}), ${coefficients.join(", ")}${from}`;
}

/** A mesh reaches as far as its rays do; the source is about the caustics. */
function aboutBright(source: SourceReconstruction, curves: readonly SkyCurve[]): SourceRaster {
  const whole = sourceRaster(source, SIDE);
  const [, highest] = finiteRange(source.values);
  const shown = Array.from(source.values.keys()).filter((pixel) => source.values[pixel] > BRIGHT * highest);
  const places = [
    ...shown.flatMap((s) => [source.vertices[2 * s], source.vertices[2 * s + 1]]),
    ...curves.flatMap(({ points }) => [...points]),
  ];
  if (places.length === 0) return whole;
  const box = boxAbout(Float64Array.from(places));
  const half = (MARGIN * Math.max(box.top - box.bottom, box.right - box.left)) / 2;
  const [y, x] = [(box.top + box.bottom) / 2, (box.left + box.right) / 2];
  return croppedTo(whole, { bottom: y - half, top: y + half, left: x - half, right: x + half });
}
