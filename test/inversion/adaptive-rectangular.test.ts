import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draws, normal, randomState, uniform } from "../../src/inference/rng.ts";
import { ascendingOrder } from "../../src/inversion/mesh/ascending-order.ts";
import { pixelCentres, rectangularMesh } from "../../src/inversion/mesh/rectangular.ts";
import {
  type RectangularAdaptiveMesh,
  rectangularAdaptiveMesh,
} from "../../src/inversion/mesh/rectangular-adaptive.ts";
import {
  adaptivePixelCentreSlopes,
  rectangularAdaptiveSlopes,
} from "../../src/inversion/mesh/rectangular-adaptive-slopes.ts";
import { between } from "../between.ts";

const coordinate = fc.oneof(
  between(-3, 3),
  // Rays at the same place, on the same line.
  fc.constantFrom(-1, 0, 0.5),
);
const positions = fc
  .array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 60 })
  .map((pairs) => Float64Array.from(pairs.flat()));
const shape = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));
const edges = fc.constantFrom("clamp" as const, "extrapolate" as const);
const seed = fc.integer({ min: 0, max: 2 ** 31 });
/** Some rays dark; null where none has a weight. */
const weightsFor = (count: number, seed: number): Float64Array | null => {
  if (seed % 3 === 0) return null;
  const weights = draws(randomState(seed), count, (state) => (uniform(state) < 0.2 ? 0 : uniform(state) ** 4));
  weights[seed % count] = 1;
  return weights;
};

const linear = (y: number, x: number): number => 0.3 - 2 * y + 0.7 * x;

/** A function of (y, x) on the pixels of the mesh, interpolated at every position. */
function interpolated({ mapping, x, y }: RectangularAdaptiveMesh, f: (y: number, x: number) => number): number[] {
  return Array.from({ length: mapping.imagePixels }, (_, m) => {
    let sum = 0;
    for (let entry = 4 * m; entry < 4 * m + 4; entry++) {
      const pixel = mapping.indexes[entry];
      sum += mapping.weights[entry] * f(y[Math.floor(pixel / x.length)], x[pixel % x.length]);
    }
    return sum;
  });
}

/** One coordinate (0: y, 1: x) of every position. */
function along(positions: Float64Array, axis: 0 | 1): Float64Array {
  return positions.filter((_, at) => at % 2 === axis);
}

