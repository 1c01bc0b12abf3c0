import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type RectangularMesh, rectangularMesh, rectangularNeighbors } from "../../src/inversion/mesh/rectangular.ts";
import { between } from "../between.ts";

const coordinate = between(-3, 3);
const positions = fc
  .array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 60 })
  .map((pairs) => Float64Array.from(pairs.flat()));
const shape = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));
const edges = fc.constantFrom("clamp" as const, "extrapolate" as const);

/** Value of a function of (y, x) on the pixels of the mesh, interpolated at every position. */
function interpolated({ mapping, x, y }: RectangularMesh, f: (y: number, x: number) => number): Float64Array {
  return Float64Array.from({ length: mapping.imagePixels }, (_, m) => {
    let sum = 0;
    for (let entry = 4 * m; entry < 4 * m + 4; entry++) {
      const pixel = mapping.indexes[entry];
      sum += mapping.weights[entry] * f(y[Math.floor(pixel / x.length)], x[pixel % x.length]);
    }
    return sum;
  });
}

describe("the mesh over positions", () => {
  test("weights of a position add to 1 and its pixels are there", () => {
    fc.assert(
      fc.property(positions, shape, edges, (at, [rows, columns], edges) => {
        const { mapping } = rectangularMesh(at, [rows, columns], edges);
        expect(mapping.indexes.every((pixel) => pixel >= 0 && pixel < rows * columns)).toBe(true);
        for (let m = 0; m < mapping.imagePixels; m++) {
          const sum = mapping.weights.subarray(4 * m, 4 * m + 4).reduce((a, b) => a + b);
          expect(sum).toBeCloseTo(1, 13);
        }
      }),
    );
  });

  test("clamp keeps weights in [0, 1]", () => {
    fc.assert(
      fc.property(positions, shape, (at, shape) => {
        const { weights } = rectangularMesh(at, shape, "clamp").mapping;
        expect(weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true);
      }),
    );
  });

  test("extrapolate reproduces what is linear in y and x, at every position", () => {
    const several = fc.tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 2, max: 9 }));
    fc.assert(
      fc.property(positions, several, (at, shape) => {
        const linear = (y: number, x: number): number => 0.3 - 2 * y + 0.7 * x;
        const values = interpolated(rectangularMesh(at, shape, "extrapolate"), linear);
        values.forEach((value, m) => {
          expect(Math.abs(value - linear(at[2 * m], at[2 * m + 1]))).toBeLessThan(1e-13);
        });
      }),
    );
  });

  test("clamp does so between the outermost pixel centres, and holds the value beyond them", () => {
    fc.assert(
      fc.property(positions, (at) => {
        const mesh = rectangularMesh(at, [5, 4], "clamp");
        const within = (value: number, axis: Float64Array): number =>
          Math.min(Math.max(value, Math.min(...axis)), Math.max(...axis));
        const linear = (y: number, x: number): number => 0.3 - 2 * y + 0.7 * x;
        interpolated(mesh, linear).forEach((value, m) => {
          const nearest = linear(within(at[2 * m], mesh.y), within(at[2 * m + 1], mesh.x));
          expect(Math.abs(value - nearest)).toBeLessThan(1e-13);
        });
      }),
    );
  });

  test("one row, one column, one pixel: the same value along the axis that has no step", () => {
    const at = Float64Array.of(0, 0, 1, 2, 0.5, 0.75);
    for (const edges of ["clamp", "extrapolate"] as const) {
      const constant = (mesh: RectangularMesh, f: (y: number, x: number) => number, expected: number): void => {
        for (const value of interpolated(mesh, f)) expect(value).toBeCloseTo(expected, 13);
      };
      constant(rectangularMesh(at, [1, 1], edges), () => 7, 7);
      constant(rectangularMesh(at, [1, 3], edges), (y) => y, 0.5);
      constant(rectangularMesh(at, [4, 1], edges), (_, x) => x, 1);
    }
  });

  test("row 0 is the top, column 0 the left", () => {
    const mesh = rectangularMesh(Float64Array.of(2, -3, -2, 3), [4, 3], "clamp");
    [1.5, 0.5, -0.5, -1.5].forEach((y, i) => {
      expect(mesh.y[i]).toBeCloseTo(y, 7);
    });
    [-2, 0, 2].forEach((x, j) => {
      expect(mesh.x[j]).toBeCloseTo(x, 7);
    });
  });
});

describe("neighbors", () => {
  test("are symmetric, and share a side", () => {
    fc.assert(
      fc.property(shape, ([rows, columns]) => {
        const { indexes, sourcePixels } = rectangularNeighbors(rows, columns);
        const of = (pixel: number): number[] => [...indexes.subarray(4 * pixel, 4 * pixel + 4)].filter((n) => n >= 0);
        let pairs = 0;
        for (let pixel = 0; pixel < sourcePixels; pixel++) {
          for (const neighbor of of(pixel)) {
            expect(of(neighbor)).toContain(pixel);
            const dy = Math.abs(Math.floor(pixel / columns) - Math.floor(neighbor / columns));
            const dx = Math.abs((pixel % columns) - (neighbor % columns));
            expect(dy + dx).toBe(1);
            pairs++;
          }
        }
        expect(pairs).toBe(2 * (rows * (columns - 1) + columns * (rows - 1)));
      }),
    );
  });
});

// Values of PyAutoLens: see test/oracle/README.md.
interface Golden {
  readonly shape: [number, number];
  readonly positions: number[][];
  readonly pix_indexes: number[][];
  readonly pix_weights: number[][];
  readonly mesh_first: [number, number];
  readonly mesh_last: [number, number];
  readonly neighbors: number[][];
}

test("PyAutoLens' mesh, indexes, weights and neighbors", () => {
  const text = readFileSync(new URL("../oracle/rectangular-mesh.json", import.meta.url), "utf8");
  const golden = JSON.parse(text) as Golden;
  const mesh = rectangularMesh(Float64Array.from(golden.positions.flat()), golden.shape, "extrapolate");
  expect([...mesh.mapping.indexes]).toEqual(golden.pix_indexes.flat());
  golden.pix_weights.flat().forEach((weight, entry) => {
    expect(Math.abs(mesh.mapping.weights[entry] - weight)).toBeLessThan(1e-12);
  });
  expect(mesh.y[0]).toBeCloseTo(golden.mesh_first[0], 13);
  expect(mesh.x[0]).toBeCloseTo(golden.mesh_first[1], 13);
  expect(mesh.y.at(-1)).toBeCloseTo(golden.mesh_last[0], 13);
  expect(mesh.x.at(-1)).toBeCloseTo(golden.mesh_last[1], 13);
  const sorted = (rows: readonly (readonly number[])[]) =>
    rows.map((row) => row.filter((n) => n >= 0).sort((a, b) => a - b));
  const ours = golden.neighbors.map((_, i) => [...mesh.neighbors.indexes.subarray(4 * i, 4 * i + 4)]);
  expect(sorted(ours)).toEqual(sorted(golden.neighbors));
});
