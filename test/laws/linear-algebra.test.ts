import { afterAll, describe, expect, test } from "vitest";
import { kernelsOf, type VoiceKernels } from "../../src/backend/kernels.ts";
import { bestWasmBuild, chooseWasmBuild } from "../../src/backend/wasm.ts";
import { draws, normal, randomState } from "../../src/inference/rng.ts";
import { type Matrix, matrixTimesVector, zeros } from "../../src/operators/matrix.ts";

// Laws of the dense kernels, over every residue of the tile of four and beyond the block of 96.
const SIZES = [...Array.from({ length: 70 }, (_, i) => i + 1), 97, 193, 300];
const VOICES = ["reference", "wasm (base)", "wasm (relaxed)"] as const;
const EPSILON = 2 ** -52;

afterAll(() => chooseWasmBuild(bestWasmBuild()));

function kernelsOfVariant(variant: (typeof VOICES)[number]): VoiceKernels {
  if (variant === "reference") return kernelsOf("reference");
  chooseWasmBuild(variant === "wasm (base)" ? "base" : "relaxed");
  return kernelsOf("wasm");
}

function random(rows: number, columns: number, seed: number): Matrix {
  return { rows, columns, values: draws(randomState(seed), rows * columns, normal) };
}

function transpose({ rows, columns, values }: Matrix): Matrix {
  const out = zeros(columns, rows);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out.values[j * rows + i] = values[i * columns + j];
  return out;
}

/** The product as it is written, apart from every kernel. */
function product(a: Matrix, b: Matrix): Matrix {
  const out = zeros(a.rows, b.columns);
  const columns = transpose(b);
  for (let i = 0; i < a.rows; i++) {
    const row = a.values.subarray(i * a.columns, (i + 1) * a.columns);
    matrixTimesVector(columns, row).forEach((value, j) => {
      out.values[i * b.columns + j] = value;
    });
  }
  return out;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function difference(a: Float64Array, b: Float64Array): number {
  expect(a.length).toBe(b.length);
  // Math.max of NaN is NaN, which is below nothing.
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

/** A A' / n + I: condition numbers of a few. */
function positiveDefinite(size: number, seed = size): Matrix {
  const a = random(size, size, seed);
  const out = product(a, transpose(a));
  out.values.forEach((value, at) => {
    out.values[at] = value / size + (at % (size + 1) === 0 ? 1 : 0);
  });
  return out;
}

/** A matrix with eigenvalues from 1 down to 1e-10: Householder's reflection of a diagonal one. */
function illConditioned(size: number): Matrix {
  const v = draws(randomState(size), size, normal);
  const norm = v.reduce((sum, value) => sum + value * value, 0);
  const reflection = zeros(size, size);
  const scaled = zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const entry = (i === j ? 1 : 0) - (2 * v[i] * v[j]) / norm;
      reflection.values[i * size + j] = entry;
      scaled.values[i * size + j] = entry * 10 ** ((-10 * j) / Math.max(1, size - 1));
    }
  }
  const out = product(scaled, reflection);
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) out.values[i * size + j] = out.values[j * size + i];
  return out;
}

