import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draws, randomState, uniform } from "../../src/inference/rng.ts";
import type { Mapping } from "../../src/inversion/mapping.ts";
import { naturalNeighborMesh } from "../../src/inversion/mesh/natural-neighbor.ts";
import { naturalNeighborSlopes } from "../../src/inversion/mesh/natural-neighbor-slopes.ts";
import { triangulate } from "../../src/inversion/mesh/triangulation.ts";
import { onLattice, positionsFor, scattered, seed, vertices } from "./vertices.ts";

interface Neighbor {
  readonly vertex: number;
  readonly weight: number;
}

function rowOf({ indexes, weights, mappingsPerPixel: width }: Mapping, m: number): Neighbor[] {
  return Array.from({ length: width }, (_, i) => ({
    vertex: indexes[width * m + i],
    weight: weights[width * m + i],
  })).filter(({ vertex }) => vertex >= 0);
}

/** What of a convex polygon is nearer to a than to b. */
function nearer(corners: readonly number[][], a: ArrayLike<number>, b: ArrayLike<number>): number[][] {
  const excess = ([y, x]: number[]) => (y - a[0]) ** 2 + (x - a[1]) ** 2 - (y - b[0]) ** 2 - (x - b[1]) ** 2;
  return corners.flatMap((corner, i) => {
    const next = corners[(i + 1) % corners.length];
    const [here, there] = [excess(corner), excess(next)];
    const kept = here <= 0 ? [corner] : [];
    if (here * there >= 0) return kept;
    return [...kept, [0, 1].map((axis) => corner[axis] + (here / (here - there)) * (next[axis] - corner[axis]))];
  });
}

function area(corners: readonly number[][]): number {
  const [[y0, x0] = [0, 0]] = corners;
  const twice = corners.reduce((sum, [y, x], i) => {
    const [nextY, nextX] = corners[(i + 1) % corners.length];
    return sum + (x - x0) * (nextY - y0) - (y - y0) * (nextX - x0);
  }, 0);
  return Math.abs(twice) / 2;
}

/** Half of the side of the square in which cells are cut out. */
const FAR = 50;

/** The weight of every vertex, by cutting out the cell of the position and its part nearest to each; null beside the hull. */
function byCutting(vertices: Float64Array, position: Float64Array): number[] | null {
  const all = Array.from({ length: vertices.length / 2 }, (_, v) => vertices.subarray(2 * v, 2 * v + 2));
  let cell = [[-FAR, -FAR], [-FAR, FAR], [FAR, FAR], [FAR, -FAR]]; // biome-ignore format: a square
  for (const vertex of all) cell = nearer(cell, position, vertex);
  if (cell.some((corner) => corner.some((place) => Math.abs(place) > 0.9 * FAR))) return null;
  const parts = all.map((vertex) => {
    return area(all.reduce((part, other) => (other === vertex ? part : nearer(part, vertex, other)), cell));
  });
  return parts.map((part) => part / area(cell));
}

