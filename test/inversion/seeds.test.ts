import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Mask, maskAnnular, maskCircular, nativeIndexForSlimIndex } from "../../src/dataset/mask.ts";
import { InputError } from "../../src/errors.ts";
import { type PixelGrid, pixelGrid, slimPositions } from "../../src/grid.ts";
import { draws, randomState, uniform } from "../../src/inference/rng.ts";
import { circleEdgeSeeds } from "../../src/inversion/mesh/circle-edge-seeds.ts";
import { rectangularEdgePixels, triangulationEdgePixels } from "../../src/inversion/mesh/edge-pixels.ts";
import { hilbertSeeds } from "../../src/inversion/mesh/hilbert-seeds.ts";
import { kMeansSeeds } from "../../src/inversion/mesh/k-means-seeds.ts";
import { seedsFromArray } from "../../src/inversion/mesh/seeds.ts";
import { triangulate } from "../../src/inversion/mesh/triangulation.ts";
import { subPixelWeights, weightMap } from "../../src/inversion/mesh/weight-map.ts";

const seed = fc.integer({ min: 0, max: 2 ** 31 });
/** Every pixel masked by chance, and at least a few not. */
const masks = fc
  .tuple(fc.integer({ min: 3, max: 13 }), fc.integer({ min: 3, max: 13 }), seed, fc.constantFrom(0, 0.1, 0.4))
  .map(([rows, columns, seed, share]): Mask => {
    const state = randomState(seed);
    const masked = Uint8Array.from({ length: rows * columns }, () => (uniform(state) < share ? 1 : 0));
    return { shape: [rows, columns], masked: masked.fill(0, 3, 9) };
  });
const gridOf = ({ shape }: Mask): PixelGrid => pixelGrid(shape, 0.1, [0.3, -0.2]);
const pixelsOf = (mask: Mask): Float64Array => slimPositions(gridOf(mask), nativeIndexForSlimIndex(mask));
/** Steep, and dark or negative in some pixels. */
const imageOf = (count: number, seed: number): Float64Array => {
  const image = draws(randomState(seed), count, (state) => 5 * uniform(state) ** 3 - 0.2);
  image[seed % count] = 5;
  return image;
};
const pairs = (positions: Float64Array): [number, number][] => {
  return Array.from({ length: positions.length / 2 }, (_, s) => [positions[2 * s], positions[2 * s + 1]]);
};
const distinct = (seeds: Float64Array): number => new Set(pairs(seeds).map(String)).size;
const squared = ([a, b]: [number, number], [c, d]: [number, number]): number => (a - c) ** 2 + (b - d) ** 2;
const tagOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.tag;
  }
  return "none";
};

describe("weights by brightness", () => {
  test("are powers of the brightness over its peak, no less than the floor", () => {
    const image = Float64Array.of(4, 2, -1, 0, 1);
    expect([...weightMap(image, { weightPower: 2, weightFloor: 0.1 })]).toEqual([1, 0.25, 0.1, 0.1, 0.1]);
    expect([...weightMap(image, { weightPower: 0, weightFloor: 0 })]).toEqual([1, 1, 1, 1, 1]);
    expect([...weightMap(image, { weightPower: 1, weightFloor: 0 })]).toEqual([1, 0.5, 0, 0, 0.25]);
  });

  test("of sub-pixels are together those of their pixels", () => {
    const of = subPixelWeights(Float64Array.of(1, 3), Int32Array.of(2, 1));
    expect([...of]).toEqual([0.25, 0.25, 0.25, 0.25, 3]);
    expect([...subPixelWeights(null, Int32Array.of(1, 2))]).toEqual([1, 0.25, 0.25, 0.25, 0.25]);
  });
});

