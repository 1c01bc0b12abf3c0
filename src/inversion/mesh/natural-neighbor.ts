import type { Mapping } from "../mapping.ts";
import { cavities } from "./cavity.ts";
import { firstVertex, nearestVertex } from "./nearest-vertex.ts";
import { type Place, pointLocation } from "./point-location.ts";
import { type Triangulation, triangulate } from "./triangulation.ts";
import type { VoronoiMesh, VoronoiMeshArgs } from "./voronoi.ts";

/** A Voronoi mesh over given vertices, with the natural-neighbor interpolation at given positions. */
export function naturalNeighborMesh({ positions, vertices }: VoronoiMeshArgs): VoronoiMesh {
  const triangulation = triangulate(vertices);
  return { ...triangulation, mapping: naturalNeighbors(triangulation, positions) };
}

/** The width of rows to begin with: few positions in a million have more natural neighbors. */
const WIDTH = 12;

/**
 * Natural-neighbor interpolation (Sibson 1981): a position maps to the vertices from whose Voronoi cells its own cell, were
 * it a vertex, would take, each with the share of the area taken. Linear functions are reproduced, and weights have
 * continuous slopes but at the vertices. Outside the hull a position maps to the nearest vertex alone.
 * @param positions (M, 2) y and x, arcseconds; all finite.
 * @returns Rows as wide as the most neighbors that a position has, the rest of a row being -1.
 */
export function naturalNeighbors(triangulation: Triangulation, positions: Float64Array): Mapping {
  const { triangles } = triangulation;
  const count = positions.length / 2;
  const locate = pointLocation(triangulation);
  const cavityOf = cavities(triangulation);
  const nearest = nearestVertex(triangulation);
  let last = firstVertex(triangulation);
  let width = WIDTH;
  let widest = 1;
  let indexes = new Int32Array(width * count).fill(-1);
  let weights = new Float64Array(width * count);
  for (let m = 0; m < count; m++) {
    const y = positions[2 * m];
    const x = positions[2 * m + 1];
    const place = locate(y, x);
    if (!place.inside || isAtCorner(place)) {
      last = nearest(y, x, triangles.length > 0 ? triangles[place.corner] : last);
      indexes[width * m] = last;
      weights[width * m] = 1;
      continue;
    }
    const { ring, areas, count: neighbors } = cavityOf(place.corner, y, x);
    if (neighbors > width) {
      indexes = withRows(indexes, width, 2 * neighbors, new Int32Array(2 * neighbors * count).fill(-1));
      weights = withRows(weights, width, 2 * neighbors, new Float64Array(2 * neighbors * count));
      width = 2 * neighbors;
    }
    let total = 0;
    for (let i = 0; i < neighbors; i++) total += Math.max(areas[i], 0);
    const first = width * m;
    if (total > 0 && total < Number.POSITIVE_INFINITY) {
      for (let i = 0; i < neighbors; i++) {
        indexes[first + i] = ring[i];
        weights[first + i] = Math.max(areas[i], 0) / total;
      }
      if (neighbors > widest) widest = neighbors;
    } else {
      // Rounding has left nothing of the cell: the corners are as close to each other as the position to them.
      indexes[first] = nearest(y, x, triangles[place.corner]);
      weights[first] = 1;
    }
  }
  return {
    imagePixels: count,
    sourcePixels: triangulation.vertices.length / 2,
    mappingsPerPixel: widest,
    indexes: withRows(indexes, width, widest, new Int32Array(widest * count)),
    weights: withRows(weights, width, widest, new Float64Array(widest * count)),
    slimIndexForSubSlimIndex: null,
    subFraction: null,
  };
}

/** The share of a triangle's extent from a corner within which a position is at that corner: some roundings. */
const COINCIDENT = 1e-14;

/** Whether a position inside a triangle is at one of its corners. */
export function isAtCorner({ areas }: Place): boolean {
  const largest = Math.max(areas[0], areas[1], areas[2]);
  return !(areas[0] + areas[1] + areas[2] - largest > COINCIDENT * largest);
}

/** Rows copied into ones of another width, as far as they fit. */
function withRows<T extends Int32Array | Float64Array>(rows: T, width: number, newWidth: number, out: T): T {
  const copied = Math.min(width, newWidth);
  const count = rows.length / width;
  for (let m = 0; m < count; m++) {
    for (let i = 0; i < copied; i++) out[newWidth * m + i] = rows[width * m + i];
  }
  return out;
}
