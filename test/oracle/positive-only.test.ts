import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { gramMatrix } from "../../src/operators/dense.ts";
import { dot } from "../../src/operators/matrix.ts";
import { relativeDifference } from "../equivalence/difference.ts";

// Non-negative least squares by SciPy, carried in positive-only.json: see README.md.
interface Case {
  readonly design: number[][];
  readonly data: number[];
  readonly solution: number[];
}
const golden: Record<string, Case> = JSON.parse(readFileSync(new URL("positive-only.json", import.meta.url), "utf8"));

/** The condition number of A'A, which SciPy does not form, times rounding. */
const TOLERANCES: Readonly<Record<string, number>> = { tall: 1e-13, wide: 1e-13, smooth: 1e-10, very_smooth: 1e-6 };

describe.each(["reference", "wasm"] as const)("%s", (voice) => {
  test.each(Object.keys(TOLERANCES))("%s", (name) => {
    const { design, data, solution } = golden[name];
    const [rows, columns] = [design.length, design[0].length];
    const matrix = { rows, columns, values: Float64Array.from(design.flat()) };
    const column = (j: number) => Float64Array.from(design, (row) => row[j]);
    const { converged, values, free } = kernelsOf(voice).positiveOnly({
      curvatureRegMatrix: gramMatrix({ matrix, ofRows: false }),
      dataVector: Float64Array.from({ length: columns }, (_, j) => dot(column(j), Float64Array.from(data))),
    });
    expect(converged).toBe(true);
    expect([...free]).toEqual(solution.map((value) => (value > 0 ? 1 : 0)));
    expect(relativeDifference(values, Float64Array.from(solution))).toBeLessThan(TOLERANCES[name]);
  });
});
