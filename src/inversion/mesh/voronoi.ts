import type { Mapping } from "../mapping.ts";
import { firstVertex, nearestVertex } from "./nearest-vertex.ts";
import { type Triangulation, triangulate } from "./triangulation.ts";

/**
 * A mesh of the Voronoi cells of vertices, its source pixels: what is nearer to a vertex than to any other. Cells that
 * touch are neighbors by a Delaunay edge; `voronoiCells` has their outlines and areas.
 */
export interface VoronoiMesh extends Triangulation {
  readonly mapping: Mapping;
}

export interface VoronoiMeshArgs {
  /** (M, 2) y and x in the source plane, arcseconds; all finite. */
  readonly positions: Float64Array;
  /** (S, 2) y and x of at least one vertex, arcseconds; all finite. */
  readonly vertices: Float64Array;
}

/** A Voronoi mesh of cells of one brightness each: a position maps to the cell that it is in. */
export function nearestCellMesh({ positions, vertices }: VoronoiMeshArgs): VoronoiMesh {
  const triangulation = triangulate(vertices);
  return { ...triangulation, mapping: nearestCells(triangulation, positions) };
}

/**
 * A position maps to its nearest vertex alone, inside the hull and outside. How it maps is piecewise constant, so that
 * there is no slope by positions or vertices.
 * @param positions (M, 2) y and x, arcseconds; all finite.
 */
export function nearestCells(triangulation: Triangulation, positions: Float64Array): Mapping {
  const indexes = new Int32Array(positions.length / 2);
  const nearest = nearestVertex(triangulation);
  let last = firstVertex(triangulation);
  for (let m = 0; m < indexes.length; m++) {
    last = nearest(positions[2 * m], positions[2 * m + 1], last);
    indexes[m] = last;
  }
  return {
    imagePixels: indexes.length,
    sourcePixels: triangulation.vertices.length / 2,
    mappingsPerPixel: 1,
    indexes,
    weights: new Float64Array(indexes.length).fill(1),
    slimIndexForSubSlimIndex: null,
    subFraction: null,
  };
}
