import type { Triangulation } from "./triangulation.ts";

/**
 * Twice the least area that a triangle counts with, over the square of its longest side. Flatter ones are rounding, and
 * this keeps what is divided by their area finite.
 */
export const FLAT = 1e-30;

/** (3 T) the cotangent of the angle opposite each side. */
export function cotangents({ vertices, triangles }: Triangulation): Float64Array {
  const out = new Float64Array(triangles.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [2 * triangles[t], 2 * triangles[t + 1], 2 * triangles[t + 2]];
    const side = (from: number, to: number) => [vertices[to] - vertices[from], vertices[to + 1] - vertices[from + 1]];
    const sides = [side(a, b), side(b, c), side(c, a)];
    const lengths = sides.map(([y, x]) => y * y + x * x);
    const longest = Math.max(...lengths);
    // The two shorter sides: the area that they span cancels the least.
    const first = (lengths.indexOf(longest) + 1) % 3;
    const [p, q] = [sides[first], sides[(first + 1) % 3]];
    const twiceArea = Math.max(p[1] * q[0] - p[0] * q[1], FLAT * longest);
    for (let i = 0; i < 3; i++) {
      const [next, previous] = [sides[(i + 1) % 3], sides[(i + 2) % 3]];
      out[t + i] = -(next[0] * previous[0] + next[1] * previous[1]) / twiceArea;
    }
  }
  return out;
}
