import type { Mapping } from "../mapping.ts";
import { firstVertex, nearestVertex } from "./nearest-vertex.ts";
import { pointLocation } from "./point-location.ts";
import { type Triangulation, triangulate } from "./triangulation.ts";

/** A mesh of triangles between vertices, its source pixels, with the linear interpolation inside each. */
export interface DelaunayMesh extends Triangulation {
  readonly mapping: Mapping;
}

export interface DelaunayMeshArgs {
  /** (M, 2) y and x in the source plane, arcseconds; all finite. */
  readonly positions: Float64Array;
  /** (S, 2) y and x of at least one vertex, arcseconds; all finite. */
  readonly vertices: Float64Array;
}

/** Source pixels that an image pixel maps to: the corners of a triangle. */
export const DELAUNAY_MAPPINGS = 3;

/** A Delaunay mesh over given vertices, with the interpolation at given positions. */
export function delaunayMesh({ positions, vertices }: DelaunayMeshArgs): DelaunayMesh {
  const triangulation = triangulate(vertices);
  return { ...triangulation, mapping: interpolate(triangulation, positions) };
}

/**
 * A position maps to the three corners of its triangle, by its barycentric coordinates; outside the hull to the nearest
 * vertex alone, as in PyAutoArray, the rest of its row being -1.
 * @param positions (M, 2) y and x, arcseconds; all finite.
 */
export function interpolate(triangulation: Triangulation, positions: Float64Array): Mapping {
  const { triangles } = triangulation;
  const count = positions.length / 2;
  const indexes = new Int32Array(DELAUNAY_MAPPINGS * count).fill(-1);
  const weights = new Float64Array(DELAUNAY_MAPPINGS * count);
  const locate = pointLocation(triangulation);
  const nearest = nearestVertex(triangulation);
  // Without triangles the search for the nearest begins at the last.
  let last = firstVertex(triangulation);
  for (let m = 0; m < count; m++) {
    const first = DELAUNAY_MAPPINGS * m;
    const [y, x] = [positions[2 * m], positions[2 * m + 1]];
    const { inside, corner, areas } = locate(y, x);
    // Rounding makes areas of slivers, and beside the hull, negative or all zero.
    const total = Math.abs(areas[0]) + Math.abs(areas[1]) + Math.abs(areas[2]);
    if (inside && total > 0) {
      for (let i = 0; i < 3; i++) {
        indexes[first + i] = triangles[corner + i];
        weights[first + i] = Math.abs(areas[i]) / total;
      }
    } else {
      last = nearest(y, x, triangles.length > 0 ? triangles[corner] : last);
      indexes[first] = last;
      weights[first] = 1;
    }
  }
  return delaunayMapping(triangulation.vertices.length / 2, indexes, weights);
}

/** @param indexes (M, 3), and their weights. */
export function delaunayMapping(sourcePixels: number, indexes: Int32Array, weights: Float64Array): Mapping {
  return {
    imagePixels: indexes.length / DELAUNAY_MAPPINGS,
    sourcePixels,
    mappingsPerPixel: DELAUNAY_MAPPINGS,
    indexes,
    weights,
    slimIndexForSubSlimIndex: null,
    subFraction: null,
  };
}
