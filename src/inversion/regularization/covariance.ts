import { dot, type Matrix, trace, zeros } from "../../operators/matrix.ts";
import type { Parameter } from "../../profiles/parameter.ts";
import { type Correlation, type CorrelationSlopes, distanceBetween } from "./correlation.ts";
import { covarianceSlopes } from "./covariance-slopes.ts";
import type { DenseKernels, DifferentiableRegularization } from "./regularization.ts";

/** Added to the diagonal of C, which is singular to rounding where a kernel is smooth; as in PyAutoArray. */
export const JITTER = 1e-8;

export interface CovarianceRegularizationArgs<Key extends string = string> {
  /** (S, 2) y and x of the source pixels, arcseconds. */
  readonly vertices: Float64Array;
  readonly correlation: Correlation;
  readonly correlationSlopes: () => CorrelationSlopes<Key>;
  readonly coefficient: number;
}

/** C (S, S), the jitter on its diagonal. */
export function covarianceMatrix(vertices: Float64Array, correlation: Correlation): Matrix {
  const size = vertices.length / 2;
  const out = zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      out.values[i * size + j] = correlation(distanceBetween(vertices, i, j));
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
export function covarianceRegularization<Key extends string>(
  args: CovarianceRegularizationArgs<Key>,
  kernels: DenseKernels,
): DifferentiableRegularization<Key | "coefficient"> {
  const { vertices, correlation, coefficient } = args;
  const matrix = covarianceMatrix(vertices, correlation);
  const { inverse, logDeterminant } = kernels.symmetricInverse({ matrix });
  return {
    regularizationMatrix: scaled(inverse, coefficient),
    logDetRegularizationMatrix: inverse.rows * Math.log(coefficient) - logDeterminant,
    slopes({ regularizationMatrix, logDetRegularizationMatrix: ofLogDet }) {
      const ofH = tabulated(inverse.rows, regularizationMatrix);
      const ofInverse = scaled(ofH, coefficient);
      // -ln det C falls by the entries of C^-1, all of them.
      const ofCovariance = scaled(inverse, -ofLogDet);
      const ofCoefficient = dot(ofH.values, inverse.values) + (ofLogDet * inverse.rows) / coefficient;
      return covarianceSlopes(args, { inverse, ofInverse, ofCovariance, ofCoefficient }, kernels);
    },
  };
}

/**
 * The same with what PyAutoArray puts on the diagonal of H too, delta = 1e-8 of its mean: no trifle, since H of a
 * smooth kernel has eigenvalues from 1 to 1e8. ln det H = ln det (coefficient 1 + delta C) - ln det C, and both are
 * well-conditioned.
 */
export function bracedCovarianceRegularization<Key extends string>(
  args: CovarianceRegularizationArgs<Key>,
  kernels: DenseKernels,
): DifferentiableRegularization<Key | "coefficient"> {
  const { vertices, correlation, coefficient } = args;
  const covariance = covarianceMatrix(vertices, correlation);
  const { inverse, logDeterminant } = kernels.symmetricInverse({ matrix: covariance });
  const size = inverse.rows;
  const share = JITTER / size;
  const delta = share * coefficient * trace(inverse);
  const ratio = plusDiagonal(scaled(covariance, delta), coefficient);
  return {
    regularizationMatrix: plusDiagonal(scaled(inverse, coefficient), delta),
    logDetRegularizationMatrix: kernels.logDeterminant({ matrix: ratio }) - logDeterminant,
    slopes({ regularizationMatrix, logDetRegularizationMatrix: ofLogDet }) {
      const ofH = tabulated(size, regularizationMatrix);
      const ofRatio = scaled(kernels.symmetricInverse({ matrix: ratio }).inverse, ofLogDet);
      const ofDelta = trace(ofH) + dot(ofRatio.values, covariance.values);
      const ofInverse = plusDiagonal(scaled(ofH, coefficient), ofDelta * share * coefficient);
      const ofCovariance = scaled(ofRatio, delta);
      for (let n = 0; n < ofCovariance.values.length; n++) ofCovariance.values[n] -= ofLogDet * inverse.values[n];
      const ofCoefficient = dot(ofH.values, inverse.values) + trace(ofRatio) + ofDelta * share * trace(inverse);
      return covarianceSlopes(args, { inverse, ofInverse, ofCovariance, ofCoefficient }, kernels);
    },
  };
}

function tabulated(size: number, entry: (i: number, j: number) => number): Matrix {
  const out = zeros(size, size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) out.values[i * size + j] = entry(i, j);
  return out;
}

function scaled(matrix: Matrix, factor: number): Matrix {
  return { ...matrix, values: matrix.values.map((entry) => factor * entry) };
}

/** In place. */
function plusDiagonal(matrix: Matrix, added: number): Matrix {
  for (let i = 0; i < matrix.rows; i++) matrix.values[i * (matrix.rows + 1)] += added;
  return matrix;
}

export const SCALE = {
  name: "scale",
  unit: "arcsec",
  meaning: "length over which the source is correlated",
  bounds: [Number.MIN_VALUE, Infinity],
  defaultPrior: { prior: "log_uniform", lower: 1e-3, upper: 10 },
} as const satisfies Parameter;