describe("the mesh", () => {
  test("has weights that add to 1 at pixels that are there, with clamped edges in [0, 1]", () => {
    fc.assert(
      fc.property(positions, shape, edges, seed, (at, [rows, columns], edges, seed) => {
        const { mapping } = rectangularAdaptiveMesh(at, [rows, columns], edges, weightsFor(at.length / 2, seed));
        expect(mapping.indexes.every((pixel) => pixel >= 0 && pixel < rows * columns)).toBe(true);
        if (edges === "clamp") expect(mapping.weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true);
        for (let m = 0; m < mapping.imagePixels; m++) {
          const row = mapping.weights.subarray(4 * m, 4 * m + 4);
          // Beyond the centres of narrow pixels extrapolated weights are large, and cancel.
          const largest = Math.max(1, ...row.map(Math.abs));
          expect(Math.abs(row.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-14 * largest);
        }
      }),
    );
  });

  test("has rows from the top, columns from the left, of some width each, between boundaries that enclose the rays", () => {
    fc.assert(
      fc.property(positions, shape, seed, (at, shape, seed) => {
        const mesh = rectangularAdaptiveMesh(at, shape, "clamp", weightsFor(at.length / 2, seed));
        const axes = [
          { first: -Math.max(...along(at, 0)), centres: mesh.y.map((y) => -y), ends: mesh.yBoundaries.map((y) => -y) },
          { first: Math.min(...along(at, 1)), centres: mesh.x, ends: mesh.xBoundaries },
        ];
        for (const { first, centres, ends } of axes) {
          expect(ends[0]).toBeLessThan(first);
          centres.forEach((centre, i) => {
            expect(centre).toBeGreaterThan(ends[i]);
            expect(centre).toBeLessThan(ends[i + 1]);
          });
          const narrowest = Math.min(...centres.map((centre, i) => (i === 0 ? 9 : centre - centres[i - 1])));
          // A thousandth of a pixel of the uniform mesh, but for the rounding of coordinates.
          expect(narrowest).toBeGreaterThan((1e-3 * (ends.at(-1)! - ends[0])) / centres.length - 1e-14);
        }
      }),
    );
  });

  test("reproduces what is linear in y and x between the outermost centres, and holds the value beyond them", () => {
    fc.assert(
      fc.property(positions, shape, seed, (at, shape, seed) => {
        const mesh = rectangularAdaptiveMesh(at, shape, "clamp", weightsFor(at.length / 2, seed));
        const within = (value: number, axis: Float64Array): number =>
          Math.min(Math.max(value, Math.min(...axis)), Math.max(...axis));
        interpolated(mesh, linear).forEach((value, m) => {
          const nearest = linear(within(at[2 * m], mesh.y), within(at[2 * m + 1], mesh.x));
          expect(Math.abs(value - nearest)).toBeLessThan(1e-13);
        });
      }),
    );
  });

  test("extrapolates it at every position", () => {
    const several = fc.tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 2, max: 9 }));
    fc.assert(
      fc.property(seed, several, (seed, shape) => {
        const at = draws(randomState(seed), 80, normal);
        interpolated(rectangularAdaptiveMesh(at, shape, "extrapolate"), linear).forEach((value, m) => {
          expect(Math.abs(value - linear(at[2 * m], at[2 * m + 1]))).toBeLessThan(1e-11);
        });
      }),
    );
  });

  test("of rays on a regular grid is the uniform one, within half a distance of rays", () => {
    const step = 0.05;
    const side = 60;
    const at = Float64Array.from({ length: 2 * side * side }, (_, i) => {
      return i % 2 === 0 ? 1 - step * Math.floor(i / 2 / side) : -2 + step * ((i >> 1) % side);
    });
    for (const shape of [
      [12, 10],
      [7, 13],
      [60, 1],
    ] as const) {
      const mesh = rectangularAdaptiveMesh(at, shape, "clamp");
      const even = rectangularMesh(at, shape, "clamp");
      for (const axis of ["y", "x"] as const) {
        mesh[axis].forEach((centre, i) => {
          expect(Math.abs(centre - even[axis][i])).toBeLessThan(step / 2);
        });
        // Pixels that share no ray have as many, and are of one size.
        if (side % mesh[axis].length !== 0) continue;
        const gaps = mesh[axis].slice(1).map((centre, i) => Math.abs(centre - mesh[axis][i]));
        for (const gap of gaps) expect(Math.abs(gap - gaps[0])).toBeLessThan(1e-12);
      }
    }
  });

  test("has rows and columns at the means of equal shares of the rays", () => {
    const at = draws(randomState(5), 2 * 1200, (state) => normal(state) ** 3);
    const mesh = rectangularAdaptiveMesh(at, [8, 15], "clamp");
    const means = (axis: 0 | 1, pixels: number): number[] => {
      const sorted = along(at, axis).sort();
      const each = sorted.length / pixels;
      return Array.from({ length: pixels }, (_, i) => {
        return sorted.subarray(i * each, (i + 1) * each).reduce((sum, value) => sum + value, 0) / each;
      });
    };
    const extent = Math.max(...at) - Math.min(...at);
    means(0, 8).forEach((mean, i) => {
      expect(Math.abs(mesh.y[7 - i] - mean)).toBeLessThan(1e-3 * extent);
    });
    means(1, 15).forEach((mean, j) => {
      expect(Math.abs(mesh.x[j] - mean)).toBeLessThan(1e-3 * extent);
    });
  });

  test("has about as many rays, or as much brightness, between any two boundaries", () => {
    const at = draws(randomState(8), 2 * 20_000, normal);
    const bright = along(at, 1).map((x, m) => Math.exp(-((x - 1) ** 2 + at[2 * m] ** 2) / 0.1) + 0.05);
    for (const weights of [null, bright]) {
      const { yBoundaries, xBoundaries } = rectangularAdaptiveMesh(at, [10, 14], "clamp", weights);
      const axes = [
        { ends: yBoundaries.slice().reverse(), values: along(at, 0) },
        { ends: xBoundaries, values: along(at, 1) },
      ];
      for (const { ends, values } of axes) {
        const held = new Float64Array(ends.length - 1);
        values.forEach((value, m) => {
          held[ends.findIndex((end) => end > value) - 1] += weights === null ? 1 : weights[m];
        });
        const mean = held.reduce((a, b) => a + b) / held.length;
        // Halfway between means of shares is where shares meet only if the density is even; in the tails it is not.
        for (const share of held) expect(Math.abs(share / mean - 1)).toBeLessThan(0.35);
      }
    }
  });

  test("weighs a ray as much as that many rays at its place", () => {
    fc.assert(
      fc.property(seed, shape, (seed, shape) => {
        const state = randomState(seed);
        const at = draws(state, 40, uniform);
        const copies = Array.from({ length: 20 }, () => Math.floor(4 * uniform(state)));
        copies[3] = 2;
        const copied = Float64Array.from(
          copies.flatMap((times, m) => Array.from({ length: times }, () => [at[2 * m], at[2 * m + 1]]).flat()),
        );
        // The outermost rays, whatever their weight, are of the mesh.
        const ends = Float64Array.of(-1, -1, 2, 2);
        const weighed = rectangularAdaptiveMesh(
          Float64Array.of(...at, ...ends),
          shape,
          "clamp",
          Float64Array.of(...copies, 1, 1),
        );
        const several = rectangularAdaptiveMesh(Float64Array.of(...copied, ...ends), shape, "clamp");
        for (const axis of ["y", "x", "yBoundaries", "xBoundaries"] as const) {
          weighed[axis].forEach((value, i) => {
            expect(Math.abs(value - several[axis][i])).toBeLessThan(1e-13);
          });
        }
      }),
    );
  });

  test("moves no farther than its rays, also where rays of different weights pass each other", () => {
    fc.assert(
      fc.property(seed, shape, (seed, shape) => {
        const state = randomState(seed);
        const at = draws(state, 60, uniform);
        const moved = at.map((value) => value + 1e-2 * (uniform(state) - 0.5));
        const weights = weightsFor(30, seed);
        const [before, after] = [at, moved].map((each) => rectangularAdaptiveMesh(each, shape, "clamp", weights));
        for (const axis of ["y", "x"] as const) {
          before[axis].forEach((centre, i) => {
            expect(Math.abs(after[axis][i] - centre)).toBeLessThan(5e-3 + 1e-14);
          });
        }
      }),
    );
  });

  test("of a ray that is nowhere has weights that are no numbers, at pixels that are there", () => {
    for (const broken of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const { mapping } = rectangularAdaptiveMesh(Float64Array.of(0, 0, broken, 1, 1, 0), [3, 4], "clamp");
      expect(mapping.indexes.every((pixel) => pixel >= 0 && pixel < 12)).toBe(true);
      expect(mapping.weights.some(Number.isNaN)).toBe(true);
    }
  });
});

