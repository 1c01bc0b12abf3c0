import type { Mapping } from "../../src/inversion/mapping.ts";
import type { ImagingDataset } from "../../src/likelihood/imaging-dataset.ts";
import type { InterferometerDataset } from "../../src/likelihood/interferometer-dataset.ts";
import { visibilities } from "../../src/operators/visibilities.ts";
import type { LensedObservation } from "./lensed-observation.ts";

/*
 * Inversions the slow way: every datum divided by its noise, datasets one below the other, unknowns side by side, and
 * elimination without any structure.
 */

/** What unknowns bring to the data, both in units of the noise. */
export interface DenseProblem {
  /** (P) of (n) */
  readonly columns: readonly Float64Array[];
  /** (n) */
  readonly data: Float64Array;
  /** sum of ln 2 pi sigma^2 */
  readonly noiseNormalization: number;
}

/** (S) of (M): the mean over `subSize`^2 sub-pixels, from the row `first` of a mapping of the sub-pixels of datasets. */
export function lensedColumns(
  { indexes, weights, mappingsPerPixel, sourcePixels }: Mapping,
  imagePixels: number,
  subSize = 1,
  first = 0,
): Float64Array[] {
  const columns = Array.from({ length: sourcePixels }, () => new Float64Array(imagePixels));
  const perPixel = subSize ** 2 * mappingsPerPixel;
  for (let e = 0; e < imagePixels * perPixel; e++) {
    const from = first * mappingsPerPixel + e;
    if (indexes[from] >= 0 && weights[from] !== 0) {
      columns[indexes[from]][Math.floor(e / perPixel)] += weights[from] / subSize ** 2;
    }
  }
  return columns;
}

/** @param lensed Before the PSF. @param seen Behind it: light profiles. @param fixed Light that is given, behind it. */
export function ofImage(
  dataset: ImagingDataset,
  lensed: readonly Float64Array[],
  seen: readonly Float64Array[] = [],
  fixed: Float64Array = new Float64Array(dataset.data.length),
): DenseProblem {
  const { data, noiseMap, nativeIndex, psf } = dataset;
  const [rows, columns] = psf.shape;
  const weight = (m: number, n: number): number => {
    const y = nativeIndex[2 * m] - nativeIndex[2 * n] + (rows >> 1);
    const x = nativeIndex[2 * m + 1] - nativeIndex[2 * n + 1] + (columns >> 1);
    return y >= 0 && y < rows && x >= 0 && x < columns ? psf.values[y * columns + x] : 0;
  };
  const blurred = lensed.map((column) =>
    column.map((_, m) => column.reduce((sum, value, n) => sum + weight(m, n) * value, 0)),
  );
  return {
    columns: [...blurred, ...seen].map((column) => column.map((value, m) => value / noiseMap[m])),
    data: data.map((value, m) => (value - fixed[m]) / noiseMap[m]),
    noiseNormalization: noiseMap.reduce((sum, sigma) => sum + Math.log(2 * Math.PI * sigma ** 2), 0),
  };
}

/** @param lensed Before the primary beam. @param seen Behind it. */
export function ofVisibilities(
  observation: LensedObservation,
  { nativeIndex, primaryBeam }: InterferometerDataset,
  lensed: readonly Float64Array[],
  seen: readonly Float64Array[] = [],
  fixed: Float64Array = new Float64Array(nativeIndex.length / 2),
): DenseProblem {
  const { grid, uvWavelengths, noiseMap } = observation;
  const transformed = (values: Float64Array): Float64Array => {
    const image = new Float64Array(grid.shape[0] * grid.shape[1]);
    values.forEach((value, m) => {
      image[nativeIndex[2 * m] * grid.shape[1] + nativeIndex[2 * m + 1]] = value;
    });
    return visibilities({ grid, image, uvWavelengths }).map((value, k) => value / noiseMap[k]);
  };
  const behindBeam = lensed.map((column) => column.map((value, m) => value * (primaryBeam?.[m] ?? 1)));
  const given = transformed(fixed);
  return {
    columns: [...behindBeam, ...seen].map(transformed),
    data: observation.visibilities.map((value, k) => value / noiseMap[k] - given[k]),
    noiseNormalization: noiseMap.reduce((sum, sigma) => sum + Math.log(2 * Math.PI * sigma ** 2), 0),
  };
}