describe("k-means seeds", () => {
  const random = fc.tuple(masks, seed).map(([mask, seed]) => {
    const pixels = pixelsOf(mask);
    const adaptImage = imageOf(pixels.length / 2, seed);
    const options = { weightPower: 1, weightFloor: 0.01, seeds: 3 + (seed % (pixels.length / 2 - 2)), seed };
    return { mask, pixels, adaptImage, options, seeds: kMeansSeeds(gridOf(mask), mask, adaptImage, options) };
  });

  test("are as many as asked for, at different places, and the same bytes for the same seed", () => {
    fc.assert(
      fc.property(random, ({ mask, adaptImage, options, seeds }) => {
        expect(distinct(seeds)).toBe(options.seeds);
        expect(kMeansSeeds(gridOf(mask), mask, adaptImage, options)).toEqual(seeds);
      }),
    );
  });

  test("are weighted means of the pixels nearest to each", () => {
    let compared = 0;
    fc.assert(
      fc.property(random, ({ pixels, adaptImage, options, seeds }) => {
        const weights = weightMap(adaptImage, options);
        const centres = pairs(seeds);
        const sums = centres.map(() => ({ y: 0, x: 0, weight: 0, sure: true }));
        pairs(pixels).forEach((pixel, m) => {
          const distances = centres.map((centre) => squared(centre, pixel));
          const least = Math.min(...distances);
          // On a lattice pixels lie as near to one seed as to another: theirs are not compared.
          const nearest = distances.flatMap((distance, s) => (distance < least + 1e-9 ? [s] : []));
          for (const s of nearest) {
            sums[s].sure &&= nearest.length === 1;
            sums[s].y += weights[m] * pixel[0];
            sums[s].x += weights[m] * pixel[1];
            sums[s].weight += weights[m];
          }
        });
        sums.forEach(({ y, x, weight, sure }, s) => {
          if (!sure || weight === 0) return;
          compared++;
          expect(Math.sqrt(squared(centres[s], [y / weight, x / weight]))).toBeLessThan(1e-12);
        });
      }),
    );
    expect(compared).toBeGreaterThan(500);
  });

  test("are dense where the image is bright, and even where it is even", () => {
    const mask: Mask = { shape: [40, 40], masked: new Uint8Array(1600) };
    const isLeft = (x: number): boolean => x < -0.2;
    const adaptImage = Float64Array.from(pairs(pixelsOf(mask)), ([, x]) => (isLeft(x) ? 1 : 0.2));
    const leftShare = (weightPower: number): number => {
      const options = { weightPower, weightFloor: 0, seeds: 300, seed: 7 };
      return pairs(kMeansSeeds(gridOf(mask), mask, adaptImage, options)).filter(([, x]) => isLeft(x)).length / 300;
    };
    expect(leftShare(0)).toBeCloseTo(0.5, 1);
    // In a plane the seeds of least cost are as dense as the square root of the weight: sqrt(5) / (1 + sqrt(5)) = 0.69.
    expect(leftShare(1)).toBeCloseTo(0.69, 1);
    expect(leftShare(3)).toBeGreaterThan(0.85);
  });
});

describe("Hilbert seeds", () => {
  const random = fc.tuple(masks, seed).map(([mask, seed]) => {
    const unmasked = pixelsOf(mask).length / 2;
    const adaptImage = imageOf(unmasked, seed);
    const options = { weightPower: seed % 3, weightFloor: (seed % 2) / 50, seeds: 3 + (seed % (unmasked - 2)) };
    return { mask, adaptImage, options, seeds: hilbertSeeds(gridOf(mask), mask, adaptImage, options) };
  });

  /** Row and column of the pixel around a position. */
  const pixelAt = (mask: Mask, [y, x]: [number, number]): [number, number] => {
    const [rows, columns] = mask.shape;
    return [Math.floor((0.3 - y) / 0.1 + rows / 2), Math.floor((x + 0.2) / 0.1 + columns / 2)];
  };

  test("are as many as asked for, at different places in unmasked pixels", () => {
    fc.assert(
      fc.property(random, ({ mask, options, seeds }) => {
        expect(distinct(seeds)).toBe(options.seeds);
        for (const each of pairs(seeds)) {
          const [i, j] = pixelAt(mask, each);
          expect(mask.masked[i * mask.shape[1] + j]).toBe(0);
        }
      }),
    );
  });

  test("are in every square that the curve fills as many as its share of the weight, but for less than one", () => {
    fc.assert(
      fc.property(random, ({ mask, adaptImage, options, seeds }) => {
        const weights = weightMap(adaptImage, options);
        const total = weights.reduce((a, b) => a + b);
        const pixels = pairs(Float64Array.from(nativeIndexForSlimIndex(mask)));
        const [top, left] = [0, 1].map((axis) => Math.min(...pixels.map((pixel) => pixel[axis])));
        for (const side of [1, 2, 4, 8]) {
          const squareOf = ([i, j]: [number, number]): string => {
            return `${Math.floor((i - top) / side)} ${Math.floor((j - left) / side)}`;
          };
          const missing = new Map<string, number>();
          pixels.forEach((pixel, m) => {
            const square = squareOf(pixel);
            missing.set(square, (missing.get(square) ?? 0) + (options.seeds * weights[m]) / total);
          });
          for (const each of pairs(seeds)) {
            const square = squareOf(pixelAt(mask, each));
            missing.set(square, missing.get(square)! - 1);
          }
          for (const left of missing.values()) expect(Math.abs(left)).toBeLessThan(1 + 1e-9);
        }
      }),
    );
  });

  test("follow a curve from pixel to neighboring pixel through a square of 2^k", () => {
    const mask: Mask = { shape: [16, 16], masked: new Uint8Array(256) };
    const adaptImage = new Float64Array(256).fill(2);
    const seeds = pairs(hilbertSeeds(gridOf(mask), mask, adaptImage, { weightPower: 1, weightFloor: 0, seeds: 256 }));
    // Half of its way through a square the curve is at the centre; sixteen quarterings come as near as that.
    const centres = pairs(pixelsOf(mask));
    const visited = seeds.map((each) => pixelAt(mask, each));
    visited.forEach(([i, j], k) => {
      expect(Math.sqrt(squared(seeds[k], centres[16 * i + j]))).toBeLessThan(0.1 * 2 ** -16);
    });
    expect(new Set(visited.map(String)).size).toBe(256);
    visited.slice(1).forEach((pixel, k) => {
      expect(squared(pixel, visited[k])).toBe(1);
    });
  });
});

