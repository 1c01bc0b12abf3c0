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

/** (S, 2) the slopes by the vertices of a scalar that has these slopes (S) by their areas, the triangulation held. */
export function vertexAreaSlopes({ vertices, triangles }: Triangulation, ofAreas: Float64Array): Float64Array {
  const out = new Float64Array(vertices.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = triangles.subarray(t, t + 3);
    const [by, bx] = [vertices[2 * b] - vertices[2 * a], vertices[2 * b + 1] - vertices[2 * a + 1]];
    const [cy, cx] = [vertices[2 * c] - vertices[2 * a], vertices[2 * c + 1] - vertices[2 * a + 1]];
    const ofTwice = (Math.sign(by * cx - bx * cy) * (ofAreas[a] + ofAreas[b] + ofAreas[c])) / 6;
    out[2 * a] += ofTwice * (bx - cx);
    out[2 * a + 1] += ofTwice * (cy - by);
    out[2 * b] += ofTwice * cx;
    out[2 * b + 1] -= ofTwice * cy;
    out[2 * c] -= ofTwice * bx;
    out[2 * c + 1] += ofTwice * by;
  }
  return out;
}
