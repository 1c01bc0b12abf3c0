import { type Matrix, zeros } from "../../operators/matrix.ts";
import type { Parameter } from "../../profiles/parameter.ts";
import type { DenseKernels, Regularization } from "./regularization.ts";

/** Added to the diagonal of C, which is singular to rounding where a kernel is smooth; as in PyAutoArray. */
export const JITTER = 1e-8;

export interface CovarianceRegularizationArgs {
  /** (S, 2) y and x of the source pixels, arcseconds. */
  readonly vertices: Float64Array;
  /** Of the brightness of two source pixels, by their distance in arcseconds; 1 at none. */
  readonly correlation: (distance: number) => number;
  readonly coefficient: number;
}

/** C (S, S), the jitter on its diagonal. */
export function covarianceMatrix({
  vertices,
  correlation,
}: Pick<CovarianceRegularizationArgs, "vertices" | "correlation">): Matrix {
  const size = vertices.length / 2;
  const out = zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      // A difference of positions loses no digits where two are close, unlike one of squares.
      const distance = Math.hypot(vertices[2 * i] - vertices[2 * j], vertices[2 * i + 1] - vertices[2 * j + 1]);
      out.values[i * size + j] = correlation(distance);
      out.values[j * size + i] = out.values[i * size + j];
    }
    out.values[i * size + i] = 1 + JITTER;
  }
  return out;
}

/**
 * The source as a Gaussian random field: H = coefficient C^-1 (Vernardos & Koopmans 2022), dense.
 *
 * ln det H is that of C, by the factorization that C is inverted with: of the smallest pivots of C 8 digits are left,
 * but of the determinant of C^-1 none may be.
 */
export function covarianceRegularization(args: CovarianceRegularizationArgs, kernels: DenseKernels): Regularization {
  const { regularizationMatrix, logDetCovariance } = scaledInverse(covarianceMatrix(args), args.coefficient, kernels);
  const logDetOfScale = regularizationMatrix.rows * Math.log(args.coefficient);
  return { regularizationMatrix, logDetRegularizationMatrix: logDetOfScale - logDetCovariance };
}

/**
 * The same with what PyAutoArray puts on the diagonal of H too, delta = 1e-8 of its mean: no trifle, since H of a
 * smooth kernel has eigenvalues from 1 to 1e8. ln det H = ln det (coefficient 1 + delta C) - ln det C, and both are
 * well-conditioned.
 */
export function bracedCovarianceRegularization(
  args: CovarianceRegularizationArgs,
  kernels: DenseKernels,
): Regularization {
  const covariance = covarianceMatrix(args);
  const { regularizationMatrix, logDetCovariance } = scaledInverse(covariance, args.coefficient, kernels);
  const { rows: size, values } = regularizationMatrix;
  let delta = 0;
  for (let i = 0; i < size; i++) delta += (JITTER / size) * values[i * (size + 1)];
  const ratio = { ...covariance, values: covariance.values.map((entry) => delta * entry) };
  for (let i = 0; i < size; i++) {
    values[i * (size + 1)] += delta;
    ratio.values[i * (size + 1)] += args.coefficient;
  }
  const logDetRatio = logDeterminantOf(kernels.cholesky({ matrix: ratio }).factor);
  return { regularizationMatrix, logDetRegularizationMatrix: logDetRatio - logDetCovariance };
}

/** coefficient C^-1 = coefficient X'X with X = L^-1: symmetric to the last bit. */
function scaledInverse(matrix: Matrix, coefficient: number, { cholesky, triangularSolve, gramMatrix }: DenseKernels) {
  const size = matrix.rows;
  const lower = cholesky({ matrix }).factor;
  const identity = zeros(size, size);
  for (let i = 0; i < size; i++) identity.values[i * (size + 1)] = 1;
  const inverseOfLower = triangularSolve({ lower, rightHandSides: identity, transposed: false });
  const regularizationMatrix = gramMatrix({ matrix: inverseOfLower, ofRows: false });
  for (let n = 0; n < regularizationMatrix.values.length; n++) regularizationMatrix.values[n] *= coefficient;
  return { regularizationMatrix, logDetCovariance: logDeterminantOf(lower) };
}

function logDeterminantOf({ rows, values }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += 2 * Math.log(values[i * (rows + 1)]);
  return sum;
}

export const SCALE = {
  name: "scale",
  unit: "arcsec",
  meaning: "length over which the source is correlated",
  bounds: [Number.MIN_VALUE, Infinity],
  defaultPrior: { prior: "log_uniform", lower: 1e-3, upper: 10 },
} as const satisfies Parameter;