describe("both", () => {
  const mask: Mask = { shape: [4, 5], masked: new Uint8Array(20).fill(1, 0, 4) };
  const image = new Float64Array(16).fill(1);
  const options = { weightPower: 1, weightFloor: 0, seeds: 5, seed: 1 };
  const both = [kMeansSeeds, hilbertSeeds];

  test("refuse an image that is not of numbers, is positive nowhere, or is of another mask", () => {
    for (const seedsOf of both) {
      for (const broken of [
        image.with(3, Number.NaN),
        image.with(3, Number.POSITIVE_INFINITY),
        new Float64Array(16),
        image.map(() => -1),
        new Float64Array(20).fill(1),
      ]) {
        expect(tagOf(() => seedsOf(gridOf(mask), mask, broken, options))).toBe("mesh/adapt-image");
      }
    }
  });

  test("refuse numbers of seeds that are not whole, too few, or more than pixels", () => {
    for (const seedsOf of both) {
      for (const seeds of [0, 2, -3, 4.5, Number.NaN, 17, 1e300, Number.POSITIVE_INFINITY]) {
        expect(tagOf(() => seedsOf(gridOf(mask), mask, image, { ...options, seeds }))).toBe("mesh/seeds");
      }
      expect(seedsOf(gridOf(mask), mask, image, { ...options, seeds: 16 })).toHaveLength(32);
    }
    const dark = image.map((_, m) => (m < 4 ? 1 : 0));
    expect(tagOf(() => kMeansSeeds(gridOf(mask), mask, dark, options))).toBe("mesh/seeds");
    expect(distinct(hilbertSeeds(gridOf(mask), mask, dark, options))).toBe(5);
  });

  test("refuse powers and floors that make no weights", () => {
    for (const seedsOf of both) {
      for (const weightPower of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(tagOf(() => seedsOf(gridOf(mask), mask, image, { ...options, weightPower }))).toBe("mesh/weight-power");
      }
      for (const weightFloor of [-0.1, 1.1, Number.NaN]) {
        expect(tagOf(() => seedsOf(gridOf(mask), mask, image, { ...options, weightFloor }))).toBe("mesh/weight-floor");
      }
    }
  });
});

