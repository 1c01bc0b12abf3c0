import type { Galaxy } from "../lens/galaxy.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import type { SourceReconstruction } from "../likelihood/evaluation.ts";
import { nearestMass } from "../likelihood/light-images.ts";
import { bitmapPng } from "./bitmap.ts";
import { DIVERGING } from "./color-map.ts";
import { cutToMask } from "./cropped-raster.ts";
import { type DatasetMaps, gridOf, type MapName } from "./dataset-maps.ts";
import { planeCurves } from "./plane-curves.ts";
import { profileRaster } from "./profile-raster.ts";
import { type Curve, type SkyPanel, skyFigure } from "./sky-panel.ts";
import { sourceRaster } from "./source-raster.ts";
import { finiteRange, type Stretch, symmetricRange } from "./stretch.ts";

/** Pixels along a panel's longer side. */
const SIDE = 360;

/**
 * A PNG of what a person wants to see of one dataset: data, model and residuals, the source as lensed and in its own plane,
 * with critical curves and caustics. Maps are cut to what is not masked.
 * @param galaxies As the dataset sees them: see `seenGalaxies`.
 * @param sources Those that the dataset sees.
 */
export function datasetFigurePng(
  dataset: Dataset,
  maps: DatasetMaps,
  galaxies: readonly Galaxy[],
  sources: readonly SourceReconstruction[],
): Uint8Array {
  const grid = gridOf(dataset);
  const [data, model, residual]: MapName[] =
    dataset.type === "imaging"
      ? ["DATA", "MODEL", "NORMALIZED_RESIDUAL"]
      : ["DIRTY_DATA", "DIRTY_MODEL", "DIRTY_RESIDUAL"];
  // One scale for data and model, which are to be compared; light of galaxies spans decades.
  const kind = dataset.type === "imaging" ? "asinh" : "linear";
  const brightness: Stretch = { kind, range: finiteRange(maps[data]!) };
  const imagePlane = planeCurves(galaxies, grid);
  const caustics = (redshift?: number): Curve[] => {
    return planeCurves(galaxies, grid, redshift).map(({ caustic, closed }) => ({ points: caustic, closed }));
  };
  const panel = (name: MapName, look: Partial<SkyPanel>): SkyPanel[] => {
    const values = maps[name];
    if (values === undefined) return [];
    return [{ ...cutToMask(values, grid), title: name.toLowerCase().replaceAll("_", " "), ...look }];
  };
  const nearest = nearestMass(galaxies);
  const lensed = galaxies.filter(({ lights, redshift }) => lights.length > 0 && redshift > nearest);
  const panels = [
    ...panel(data, { stretch: brightness, curves: imagePlane }),
    ...panel(model, { stretch: brightness }),
    ...panel(residual, {
      title: dataset.type === "imaging" ? "residual / noise" : "dirty residual",
      colorMap: DIVERGING,
      stretch: { kind: "linear", range: symmetricRange(maps[residual]!) },
    }),
    ...panel("LENSED_SOURCE", { curves: imagePlane }),
    ...panel("LENS_LIGHT", { stretch: { kind } }),
    ...sources.map((source): SkyPanel => {
      const curves = caustics(galaxies.find(({ name }) => name === source.galaxy)?.redshift);
      return { ...sourceRaster(source, SIDE), title: `${source.galaxy} in its plane`, curves };
    }),
    ...lensed.map((galaxy): SkyPanel => {
      const curves = caustics(galaxy.redshift);
      const raster = profileRaster(
        galaxy.lights,
        curves.map(({ points }) => points),
        SIDE,
      );
      return { ...raster, title: `profiles of ${galaxy.name} in its plane`, curves };
    }),
  ];
  return bitmapPng(skyFigure(panels, { side: SIDE }));
}
