import type { Mapping } from "../mapping.ts";
import type { Triangulation } from "../mesh/triangulation.ts";
import { braced } from "./braced-cholesky.ts";
import type { Regularization, RegularizationAdjoint } from "./regularization.ts";
import { crossDifferences, splitMatrix } from "./split-matrix.ts";
import { type SplitSlopes, splitSlopes } from "./split-slopes.ts";

/**
 * Split regularization: what is held small is not the difference to each neighbor, whose number jumps as a mesh
 * changes, but the difference to the interpolated source at the four points of a cross around each vertex (He et al.
 * 2024, arXiv:2403.16253, appendix).
 */

export interface SplitRegularization extends Regularization {
  /** @param triangulation That of the crosses. */
  slopes(adjoint: RegularizationAdjoint, triangulation: Triangulation): SplitSlopes;
}

/** With the same coefficient for all crosses. */
export function constantSplitRegularization(crosses: Mapping, coefficient: number): SplitRegularization {
  return splitRegularization(crosses, new Float64Array(crosses.sourcePixels).fill(coefficient));
}

/**
 * s'Hs = sum over vertices w_i^2 sum over the cross of i (s_i - s(point))^2 + 1e-8 s's.
 * @param weights (S) the coefficients, or `brightnessWeights`.
 */
export function splitRegularization(crosses: Mapping, weights: Float64Array): SplitRegularization {
  const differences = crossDifferences(crosses);
  const matrix = splitMatrix(differences, weights);
  const bracedMatrix = braced(matrix);
  return {
    regularizationMatrix: matrix,
    logDetRegularizationMatrix: bracedMatrix.logDeterminant,
    slopes: (adjoint, triangulation) =>
      splitSlopes({ triangulation, crosses, differences, weights, matrix, bracedMatrix }, adjoint),
  };
}
