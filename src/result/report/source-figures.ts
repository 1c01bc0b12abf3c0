import type { Galaxy, LightComponent } from "../../lens/galaxy.ts";
import type { SourceReconstruction } from "../../likelihood/evaluation.ts";
import { nearestMass } from "../../likelihood/light-images.ts";
import { seenGalaxies } from "../../model/seen-galaxies.ts";
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
export function sourceFigures({ datasets, evaluation, phases }: ReportContent): string[] {
  const grid = gridOf(datasets[0]);
  const { model, best } = phases[phases.length - 1].outcome;
  const seen = evaluation.datasets.map(({ name, intensities }) => ({
    dataset: name,
    galaxies: seenGalaxies(model, best.vector, name, intensities),
  }));
  const [{ galaxies }] = seen;
  const caustics = (redshift?: number): SkyCurve[] => {
    return planeCurves(galaxies, grid, redshift).map(({ caustic, closed, kind }) => ({
      points: caustic,
      closed,
      kind,
    }));
  };
  const pixelized = evaluation.sources.map((source) => {
    const curves = caustics(galaxies.find(({ name }) => name === source.galaxy)?.redshift);
    return figure(`${source.galaxy}: ${noteOf(source, datasets.length)}`, aboutBright(source, curves), curves);
  });
  const nearest = nearestMass(galaxies);
  const profiles = galaxies
    .filter(({ redshift }) => redshift > nearest)
    .flatMap(({ name, redshift }) => {
      // Intensities are those of one dataset, the first that sees any.
      const first = seen.find(({ galaxies }) => lightsOf(galaxies, name).length > 0);
      if (first === undefined) return [];
      const curves = caustics(redshift);
      const lines = curves.map(({ points }) => points);
      const note = `${name}: light profiles${seen.length === 1 ? "" : ` as in ${first.dataset}`}`;
      return [figure(note, profileRaster(lightsOf(first.galaxies, name), lines, SIDE), curves)];
    });
  return [...pixelized, ...profiles];
}

function lightsOf(galaxies: readonly Galaxy[], name: string): readonly LightComponent[] {
  return galaxies.find((galaxy) => galaxy.name === name)?.lights ?? [];
}

function figure(note: string, raster: SourceRaster, curves: readonly SkyCurve[]): string {
  const noted = curves.length === 0 ? note : `${note}; caustics`;
  return captionedFigure("Source plane", noted, {
    ...raster,
    alternative: `Source plane of ${noted}`,
    colorMap: SEQUENTIAL,
    stretch: { kind: "linear", range: finiteRange(raster.values) },
    curves,
  });
}

/** @param all How many datasets there are. */
function noteOf({ meshType, values, datasets, regularization }: SourceReconstruction, all: number): string {
  const coefficients = Object.entries(regularization).map(([name, value]) => `${name} ${numberText(value, 3)}`);
  const from = all > 1 ? ` from ${datasets.join(", ")}` : "";
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
