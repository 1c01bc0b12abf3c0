import { type Absent, absent } from "../backend/contract.ts";
import type { PixelGrid } from "../grid.ts";
import type { CompiledOptics } from "../lens/compiled-mapping.ts";
import type { LightComponent } from "../lens/galaxy.ts";
import { traceOf } from "../lens/lens-mapping.ts";
import type { LensPlane } from "../lens/lens-planes.ts";
import { lightFlux } from "../lens/light-flux.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import type { Evaluation } from "../likelihood/evaluation.ts";
import { nearestMass } from "../likelihood/light-images.ts";
import { instantiate, type Model } from "../model/model.ts";
import { fluxScaleOf, isFor, seenIn } from "../model/seen-in.ts";
import { valueAt } from "../model/slot.ts";
import { gridOf } from "./dataset-maps.ts";
import { sourceRaster } from "./source-raster.ts";

/** Pixels along the longer side of the raster that a reconstruction is summed over. */
const SIDE = 256;

/**
 * The flux of all that lies behind a mass as one dataset sees it lensed, over what it would be without the lens.
 *
 * Light profiles are integrated over the field, through the lens and without it. A reconstruction is summed over its mesh, as
 * it is interpolated, and as it is lensed into the unmasked pixels, negative pixels included.
 * @param evaluation Of the same vector; null where there is none, and then of profiles alone whose intensities are known.
 */
export function sourceMagnification(
  model: Model,
  vector: ArrayLike<number>,
  planes: readonly LensPlane[],
  dataset: Dataset,
  field: PixelGrid,
  optics: CompiledOptics,
  evaluation: Evaluation | null,
): number | Absent {
  const { galaxies } = instantiate(seenIn(model, dataset.name), vector);
  const nearest = nearestMass(galaxies);
  const behind = galaxies.filter(({ redshift }) => redshift > nearest);
  const own = evaluation?.datasets.find(({ name }) => name === dataset.name);
  const lights = behind.flatMap((galaxy) => galaxy.lights);
  const pixelized = behind.some(({ pixelization }) => pixelization && isFor(pixelization.datasets, dataset.name));
  if (lights.length === 0 && !pixelized) return absent("there is no light behind a mass");
  if (evaluation === null && pixelized) return absent("a reconstruction is known where the model was evaluated alone");
  // One alone may have any intensity: it is on both sides.
  if (own === undefined && lights.length > 1 && lights.some(({ linear }) => linear !== null)) {
    return absent("intensities that are solved for are known where the model was evaluated alone");
  }
  let [lensed, unlensed] = [0, 0];
  for (const { redshift, lights } of behind) {
    if (lights.length === 0) continue;
    const lit = lights.map(
      ({ profile, values, linear }): LightComponent => ({
        profile,
        values: linear === null ? values : { ...values, intensity: own?.intensities[linear] ?? 1 },
      }),
    );
    const intensity = optics.intensity(lit);
    lensed += lightFlux(lit, intensity, traceOf(optics.mapping(planes, redshift)), field);
    unlensed += lightFlux(lit, intensity, (position) => position, field);
  }
  if (pixelized && own?.lensed) {
    const scale = valueAt(fluxScaleOf(model, dataset.name), vector);
    lensed += (sum(own.lensed) * gridOf(dataset).pixelScale ** 2) / scale;
    for (const source of evaluation?.sources ?? []) {
      if (!source.datasets.includes(dataset.name)) continue;
      const { shape, extent, values } = sourceRaster(source, SIDE);
      const area = ((extent.top - extent.bottom) * (extent.right - extent.left)) / (shape[0] * shape[1]);
      unlensed += sum(values.filter((value) => !Number.isNaN(value))) * area;
    }
  }
  const magnification = lensed / unlensed;
  return Number.isFinite(magnification) ? magnification : absent("the source has no flux");
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
