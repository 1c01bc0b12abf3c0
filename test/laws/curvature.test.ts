import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { bestWasmBuild, chooseWasmBuild } from "../../src/backend/wasm.ts";
import { uniform } from "../../src/inference/rng.ts";
import type { Matrix, SparseMatrix } from "../../src/operators/matrix.ts";
import { type WCompactTimesArgs, wEntry } from "../../src/operators/w-compact.ts";
import { argsOf, integers, problemsOf } from "./masked-problem.ts";
import { VOICES } from "./voices.ts";

// The curvature matrix by its symmetry, where masks have holes and mappings have gaps. Small integers make every sum
// exact, so that F must be T' W T to the bit, however it is summed.

/** F as one sum over pairs of image pixels, the error of every addition carried along. */
function byDefinition({ wCompact, nativeIndex: at, sparseMappingMatrix: t }: WCompactTimesArgs): Float64Array {
  const sum = new Float64Array(t.columns ** 2);
  const carry = new Float64Array(t.columns ** 2);
  for (let i = 0; i < t.rows; i++) {
    for (let j = 0; j < t.rows; j++) {
      const w = wEntry(wCompact, at[2 * i], at[2 * i + 1], at[2 * j], at[2 * j + 1]);
      for (let e = t.rowStart[i]; e < t.rowStart[i + 1]; e++) {
        for (let f = t.rowStart[j]; f < t.rowStart[j + 1]; f++) {
          const n = t.columnIndex[e] * t.columns + t.columnIndex[f];
          const term = t.values[e] * t.values[f] * w;
          const next = sum[n] + term;
          carry[n] += Math.abs(sum[n]) >= Math.abs(term) ? sum[n] - next + term : term - next + sum[n];
          sum[n] = next;
        }
      }
    }
  }
  return sum.map((value, n) => value + carry[n]);
}

afterAll(() => chooseWasmBuild(bestWasmBuild()));

describe.each(VOICES)("F by symmetry, %s", (_, kernels) => {
  test("is T' W T for any mask and mapping, and symmetric, to the bit", () => {
    fc.assert(
      fc.property(problemsOf(9), (problem) => {
        const args = argsOf(problem, integers);
        const f = kernels().curvatureMatrixViaWCompactSymmetric(args);
        // Zeros may differ in sign.
        expect(f.values.map((value) => value + 0)).toEqual(byDefinition(args).map((value) => value + 0));
        expect(asymmetric(f)).toBe(0);
        const twoPasses = kernels().curvatureMatrixViaWCompactSparse(args);
        expect(twoPasses.values.map((value) => value + 0)).toEqual(f.values.map((value) => value + 0));
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  test.each([
    ["a ring", { mask: "ring", sourcePixels: 70, mapped: 1 }],
    ["islands, most source pixels mapped to by none", { mask: "two islands", sourcePixels: 90, mapped: 0.2 }],
    ["pixels here and there", { mask: "scattered", sourcePixels: 41, mapped: 1 }],
  ] as const)("agrees with the dense form on %s", (_, choices) => {
    const rest = { shape: [41, 60], mappings: 3, unequalNoise: true, shuffled: false, seed: 3 } as const;
    const args = argsOf({ ...rest, ...choices }, integers);
    const { wCompact, nativeIndex, sparseMappingMatrix } = args;
    const wasm = kernelsOf("wasm");
    const half = wasm.sparseMappingMatrixTransposeTimes({
      sparseMappingMatrix,
      matrix: wasm.wTildeFromCompact({ wCompact, nativeIndex }),
    });
    const { values } = kernels().curvatureMatrixViaWCompactSymmetric(args);
    expect(values.map((value) => value + 0)).toEqual(timesSparse(half, sparseMappingMatrix).map((value) => value + 0));
  });

  test("is zero without image pixels", () => {
    const sparseMappingMatrix = {
      rows: 0,
      columns: 3,
      rowStart: new Int32Array(1),
      columnIndex: new Int32Array(0),
      values: new Float64Array(0),
    };
    const wCompact = { shape: [2, 2], minus: new Float64Array(6).fill(1), plus: null } as const;
    const args = { wCompact, nativeIndex: new Int32Array(0), sparseMappingMatrix };
    expect(kernels().curvatureMatrixViaWCompactSymmetric(args).values).toEqual(new Float64Array(9));
  });

  test("keeps the digits that chi^2 needs", () => {
    const problem = { mask: "disc", sourcePixels: 6, mapped: 1, mappings: 3, shuffled: false, seed: 11 } as const;
    const args = argsOf({ ...problem, shape: [24, 24], unequalNoise: true }, uniform);
    const expected = byDefinition(args);
    const { values } = kernels().curvatureMatrixViaWCompactSymmetric(args);
    const largest = Math.max(...expected);
    expect(Math.max(...values.map((value, n) => Math.abs(value - expected[n])))).toBeLessThan(5e-15 * largest);
    expect(asymmetric({ rows: 6, columns: 6, values })).toBe(0);
  });

  test("gives the same bytes again, whatever ran between", () => {
    const problem = { mask: "ring", sourcePixels: 30, mapped: 0.5, mappings: 3, shuffled: false, seed: 5 } as const;
    const args = argsOf({ ...problem, shape: [30, 33], unequalNoise: true }, uniform);
    const first = kernels().curvatureMatrixViaWCompactSymmetric(args);
    kernels().noiseNormalization({ noiseMap: new Float64Array(500_000).fill(Number.NaN) });
    expect(kernels().curvatureMatrixViaWCompactSymmetric(args).values).toEqual(first.values);
  });
});

function asymmetric({ rows, values }: Matrix): number {
  let count = 0;
  for (let p = 0; p < rows; p++) {
    for (let q = 0; q < p; q++) if (values[p * rows + q] !== values[q * rows + p]) count++;
  }
  return count;
}

/** A T for a dense A and a sparse T. */
function timesSparse({ rows, columns, values }: Matrix, t: SparseMatrix): Float64Array {
  const out = new Float64Array(rows * t.columns);
  for (let p = 0; p < rows; p++) {
    for (let i = 0; i < columns; i++) {
      for (let e = t.rowStart[i]; e < t.rowStart[i + 1]; e++) {
        out[p * t.columns + t.columnIndex[e]] += values[p * columns + i] * t.values[e];
      }
    }
  }
  return out;
}
