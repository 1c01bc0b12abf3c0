import type { Mapping } from "../mapping.ts";
import { cavities } from "./cavity.ts";
import { firstVertex, nearestVertex } from "./nearest-vertex.ts";
import { pointLocation } from "./point-location.ts";
import { type Triangulation, triangulate } from "./triangulation.ts";
import type { VoronoiMesh, VoronoiMeshArgs } from "./voronoi.ts";

/** A Voronoi mesh over given vertices, with the natural-neighbor interpolation at given positions. */
export function naturalNeighborMesh({ positions, vertices }: VoronoiMeshArgs): VoronoiMesh {
  const triangulation = triangulate(vertices);
  return { ...triangulation, mapping: naturalNeighbors(triangulation, positions) };
}

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
  const cavityAt = cavities(triangulation);
  const nearest = nearestVertex(triangulation);
  let last = firstVertex(triangulation);
  // Rows one after the other; positions have some six neighbors.
  const rowStart = new Int32Array(count + 1);
  let indexes = new Int32Array(7 * count);
  let weights = new Float64Array(7 * count);
  let end = 0;
  for (let m = 0; m < count; m++) {
    const y = positions[2 * m];
    const x = positions[2 * m + 1];
    const place = locate(y, x);
    const cavity = cavityAt(place, y, x);
    const neighbors = cavity.count;
    if (end + neighbors + 1 > indexes.length) {
      indexes = longer(indexes, new Int32Array(2 * (end + neighbors + 1)));
      weights = longer(weights, new Float64Array(2 * (end + neighbors + 1)));
    }
    let total = 0;
    for (let i = 0; i < neighbors; i++) total += Math.max(cavity.areas[i], 0);
    if (total > 0 && total < Number.POSITIVE_INFINITY) {
      for (let i = 0; i < neighbors; i++) {
        indexes[end] = cavity.ring[i];
        weights[end++] = Math.max(cavity.areas[i], 0) / total;
      }
    } else {
      last = nearest(y, x, triangles.length > 0 ? triangles[place.corner] : last);
      indexes[end] = last;
      weights[end++] = 1;
    }
    rowStart[m + 1] = end;
  }
  return padded(triangulation.vertices.length / 2, rowStart, indexes, weights);
}

/** The mapping of rows of any length, one after the other. */
function padded(sourcePixels: number, rowStart: Int32Array, indexes: Int32Array, weights: Float64Array): Mapping {
  const count = rowStart.length - 1;
  let width = 1;
  for (let m = 0; m < count; m++) width = Math.max(width, rowStart[m + 1] - rowStart[m]);
  const mapping = {
    imagePixels: count,
    sourcePixels,
    mappingsPerPixel: width,
    indexes: new Int32Array(width * count),
    weights: new Float64Array(width * count),
    slimIndexForSubSlimIndex: null,
    subFraction: null,
  };
  for (let m = 0; m < count; m++) {
    const first = rowStart[m];
    const neighbors = rowStart[m + 1] - first;
    for (let i = 0; i < width; i++) {
      mapping.indexes[width * m + i] = i < neighbors ? indexes[first + i] : -1;
      mapping.weights[width * m + i] = i < neighbors ? weights[first + i] : 0;
    }
  }
  return mapping;
}

function longer<T extends Int32Array | Float64Array>(array: T, out: T): T {
  out.set(array);
  return out;
}
