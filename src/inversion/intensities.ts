import { dot, type Matrix, zeros } from "../operators/matrix.ts";
import type { Cholesky, CholeskyArgs, TriangularSolveArgs } from "./solve.ts";

/**
 * Light as an instrument sees it, some of it of intensities to be solved for, and a chi^2 that is quadratic in the image.
 *
 * chi^2(I) = (d - I)' N^-1 (d - I) with I = fixed + A s is least where F s = D: F = A' N^-1 A, D = A' N^-1 (d - fixed)
 * (Warren & Dye 2003, ApJ 590, 673, without their regularization). For compacted visibilities N^-1 is W.
 */
export interface LinearLight {
  /** (M) the light of given intensities. */
  readonly fixed: Float64Array;
  /** A: of every other profile (M) its light at intensity 1. */
  readonly columns: readonly Float64Array[];
  /** N^-1 I */
  weigh(image: Float64Array): Float64Array;
  /** N^-1 (d - I): the derivatives of -chi^2 / 2 by the image. */
  weightedResidual(image: Float64Array): Float64Array;
}

/** The intensities of least chi^2, free to be negative; NaN where there is a failure. */
export interface SolvedIntensities {
  /** (L) */
  readonly values: Float64Array;
  /** (M) fixed + A s */
  readonly image: Float64Array;
  readonly failure: NoIntensities | null;
}

/** Why intensities cannot be solved for, with the profiles by their places among the columns. */
export type NoIntensities =
  /** No light of this one is seen, or light that is no number. */
  | { readonly unseen: number }
  /** These two are the most alike where some are, or are a sum of others. */
  | { readonly alike: readonly [number, number] };

interface SolveKernels {
  readonly cholesky: (args: CholeskyArgs) => Cholesky;
  readonly triangularSolve: (args: TriangularSolveArgs) => Matrix;
}

/**
 * Of columns scaled to length 1: the smallest part of a squared column that may be left when the columns before it are
 * taken out. Below it are the roundings of F alone, 1e-16 times the root of the number of pixels.
 */
const SMALLEST_PIVOT = 1e-14;

/**
 * Solves by Cholesky's factorization of F, its columns scaled to length 1, and refines once from the residual image:
 * the error is then not that of F, which has the square of the columns' condition number, but that of the residual
 * (the corrected seminormal equations: Björck 1987, Linear Algebra and its Applications 88/89, 31).
 */
export function solveIntensities(light: LinearLight, kernels: SolveKernels): SolvedIntensities {
  const { fixed, columns } = light;
  const weighed = columns.map(light.weigh);
  const scales = Float64Array.from(columns, (column, j) => 1 / Math.sqrt(dot(column, weighed[j])));
  const unseen = scales.findIndex((scale) => !(scale > 0 && Number.isFinite(scale)));
  if (unseen >= 0) return failed(light, { unseen });
  const curvatureMatrix = scaledCurvature(columns, weighed, scales);
  const { factor, positiveDefinite } = kernels.cholesky({ matrix: curvatureMatrix });
  if (!positiveDefinite || smallestPivot(factor) < SMALLEST_PIVOT) {
    return failed(light, { alike: mostAlike(curvatureMatrix) });
  }
  const values = new Float64Array(columns.length);
  const image = fixed.slice();
  for (const _ of ["solved", "refined"]) {
    const residual = light.weightedResidual(image);
    const scaled = columns.map((column, j) => scales[j] * dot(column, residual));
    backAndForth(factor, Float64Array.from(scaled), kernels).forEach((change, j) => {
      const step = scales[j] * change;
      values[j] += step;
      for (let m = 0; m < image.length; m++) image[m] += step * columns[j][m];
    });
  }
  return { values, image, failure: null };
}

function failed({ fixed, columns }: LinearLight, failure: NoIntensities): SolvedIntensities {
  return { values: new Float64Array(columns.length).fill(Number.NaN), image: fixed.map(() => Number.NaN), failure };
}

/** F of columns of length 1. */
function scaledCurvature(
  columns: readonly Float64Array[],
  weighed: readonly Float64Array[],
  scales: Float64Array,
): Matrix {
  const matrix = zeros(columns.length, columns.length);
  columns.forEach((column, i) => {
    for (let j = 0; j <= i; j++) {
      const entry = i === j ? 1 : scales[i] * scales[j] * dot(column, weighed[j]);
      matrix.values[i * columns.length + j] = entry;
      matrix.values[j * columns.length + i] = entry;
    }
  });
  return matrix;
}

function smallestPivot({ rows, values }: Matrix): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rows; i++) smallest = Math.min(smallest, values[i * rows + i] ** 2);
  return smallest;
}

/** Of columns of length 1: the two with the largest product. */
function mostAlike({ rows, values }: Matrix): [number, number] {
  let [first, second] = [0, 0];
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      const product = Math.abs(values[i * rows + j]);
      if (product > most) [first, second, most] = [j, i, product];
    }
  }
  return [first, second];
}

function backAndForth(lower: Matrix, vector: Float64Array, { triangularSolve }: SolveKernels): Float64Array {
  const rightHandSides = { rows: vector.length, columns: 1, values: vector };
  const forward = triangularSolve({ lower, rightHandSides, transposed: false });
  return triangularSolve({ lower, rightHandSides: forward, transposed: true }).values;
}