describe("natural-neighbor weights", () => {
  test("are in [0, 1] and add to 1, on vertices that are in the mesh, whatever the vertices", () => {
    fc.assert(
      fc.property(vertices, seed, (vertices, seed) => {
        const mesh = naturalNeighborMesh({ positions: positionsFor(vertices, seed), vertices });
        const duplicates = new Set(mesh.duplicates);
        let widest = 0;
        for (let m = 0; m < mesh.mapping.imagePixels; m++) {
          const row = rowOf(mesh.mapping, m);
          widest = Math.max(widest, row.length);
          expect(row.every(({ weight }) => weight >= 0 && weight <= 1)).toBe(true);
          expect(row.some(({ vertex }) => duplicates.has(vertex))).toBe(false);
          expect(row.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 14);
        }
        expect(widest).toBe(mesh.mapping.mappingsPerPixel);
      }),
    );
  });

  test("reproduce what is linear, inside the hull", () => {
    fc.assert(
      fc.property(fc.oneof(scattered, onLattice), seed, (vertices, seed) => {
        const positions = positionsFor(vertices, seed);
        const { mapping } = naturalNeighborMesh({ positions, vertices });
        for (let m = 0; m < mapping.imagePixels; m++) {
          const row = rowOf(mapping, m);
          if (row.length === 1) continue;
          for (const axis of [0, 1]) {
            const value = row.reduce((sum, { vertex, weight }) => sum + weight * vertices[2 * vertex + axis], 0);
            // Some roundings; but the cells of flat triangles at the hull are as much longer than wide as those are flat.
            expect(Math.abs(value - positions[2 * m + axis])).toBeLessThan(1e-13);
          }
        }
      }),
    );
  });

  test("hardly change where vertices have others beside them, 1e-9 away", () => {
    fc.assert(
      fc.property(scattered, seed, (vertices, seed) => {
        const twins = vertices.map((place, i) => place + (((i * 7) % 5) - 2) * 1e-9);
        const both = Float64Array.of(...vertices, ...twins);
        const positions = positionsFor(vertices, seed);
        const { mapping } = naturalNeighborMesh({ positions, vertices: both });
        for (let m = 0; m < mapping.imagePixels; m++) {
          const row = rowOf(mapping, m);
          if (row.length === 1) continue;
          for (const axis of [0, 1]) {
            const value = row.reduce((sum, { vertex, weight }) => sum + weight * both[2 * vertex + axis], 0);
            // Cells between twins are 1e-9 wide, so that their areas have seven digits.
            expect(Math.abs(value - positions[2 * m + axis])).toBeLessThan(1e-6);
          }
        }
      }),
    );
  });

  test("are the areas that the position's cell takes, cut out by brute force", () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.oneof(scattered, onLattice), seed, (vertices, seed) => {
        const made = triangulate(vertices);
        const positions = positionsFor(vertices, seed);
        const { mapping } = naturalNeighborMesh({ positions, vertices });
        for (let m = 0; m < 40; m++) {
          const row = rowOf(mapping, m);
          if (row.length < 3) continue;
          // Of vertices at one place, the brute force gives all to both.
          const distinct = vertices.filter((_, i) => !made.duplicates.includes(i >> 1));
          const kept = Array.from(vertices.keys()).filter((i) => i % 2 === 0 && !made.duplicates.includes(i >> 1));
          const expected = byCutting(distinct, positions.subarray(2 * m, 2 * m + 2));
          if (expected === null) continue;
          compared++;
          kept.forEach((first, i) => {
            const weight = row.find(({ vertex }) => 2 * vertex === first)?.weight ?? 0;
            // The square's corners are FAR from where they cut each other.
            expect(Math.abs(weight - expected[i])).toBeLessThan(1e-9);
          });
        }
      }),
      { numRuns: 30 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  test("of a vertex are that vertex, or one at its place", () => {
    fc.assert(
      fc.property(fc.oneof(scattered, onLattice), (vertices) => {
        const { mapping } = naturalNeighborMesh({ positions: vertices, vertices });
        expect(mapping.mappingsPerPixel).toBe(1);
        mapping.indexes.forEach((at, v) => {
          expect(vertices.subarray(2 * at, 2 * at + 2)).toEqual(vertices.subarray(2 * v, 2 * v + 2));
        });
      }),
    );
  });

  test("between two vertices of the hull are linear along it, and outside the nearest vertex alone", () => {
    const vertices = Float64Array.of(0, 0, 0, 2, 2, 0, 2, 2, 1.1, 0.9);
    const { mapping } = naturalNeighborMesh({ positions: Float64Array.of(0, 0.5, -1e-3, 0.5), vertices });
    const found = rowOf(mapping, 0).filter(({ weight }) => weight > 1e-12);
    expect(found.map(({ vertex }) => vertex).sort()).toEqual([0, 1]);
    for (const { vertex, weight } of found) expect(weight).toBeCloseTo(vertex === 0 ? 0.75 : 0.25, 14);
    expect(rowOf(mapping, 1)).toEqual([{ vertex: 0, weight: 1 }]);
  });

  test("of many vertices on one circle, from its centre, are as many", () => {
    const count = 3000;
    const vertices = Float64Array.from({ length: 2 * count }, (_, i) => {
      const angle = (2 * Math.PI * (i >> 1)) / count;
      return i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    });
    const { mapping } = naturalNeighborMesh({ positions: Float64Array.of(1e-3, 2e-3), vertices });
    expect(mapping.mappingsPerPixel).toBe(count);
    expect(mapping.weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });
});

describe("the slopes of natural-neighbor interpolation", () => {
  /** Vertices in a frame, so that positions are well inside, some of them not too close to a vertex. */
  const inside = fc.tuple(seed, fc.integer({ min: 5, max: 40 })).map(([seed, count]) => {
    const random = randomState(seed);
    const vertices = Float64Array.of(-1, -1, -1.1, 2, 2.2, -1, 2, 2, ...draws(random, 2 * count, uniform));
    const candidates = draws(random, 60, uniform);
    const positions = candidates.filter((_, i) => {
      const [y, x] = candidates.subarray(2 * (i >> 1), 2 * (i >> 1) + 2);
      for (let v = 0; v < vertices.length; v += 2) {
        if (Math.hypot(vertices[v] - y, vertices[v + 1] - x) < 0.03) return false;
      }
      return true;
    });
    return { positions, vertices, seed };
  });

  /** A scalar that every weight counts in, by the position and the vertex that it is of. */
  function scalar(positions: Float64Array, vertices: Float64Array, coefficients: Float64Array) {
    const mesh = naturalNeighborMesh({ positions, vertices });
    const { indexes, weights, mappingsPerPixel: width } = mesh.mapping;
    const slopes = Float64Array.from(indexes, (vertex, entry) => {
      return vertex < 0 ? 0 : coefficients[Math.floor(entry / width) * (vertices.length / 2) + vertex];
    });
    return { mesh, slopes, value: slopes.reduce((sum, slope, entry) => sum + slope * weights[entry], 0) };
  }

  const moved = (places: Float64Array, at: number, by: number) =>
    places.map((place, i) => (i === at ? place + by : place));

  test("are those of central differences", () => {
    // Where the cavity changes inside a step, the second derivative jumps, by much beside vertices that are close.
    const step = 1e-7;
    fc.assert(
      fc.property(inside, ({ positions, vertices, seed }) => {
        const coefficients = draws(randomState(seed ^ 1), (positions.length * vertices.length) / 4, uniform);
        const { mesh, slopes } = scalar(positions, vertices, coefficients);
        const found = naturalNeighborSlopes(mesh, positions, slopes);
        const largest = [...found.positions, ...found.vertices].reduce(
          (most, each) => Math.max(most, Math.abs(each)),
          1,
        );
        for (let i = 0; i < positions.length; i++) {
          const [up, down] = [step, -step].map((by) => scalar(moved(positions, i, by), vertices, coefficients).value);
          expect(Math.abs((up - down) / (2 * step) - found.positions[i])).toBeLessThan(1e-6 * largest);
        }
        for (let i = 0; i < vertices.length; i++) {
          const [up, down] = [step, -step].map((by) => scalar(positions, moved(vertices, i, by), coefficients).value);
          expect(Math.abs((up - down) / (2 * step) - found.vertices[i])).toBeLessThan(1e-6 * largest);
        }
      }),
      { numRuns: 10 },
    );
  });

  test("add to zero: nothing changes when positions and vertices move together", () => {
    fc.assert(
      fc.property(scattered, seed, (vertices, seed) => {
        const positions = vertices.map((place) => (place + 0.4) / 2);
        const coefficients = draws(randomState(seed), vertices.length ** 2 / 4, uniform);
        const { mesh, slopes } = scalar(positions, vertices, coefficients);
        const found = naturalNeighborSlopes(mesh, positions, slopes);
        for (const axis of [0, 1]) {
          const sum = (values: Float64Array) => values.reduce((sum, value, i) => sum + (i % 2 === axis ? value : 0), 0);
          const size = found.vertices.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
          expect(Math.abs(sum(found.positions) + sum(found.vertices))).toBeLessThan(1e-12 * size);
        }
      }),
    );
  });

  test("are zero outside the hull and at vertices", () => {
    const vertices = Float64Array.of(0, 0, 0, 2, 2, 0, 2, 2, 1.1, 0.9);
    const positions = Float64Array.of(-1, 0.5, 1.1, 0.9, 3, 3);
    const mesh = naturalNeighborMesh({ positions, vertices });
    const found = naturalNeighborSlopes(mesh, positions, Float64Array.of(1, 2, 3));
    expect(found).toEqual({ positions: new Float64Array(6), vertices: new Float64Array(10) });
  });
});
