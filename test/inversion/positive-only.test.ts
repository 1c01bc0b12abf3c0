import { assert, integer, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { draws, normal, randomState, uniform } from "../../src/inference/rng.ts";
import { kktResidual, kktTolerance, positiveOnlyWith, type SolveFree } from "../../src/inversion/positive-only.ts";
import { type ReconstructionArgs, reconstruction } from "../../src/inversion/solve.ts";
import { gramMatrix } from "../../src/operators/dense.ts";
import { dot, type Matrix, matrixTimesVector } from "../../src/operators/matrix.ts";
import { relativeDifference } from "../equivalence/difference.ts";

/** A = B'B + ridge I and D = B'd of a random B (rows, size), its columns times powers of ten up to +-`decades`. */
function problem(
  seed: number,
  size: number,
  { rows = 2 * size, ridge = 0.1, decades = 0, width = 0 },
): ReconstructionArgs {
  const random = randomState(seed);
  const normals = draws(random, rows * size, normal);
  const scales = draws(random, size, uniform).map((u) => 10 ** (decades * (2 * u - 1)));
  const b = normals.map((value, at) => {
    const offset = (Math.floor(at / size) / rows) * size - (at % size);
    return scales[at % size] * (width > 0 ? Math.exp(-(offset ** 2) / (2 * width ** 2)) : value);
  });
  const d = draws(random, rows, normal).map((value) => value + 0.2);
  const values = new Float64Array(size * size);
  const dataVector = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      for (let k = 0; k < rows; k++) values[i * size + j] += b[k * size + i] * b[k * size + j];
    }
    values[i * size + i] += ridge * scales[i] ** 2;
    for (let k = 0; k < rows; k++) dataVector[i] += b[k * size + i] * d[k];
  }
  return { curvatureRegMatrix: { rows: size, columns: size, values }, dataVector };
}

function diagonal(...entries: number[]): Matrix {
  const size = entries.length;
  const values = Float64Array.from({ length: size * size }, (_, at) =>
    at % (size + 1) === 0 ? entries[at % size] : 0,
  );
  return { rows: size, columns: size, values };
}

/** The least objective of all sets of free pixels whose solution is nowhere negative. */
function bruteForce({ curvatureRegMatrix, dataVector }: ReconstructionArgs): Float64Array {
  const size = dataVector.length;
  let best = new Float64Array(size);
  let least = 0;
  for (let set = 1; set < 2 ** size; set++) {
    const free = [...dataVector.keys()].filter((i) => (set >> i) & 1);
    const block = free.flatMap((i) => free.map((j) => curvatureRegMatrix.values[i * size + j]));
    const solved = reconstruction({
      curvatureRegMatrix: { rows: free.length, columns: free.length, values: Float64Array.from(block) },
      dataVector: Float64Array.from(free, (i) => dataVector[i]),
    }).values;
    if (!solved.every((value) => value >= 0)) continue;
    const values = new Float64Array(size);
    free.forEach((i, a) => {
      values[i] = solved[a];
    });
    // 1/2 s'As - D's with A s = D on the set.
    const objective = -0.5 * dot(values, dataVector);
    if (objective < least) [best, least] = [values, objective];
  }
  return best;
}