/** Datasets of the same sources, each with light of its own: unknowns are the `shared` first ones, then theirs. */
export function stacked(parts: readonly DenseProblem[], shared: number): DenseProblem {
  const rows = parts.map(({ data }) => data.length);
  const dark = (d: number) => new Float64Array(rows[d]);
  const columns = Array.from({ length: shared }, (_, p) => joined(parts.map((part) => part.columns[p])));
  parts.forEach((part, d) => {
    for (const column of part.columns.slice(shared)) {
      columns.push(joined(parts.map((_, other) => (other === d ? column : dark(other)))));
    }
  });
  return {
    columns,
    data: joined(parts.map(({ data }) => data)),
    noiseNormalization: parts.reduce((sum, part) => sum + part.noiseNormalization, 0),
  };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => Array.from(part)));
}

const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);

export interface DenseSystem {
  /** F of rows (P) */
  readonly curvatureMatrix: Float64Array[];
  readonly dataVector: Float64Array;
}

export function normalEquations({ columns, data }: DenseProblem): DenseSystem {
  return {
    curvatureMatrix: columns.map((a) => Float64Array.from(columns, (b) => inner(a, b))),
    dataVector: Float64Array.from(columns, (column) => inner(column, data)),
  };
}

/** s and the terms of the evidence, of a prior of precision H (P, P). */
export function solved(problem: DenseProblem, prior: readonly Float64Array[]) {
  const { curvatureMatrix, dataVector } = normalEquations(problem);
  const rows = curvatureMatrix.map((row, i) =>
    Float64Array.of(...row.map((value, j) => value + prior[i][j]), dataVector[i]),
  );
  const logDetCurvatureRegMatrixTerm = eliminated(rows, rows.length);
  const values = Float64Array.from(rows, (row) => row[rows.length]);
  return { values, ...termsAt(problem, prior, values), logDetCurvatureRegMatrixTerm };
}

/** chi^2, from the image itself, and s'Hs. */
export function termsAt({ columns, data }: DenseProblem, prior: readonly Float64Array[], values: Float64Array) {
  const residual = data.map((value, n) => value - columns.reduce((sum, column, p) => sum + values[p] * column[n], 0));
  return {
    chiSquared: inner(residual, residual),
    regularizationTerm: inner(
      values,
      Float64Array.from(prior, (row) => inner(row, values)),
    ),
  };
}

/** Rows of (A | B) reduced to (1 | A^-1 B) by Gauss and Jordan; returns ln det A, A positive definite. */
export function eliminated(rows: Float64Array[], size: number): number {
  let logDeterminant = 0;
  for (let k = 0; k < size; k++) {
    const pivot = rows[k][k];
    logDeterminant += Math.log(pivot);
    rows[k] = rows[k].map((value) => value / pivot);
    for (let i = 0; i < size; i++) {
      const factor = rows[i][k];
      if (i !== k && factor !== 0) rows[i] = rows[i].map((value, j) => value - factor * rows[k][j]);
    }
  }
  return logDeterminant;
}

/** c^2 L + 1e-8 on the diagonal, for neighbors on a rectangle: constant regularization of Suyu et al. 2006. */
export function rectangularPrior([height, width]: readonly [number, number], coefficient: number): Float64Array[] {
  return Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    const neighbors = [y > 0, y < height - 1, x > 0, x < width - 1].filter(Boolean).length;
    return Float64Array.from({ length: height * width }, (_, j) => {
      if (i === j) return coefficient ** 2 * neighbors + 1e-8;
      const apart = Math.abs(y - Math.floor(j / width)) + Math.abs(x - (j % width));
      return apart === 1 ? -(coefficient ** 2) : 0;
    });
  });
}

/** Priors of unknowns that know nothing of each other. */
export function blocks(...parts: readonly (readonly Float64Array[])[]): Float64Array[] {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  let first = 0;
  return parts.flatMap((part) => {
    const from = first;
    first += part.length;
    return part.map((row) => {
      const whole = new Float64Array(size);
      whole.set(row, from);
      return whole;
    });
  });
}

/** 1e-10 of what the data say of each intensity: the prior of light, of the unknowns after the `sources` first. */
export function withLight(
  problem: DenseProblem,
  prior: readonly Float64Array[],
  precision: (f: number) => number = (f) => 1e-10 * f,
): Float64Array[] {
  const light = problem.columns
    .slice(prior.length)
    .map((column) => [Float64Array.of(precision(inner(column, column)))]);
  return blocks(prior, ...light);
}
