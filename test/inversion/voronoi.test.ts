import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { triangulate } from "../../src/inversion/mesh/triangulation.ts";
import { nearestCellMesh } from "../../src/inversion/mesh/voronoi.ts";
import { type VoronoiCells, voronoiCells } from "../../src/inversion/mesh/voronoi-cells.ts";
import { positionsFor, scattered, seed, vertices } from "./vertices.ts";

function outlineOf({ start, corners }: VoronoiCells, vertex: number): number[][] {
  return Array.from({ length: start[vertex + 1] - start[vertex] }, (_, i) => [
    ...corners.subarray(2 * (start[vertex] + i), 2 * (start[vertex] + i + 1)),
  ]);
}

/** Positive for corners that go counterclockwise, x to the right and y up. */
function polygonArea(corners: readonly number[][]): number {
  return corners.reduce((sum, [y, x], i) => {
    const [nextY, nextX] = corners[(i + 1) % corners.length];
    return sum + (x * nextY - y * nextX) / 2;
  }, 0);
}

function leastDistance(vertices: Float64Array, y: number, x: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let v = 0; v < vertices.length; v += 2) {
    least = Math.min(least, Math.hypot(vertices[v] - y, vertices[v + 1] - x));
  }
  return least;
}

describe("Voronoi cells", () => {
  test("tile the hull, whatever the vertices", () => {
    fc.assert(
      fc.property(vertices, (vertices) => {
        const made = triangulate(vertices);
        const { areas, start } = voronoiCells(made);
        let hull = 0;
        for (let t = 0; t < made.triangles.length; t += 3) {
          const corners = [...made.triangles.subarray(t, t + 3)];
          hull += polygonArea(corners.map((v) => [vertices[2 * v], vertices[2 * v + 1]]));
        }
        expect(areas.every((area) => area >= 0)).toBe(true);
        // The area of some hundred corners, each rounded.
        expect(Math.abs(areas.reduce((a, b) => a + b) - hull)).toBeLessThan(1e-13);
        for (const duplicate of made.duplicates) {
          expect(areas[duplicate]).toBe(0);
          expect(start[duplicate + 1]).toBe(start[duplicate]);
        }
      }),
    );
  });

  test("have corners that no other vertex is nearer to, and the area of their outline", () => {
    fc.assert(
      fc.property(scattered, (vertices) => {
        const cells = voronoiCells(triangulate(vertices));
        for (let v = 0; v < vertices.length / 2; v++) {
          const outline = outlineOf(cells, v);
          expect(polygonArea(outline)).toBeCloseTo(cells.areas[v], 13);
          for (const [y, x] of outline) {
            const own = Math.hypot(vertices[2 * v] - y, vertices[2 * v + 1] - x);
            expect(own - leastDistance(vertices, y, x)).toBeLessThan(1e-13);
          }
        }
      }),
    );
  });

  test("of a square and its centre, with a duplicate", () => {
    const cells = voronoiCells(triangulate(Float64Array.of(0, 0, 0, 2, 2, 0, 2, 2, 1, 1, 1, 1)));
    expect([...cells.areas].sort()).toEqual([0, 0.5, 0.5, 0.5, 0.5, 2]);
    const centre = cells.areas.indexOf(2);
    const places = outlineOf(cells, centre).map(([y, x]) => `${y} ${x}`);
    expect(new Set(places)).toEqual(new Set(["0 1", "1 0", "2 1", "1 2"]));
  });

  test("belong to one of many vertices that are 1e-14 apart", () => {
    fc.assert(
      fc.property(scattered, (vertices) => {
        const clustered = vertices.map(
          (place, i) => vertices[i % 10 < 2 ? i : i - (i % 10) + (i % 2)] + 1e-14 * (place - 0.5),
        );
        const made = triangulate(clustered);
        const { areas } = voronoiCells(made);
        const places = Math.ceil(vertices.length / 10);
        // Two and fewer are on a line.
        if (places < 3) return;
        expect(made.duplicates.length).toBe(vertices.length / 2 - places);
        expect(areas.filter((area) => area > 0).length).toBe(places);
      }),
    );
  });

  test("are empty where the vertices are on a line, or one", () => {
    for (const vertices of [
      [1, 2],
      [1, 2, 1, 2],
      [3, 3, 0, 0, 2, 2, 0, 0, 1, 1],
    ]) {
      const { areas, start, corners } = voronoiCells(triangulate(Float64Array.from(vertices)));
      expect(areas).toEqual(new Float64Array(vertices.length / 2));
      expect(start).toEqual(new Int32Array(vertices.length / 2 + 1));
      expect(corners).toHaveLength(0);
    }
  });
});

describe("the nearest cell", () => {
  test("is that of the vertex that is nearest, inside the hull and outside, whatever the vertices", () => {
    fc.assert(
      fc.property(vertices, seed, (vertices, seed) => {
        const positions = positionsFor(vertices, seed);
        const { mapping, duplicates } = nearestCellMesh({ positions, vertices });
        const unused = new Set(duplicates);
        expect(mapping.mappingsPerPixel).toBe(1);
        expect(mapping.weights.every((weight) => weight === 1)).toBe(true);
        mapping.indexes.forEach((vertex, m) => {
          const [y, x] = [positions[2 * m], positions[2 * m + 1]];
          expect(unused.has(vertex)).toBe(false);
          // Vertices that are almost at one place may hide each other.
          const distance = Math.hypot(vertices[2 * vertex] - y, vertices[2 * vertex + 1] - x);
          expect(distance - leastDistance(vertices, y, x)).toBeLessThan(1e-12);
        });
      }),
    );
  });
});