const bytes = (values: Float64Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

describe.each(["reference", "wasm"] as const)("%s", (voice) => {
  const { positiveOnly, reconstruction: ofEitherSign, logDeterminant } = kernelsOf(voice);

  test("is the best of all active sets", () => {
    assert(
      property(integer(), integer({ min: 1, max: 7 }), integer({ min: 0, max: 3 }), (seed, size, decades) => {
        const args = problem(seed, size, { decades, rows: 1 + (Math.abs(seed) % (2 * size)) });
        const { converged, values, free } = positiveOnly(args);
        expect(converged).toBe(true);
        expect([...free]).toEqual([...values].map((value) => (value > 0 ? 1 : 0)));
        // Each pixel in its own unit, in which the condition number is below some 1e3.
        const unit = (s: Float64Array) =>
          s.map((value, i) => value * Math.sqrt(args.curvatureRegMatrix.values[i * (size + 1)]));
        expect(relativeDifference(unit(values), unit(bruteForce(args)))).toBeLessThan(1e-11);
      }),
      { numRuns: 200 },
    );
  });

  // Smooth columns, more columns than rows, and pixels of very different size, with condition numbers of 1e10 and more.
  test.each([
    ["smooth", { width: 3, ridge: 1e-9 }],
    ["very smooth", { width: 6, ridge: 1e-9 }],
    ["underdetermined", { rows: 30, ridge: 1e-8 }],
    ["of many scales", { rows: 30, ridge: 1e-8, decades: 3 }],
  ])("satisfies its conditions to rounding: %s", (_, options) => {
    for (let seed = 1; seed <= 10; seed++) {
      const args = problem(seed, 60, options);
      const { converged, values } = positiveOnly(args);
      expect(converged).toBe(true);
      expect(Math.min(...values)).toBe(0);
      expect(kktResidual(args, values)).toBeLessThan(kktTolerance(60));
      // Some 1 u is typical, whatever the condition number.
      expect(kktResidual(args, values)).toBeLessThan(20 * 2 ** -53);
    }
  });

  test("one set, one result, whatever the first guess", () => {
    const args = problem(3, 60, { rows: 40, ridge: 1e-3 });
    const cold = positiveOnly(args);
    const guesses = [cold.free, cold.free.map((is) => 1 - is), new Uint8Array(60), new Uint8Array(60).fill(1)];
    guesses.push(Uint8Array.from(draws(randomState(1), 60, uniform), (u) => (u < 0.5 ? 1 : 0)));
    for (const firstGuess of guesses) {
      const warm = positiveOnly({ ...args, firstGuess });
      expect(warm.free).toEqual(cold.free);
      expect(bytes(warm.values)).toEqual(bytes(cold.values));
      expect(warm.logDeterminant).toBe(cold.logDeterminant);
    }
    // All pixels, and the set.
    expect(positiveOnly({ ...args, firstGuess: cold.free }).factorizations).toBe(2);
    expect(cold.factorizations).toBeGreaterThan(2);
  });

  test("where nothing is negative it is the reconstruction, its determinant that of the whole matrix", () => {
    const args = { ...problem(5, 30, {}), dataVector: new Float64Array(30) };
    args.dataVector.set(matrixTimesVector(args.curvatureRegMatrix, new Float64Array(30).fill(2)));
    const { values, factorizations } = positiveOnly(args);
    expect(bytes(values)).toEqual(bytes(ofEitherSign(args).values));
    expect(factorizations).toBe(1);
    const negative = problem(6, 30, {});
    expect(positiveOnly(negative).logDeterminant).toBe(logDeterminant({ matrix: negative.curvatureRegMatrix }));
  });

  test.each([
    ["no data", new Float64Array(4), [0, 0, 0, 0]],
    ["nothing but negative data", Float64Array.of(-1, -2, -3, -4), [0, 0, 0, 0]],
    ["nothing but positive data", Float64Array.of(1, 2, 3, 4), [1, 1, 1, 1]],
    ["one pixel", Float64Array.of(-1, 2, -3, 0), [0, 1, 0, 0]],
  ])("%s", (_, dataVector, expected) => {
    const { converged, values } = positiveOnly({ curvatureRegMatrix: diagonal(1, 2, 3, 4), dataVector });
    expect(converged).toBe(true);
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 15);
    });
  });

  test("duplicate columns share what one would have, and are refused without regularization", () => {
    const duplicates = (ridge: number) => ({
      curvatureRegMatrix: { rows: 3, columns: 3, values: Float64Array.of(1 + ridge, 1, 0, 1, 1 + ridge, 0, 0, 0, 1) },
      dataVector: Float64Array.of(2, 2, -1),
    });
    const { converged, values } = positiveOnly(duplicates(2 ** -30));
    expect(converged).toBe(true);
    expect(values[0] + values[1]).toBeCloseTo(2 / (1 + 2 ** -31), 12);
    expect(values[2]).toBe(0);
    const singular = positiveOnly(duplicates(0));
    expect(singular).toMatchObject({ positiveDefinite: false, converged: false });
    expect(singular.values.every(Number.isNaN)).toBe(true);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("%s among the data is a failure, not an answer", (bad) => {
    const { converged, values } = positiveOnly({
      curvatureRegMatrix: diagonal(1, 2, 3),
      dataVector: Float64Array.of(1, bad, -1),
    });
    expect(converged).toBe(false);
    expect(values.every(Number.isNaN)).toBe(true);
  });
});

