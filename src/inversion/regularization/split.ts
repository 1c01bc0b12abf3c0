import { InputError } from "../../errors.ts";
import type { SparseMatrix } from "../../operators/matrix.ts";
import type { Mapping } from "../mapping.ts";
import { interpolate } from "../mesh/delaunay.ts";
import type { Triangulation } from "../mesh/triangulation.ts";
import { vertexAreas } from "../mesh/vertex-areas.ts";
import { factorize, sparseLogDeterminant, sparseSolve, symbolic } from "../sparse-cholesky.ts";
import { DIAGONAL } from "./constant.ts";
import type { Regularization, RegularizedSource } from "./regularization.ts";

/**
 * Split regularization: what is held small is not the difference to each neighbor, whose number jumps as a mesh
 * changes, but the difference to the interpolated source at the four points of a cross around each vertex (He et al.
 * 2024, arXiv:2403.16253, appendix).
 */

/** Half of the side of a square with the area of a vertex: how far the points of its cross are. */
const ARM = 0.5;

/** The interpolation at the crosses of all vertices, four rows for each: up, down, right, left. */
export function splitCrosses(triangulation: Triangulation): Mapping {
  const { vertices } = triangulation;
  const points = new Float64Array(4 * vertices.length);
  vertexAreas(triangulation).forEach((area, i) => {
    const arm = ARM * Math.sqrt(area);
    const [y, x] = [vertices[2 * i], vertices[2 * i + 1]];
    points.set([y + arm, x, y - arm, x, y, x + arm, y, x - arm], 8 * i);
  });
  return interpolate(triangulation, points);
}

/** @throws InputError `regularization/needs` where the source's mesh has no triangles. */
export function crossesOf({ triangulation }: RegularizedSource): Mapping {
  if (triangulation !== null) return splitCrosses(triangulation);
  const what = "split regularization of a mesh without triangles";
  throw new InputError("regularization/needs", what, "give a delaunay mesh, or a regularization that is not split");
}

/** With the same coefficient for all crosses. */
export function constantSplitRegularization(crosses: Mapping, coefficient: number): Regularization {
  return splitRegularization(crosses, new Float64Array(crosses.sourcePixels).fill(coefficient));
}

/**
 * s'Hs = sum over vertices w_i^2 sum over the cross of i (s_i - s(point))^2 + 1e-8 s's.
 * @param weights (S) the coefficients, or `brightnessWeights`.
 */
export function splitRegularization(crosses: Mapping, weights: Float64Array): Regularization {
  const matrix = splitMatrix(crosses, weights);
  return { regularizationMatrix: matrix, logDetRegularizationMatrix: logDeterminantBesideConstants(matrix) };
}

/** B'WB + 1e-8 I; row r of B takes the interpolation at point r from the vertex r / 4. */
function splitMatrix({ sourcePixels, mappingsPerPixel, ...mapping }: Mapping, weights: Float64Array): SparseMatrix {
  const rows = Array.from({ length: sourcePixels }, (_, i) => new Map([[i, DIAGONAL]]));
  for (let r = 0; r < 4 * sourcePixels; r++) {
    const vertex = r >> 2;
    const differences = new Map([[vertex, 1]]);
    for (let entry = r * mappingsPerPixel; entry < (r + 1) * mappingsPerPixel; entry++) {
      const index = mapping.indexes[entry];
      if (index >= 0) differences.set(index, (differences.get(index) ?? 0) - mapping.weights[entry]);
    }
    for (const [i, ofI] of differences) {
      for (const [j, ofJ] of differences) rows[i].set(j, (rows[i].get(j) ?? 0) + weights[vertex] ** 2 * (ofI * ofJ));
    }
  }
  const sorted = rows.map((row) => [...row].sort(([a], [b]) => a - b));
  const rowStart = new Int32Array(sourcePixels + 1);
  sorted.forEach((row, i) => {
    rowStart[i + 1] = rowStart[i] + row.length;
  });
  return {
    rows: sourcePixels,
    columns: sourcePixels,
    rowStart,
    columnIndex: Int32Array.from(sorted.flat(), ([index]) => index),
    values: Float64Array.from(sorted.flat(), ([, value]) => value),
  };
}

/**
 * ln det H of an H that is 1e-8 I but for what constants cost nothing in: H 1 = 1e-8 1.
 *
 * Rounding beside large weights hides that eigenvalue from Cholesky. With c added to one diagonal entry, M = H + c e e'
 * is well-conditioned, and det M = det H (1 + c e'H^-1 e). For x = M^-1 e, 1 + c e'H^-1 e = 1 / (1 - c e'x), and
 * 1'Mx = 1e-8 1'x + c e'x = 1 makes that 1 / (1e-8 1'x), in which nothing cancels.
 */
function logDeterminantBesideConstants(matrix: SparseMatrix): number {
  const { rows, rowStart, columnIndex } = matrix;
  const values = matrix.values.slice();
  let [first, trace] = [0, 0];
  for (let i = rows - 1; i >= 0; i--) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
      if (columnIndex[e] !== i) continue;
      trace += values[e];
      first = e;
    }
  }
  values[first] += trace / rows;
  const factor = factorize(symbolic(matrix), values);
  if (factor === null) return Number.NaN;
  const unit = new Float64Array(rows);
  unit[0] = 1;
  const sum = sparseSolve(factor, unit).reduce((a, b) => a + b, 0);
  return sparseLogDeterminant(factor) + Math.log(DIAGONAL * sum);
}
