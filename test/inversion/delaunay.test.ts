import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { type DelaunayMesh, delaunayMesh } from "../../src/inversion/mesh/delaunay.ts";
import { pointLocation } from "../../src/inversion/mesh/point-location.ts";
import { triangulate } from "../../src/inversion/mesh/triangulation.ts";
import {
  constantRegularizationLogDeterminant,
  constantRegularizationMatrix,
} from "../../src/inversion/regularization/constant.ts";
import { logDeterminant } from "../../src/inversion/solve.ts";
import { between } from "../between.ts";
import { onLattice, positionsFor, scattered, seed, vertices } from "./vertices.ts";

function rowOf({ mapping }: DelaunayMesh, m: number): { indexes: number[]; weights: number[] } {
  return {
    indexes: [...mapping.indexes.subarray(3 * m, 3 * m + 3)],
    weights: [...mapping.weights.subarray(3 * m, 3 * m + 3)],
  };
}

function neighborsOf({ neighbors }: Pick<DelaunayMesh, "neighbors">): number[][] {
  const { sourcePixels, neighborsPerPixel: width, indexes } = neighbors;
  return Array.from({ length: sourcePixels }, (_, i) =>
    [...indexes.subarray(i * width, (i + 1) * width)].filter((n) => n >= 0).sort((a, b) => a - b),
  );
}

/** Barycentric coordinates in one triangle, by Cramer's rule. */
function barycentric(vertices: Float64Array, corners: ArrayLike<number>, y: number, x: number): number[] {
  const [a, b, c] = Array.from(corners, (v) => [vertices[2 * v], vertices[2 * v + 1]]);
  const cross = (o: number[], p: number[], q: number[]) =>
    (p[0] - o[0]) * (q[1] - o[1]) - (p[1] - o[1]) * (q[0] - o[0]);
  const [area, at] = [cross(a, b, c), [y, x]];
  return [cross(at, b, c) / area, cross(at, c, a) / area, cross(at, a, b) / area];
}

function distance(vertices: Float64Array, vertex: number, y: number, x: number): number {
  return Math.hypot(vertices[2 * vertex] - y, vertices[2 * vertex + 1] - x);
}

describe("the mapping", () => {
  test("has weights in [0, 1] that add to 1, on vertices that are in the mesh, whatever the vertices", () => {
    fc.assert(
      fc.property(vertices, seed, (vertices, seed) => {
        const mesh = delaunayMesh({ positions: positionsFor(vertices, seed), vertices });
        const duplicates = new Set(mesh.duplicates);
        for (let m = 0; m < mesh.mapping.imagePixels; m++) {
          const { indexes, weights } = rowOf(mesh, m);
          expect(weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true);
          expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
          expect(indexes[0]).toBeGreaterThanOrEqual(0);
          for (const index of indexes) expect(duplicates.has(index)).toBe(false);
          if (indexes[1] < 0) expect([indexes[2], ...weights]).toEqual([-1, 1, 0, 0]);
        }
      }),
    );
  });

  test("is the same in WebAssembly, to the last bit, within a part", () => {
    const { delaunayMesh: inWasm } = kernelsOf("wasm");
    fc.assert(
      fc.property(vertices, seed, (vertices, seed) => {
        const args = { positions: positionsFor(vertices, seed), vertices };
        expect(inWasm(args)).toEqual(delaunayMesh(args));
      }),
    );
  });

  test("agrees with trying every triangle and every vertex", () => {
    fc.assert(
      fc.property(scattered, seed, (vertices, seed) => {
        const positions = positionsFor(vertices, seed);
        const mesh = delaunayMesh({ positions, vertices });
        const { triangles } = mesh;
        for (let m = 0; m < mesh.mapping.imagePixels; m++) {
          const [y, x] = [positions[2 * m], positions[2 * m + 1]];
          const { indexes, weights } = rowOf(mesh, m);
          let deepest = Number.NEGATIVE_INFINITY;
          for (let t = 0; t < triangles.length; t += 3) {
            deepest = Math.max(deepest, Math.min(...barycentric(vertices, triangles.subarray(t, t + 3), y, x)));
          }
          if (indexes[1] >= 0) {
            // Slivers at the hull, of height 1e-6 and less, have coordinates good to 1e-16 over that.
            const exact = barycentric(vertices, indexes, y, x);
            for (const [i, share] of exact.entries()) expect(Math.abs(share - weights[i])).toBeLessThan(1e-8);
          } else {
            expect(deepest).toBeLessThan(1e-12);
            const all = Array.from({ length: vertices.length / 2 }, (_, v) => distance(vertices, v, y, x));
            expect(distance(vertices, indexes[0], y, x)).toBeLessThanOrEqual(Math.min(...all) + 1e-12);
          }
        }
      }),
    );
  });

  test("reproduces what is linear in y and x, inside the hull", () => {
    const linear = (y: number, x: number): number => 0.3 - 2 * y + 0.7 * x;
    fc.assert(
      fc.property(vertices, seed, (vertices, seed) => {
        const positions = positionsFor(vertices, seed);
        const mesh = delaunayMesh({ positions, vertices });
        for (let m = 0; m < mesh.mapping.imagePixels; m++) {
          const { indexes, weights } = rowOf(mesh, m);
          if (indexes[1] < 0) continue;
          const values = indexes.map((v) => linear(vertices[2 * v], vertices[2 * v + 1]));
          const value = values.reduce((sum, each, i) => sum + weights[i] * each, 0);
          // A sliver's areas are rounding: all that is sure is a value between those of its corners.
          const area = Math.abs(twiceArea(vertices, indexes));
          const tolerance = 1e-13 + 1e-14 / Math.max(area, 1e-16);
          expect(Math.abs(value - linear(positions[2 * m], positions[2 * m + 1]))).toBeLessThan(tolerance);
        }
      }),
    );
  });

  test("of a vertex is that vertex, or one at its place", () => {
    fc.assert(
      fc.property(fc.oneof(scattered, onLattice), (vertices) => {
        const mesh = delaunayMesh({ positions: vertices, vertices });
        for (let v = 0; v < vertices.length / 2; v++) {
          const { indexes, weights } = rowOf(mesh, v);
          const at = indexes[weights.indexOf(Math.max(...weights))];
          expect(Math.max(...weights)).toBeCloseTo(1, 12);
          expect([vertices[2 * at], vertices[2 * at + 1]]).toEqual([vertices[2 * v], vertices[2 * v + 1]]);
        }
      }),
    );
  });
});

