import { type PixelGrid, pixelGrid } from "../grid.ts";
import { criticalCurves } from "../lens/critical-curves.ts";
import type { Galaxy } from "../lens/galaxy.ts";
import { lensMapping } from "../lens/lens-mapping.ts";
import { lensPlanes } from "../lens/lens-planes.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import type { SourceReconstruction } from "../likelihood/evaluation.ts";
import { nearestMass } from "../likelihood/light-images.ts";
import { bitmapPng } from "./bitmap.ts";
import { DIVERGING } from "./color-map.ts";
import { type DatasetMaps, gridOf, type MapName } from "./dataset-maps.ts";
import { profileRaster } from "./profile-raster.ts";
import { type Curve, type SkyPanel, skyFigure } from "./sky-panel.ts";
import { type Extent, sourceRaster } from "./source-raster.ts";
import { finiteRange, type Stretch, symmetricRange } from "./stretch.ts";

/** Pixels along a panel's longer side. */
const SIDE = 360;

/**
 * A PNG of what a person wants to see of one dataset: data, model and residuals, the source as lensed and in its own plane,
 * with critical curves and caustics. Maps are cut to what is not masked.
 * @param galaxies With the evaluation's parameters and intensities: see `litGalaxies`.
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
  const imagePlane = curvesOf(galaxies, grid);
  const caustics = (redshift?: number): Curve[] => {
    return curvesOf(galaxies, grid, redshift).map(({ caustic, closed }) => ({ points: caustic, closed }));
  };
  const panel = (name: MapName, look: Partial<SkyPanel>): SkyPanel[] => {
    const values = maps[name];
    if (values === undefined) return [];
    return [{ ...cut(values, grid), title: name.toLowerCase().replaceAll("_", " "), ...look }];
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

/** Curves are refined from a grid of at most so many pixels a side. */
const COARSE = 64;

function curvesOf(galaxies: readonly Galaxy[], grid: PixelGrid, redshift?: number) {
  const planes = lensPlanes(galaxies);
  if (!planes.some(({ masses }) => masses.length > 0)) return [];
  const coarser = Math.max(1, Math.max(...grid.shape) / COARSE);
  const shape = grid.shape.map((length) => Math.max(1, Math.round(length / coarser))) as [number, number];
  return criticalCurves(lensMapping(planes, redshift), pixelGrid(shape, grid.pixelScale * coarser, grid.origin));
}

/** The part of a map that has values, with a pixel around it. */
function cut(values: Float64Array, grid: PixelGrid): Pick<SkyPanel, "shape" | "values" | "extent"> {
  const [rows, columns] = grid.shape;
  let [top, bottom, left, right] = [rows - 1, 0, columns - 1, 0];
  for (let pixel = 0; pixel < values.length; pixel++) {
    if (Number.isNaN(values[pixel])) continue;
    const [row, column] = [Math.floor(pixel / columns), pixel % columns];
    [top, bottom] = [Math.min(top, row - 1), Math.max(bottom, row + 1)];
    [left, right] = [Math.min(left, column - 1), Math.max(right, column + 1)];
  }
  // A map without any value is shown whole.
  if (top > bottom) [top, bottom, left, right] = [0, rows - 1, 0, columns - 1];
  [top, bottom] = [Math.max(0, top), Math.min(rows - 1, bottom)];
  [left, right] = [Math.max(0, left), Math.min(columns - 1, right)];
  const shape = [bottom - top + 1, right - left + 1] as const;
  const y = (row: number) => grid.origin[0] + (rows / 2 - row) * grid.pixelScale;
  const x = (column: number) => grid.origin[1] + (column - columns / 2) * grid.pixelScale;
  const extent: Extent = { top: y(top), bottom: y(bottom + 1), left: x(left), right: x(right + 1) };
  const part = Float64Array.from({ length: shape[0] * shape[1] }, (_, at) => {
    return values[(top + Math.floor(at / shape[1])) * columns + left + (at % shape[1])];
  });
  return { shape, values: part, extent };
}
