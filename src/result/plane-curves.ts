import { type PixelGrid, pixelGrid } from "../grid.ts";
import { type CriticalCurve, criticalCurves } from "../lens/critical-curves.ts";
import type { Galaxy } from "../lens/galaxy.ts";
import { lensMapping } from "../lens/lens-mapping.ts";
import { lensPlanes } from "../lens/lens-planes.ts";

/** Curves are refined from a grid of at most so many pixels a side. */
const COARSE = 64;

/** Critical curves on a dataset's grid, for a source at `redshift`, in the last plane without it; none without a mass. */
export function planeCurves(galaxies: readonly Galaxy[], grid: PixelGrid, redshift?: number): readonly CriticalCurve[] {
  const planes = lensPlanes(galaxies);
  if (!planes.some(({ masses }) => masses.length > 0)) return [];
  const coarser = Math.max(1, Math.max(...grid.shape) / COARSE);
  const shape = grid.shape.map((length) => Math.max(1, Math.round(length / coarser))) as [number, number];
  return criticalCurves(lensMapping(planes, redshift), pixelGrid(shape, grid.pixelScale * coarser, grid.origin));
}
