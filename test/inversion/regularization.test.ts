import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CASES } from "../../src/bench/cases.ts";
import { rectangularNeighbors } from "../../src/inversion/mesh/rectangular.ts";
import {
  constantRegularizationLogDeterminant,
  constantRegularizationMatrix,
  DIAGONAL,
} from "../../src/inversion/regularization/constant.ts";
import { logDeterminant } from "../../src/inversion/solve.ts";
import { bilinear } from "../../src/operators/matrix.ts";
import { between } from "../between.ts";

/** The Laplacian of a grid of pixels has the eigenvalues 4 - 2 cos(pi i / rows) - 2 cos(pi j / columns). */
function exactLogDeterminant(coefficient: number, rows: number, columns: number): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      // 2 - 2 cos t = 4 sin^2(t / 2), which loses no digits at small t.
      const ofRow = 4 * Math.sin((Math.PI * i) / (2 * rows)) ** 2;
      const ofColumn = 4 * Math.sin((Math.PI * j) / (2 * columns)) ** 2;
      sum += Math.log(coefficient * coefficient * (ofRow + ofColumn) + DIAGONAL);
    }
  }
  return sum;
}

describe("ln det H of constant regularization", () => {
  test.each([1e-6, 1e-4, 1, 1e3, 1e6, 1e12])("on a mesh, at a coefficient of %d: the eigenvalues'", (coefficient) => {
    for (const [rows, columns] of [
      [1, 1],
      [1, 7],
      [9, 1],
      [2, 2],
      [12, 10],
      [20, 30],
    ] as const) {
      const found = constantRegularizationLogDeterminant({
        coefficient,
        neighbors: rectangularNeighbors(rows, columns),
      });
      const exact = exactLogDeterminant(coefficient, rows, columns);
      expect(Math.abs(found - exact)).toBeLessThan(1e-12 * Math.max(1, Math.abs(exact)));
    }
  });

  test("at a coefficient of 1e6, Cholesky has lost it: the reason for elimination by additions", () => {
    const args = { coefficient: 1e6, neighbors: rectangularNeighbors(12, 10) };
    const cholesky = logDeterminant({ matrix: constantRegularizationMatrix(args) });
    // NaN where its last pivot came out negative.
    expect(Math.abs(cholesky - exactLogDeterminant(1e6, 12, 10)) < 1).toBe(false);
  });

  // On any neighbors: rings, with padding anywhere, none at all.
  test.each(CASES.map((c) => [c.name, c.neighbors] as const))(
    "%s: Cholesky's, at a coefficient of 1",
    (_, neighbors) => {
      const args = { coefficient: 1, neighbors };
      const cholesky = logDeterminant({ matrix: constantRegularizationMatrix(args) });
      // Cholesky's last pivot of some 1e-8 S has 8 digits left.
      expect(Math.abs(constantRegularizationLogDeterminant(args) - cholesky)).toBeLessThan(1e-6);
    },
  );

  test("a coefficient of zero leaves the diagonal", () => {
    const args = { coefficient: 0, neighbors: rectangularNeighbors(3, 4) };
    expect(constantRegularizationLogDeterminant(args)).toBeCloseTo(12 * Math.log(1e-8), 10);
  });
});

test("s'Hs = coefficient^2 sum over neighboring pairs (s_i - s_j)^2 + 1e-8 s's", () => {
  const size = fc.integer({ min: 1, max: 5 });
  const value = between(-10, 10);
  fc.assert(
    fc.property(size, size, value, fc.infiniteStream(value), (rows, columns, coefficient, stream) => {
      const s = Float64Array.from({ length: rows * columns }, () => stream.next().value);
      const matrix = constantRegularizationMatrix({ coefficient, neighbors: rectangularNeighbors(rows, columns) });
      let pairs = 0;
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const here = s[i * columns + j];
          if (i + 1 < rows) pairs += (here - s[(i + 1) * columns + j]) ** 2;
          if (j + 1 < columns) pairs += (here - s[i * columns + j + 1]) ** 2;
        }
      }
      const squares = s.reduce((sum, each) => sum + each * each, 0);
      const expected = coefficient ** 2 * pairs + 1e-8 * squares;
      expect(Math.abs(bilinear(s, matrix, s) - expected)).toBeLessThan(1e-12 * (1 + 16 * coefficient ** 2 * squares));
    }),
  );
});