test("seeds from an array are (S, 2) numbers, at least three", () => {
  const array = (data: Float64Array | Float32Array, ...shape: number[]) => {
    return { dtype: data instanceof Float64Array ? ("f8" as const) : ("f4" as const), shape, data };
  };
  const values = Float64Array.of(0, 1, 2, 3, 4, 5);
  expect(seedsFromArray(array(values, 3, 2))).toEqual(values);
  expect(seedsFromArray(array(Float32Array.from(values), 3, 2))).toEqual(values);
  for (const broken of [
    array(values, 2, 3),
    array(values, 6),
    array(values.subarray(0, 4), 2, 2),
    array(values.with(3, Number.NaN), 3, 2),
    array(values.with(2, Number.NEGATIVE_INFINITY), 3, 2),
    array(new Float64Array(0), 0, 2),
    { dtype: "c16" as const, shape: [3, 2], data: new Float64Array(12) },
  ]) {
    expect(tagOf(() => seedsFromArray(broken))).toBe("mesh/seeds");
  }
});

describe("seeds on a circle", () => {
  test("are evenly on one, half a pixel around the mask", () => {
    const args = { shape: [50, 40] as const, pixelScales: [0.1, 0.1] as const, centre: [0.2, -0.3] as const };
    const grid = pixelGrid(args.shape, 0.1);
    for (const masked of [
      maskCircular({ ...args, radius: 1.5 }),
      maskAnnular({ ...args, innerRadius: 1, outerRadius: 1.5 }),
    ]) {
      const seeds = pairs(circleEdgeSeeds(grid, { shape: args.shape, masked }, 12));
      expect(seeds).toHaveLength(12);
      const centre: [number, number] = [0.2, -0.3];
      const distances = seeds.map((each) => Math.sqrt(squared(each, centre)));
      for (const distance of distances) expect(distance).toBeCloseTo(distances[0], 12);
      // Of a mask of radius r: between r + half a pixel and as much less as a lattice may miss of the circle.
      expect(distances[0]).toBeLessThan(1.55 + 1e-12);
      expect(distances[0]).toBeGreaterThan(1.5);
      const sides = seeds.map((each, s) => squared(each, seeds[(s + 1) % 12]));
      for (const side of sides) expect(side).toBeCloseTo(sides[0], 12);
      expect(seeds[3][0]).toBeGreaterThan(1.5);
      expect(seeds[0][1]).toBeGreaterThan(1);
    }
  });

  test("are of a whole number", () => {
    const mask: Mask = { shape: [3, 3], masked: new Uint8Array(9) };
    for (const count of [0, -1, 1.5, Number.NaN, 1e9]) {
      expect(tagOf(() => circleEdgeSeeds(gridOf(mask), mask, count))).toBe("mesh/circle-edge-seeds");
    }
  });
});

describe("pixels at the edge", () => {
  test("of a rectangular mesh are its outer rows and columns", () => {
    expect([...rectangularEdgePixels({ shape: [3, 4] })]).toEqual([0, 1, 2, 3, 4, 7, 8, 9, 10, 11]);
    expect([...rectangularEdgePixels({ shape: [1, 3] })]).toEqual([0, 1, 2]);
    expect([...rectangularEdgePixels({ shape: [3, 3] })]).toEqual([0, 1, 2, 3, 5, 6, 7, 8]);
  });

  test("of a triangulation are the vertices from which all others lie on one side of a line", () => {
    const scattered = fc.tuple(seed, fc.integer({ min: 3, max: 40 })).map(([seed, n]) => {
      return draws(randomState(seed), 2 * n, uniform);
    });
    const onLattice = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), { minLength: 1, maxLength: 30 })
      .map((corners) => Float64Array.from(corners.flat()));
    fc.assert(
      fc.property(fc.oneof(scattered, onLattice), (vertices) => {
        const triangulation = triangulate(vertices);
        const all = pairs(vertices);
        const isDuplicate = new Set(triangulation.duplicates);
        const expected = [...all.keys()].filter((v) => !isDuplicate.has(v) && widestGap(all, v) > Math.PI - 1e-9);
        expect([...triangulationEdgePixels(triangulation)]).toEqual(expected);
      }),
    );
  });

  /** The widest angle at a vertex in which there is no other. */
  function widestGap(all: readonly [number, number][], vertex: number): number {
    const [y, x] = all[vertex];
    const angles = all.flatMap((each) => {
      return squared(each, all[vertex]) === 0 ? [] : [Math.atan2(each[0] - y, each[1] - x)];
    });
    angles.sort((a, b) => a - b);
    return Math.max(
      ...angles.map((angle, i) => (angles[i + 1] ?? angles[0] + 2 * Math.PI) - angle),
      angles.length ? 0 : 9,
    );
  }
});
