import { type Matrix, type SparseMatrix, zeros } from "../operators/matrix.ts";

/**
 * Which source pixels every image pixel, or every sub-pixel of an oversampled one, draws from, and how much.
 * Entries of the same source pixel add; an index of -1, anywhere in a row, is no entry.
 */
export interface Mapping {
  /** M */
  readonly imagePixels: number;
  /** S */
  readonly sourcePixels: number;
  /** B, the width of a row of `indexes`. */
  readonly mappingsPerPixel: number;
  /** (sub-pixels, B) source pixel, or -1. */
  readonly indexes: Int32Array;
  /** (sub-pixels, B) interpolation weight. */
  readonly weights: Float64Array;
  /** (sub-pixels) image pixel of each sub-pixel; null where every image pixel has exactly one. */
  readonly slimIndexForSubSlimIndex: Int32Array | null;
  /** (M) weight of a sub-pixel of each image pixel, one over their number; null where every image pixel has one. */
  readonly subFraction: Float64Array | null;
}

/**
 * The mapping of image pixels from that of their sub-pixels: each image pixel is the mean of its own.
 * @param mapping Its image pixels are the sub-pixels, pixel by pixel.
 * @param subSizes (M) sub-pixels along a side of each image pixel.
 */
export function meanOverSubPixels(mapping: Mapping, subSizes: Int32Array): Mapping {
  if (subSizes.every((size) => size === 1)) return mapping;
  const slimIndexForSubSlimIndex = new Int32Array(mapping.imagePixels);
  let next = 0;
  subSizes.forEach((size, pixel) => {
    slimIndexForSubSlimIndex.fill(pixel, next, next + size * size);
    next += size * size;
  });
  const subFraction = Float64Array.from(subSizes, (size) => 1 / (size * size));
  return { ...mapping, imagePixels: subSizes.length, slimIndexForSubSlimIndex, subFraction };
}

export interface MappingArgs {
  readonly mapping: Mapping;
}

/** The mapping as a dense matrix T: image = T source. @returns (M, S) */
export function mappingMatrix({ mapping }: MappingArgs): Matrix {
  const { mappingsPerPixel, slimIndexForSubSlimIndex, subFraction } = mapping;
  const out = zeros(mapping.imagePixels, mapping.sourcePixels);
  for (let entry = 0; entry < mapping.indexes.length; entry++) {
    if (mapping.indexes[entry] < 0) continue;
    const sub = Math.floor(entry / mappingsPerPixel);
    const pixel = slimIndexForSubSlimIndex === null ? sub : slimIndexForSubSlimIndex[sub];
    const fraction = subFraction === null ? 1 : subFraction[pixel];
    out.values[pixel * mapping.sourcePixels + mapping.indexes[entry]] += fraction * mapping.weights[entry];
  }
  return out;
}

/** The mapping as compressed sparse rows, duplicates added, columns ascending. @returns (M, S) */
export function sparseMappingMatrix({ mapping }: MappingArgs): SparseMatrix {
  const { imagePixels, sourcePixels, mappingsPerPixel, slimIndexForSubSlimIndex, subFraction } = mapping;
  const rows = Array.from({ length: imagePixels }, () => new Map<number, number>());
  for (let entry = 0; entry < mapping.indexes.length; entry++) {
    const index = mapping.indexes[entry];
    if (index < 0) continue;
    const sub = Math.floor(entry / mappingsPerPixel);
    const pixel = slimIndexForSubSlimIndex === null ? sub : slimIndexForSubSlimIndex[sub];
    const fraction = subFraction === null ? 1 : subFraction[pixel];
    rows[pixel].set(index, (rows[pixel].get(index) ?? 0) + fraction * mapping.weights[entry]);
  }
  const rowStart = new Int32Array(imagePixels + 1);
  rows.forEach((row, i) => {
    rowStart[i + 1] = rowStart[i] + row.size;
  });
  const sorted = rows.flatMap((row) => [...row].sort(([a], [b]) => a - b));
  return {
    rows: imagePixels,
    columns: sourcePixels,
    rowStart,
    columnIndex: Int32Array.from(sorted, ([index]) => index),
    values: Float64Array.from(sorted, ([, weight]) => weight),
  };
}

export interface DataVectorArgs {
  /** (M, S) */
  readonly mappingMatrix: Matrix;
  /** (M) */
  readonly dirtyImage: Float64Array;
}

/** D = T' d of Warren & Dye (2003), equation 4, with d the dirty image of the unmasked pixels. @returns (S) */
export function dataVector({ mappingMatrix: t, dirtyImage }: DataVectorArgs): Float64Array {
  const out = new Float64Array(t.columns);
  for (let i = 0; i < t.rows; i++) {
    for (let p = 0; p < t.columns; p++) out[p] += t.values[i * t.columns + p] * dirtyImage[i];
  }
  return out;
}

export interface SparseTransposeTimesArgs {
  /** (M, S) */
  readonly sparseMappingMatrix: SparseMatrix;
  /** (M, C) */
  readonly matrix: Matrix;
}

/** T' A for a sparse T. @returns (S, C) */
export function sparseMappingMatrixTransposeTimes({
  sparseMappingMatrix: t,
  matrix,
}: SparseTransposeTimesArgs): Matrix {
  const out = zeros(t.columns, matrix.columns);
  for (let i = 0; i < t.rows; i++) {
    for (let e = t.rowStart[i]; e < t.rowStart[i + 1]; e++) {
      for (let c = 0; c < matrix.columns; c++) {
        out.values[t.columnIndex[e] * matrix.columns + c] += t.values[e] * matrix.values[i * matrix.columns + c];
      }
    }
  }
  return out;
}
