import { expect, test } from "vitest";
import { delaunayMesh } from "../../src/inversion/mesh/delaunay.ts";
import { topologyFlips } from "../../src/inversion/mesh/topology-flips.ts";

// A square with its diagonal from (0, 0) to (1, 1), and a ray on either side of it.
const square = (corner: number) => Float64Array.of(0, 0, 0, 1, 1, 0, corner, corner);
const meshOf = (corner: number, ray: number) => {
  return delaunayMesh({ vertices: square(corner), positions: Float64Array.of(ray, 0.4, 0.2, 0.9) });
};

test("a ray that crosses an edge, and a diagonal that flips, are counted", () => {
  const mesh = meshOf(0.9, 0.1);
  expect(topologyFlips(mesh, meshOf(0.9, 0.11))).toEqual({ rays: 0, pixels: 0 });
  expect(topologyFlips(mesh, meshOf(0.9, 0.8)).rays).toBe(1);
  // The far corner on either side of the circle through the other three.
  const flipped = topologyFlips(mesh, meshOf(1.1, 0.1));
  expect(flipped.pixels).toBe(4);
  expect(flipped.rays).toBeGreaterThan(0);
});