function twiceArea(vertices: Float64Array, [a, b, c]: readonly number[]): number {
  const [ay, ax] = [vertices[2 * a], vertices[2 * a + 1]];
  return (vertices[2 * b] - ay) * (vertices[2 * c + 1] - ax) - (vertices[2 * b + 1] - ax) * (vertices[2 * c] - ay);
}

describe("the triangulation", () => {
  test("has no vertex inside the circle around a triangle", () => {
    fc.assert(
      fc.property(scattered, (vertices) => {
        const { triangles } = triangulate(vertices);
        for (let t = 0; t < triangles.length; t += 3) {
          const { y, x, radius } = circumcircle(vertices, triangles.subarray(t, t + 3));
          // Flat triangles have circles whose radius is rounded as much as it is long.
          let nearest = Number.POSITIVE_INFINITY;
          for (let v = 0; v < vertices.length / 2; v++) nearest = Math.min(nearest, distance(vertices, v, y, x));
          expect(nearest).toBeGreaterThan(radius - 1e-12 * Math.max(1, radius ** 3));
        }
      }),
    );
  });

  test("has Euler's number of edges, both ways, and duplicates have none", () => {
    fc.assert(
      fc.property(fc.oneof(scattered, onLattice), (vertices) => {
        const made = triangulate(vertices);
        const neighbors = neighborsOf(made);
        neighbors.forEach((of, i) => {
          expect(new Set(of).size).toBe(of.length);
          for (const neighbor of of) expect(neighbors[neighbor]).toContain(i);
        });
        const places = new Set(
          Array.from({ length: vertices.length / 2 }, (_, i) => `${vertices.subarray(2 * i, 2 * i + 2)}`),
        );
        expect(made.duplicates.length).toBe(vertices.length / 2 - places.size);
        for (const duplicate of made.duplicates) expect(neighbors[duplicate]).toEqual([]);
        const edges = neighbors.flat().length / 2;
        // V - E + T = 1; on a line there are no triangles, and it is a path.
        expect(places.size - edges + made.triangles.length / 3).toBe(1);
      }),
    );
  });

  test("of few vertices, or of vertices on a line", () => {
    const nearestOf = (vertices: Float64Array, ...at: number[]): number[] => {
      const { mapping } = delaunayMesh({ positions: Float64Array.from(at), vertices });
      return [...mapping.indexes].filter((index) => index >= 0);
    };
    const one = Float64Array.of(1, 2);
    expect(neighborsOf(triangulate(one))).toEqual([[]]);
    expect(nearestOf(one, 0, 0, 9, 9)).toEqual([0, 0]);
    const two = Float64Array.of(1, 2, 3, 2);
    expect(neighborsOf(triangulate(two))).toEqual([[1], [0]]);
    expect(nearestOf(two, 1.5, 0, 2.5, 7)).toEqual([0, 1]);
    const line = Float64Array.of(3, 3, 0, 0, 2, 2, 0, 0, 1, 1);
    const made = triangulate(line);
    expect(made.triangles).toHaveLength(0);
    expect(made.duplicates).toHaveLength(1);
    const [twin] = [1, 3].filter((vertex) => vertex !== made.duplicates[0]);
    expect(neighborsOf(made)[2]).toEqual([0, 4]);
    expect(neighborsOf(made)[4]).toEqual([twin, 2].sort());
    expect(nearestOf(line, 9, 9, -1, 0.5, 1.9, 2.2, 1, 0.7)).toEqual([0, twin, 2, 4]);
    const same = Float64Array.of(1, 1, 1, 1, 1, 1);
    expect(triangulate(same).duplicates).toHaveLength(2);
    expect(new Set(nearestOf(same, 0, 0, 1, 1)).size).toBe(1);
  });
});

