import { type PixelGrid, slimPositions } from "../grid.ts";
import { type RandomState, uniform } from "../inference/rng.ts";
import type { DelaunayMeshArgs } from "../inversion/mesh/delaunay.ts";
import { lensPlanes } from "../lens/lens-planes.ts";
import { traceRaysTo } from "../lens/trace-rays.ts";
import { isothermal } from "../profiles/mass/isothermal.ts";

/**
 * The pixel centres, and vertices drawn evenly among the pixels, where a lens brings them: dense inside the caustic,
 * as the vertices of a source are that follow its magnification. The Einstein radius is two fifths of half the field.
 */
export function lensedPlane(
  random: RandomState,
  grid: PixelGrid,
  nativeIndex: Int32Array,
  vertices: number,
): DelaunayMeshArgs {
  const positions = slimPositions(grid, nativeIndex);
  const seeds = new Float64Array(2 * vertices);
  for (let i = 0; i < vertices; i++) {
    const pixel = Math.floor(uniform(random) * (positions.length / 2));
    seeds[2 * i] = positions[2 * pixel] + (uniform(random) - 0.5) * grid.pixelScale;
    seeds[2 * i + 1] = positions[2 * pixel + 1] + (uniform(random) - 0.5) * grid.pixelScale;
  }
  const einsteinRadius = 0.2 * grid.pixelScale * Math.max(...grid.shape);
  const lens = { profile: isothermal, values: { centre: grid.origin, ellComps: [0.1, 0.05], einsteinRadius } } as const;
  const planes = lensPlanes([
    { name: "lens", redshift: 0.5, masses: [lens], lights: [] },
    { name: "source", redshift: 1, masses: [], lights: [] },
  ]);
  return { positions: traceRaysTo(planes, 1, positions), vertices: traceRaysTo(planes, 1, seeds) };
}
