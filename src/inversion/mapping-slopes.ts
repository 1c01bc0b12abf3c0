import type { Matrix } from "../operators/matrix.ts";
import { type WCompactTimesArgs, wCompactTimesSparseMappingMatrix } from "../operators/w-compact.ts";

export interface WCompactMappingSlopesArgs extends WCompactTimesArgs {
  /** C (S, S), symmetric: the derivatives of a function by F = T' W T. */
  readonly matrix: Matrix;
}

/**
 * G = W T C at the entries of T, which is half the derivative of tr(C F), F = T' W T, by each: dF = dT' W T + T' W dT, and
 * C and W are symmetric. How a function of F moves with the mapping, and through it with mesh and lens.
 *
 * M^2 B + M S B multiply-adds, and twice the former where noise is unequal.
 * @returns (entries of T), in the order of its values.
 */
export function wCompactMappingSlopes(args: WCompactMappingSlopesArgs): Float64Array {
  const { sparseMappingMatrix: t, matrix: c } = args;
  const wTimesT = wCompactTimesSparseMappingMatrix(args);
  const slopes = new Float64Array(t.values.length);
  for (let i = 0; i < t.rows; i++) {
    for (let e = t.rowStart[i]; e < t.rowStart[i + 1]; e++) {
      for (let p = 0; p < t.columns; p++) {
        slopes[e] += wTimesT.values[i * t.columns + p] * c.values[p * t.columns + t.columnIndex[e]];
      }
    }
  }
  return slopes;
}
