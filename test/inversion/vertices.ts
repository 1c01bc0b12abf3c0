/*
 * Vertices to draw meshes over, and positions to interpolate at.
 */

import fc from "fast-check";
import { draws, randomState, uniform } from "../../src/inference/rng.ts";

export const seed = fc.integer({ min: 0, max: 2 ** 31 });
const count = fc.integer({ min: 3, max: 80 });

/** Even over the unit square. */
export const scattered = fc.tuple(seed, count).map(([seed, n]) => draws(randomState(seed), 2 * n, uniform));
/** On a lattice of few places, so that duplicates, collinear vertices and circles through four are the rule. */
export const onLattice = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), { minLength: 1, maxLength: 40 })
  .map((pairs) => Float64Array.from(pairs.flat(), (place) => 0.3 + place / 10));
/** Almost on a line, or almost at the places of others: some roundings from them, or some hundred. */
const nearness = fc.constantFrom(1e-15, 1e-14);
export const nearlyDegenerate = fc.tuple(seed, count, fc.boolean(), nearness).map(([seed, n, onLine, nearness]) => {
  const random = randomState(seed);
  const vertices = draws(random, 2 * n, uniform);
  for (let i = 2; i < 2 * n; i += 2) {
    const near = (value: number): number => value + (uniform(random) - 0.5) * nearness;
    if (onLine) vertices[i + 1] = near(0.3 * vertices[i]);
    else if (i % 4 === 0) vertices.set([near(vertices[i - 2]), near(vertices[i - 1])], i);
  }
  return vertices;
});
export const vertices = fc.oneof(scattered, onLattice, nearlyDegenerate);

/** Around and inside the vertices, on them, and on the lines between them. */
export function positionsFor(vertices: Float64Array, seed: number): Float64Array {
  const random = randomState(seed);
  const size = vertices.length / 2;
  return Float64Array.from(
    Array.from({ length: 100 }, (_, i) => {
      const [a, b] = [0, 0].map(() => 2 * Math.floor(uniform(random) * size));
      const share = i % 3 === 0 ? 0 : uniform(random);
      if (i % 2 === 0) return [0, 1].map((axis) => (1 - share) * vertices[a + axis] + share * vertices[b + axis]);
      return [1.4 * uniform(random) - 0.2, 1.4 * uniform(random) - 0.2];
    }).flat(),
  );
}
