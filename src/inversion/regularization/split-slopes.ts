import type { SparseMatrix } from "../../operators/matrix.ts";
import type { Mapping } from "../mapping.ts";
import { delaunaySlopes } from "../mesh/delaunay-slopes.ts";
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
 * With H = B'WB + 1e-8 I and T (S, S) the slopes by H: 2 w b'Tb by the weight and 2 w^2 T b by each row b of B, which takes
 * the interpolation from a vertex. Points of crosses move with their vertex and with the areas.
 */
export function splitSlopes(
  { triangulation, crosses, differences, weights, matrix, bracedMatrix }: SplitSlopesArgs,
  adjoint: RegularizationAdjoint,
): SplitSlopes {
  const size = weights.length;
  const byMatrix = matrixSlopes(matrix, bracedMatrix, adjoint);
  const ofWeights = new Float64Array(size);
  const ofInterpolation = new Float64Array(crosses.weights.length);
  const product = new Float64Array(size);
  for (let r = 0; r < 4 * size; r++) {
    const i = r >> 2;
    timesDifference(byMatrix, differences, r, product);
    for (let term = TERMS * r; term < TERMS * (r + 1) && differences.indexes[term] >= 0; term++) {
      ofWeights[i] += 2 * weights[i] * differences.values[term] * product[differences.indexes[term]];
    }
    for (let entry = r * crosses.mappingsPerPixel; entry < (r + 1) * crosses.mappingsPerPixel; entry++) {
      if (crosses.indexes[entry] < 0) continue;
      ofInterpolation[entry] = -2 * weights[i] ** 2 * product[crosses.indexes[entry]];
    }
  }
  const { vertices } = triangulation;
  const { positions, vertices: ofVertices } = delaunaySlopes({ vertices, mapping: crosses }, ofInterpolation);
  const ofAreas = vertexAreas(triangulation).map((area, i) => {
    const [up, down, right, left] = [
      positions[8 * i],
      positions[8 * i + 2],
      positions[8 * i + 5],
      positions[8 * i + 7],
    ];
    return area > 0 ? ((up - down + right - left) * ARM) / (2 * Math.sqrt(area)) : 0;
  });
  const throughAreas = vertexAreaSlopes(triangulation, ofAreas);
  for (let n = 0; n < ofVertices.length; n++) {
    ofVertices[n] += throughAreas[n];
    const first = 8 * (n >> 1) + (n & 1);
    for (let point = 0; point < 4; point++) ofVertices[n] += positions[first + 2 * point];
  }
  return { weights: ofWeights, vertices: ofVertices };
}

/** T on the pattern of H. */
function matrixSlopes(
  matrix: SparseMatrix,
  bracedMatrix: BracedMatrix,
  { regularizationMatrix: ofH, logDetRegularizationMatrix }: RegularizationAdjoint,
): SparseMatrix {
  const { rows, rowStart, columnIndex } = matrix;
  const values = logDeterminantSlopes(matrix, bracedMatrix);
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
      values[e] = ofH(i, columnIndex[e]) + logDetRegularizationMatrix * values[e];
    }
  }
  return { ...matrix, values };
}

/** T b at the terms of row r of B; what `out` (S) has elsewhere is of other rows. */
function timesDifference(
  { rowStart, columnIndex, values }: SparseMatrix,
  { indexes, values: terms }: CrossDifferences,
  r: number,
  out: Float64Array,
): void {
  for (let m = TERMS * r; m < TERMS * (r + 1) && indexes[m] >= 0; m++) {
    const row = indexes[m];
    out[row] = 0;
    for (let e = rowStart[row]; e < rowStart[row + 1]; e++) {
      for (let n = TERMS * r; n < TERMS * (r + 1); n++) {
        if (columnIndex[e] === indexes[n]) out[row] += values[e] * terms[n];
      }
    }
  }
}
