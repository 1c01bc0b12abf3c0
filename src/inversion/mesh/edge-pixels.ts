import type { RectangularMesh } from "./rectangular.ts";
import { nextSide, type Triangulation } from "./triangulation.ts";

/** Pixels at the edge of a rectangular mesh, which may be set to zero: the outer rows and columns. @returns ascending */
export function rectangularEdgePixels({ shape: [rows, columns] }: Pick<RectangularMesh, "shape">): Int32Array {
  return Int32Array.from({ length: rows * columns }, (_, pixel) => pixel).filter((pixel) => {
    const [i, j] = [Math.floor(pixel / columns), pixel % columns];
    return i === 0 || i === rows - 1 || j === 0 || j === columns - 1;
  });
}

/**
 * Vertices at the edge of a triangulation: on the convex hull of all, which is all of them where they are on a line. One at
 * the place of another is not among them: nothing maps to it.
 * @returns ascending
 */
export function triangulationEdgePixels({ vertices, triangles, beyond, duplicates }: Triangulation): Int32Array {
  const isEdge = new Uint8Array(vertices.length / 2);
  if (triangles.length === 0) {
    isEdge.fill(1);
    for (const vertex of duplicates) isEdge[vertex] = 0;
  }
  beyond.forEach((side, e) => {
    if (side < 0) isEdge[triangles[e]] = isEdge[triangles[nextSide(e)]] = 1;
  });
  return Int32Array.from(isEdge.keys()).filter((vertex) => isEdge[vertex] === 1);
}
