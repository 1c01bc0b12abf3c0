import type { Triangulation } from "./triangulation.ts";

/**
 * The sine of the angle between two sides that rounding may make of none. No triangle counts as flatter, so that what is
 * divided by areas is finite, and of one size in all that are flat.
 */
export const FLAT = 1e-15;

/** (3 T) the cotangent of the angle opposite each side. */
export function cotangents({ vertices, triangles }: Triangulation): Float64Array {
  const out = new Float64Array(triangles.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [2 * triangles[t], 2 * triangles[t + 1], 2 * triangles[t + 2]];
    const side = (from: number, to: number) => [vertices[to] - vertices[from], vertices[to + 1] - vertices[from + 1]];
    const sides = [side(a, b), side(b, c), side(c, a)];
    const lengths = sides.map(([y, x]) => y * y + x * x);
    // The two shorter sides: the area that they span cancels the least.
    const first = (lengths.indexOf(Math.max(...lengths)) + 1) % 3;
    const [p, q] = [first, (first + 1) % 3];
    const spanned = sides[p][1] * sides[q][0] - sides[p][0] * sides[q][1];
    const twiceArea = Math.max(spanned, FLAT * Math.sqrt(lengths[p] * lengths[q]));
    for (let i = 0; i < 3; i++) {
      const [next, previous] = [sides[(i + 1) % 3], sides[(i + 2) % 3]];
      out[t + i] = -(next[0] * previous[0] + next[1] * previous[1]) / twiceArea;
    }
  }
  return out;
}
