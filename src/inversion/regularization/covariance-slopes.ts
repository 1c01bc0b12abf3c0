import type { Matrix } from "../../operators/matrix.ts";
import { distanceBetween } from "./correlation.ts";
import type { CovarianceRegularizationArgs } from "./covariance.ts";
import type { DenseKernels, RegularizationSlopes } from "./regularization.ts";

/** What a covariance C enters a scalar by. */
export interface CovarianceAdjoint {
  /** C^-1 (S, S). */
  readonly inverse: Matrix;
  /** (S, S) symmetric: the slopes by the entries of C^-1. */
  readonly ofInverse: Matrix;
  /** (S, S) symmetric: what there is beside them by the entries of C. */
  readonly ofCovariance: Matrix;
  readonly ofCoefficient: number;
}

/**
 * The slopes by the vertices and by the parameters of the correlation: d(C^-1) = -C^-1 dC C^-1, and an entry of C depends
 * on one distance. Two vertices at one place have no direction to each other, and do not pull.
 */
export function covarianceSlopes<Key extends string>(
  { vertices, correlationSlopes }: CovarianceRegularizationArgs<Key>,
  { inverse, ofInverse, ofCovariance, ofCoefficient }: CovarianceAdjoint,
  { matrixProduct }: DenseKernels,
): RegularizationSlopes<Key | "coefficient"> {
  const size = inverse.rows;
  const product = matrixProduct({ left: matrixProduct({ left: inverse, right: ofInverse }), right: inverse }).values;
  const correlation = correlationSlopes();
  const keys = Object.keys(correlation.values) as Key[];
  const sums = new Float64Array(keys.length);
  const ofVertices = new Float64Array(vertices.length);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const distance = distanceBetween(vertices, i, j);
      const ofEntry = 2 * ofCovariance.values[i * size + j] - (product[i * size + j] + product[j * size + i]);
      keys.forEach((key, n) => {
        sums[n] += ofEntry * correlation.values[key](distance);
      });
      if (distance === 0) continue;
      const pull = (ofEntry * correlation.distance(distance)) / distance;
      for (const axis of [0, 1]) {
        const along = pull * (vertices[2 * i + axis] - vertices[2 * j + axis]);
        ofVertices[2 * i + axis] += along;
        ofVertices[2 * j + axis] -= along;
      }
    }
  }
  const ofParameters = Object.fromEntries(keys.map((key, n) => [key, sums[n]])) as Record<Key, number>;
  return { values: { ...ofParameters, coefficient: ofCoefficient }, vertices: ofVertices, adaptViews: [] };
}
