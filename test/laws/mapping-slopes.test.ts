import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { bestWasmBuild, chooseWasmBuild } from "../../src/backend/wasm.ts";
import { ARGUMENTS, CASES } from "../../src/bench/cases.ts";
import { randomState, uniform } from "../../src/inference/rng.ts";
import type { WCompactMappingSlopesArgs } from "../../src/inversion/mapping-slopes.ts";
import { dense, dot, type Matrix, type SparseMatrix, zeros } from "../../src/operators/matrix.ts";
import { wTildeFromCompact } from "../../src/operators/w-compact.ts";
import { argsOf, integers, type Problem, problemsOf } from "./masked-problem.ts";
import { VOICES } from "./voices.ts";

// Half the derivatives of tr(C T' W T) by T's entries. The trace is quadratic in T, so that central differences are
// derivatives at any step, and of small integers they are to the bit.

afterAll(() => chooseWasmBuild(bestWasmBuild()));

/** Symmetric. */
function symmetric(size: number, draw: () => number): Matrix {
  const matrix = zeros(size, size);
  for (let p = 0; p < size; p++) {
    for (let q = 0; q <= p; q++) matrix.values[p * size + q] = matrix.values[q * size + p] = draw();
  }
  return matrix;
}

function slopesArgsOf(problem: Problem): WCompactMappingSlopesArgs {
  const random = randomState(problem.seed + 2);
  return { ...argsOf(problem, integers), matrix: symmetric(problem.sourcePixels, () => integers(random)) };
}

/** W T C at the entries of T, all of them dense. */
function byDefinition(args: WCompactMappingSlopesArgs): Float64Array {
  const { sparseMappingMatrix: t, matrix: c } = args;
  const { matrixProduct } = kernelsOf("wasm");
  const product = matrixProduct({ left: wTildeFromCompact(args), right: matrixProduct({ left: dense(t), right: c }) });
  const rows = Array.from({ length: t.rows }, (_, i) => {
    return [...t.columnIndex.subarray(t.rowStart[i], t.rowStart[i + 1])].map((j) => product.values[i * t.columns + j]);
  });
  return Float64Array.from(rows.flat());
}

/** tr(C F), F of a kernel that knows nothing of slopes. */
function traceOf(args: WCompactMappingSlopesArgs, values: Float64Array): number {
  const sparseMappingMatrix: SparseMatrix = { ...args.sparseMappingMatrix, values };
  return dot(
    args.matrix.values,
    kernelsOf("reference").curvatureMatrixViaWCompactSymmetric({ ...args, sparseMappingMatrix }).values,
  );
}

function derivative(args: WCompactMappingSlopesArgs, direction: Float64Array): number {
  const moved = (step: number) => args.sparseMappingMatrix.values.map((value, e) => value + step * direction[e]);
  return (traceOf(args, moved(1)) - traceOf(args, moved(-1))) / 2;
}

describe.each(VOICES)("slopes by the mapping, %s", (_, kernels) => {
  test("are W T C for any mask and mapping, to the bit", () => {
    fc.assert(
      fc.property(problemsOf(20), (problem) => {
        const args = slopesArgsOf(problem);
        // Zeros may differ in sign.
        const slopes = kernels().wCompactMappingSlopes(args);
        expect(slopes.map((value) => value + 0)).toEqual(byDefinition(args).map((value) => value + 0));
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  test.each([
    ["a ring", { mask: "ring", sourcePixels: 70, mapped: 1 }],
    ["islands, most source pixels mapped to by none", { mask: "two islands", sourcePixels: 90, mapped: 0.2 }],
    ["pixels here and there", { mask: "scattered", sourcePixels: 41, mapped: 1 }],
  ] as const)("agree with the dense form on %s", (_, choices) => {
    const rest = { shape: [41, 60], mappings: 3, unequalNoise: true, shuffled: true, seed: 3 } as const;
    const args = slopesArgsOf({ ...rest, ...choices });
    const slopes = kernels().wCompactMappingSlopes(args);
    expect(slopes.map((value) => value + 0)).toEqual(byDefinition(args).map((value) => value + 0));
  });

  test.each([false, true])("are half of how tr(C F) moves with each entry, unequal noise %s", (unequalNoise) => {
    const rest = { shape: [6, 7], mask: "disc", sourcePixels: 11, mapped: 1, mappings: 3 } as const;
    const args = slopesArgsOf({ ...rest, unequalNoise, shuffled: true, seed: 4 });
    const slopes = kernels().wCompactMappingSlopes(args);
    expect(slopes.length).toBeGreaterThan(20);
    slopes.forEach((slope, e) => {
      const direction = new Float64Array(slopes.length);
      direction[e] = 1;
      expect(2 * slope + 0).toBe(derivative(args, direction) + 0);
    });
  });

  test.each(["small", "unequal noise", "a Delaunay mesh", "oversampled", "pixels without a source"])(
    "are half of how tr(C F) moves along a direction, %s",
    (name) => {
      const random = randomState(5);
      const c = CASES.find((one) => one.name === name)!;
      const { sparseMappingMatrix, ...rest } = ARGUMENTS.curvatureMatrixViaWCompactSymmetric(c);
      const matrix = symmetric(sparseMappingMatrix.columns, () => uniform(random) - 0.5);
      const args = { ...rest, sparseMappingMatrix, matrix };
      const direction = sparseMappingMatrix.values.map(() => uniform(random) - 0.5);
      const expected = derivative(args, direction);
      // Sums of some thousand terms that cancel by a factor of some ten.
      const difference = 2 * dot(direction, kernels().wCompactMappingSlopes(args)) - expected;
      expect(Math.abs(difference)).toBeLessThan(1e-11 * Math.abs(expected));
    },
  );

  test("are none without image pixels, source pixels or entries", () => {
    const wCompact = { shape: [2, 2], minus: new Float64Array(6).fill(1), plus: null } as const;
    const slopesOf = (rows: number, columns: number) => {
      const empty = { rowStart: new Int32Array(rows + 1), columnIndex: new Int32Array(0), values: new Float64Array(0) };
      return kernels().wCompactMappingSlopes({
        wCompact,
        nativeIndex: Int32Array.of(0, 0, 1, 1).subarray(0, 2 * rows),
        sparseMappingMatrix: { rows, columns, ...empty },
        matrix: zeros(columns, columns),
      });
    };
    for (const [rows, columns] of [
      [0, 3],
      [2, 3],
      [2, 0],
    ]) {
      expect(slopesOf(rows, columns)).toEqual(new Float64Array(0));
    }
  });

  test("give the same bytes again, whatever ran between", () => {
    const problem = { mask: "ring", sourcePixels: 30, mapped: 0.5, mappings: 3, shuffled: false, seed: 5 } as const;
    const random = randomState(6);
    const matrix = symmetric(30, () => uniform(random));
    const args = { ...argsOf({ ...problem, shape: [30, 33], unequalNoise: true }, uniform), matrix };
    const first = kernels().wCompactMappingSlopes(args);
    kernels().noiseNormalization({ noiseMap: new Float64Array(500_000).fill(Number.NaN) });
    expect(kernels().wCompactMappingSlopes(args)).toEqual(first);
  });
});