// So many pixels that they are solved for from the factor of the whole: smooth columns, of which a part is held.
describe("many pixels", () => {
  const SIZE = 300;
  const kernels = { reference: kernelsOf("reference").positiveOnly, wasm: kernelsOf("wasm").positiveOnly };
  const heldOf = (free: Uint8Array) => free.filter((is) => is === 0).length;
  /** Brighter data hold fewer pixels. */
  const bright = (seed: number, by: number, options = {}) => {
    const args = problem(seed, SIZE, { width: 2, ridge: 1e-2, rows: SIZE, ...options });
    const level = matrixTimesVector(args.curvatureRegMatrix, new Float64Array(SIZE).fill(by));
    return { ...args, dataVector: args.dataVector.map((value, i) => value + level[i]) };
  };

  test.each([
    ["few held", 5, 0, 0.02],
    ["some held", 1.5, 0.1, 0.4],
    ["many held", 0.3, 0.4, 0.9],
    ["all held", -0.3, 0.99, 1],
  ])("%s", (_, by, least, most) => {
    for (let seed = 1; seed <= 2; seed++) {
      const args = bright(seed, by);
      const { converged, values, free } = kernels.wasm(args);
      expect(converged).toBe(true);
      expect(heldOf(free) / SIZE).toBeGreaterThanOrEqual(least);
      expect(heldOf(free) / SIZE).toBeLessThanOrEqual(most);
      expect(kktResidual(args, values)).toBeLessThan(20 * 2 ** -53);
      const expected = kernels.reference(args);
      expect(free).toEqual(expected.free);
      // Rounding times the condition number, some 1e5, at the most.
      expect(relativeDifference(values, expected.values)).toBeLessThan(1e-11);
    }
  });

  test("one set, one result, whatever the first guess and the way", () => {
    const args = bright(3, 1.5);
    const cold = kernels.wasm(args);
    const guesses = [cold.free, cold.free.map((is) => 1 - is), new Uint8Array(SIZE), new Uint8Array(SIZE).fill(1)];
    for (const part of [0.1, 0.3, 0.5]) {
      const flip = draws(randomState(7), SIZE, uniform);
      guesses.push(cold.free.map((is, i) => (flip[i] < part ? 1 - is : is)));
    }
    // Holds others, so many that there is no room for the columns of both.
    let others = 0;
    guesses.push(cold.free.map((is) => (is === 1 && others++ < 115 ? 0 : 1)));
    for (const firstGuess of guesses) {
      const warm = kernels.wasm({ ...args, firstGuess });
      expect(warm.free).toEqual(cold.free);
      expect(bytes(warm.values)).toEqual(bytes(cold.values));
      expect(warm.logDeterminant).toBe(cold.logDeterminant);
    }
    // The whole and the set: the rest are drafts.
    expect(cold.factorizations).toBe(2);
  });

  test("where nothing is negative it is the reconstruction to rounding", () => {
    const args = bright(5, 1e3);
    const { values, factorizations, logDeterminant } = kernels.wasm(args);
    const expected = kernelsOf("wasm").reconstruction(args);
    expect(factorizations).toBe(1);
    expect(relativeDifference(values, expected.values)).toBeLessThan(1e-11);
    expect(Math.abs(logDeterminant / expected.logDeterminant - 1)).toBeLessThan(1e-13);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("%s among the data is a failure, not an answer", (bad) => {
    const args = bright(1, 0.6);
    args.dataVector[17] = bad;
    expect(kernels.wasm(args).converged).toBe(false);
  });

  test("columns that are nearly one another beside many pixels, as light profiles are", () => {
    const [pixels, profiles, rows] = [270, 30, 540];
    const random = randomState(11);
    const at = (k: number) => (k + 0.5) / rows;
    const pixel = (k: number, j: number) => Math.exp(-0.5 * ((at(k) - (j + 0.5) / pixels) * 200) ** 2);
    const profile = (k: number, j: number) =>
      Math.exp(-0.5 * ((at(k) - 0.5) / (0.01 * 100 ** (j / (profiles - 1)))) ** 2);
    const b = (k: number, j: number) => (j < pixels ? pixel(k, j) : profile(k, j - pixels));
    const values = Float64Array.from({ length: rows * SIZE }, (_, n) => 100 * b(Math.floor(n / SIZE), n % SIZE));
    const data = Float64Array.from({ length: rows }, (_, k) => {
      return 500 * Math.exp(-20 * Math.abs(at(k) - 0.5)) + 200 * pixel(k, 60) + 100 * pixel(k, 200) + normal(random);
    });
    const curvatureRegMatrix = gramMatrix({ matrix: { rows, columns: SIZE, values }, ofRows: false });
    for (let i = 0; i < SIZE; i++) {
      curvatureRegMatrix.values[i * (SIZE + 1)] *= 1 + (i < pixels ? 1e-2 : 1e-10);
    }
    const dataVector = new Float64Array(SIZE);
    values.forEach((value, n) => {
      dataVector[n % SIZE] += value * data[Math.floor(n / SIZE)];
    });
    const args = { curvatureRegMatrix, dataVector };
    const cold = kernels.wasm(args);
    expect(cold.converged).toBe(true);
    expect(kktResidual(args, cold.values)).toBeLessThan(kktTolerance(SIZE));
    expect(cold.factorizations).toBeLessThan(SIZE + 100);
    const warm = kernels.wasm({ ...args, firstGuess: cold.free });
    expect(bytes(warm.values)).toEqual(bytes(cold.values));
    expect(warm.logDeterminant).toBe(cold.logDeterminant);
  });

  test("a matrix that is not positive definite is refused", () => {
    const args = bright(1, 0.6);
    args.curvatureRegMatrix.values[17 * (SIZE + 1)] *= -1;
    expect(kernels.wasm(args)).toMatchObject({ positiveDefinite: false, converged: false });
  });
});

test("block exchanges that come round in circles give way to the active-set search", () => {
  // Columns so alike that hundreds of block exchanges would not do.
  const args = problem(1, 40, { width: 6, ridge: 1e-9 });
  const { converged, factorizations } = kernelsOf("reference").positiveOnly(args);
  expect(converged).toBe(true);
  expect(factorizations).toBeGreaterThan(8);
  expect(factorizations).toBeLessThan(100);
});

test("a solver that is wrong is found out", () => {
  const args = problem(2, 10, {});
  const wrongBy = (off: number) =>
    positiveOnlyWith((system): SolveFree => {
      const size = system.dataVector.length;
      return (free) => {
        const values = new Float64Array(size);
        const block = [...free].flatMap((i) => [...free].map((j) => system.curvatureRegMatrix.values[i * size + j]));
        const solved = reconstruction({
          curvatureRegMatrix: { rows: free.length, columns: free.length, values: Float64Array.from(block) },
          dataVector: Float64Array.from(free, (i) => system.dataVector[i]),
        });
        free.forEach((i, a) => {
          values[i] = off * solved.values[a];
        });
        const gradient = matrixTimesVector(system.curvatureRegMatrix, values).map((v, i) => v - system.dataVector[i]);
        return { values, gradient, logDeterminant: solved.logDeterminant };
      };
    })(args);
  expect(wrongBy(1).converged).toBe(true);
  expect(wrongBy(1 + 1e-9).converged).toBe(false);
});
