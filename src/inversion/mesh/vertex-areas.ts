import type { Triangulation } from "./triangulation.ts";

/** (S) a third of the triangles around each vertex: the areas of the barycentric dual, which add up to the hull's. */
export function vertexAreas({ vertices, triangles }: Triangulation): Float64Array {
  const areas = new Float64Array(vertices.length / 2);
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = triangles.subarray(t, t + 3);
    const [ay, ax] = [vertices[2 * a], vertices[2 * a + 1]];
    const twice =
      (vertices[2 * b] - ay) * (vertices[2 * c + 1] - ax) - (vertices[2 * b + 1] - ax) * (vertices[2 * c] - ay);
    for (const corner of [a, b, c]) areas[corner] += Math.abs(twice) / 6;
  }
  return areas;
}
