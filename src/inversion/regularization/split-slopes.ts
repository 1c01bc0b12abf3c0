import type { SparseMatrix } from "../../operators/matrix.ts";
import type { Mapping } from "../mapping.ts";
import type { Triangulation } from "../mesh/triangulation.ts";
import { vertexAreaSlopes, vertexAreas } from "../mesh/vertex-areas.ts";
import { type BracedMatrix, logDeterminantSlopes } from "./braced-cholesky.ts";
import type { RegularizationAdjoint } from "./regularization.ts";
import { ARM } from "./split-crosses.ts";
import { type CrossDifferences, TERMS } from "./split-matrix.ts";

export interface SplitSlopes {
  /** (S) by the coefficients of the crosses. */
  readonly weights: Float64Array;
  /** (S, 2) by the positions of the vertices. */
  readonly vertices: Float64Array;
}

export interface SplitSlopesArgs {
  readonly triangulation: Triangulation;
  readonly crosses: Mapping;
  readonly differences: CrossDifferences;
  /** (S) */
  readonly weights: Float64Array;
  /** H, and what its determinant was taken with. */
  readonly matrix: SparseMatrix;
  readonly bracedMatrix: BracedMatrix;
}

/**
 * With H = B'WB + 1e-8 I and T (S, S) the slopes by H: 2 w b'Tb by the weight and 2 w^2 T b by each row b of B. Points of
 * crosses move with their vertex, with the areas, and in their triangle, which they are held in; outside the hull all
 * stays, since their nearest vertex does.
 */
export function splitSlopes(
  { triangulation, crosses, differences, weights, matrix, bracedMatrix }: SplitSlopesArgs,
  adjoint: RegularizationAdjoint,
): SplitSlopes {
  const size = weights.length;
  const { vertices } = triangulation;
  const byMatrix = matrixSlopes(matrix, bracedMatrix, adjoint);
  const out = { weights: new Float64Array(size), vertices: new Float64Array(2 * size) };
  const ofArms = new Float64Array(size);
  const product = new Float64Array(TERMS);
  for (let r = 0; r < 4 * size; r++) {
    const i = r >> 2;
    const first = TERMS * r;
    productWith(byMatrix, differences, first, product);
    for (let n = 0; n < TERMS; n++) out.weights[i] += 2 * weights[i] * differences.values[first + n] * product[n];
    const corners = crosses.indexes.subarray(r * crosses.mappingsPerPixel, (r + 1) * crosses.mappingsPerPixel);
    if (corners[1] < 0) continue;
    // The interpolation's weights l_k: their slopes and, along y and x, those of the point.
    const [a, b, c] = corners;
    const twice = cross(vertices, a, b, c);
    if (twice === 0) continue;
    let [alongY, alongX] = [0, 0];
    for (const [corner, next, last] of [
      [a, b, c],
      [b, c, a],
      [c, a, b],
    ]) {
      let term = 0;
      while (differences.indexes[first + term] !== corner) term++;
      const ofWeight = (-2 * weights[i] ** 2 * product[term]) / twice;
      alongY += ofWeight * (vertices[2 * next + 1] - vertices[2 * last + 1]);
      alongX += ofWeight * (vertices[2 * last] - vertices[2 * next]);
    }
    out.vertices[2 * i] += alongY;
    out.vertices[2 * i + 1] += alongX;
    ofArms[i] += [alongY, -alongY, alongX, -alongX][r & 3];
    // A corner that moves takes the interpolated plane along, by its weight: the point moves back as much.
    for (let n = 0; n < 3; n++) {
      const weight = crosses.weights[r * crosses.mappingsPerPixel + n];
      out.vertices[2 * corners[n]] -= weight * alongY;
      out.vertices[2 * corners[n] + 1] -= weight * alongX;
    }
  }
  const ofAreas = vertexAreas(triangulation).map((area, i) =>
    area > 0 ? (ofArms[i] * ARM) / (2 * Math.sqrt(area)) : 0,
  );
  vertexAreaSlopes(triangulation, ofAreas).forEach((slope, n) => {
    out.vertices[n] += slope;
  });
  return out;
}

/** T on the pattern of H. */
function matrixSlopes(
  matrix: SparseMatrix,
  bracedMatrix: BracedMatrix,
  { regularizationMatrix: { values: ofH }, logDetRegularizationMatrix }: RegularizationAdjoint,
): SparseMatrix {
  const { rows, rowStart, columnIndex } = matrix;
  const values = logDeterminantSlopes(matrix, bracedMatrix);
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
      values[e] = ofH[i * rows + columnIndex[e]] + logDetRegularizationMatrix * values[e];
    }
  }
  return { ...matrix, values };
}

/** T b at the terms of the row of B that begins at `first`; zero where it has fewer. */
function productWith(
  { rowStart, columnIndex, values }: SparseMatrix,
  { indexes, values: terms }: CrossDifferences,
  first: number,
  out: Float64Array,
): void {
  for (let m = 0; m < TERMS; m++) {
    out[m] = 0;
    const row = indexes[first + m];
    if (row < 0) continue;
    for (let e = rowStart[row]; e < rowStart[row + 1]; e++) {
      for (let n = 0; n < TERMS; n++) {
        if (columnIndex[e] === indexes[first + n]) out[m] += values[e] * terms[first + n];
      }
    }
  }
}

/** Twice the area of a triangle, with its direction of rotation. */
function cross(vertices: Float64Array, a: number, b: number, c: number): number {
  const [ay, ax] = [vertices[2 * a], vertices[2 * a + 1]];
  return (vertices[2 * b] - ay) * (vertices[2 * c + 1] - ax) - (vertices[2 * b + 1] - ax) * (vertices[2 * c] - ay);
}
