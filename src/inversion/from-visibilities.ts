import { nativeFromSlim } from "../dataset/mask.ts";
import type { PixelGrid } from "../grid.ts";
import type { VisibilityData } from "../operators/compaction.ts";
import { dot, type Matrix, type SparseMatrix, zeros } from "../operators/matrix.ts";
import type { NoiseNormalizationArgs } from "../operators/noise-normalization.ts";
import type { VisibilitiesArgs } from "../operators/visibilities.ts";
import type { LinearProblem } from "./evidence.ts";

export interface FromVisibilitiesArgs extends VisibilityData {
  readonly grid: PixelGrid;
  /** (M, 2) row and column of every unmasked pixel. */
  readonly nativeIndex: Int32Array;
  /** (M, S) */
  readonly sparseMappingMatrix: SparseMatrix;
  /** H (S, S) */
  readonly regularizationMatrix: Matrix | SparseMatrix;
  /** ln det H */
  readonly logDetRegularizationMatrix: number;
}

/**
 * F, D and c0 from the visibilities themselves, through A = the transform of every column of T: F = A' N^-1 A,
 * D = A' N^-1 d over real and imaginary parts. It costs S transforms and K S^2 multiply-adds and keeps (S, 2 K) numbers:
 * the check of everything that is compacted, for small K.
 */
export function linearProblemFromVisibilities(
  args: FromVisibilitiesArgs,
  kernels: {
    readonly visibilities: (args: VisibilitiesArgs) => Float64Array;
    readonly noiseNormalization: (args: NoiseNormalizationArgs) => number;
  },
): LinearProblem {
  const { noiseMap, sparseMappingMatrix: t } = args;
  const whitened = (values: Float64Array): Float64Array => values.map((value, k) => value / noiseMap[k]);
  const data = whitened(args.visibilities);
  const transformed = columnsOf(t).map((column) => {
    const image = nativeFromSlim(column, args.grid.shape, args.nativeIndex);
    return whitened(kernels.visibilities({ ...args, image }));
  });
  const curvatureMatrix = zeros(t.columns, t.columns);
  for (let p = 0; p < t.columns; p++) {
    for (let q = 0; q <= p; q++) {
      const entry = dot(transformed[p], transformed[q]);
      curvatureMatrix.values[p * t.columns + q] = entry;
      curvatureMatrix.values[q * t.columns + p] = entry;
    }
  }
  return {
    curvatureMatrix,
    regularizationMatrix: args.regularizationMatrix,
    logDetRegularizationMatrix: args.logDetRegularizationMatrix,
    dataVector: Float64Array.from(transformed, (column) => dot(column, data)),
    chiSquaredOfData: dot(data, data),
    noiseNormalization: kernels.noiseNormalization({ noiseMap }),
  };
}

function columnsOf({ rows, columns, rowStart, columnIndex, values }: SparseMatrix): Float64Array[] {
  const dense = Array.from({ length: columns }, () => new Float64Array(rows));
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) dense[columnIndex[e]][i] = values[e];
  }
  return dense;
}