describe.each(VOICES)("%s", (variant) => {
  test.each(SIZES)("size %d: factor times its transpose, solves, log determinant", (size) => {
    const kernels = kernelsOfVariant(variant);
    const matrix = positiveDefinite(size);
    const { positiveDefinite: yes, factor } = kernels.cholesky({ matrix });
    expect(yes).toBe(true);
    const bound = (size + 4) * EPSILON * largest(matrix.values);
    expect(difference(product(factor, transpose(factor)).values, matrix.values)).toBeLessThan(bound);
    expect(factor.values.every((value, at) => at % size <= Math.floor(at / size) || value === 0)).toBe(true);

    const dataVector = random(size, 1, size + 1).values;
    const { values, logDeterminant } = kernels.reconstruction({ curvatureRegMatrix: matrix, dataVector });
    const scale = bound * size * Math.max(largest(values), largest(dataVector));
    expect(difference(matrixTimesVector(matrix, values), dataVector)).toBeLessThan(scale);
    let ofPivots = 0;
    for (let i = 0; i < size; i++) ofPivots += 2 * Math.log(factor.values[i * size + i]);
    expect(Math.abs(logDeterminant - ofPivots)).toBeLessThan(1e-12 * size);
    expect(kernels.logDeterminant({ matrix })).toBe(logDeterminant);
  });

  test.each(SIZES)("size %d: inverse, symmetric to the last bit", (size) => {
    const kernels = kernelsOfVariant(variant);
    const matrix = positiveDefinite(size);
    const { inverse, logDeterminant } = kernels.symmetricInverse({ matrix });
    const identity = zeros(size, size);
    for (let i = 0; i < size; i++) identity.values[i * (size + 1)] = 1;
    // Eigenvalues are between 1 and some 5, and so is the condition number.
    expect(difference(product(matrix, inverse).values, identity.values)).toBeLessThan(5 * (size + 4) * EPSILON);
    expect(transpose(inverse)).toEqual(inverse);

    const dataVector = random(size, 1, size + 1).values;
    const args = { curvatureRegMatrix: matrix, dataVector };
    expect(kernels.reconstruction({ ...args, withInverse: true })).toEqual({
      ...kernels.reconstruction(args),
      inverse,
      logDeterminant,
    });
  });

  test.each([1, 2, 5, 31, 64, 65, 130, 193])("size %d: triangular solves of one and of several", (size) => {
    const kernels = kernelsOfVariant(variant);
    const lower = kernels.cholesky({ matrix: positiveDefinite(size) }).factor;
    // What stands above the diagonal is not read.
    const unread = {
      ...lower,
      values: lower.values.map((value, at) => (at % size > Math.floor(at / size) ? Number.NaN : value)),
    };
    for (const columns of [1, 2, 3, 4, 7, 250]) {
      const rightHandSides = random(size, columns, columns);
      for (const transposed of [false, true]) {
        const x = kernels.triangularSolve({ lower: unread, rightHandSides, transposed });
        const again = product(transposed ? transpose(lower) : lower, x);
        expect(difference(again.values, rightHandSides.values)).toBeLessThan(1e-12);
      }
    }
  });

  test.each([
    [1, 1, 1],
    [3, 5, 2],
    [4, 4, 4],
    [17, 1, 9],
    [1, 33, 6],
    [65, 241, 30],
    [30, 7, 385],
    [250, 245, 193],
  ])("product of (%d, %d) with columns %d, and Gram matrices", (rows, length, columns) => {
    const kernels = kernelsOfVariant(variant);
    const [left, right] = [random(rows, length, 1), random(length, columns, 2)];
    const bound = 8 * length * EPSILON * 16;
    expect(difference(kernels.matrixProduct({ left, right }).values, product(left, right).values)).toBeLessThan(bound);
    const ofRows = kernels.gramMatrix({ matrix: left, ofRows: true });
    expect(difference(ofRows.values, product(left, transpose(left)).values)).toBeLessThan(bound);
    expect(transpose(ofRows)).toEqual(ofRows);
    const ofColumns = kernels.gramMatrix({ matrix: transpose(left), ofRows: false });
    expect(difference(ofColumns.values, ofRows.values)).toBeLessThan(bound);
  });

  test("the determinant of blocks on a diagonal is the product of theirs", () => {
    const kernels = kernelsOfVariant(variant);
    const [a, b] = [positiveDefinite(83), positiveDefinite(60)];
    const both = zeros(143, 143);
    for (let i = 0; i < 143; i++) {
      for (let j = 0; j < 143; j++) {
        if (i < 83 && j < 83) both.values[i * 143 + j] = a.values[i * 83 + j];
        if (i >= 83 && j >= 83) both.values[i * 143 + j] = b.values[(i - 83) * 60 + j - 83];
      }
    }
    const parts = kernels.logDeterminant({ matrix: a }) + kernels.logDeterminant({ matrix: b });
    expect(Math.abs(kernels.logDeterminant({ matrix: both }) - parts)).toBeLessThan(1e-11);
  });

  test.each([1, 4, 50, 97, 200])("size %d: a pivot that is not positive, or NaN, is the status", (size) => {
    const kernels = kernelsOfVariant(variant);
    for (const at of new Set([0, 1, size >> 1, size - 2, size - 1])) {
      if (at < 0 || at >= size) continue;
      for (const pivot of [-1, 0, Number.NaN, Number.NEGATIVE_INFINITY]) {
        const matrix = positiveDefinite(size);
        matrix.values[at * (size + 1)] = pivot;
        const dataVector = new Float64Array(size).fill(1);
        const solved = kernels.reconstruction({ curvatureRegMatrix: matrix, dataVector });
        expect(solved).toEqual({
          positiveDefinite: false,
          values: new Float64Array(size).fill(Number.NaN),
          logDeterminant: Number.NaN,
        });
        expect(kernels.reconstruction({ curvatureRegMatrix: matrix, dataVector, withInverse: true })).toEqual(solved);
        expect(kernels.logDeterminant({ matrix })).toBeNaN();
        const { inverse, logDeterminant } = kernels.symmetricInverse({ matrix });
        expect(logDeterminant).toBeNaN();
        expect(inverse.values.every((value) => Number.isNaN(value))).toBe(true);
        const { positiveDefinite: yes, factor } = kernels.cholesky({ matrix });
        expect(yes).toBe(false);
        expect(factor.values.every((value) => Number.isNaN(value))).toBe(true);
      }
    }
    const { values } = positiveDefinite(size);
    const indefinite = { rows: size, columns: size, values: values.map((value) => -value) };
    expect(kernels.cholesky({ matrix: indefinite }).positiveDefinite).toBe(false);
  });

  test.each([10, 96, 97, 200])("size %d, condition 1e10: factor and solution have a small backward error", (size) => {
    const kernels = kernelsOfVariant(variant);
    const matrix = illConditioned(size);
    const { factor } = kernels.cholesky({ matrix });
    expect(difference(product(factor, transpose(factor)).values, matrix.values)).toBeLessThan(1e-15 * Math.sqrt(size));
    const dataVector = random(size, 1, 3).values;
    const { values } = kernels.reconstruction({ curvatureRegMatrix: matrix, dataVector });
    const residual = difference(matrixTimesVector(matrix, values), dataVector);
    expect(residual).toBeLessThan(1e-15 * size * (largest(values) + largest(dataVector)));
    // The condition number times rounding is 2e-6, and sums of some hundred terms are less good.
    const { inverse } = kernels.symmetricInverse({ matrix });
    const excess = product(matrix, inverse).values;
    for (let i = 0; i < size; i++) excess[i * (size + 1)] -= 1;
    expect(largest(excess)).toBeLessThan(1e-4);
  });

  test("the same bytes on repeat, whatever was computed before", () => {
    const kernels = kernelsOfVariant(variant);
    const args = { curvatureRegMatrix: positiveDefinite(193), dataVector: random(193, 1, 9).values };
    const first = kernels.reconstruction({ ...args, withInverse: true });
    // Leaves other numbers, NaN among them, where the next call allocates.
    kernels.cholesky({ matrix: { rows: 250, columns: 250, values: new Float64Array(62500).fill(Number.NaN) } });
    kernels.gramMatrix({ matrix: random(200, 100, 4), ofRows: true });
    expect(kernels.reconstruction({ ...args, withInverse: true })).toEqual(first);
  });
});
