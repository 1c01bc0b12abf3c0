import { DELAUNAY_MAPPINGS, type DelaunayMesh } from "./delaunay.ts";

/**
 * The way back through `delaunayMesh`: derivatives of a function of the weights, the triangle that each position lies in
 * given. With the function's derivatives g_i by the three weights as heights of the corners, a plane lies over the triangle;
 * its slope is the derivative by the position, and moving a corner by v is, for the plane, moving the position by -w_i v.
 * Outside the hull, where the nearest vertex takes all, there is none.
 * @param mesh Of the positions themselves, not yet the mean over sub-pixels.
 * @param byWeights (N, 3) the function's derivatives by the weights of the mesh's mapping.
 * @returns Its derivatives by the positions, (N, 2), and by the vertices, (S, 2).
 */
export function delaunaySlopes(
  { vertices, mapping: { indexes, weights } }: Pick<DelaunayMesh, "vertices" | "mapping">,
  byWeights: Float64Array,
): { readonly positions: Float64Array; readonly vertices: Float64Array } {
  const count = indexes.length / DELAUNAY_MAPPINGS;
  const byPositions = new Float64Array(2 * count);
  const byVertices = new Float64Array(vertices.length);
  for (let n = 0; n < count; n++) {
    const first = DELAUNAY_MAPPINGS * n;
    if (indexes[first + 2] < 0) continue;
    const [a, b, c] = [2 * indexes[first], 2 * indexes[first + 1], 2 * indexes[first + 2]];
    // Sides and heights from corner a.
    const [by, bx] = [vertices[b] - vertices[a], vertices[b + 1] - vertices[a + 1]];
    const [cy, cx] = [vertices[c] - vertices[a], vertices[c + 1] - vertices[a + 1]];
    const toB = byWeights[first + 1] - byWeights[first];
    const toC = byWeights[first + 2] - byWeights[first];
    const twiceArea = by * cx - bx * cy;
    if (twiceArea === 0) continue;
    const y = (toB * cx - toC * bx) / twiceArea;
    const x = (toC * by - toB * cy) / twiceArea;
    byPositions[2 * n] = y;
    byPositions[2 * n + 1] = x;
    for (let i = 0; i < DELAUNAY_MAPPINGS; i++) {
      const corner = 2 * indexes[first + i];
      byVertices[corner] -= weights[first + i] * y;
      byVertices[corner + 1] -= weights[first + i] * x;
    }
  }
  return { positions: byPositions, vertices: byVertices };
}
