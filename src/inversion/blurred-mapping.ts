import { adjointConvolution, type Convolution, convolution as convolve } from "../operators/convolve.ts";
import { type Matrix, type SparseMatrix, sparseTimesVector, zeros } from "../operators/matrix.ts";

/**
 * A pixelized source as a camera sees it: A = P T, the mapping matrix blurred by the PSF, and F = A' N^-1 A (Warren &
 * Dye 2003, equation 4). An image pixel sees the source pixels that its PSF's footprint maps to, so that rows of A are
 * sparse.
 */

export interface BlurredMappingArgs {
  /** P, between the unmasked pixels: light of a source outside the mask is not mapped, as in PyAutoLens. */
  readonly convolution: Convolution;
  /** T (M, S) */
  readonly sparseMappingMatrix: SparseMatrix;
}

/** A = P T by sparse rows: M times the PSF's pixels times B multiply-adds. @returns (M, S) */
export function blurredMappingMatrix({ convolution, sparseMappingMatrix: t }: BlurredMappingArgs): SparseMatrix {
  const { kernel, inputPixels, outputPixels } = convolution;
  const inputAt = indexInBox(convolution.shape, inputPixels);
  const [kernelRows, kernelColumns] = kernel.shape;
  const rows = Array.from({ length: outputPixels.length / 2 }, (_, m) => {
    const row = new Map<number, number>();
    for (let k = 0; k < kernel.values.length; k++) {
      const y = outputPixels[2 * m] - Math.floor(k / kernelColumns) + (kernelRows >> 1);
      const x = outputPixels[2 * m + 1] - (k % kernelColumns) + (kernelColumns >> 1);
      const from = inputAt(y, x);
      if (from < 0) continue;
      for (let e = t.rowStart[from]; e < t.rowStart[from + 1]; e++) {
        row.set(t.columnIndex[e], (row.get(t.columnIndex[e]) ?? 0) + kernel.values[k] * t.values[e]);
      }
    }
    return [...row].sort(([a], [b]) => a - b);
  });
  const rowStart = new Int32Array(rows.length + 1);
  rows.forEach((row, m) => {
    rowStart[m + 1] = rowStart[m] + row.length;
  });
  const entries = rows.flat();
  return {
    rows: rows.length,
    columns: t.columns,
    rowStart,
    columnIndex: Int32Array.from(entries, ([index]) => index),
    values: Float64Array.from(entries, ([, weight]) => weight),
  };
}

export interface CurvatureViaBlurredMappingArgs extends BlurredMappingArgs {
  /** (M) standard deviations. */
  readonly noiseMap: Float64Array;
  /** Whether the matrix may be left in the backend's memory, where the next one that is left there overwrites it. */
  readonly resident?: boolean;
}

/**
 * F = A' N^-1 A from the rows of A: half the squares of their lengths in multiply-adds, and no dense (M, S).
 * @returns (S, S)
 */
export function curvatureMatrixViaBlurredMapping(args: CurvatureViaBlurredMappingArgs): Matrix {
  const { rows, columns, rowStart, columnIndex, values } = blurredMappingMatrix(args);
  const out = zeros(columns, columns);
  for (let m = 0; m < rows; m++) {
    const weight = 1 / (args.noiseMap[m] * args.noiseMap[m]);
    for (let e = rowStart[m]; e < rowStart[m + 1]; e++) {
      for (let f = e; f < rowStart[m + 1]; f++) {
        out.values[columnIndex[e] * columns + columnIndex[f]] += values[e] * weight * values[f];
      }
    }
  }
  for (let p = 0; p < columns; p++) {
    for (let q = 0; q < p; q++) out.values[p * columns + q] = out.values[q * columns + p];
  }
  return out;
}

export interface BlurredMappingSlopesArgs extends CurvatureViaBlurredMappingArgs {
  /** C (S, S), symmetric. */
  readonly curvatureWeights: Matrix;
}

/**
 * The adjoint of F: half the derivatives of tr(C F) = sum of C_pq F_pq by the entries of T. Since dF = dT' B T + T' B dT
 * with B = P' N^-1 P, and C and B are symmetric, d tr(C F) = 2 tr(C T' B dT): G = B T C = P' N^-1 A C.
 * @returns G where T has entries, in their order.
 */
export function blurredMappingSlopes(args: BlurredMappingSlopesArgs): Float64Array {
  const { convolution, noiseMap, sparseMappingMatrix: t, curvatureWeights: c } = args;
  const a = blurredMappingMatrix(args);
  const adjoint = adjointConvolution(convolution);
  const slopes = new Float64Array(t.values.length);
  for (let j = 0; j < t.columns; j++) {
    const image = sparseTimesVector(a, c.values.subarray(j * t.columns, (j + 1) * t.columns));
    for (let m = 0; m < image.length; m++) image[m] /= noiseMap[m] * noiseMap[m];
    const back = convolve({ convolution: adjoint, image });
    for (let n = 0; n < t.rows; n++) {
      for (let e = t.rowStart[n]; e < t.rowStart[n + 1]; e++) if (t.columnIndex[e] === j) slopes[e] = back[n];
    }
  }
  return slopes;
}

/** Which of the pixels is at a row and column of a box; -1 where none is. */
function indexInBox([rows, columns]: readonly [number, number], pixels: Int32Array) {
  const index = new Int32Array(rows * columns).fill(-1);
  for (let n = 0; n < pixels.length / 2; n++) index[pixels[2 * n] * columns + pixels[2 * n + 1]] = n;
  return (y: number, x: number): number => (y < 0 || y >= rows || x < 0 || x >= columns ? -1 : index[y * columns + x]);
}
