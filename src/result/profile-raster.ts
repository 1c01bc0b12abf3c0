import type { LightComponent } from "../lens/galaxy.ts";
import { imageOf } from "../lens/trace-rays.ts";
import { boxAbout, rasterOver, type SourceRaster } from "./source-raster.ts";

/** Of the box about centres and caustics. */
const MARGIN = 1.5;
/** Arcseconds; where there is no caustic, a profile with nothing about it. */
const SMALLEST = 0.5;

/**
 * Light profiles in their own plane, on a square about their centres and about lines.
 * @param lines (n, 2) y and x of each, arcseconds: caustics.
 * @param side Pixels along a side.
 */
export function profileRaster(
  lights: readonly LightComponent[],
  lines: readonly Float64Array[],
  side: number,
): SourceRaster {
  const centres = lights.map(({ values: { centre } }) => (centre ?? [0, 0]) as readonly number[]);
  const box = boxAbout(Float64Array.from([...centres, ...lines].flatMap((points) => Array.from(points))));
  const [y, x] = [(box.bottom + box.top) / 2, (box.left + box.right) / 2];
  const half = (Math.max(box.top - box.bottom, box.right - box.left, SMALLEST) * MARGIN) / 2;
  const extent = { bottom: y - half, top: y + half, left: x - half, right: x + half };
  const { shape, positions } = rasterOver(extent, side);
  return { shape, extent, values: imageOf(lights, positions) };
}