test("positions are found in any order: the place does not depend on where the search began", () => {
  fc.assert(
    fc.property(scattered, seed, (vertices, seed) => {
      const positions = positionsFor(vertices, seed);
      const made = triangulate(vertices);
      const locate = pointLocation(made);
      for (let m = positions.length - 2; m >= 0; m -= 2) {
        const { inside, areas } = locate(positions[m], positions[m + 1]);
        if (inside) expect(Math.min(...areas)).toBeGreaterThan(-1e-13);
        expect(pointLocation(made)(positions[m], positions[m + 1]).inside).toBe(inside);
      }
    }),
  );
});

test("ln det H of constant regularization over a Delaunay mesh is Cholesky's, duplicates or not", () => {
  fc.assert(
    fc.property(fc.oneof(scattered, onLattice), between(0.1, 10), (vertices, coefficient) => {
      const args = { coefficient, neighbors: triangulate(vertices).neighbors };
      const byCholesky = logDeterminant({ matrix: constantRegularizationMatrix(args) });
      // Cholesky's last pivot of some 1e-8 S beside 100 P has 6 digits left.
      expect(Math.abs(constantRegularizationLogDeterminant(args) - byCholesky)).toBeLessThan(1e-4);
    }),
  );
});

function circumcircle(vertices: Float64Array, [a, b, c]: Int32Array) {
  const [ay, ax] = [vertices[2 * a], vertices[2 * a + 1]];
  const [by, bx] = [vertices[2 * b] - ay, vertices[2 * b + 1] - ax];
  const [cy, cx] = [vertices[2 * c] - ay, vertices[2 * c + 1] - ax];
  const d = 2 * (by * cx - bx * cy);
  const y = ((by * by + bx * bx) * cx - (cy * cy + cx * cx) * bx) / d;
  const x = ((cy * cy + cx * cx) * by - (by * by + bx * bx) * cy) / d;
  return { y: ay + y, x: ax + x, radius: Math.hypot(y, x) };
}

// Values of PyAutoLens: see test/oracle/README.md.
interface Golden {
  readonly vertices: number[][];
  readonly positions: number[][];
  readonly pix_indexes: number[][];
  readonly pix_weights: number[][];
  readonly neighbors: number[][];
  readonly coefficient: number;
  readonly log_det_regularization_matrix: number;
}

test("PyAutoLens' vertices, weights, neighbors and ln det H", () => {
  const text = readFileSync(new URL("../oracle/delaunay-mesh.json", import.meta.url), "utf8");
  const golden = JSON.parse(text) as Golden;
  const mesh = delaunayMesh({
    positions: Float64Array.from(golden.positions.flat()),
    vertices: Float64Array.from(golden.vertices.flat()),
  });
  // The corners of a triangle come in another order.
  const byVertex = (indexes: readonly number[], weights: readonly number[]) =>
    indexes
      .map((index, i) => [index, weights[i]] as const)
      .filter(([index]) => index >= 0)
      .sort(([a], [b]) => a - b);
  golden.pix_indexes.forEach((indexes, m) => {
    const ours = rowOf(mesh, m);
    const expected = byVertex(indexes, golden.pix_weights[m]);
    const found = byVertex(ours.indexes, ours.weights);
    expect(found.map(([index]) => index)).toEqual(expected.map(([index]) => index));
    for (const [i, [, weight]] of found.entries()) expect(Math.abs(weight - expected[i][1])).toBeLessThan(1e-11);
  });
  expect(neighborsOf(mesh)).toEqual(golden.neighbors);
  const found = constantRegularizationLogDeterminant({ coefficient: golden.coefficient, neighbors: mesh.neighbors });
  // Theirs is by Cholesky, which has 7 digits of the last pivot.
  expect(Math.abs(found - golden.log_det_regularization_matrix)).toBeLessThan(1e-6);
});