describe("slopes by positions", () => {
  const count = 40;
  const random = fc.record({ seed, edges, shape }).map(({ seed, edges, shape }) => {
    const state = randomState(seed);
    return {
      at: draws(state, 2 * count, normal),
      slopes: draws(state, 4 * count, normal),
      direction: draws(state, 2 * count, normal),
      weights: weightsFor(count, seed),
      edges,
      shape,
    };
  });

  test("are central differences in one topology", () => {
    let compared = 0;
    fc.assert(
      fc.property(random, ({ at, slopes, direction, weights, edges, shape }) => {
        const mesh = rectangularAdaptiveMesh(at, shape, edges, weights);
        const step = 1e-6;
        const [minus, plus] = [-step, step].map((by) => {
          return rectangularAdaptiveMesh(
            at.map((value, i) => value + by * direction[i]),
            shape,
            edges,
            weights,
          );
        });
        const same = (each: RectangularAdaptiveMesh): boolean =>
          orders(each) === orders(mesh) &&
          `${each.mapping.indexes}` === `${mesh.mapping.indexes}` &&
          each.mapping.weights.every((weight, i) => (weight === 0) === (mesh.mapping.weights[i] === 0));
        if (!same(minus) || !same(plus)) return;
        compared++;
        let difference = 0;
        let largest = 0;
        slopes.forEach((slope, i) => {
          difference += (slope * (plus.mapping.weights[i] - minus.mapping.weights[i])) / (2 * step);
          largest = Math.max(largest, Math.abs(slope * mesh.mapping.weights[i]));
        });
        const byPosition = rectangularAdaptiveSlopes(mesh, at, slopes);
        const sum = byPosition.reduce((total, slope, i) => total + slope * direction[i], 0);
        const size = byPosition.reduce((total, slope, i) => total + Math.abs(slope * direction[i]), 0);
        // Rounding of the differences: 1e-16 over the step; weights extrapolated from narrow pixels are large.
        expect(Math.abs(sum - difference)).toBeLessThan(1e-6 * size + 1e-8 * (1 + largest));
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  test("of a function of pixel centres are central differences", () => {
    fc.assert(
      fc.property(random, ({ at, slopes, direction, weights, edges, shape }) => {
        const step = 1e-7;
        const [minus, mesh, plus] = [-step, 0, step].map((by) => {
          const moved = at.map((value, i) => value + by * direction[i]);
          return rectangularAdaptiveMesh(moved, shape, edges, weights);
        });
        if ([minus, plus].some((each) => orders(each) !== orders(mesh))) return;
        const all = Float64Array.from({ length: 2 * shape[0] * shape[1] }, (_, i) => slopes[i % slopes.length]);
        const [before, after] = [minus, plus].map(pixelCentres);
        const difference = all.reduce((sum, slope, i) => sum + (slope * (after[i] - before[i])) / (2 * step), 0);
        const found = adaptivePixelCentreSlopes(mesh, all).reduce((sum, slope, i) => sum + slope * direction[i], 0);
        // Linear in one order: rounding over the step.
        expect(Math.abs(found - difference)).toBeLessThan(1e-6);
      }),
    );
  });

  test("are none of what does not depend on them: all rays moved, or the scale changed, together", () => {
    fc.assert(
      fc.property(random, ({ at, slopes, weights, edges, shape }) => {
        const mesh = rectangularAdaptiveMesh(at, shape, edges, weights);
        const byPosition = rectangularAdaptiveSlopes(mesh, at, slopes);
        const size = byPosition.reduce((total, slope) => total + Math.abs(slope), 0);
        for (const axis of [0, 1] as const) {
          const shift = along(byPosition, axis).reduce((total, slope) => total + slope, 0);
          const scale = along(byPosition, axis).reduce((total, slope, m) => total + slope * at[2 * m + axis], 0);
          expect(Math.abs(shift)).toBeLessThan(1e-11 * size + 1e-12);
          // The buffer of 1e-8 does not scale.
          expect(Math.abs(scale)).toBeLessThan(1e-7 * size + 1e-12);
        }
      }),
    );
  });

  function orders({ down, right }: RectangularAdaptiveMesh): string {
    return `${[down.order, right.order]}`;
  }
});

test("the ascending order is that of a stable sort, of any numbers", () => {
  const number = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1, -1));
  fc.assert(
    fc.property(fc.array(number, { maxLength: 50 }), (numbers) => {
      const expected = [...numbers.keys()].sort((a, b) => (numbers[a] < numbers[b] ? -1 : +(numbers[a] > numbers[b])));
      expect([...ascendingOrder(Float64Array.from(numbers))]).toEqual(expected);
    }),
  );
});
