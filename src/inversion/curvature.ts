import { type Matrix, type SparseMatrix, zeros } from "../operators/matrix.ts";
import { type WCompactTimesArgs, wCompactTimesSparseMappingMatrix, wEntry } from "../operators/w-compact.ts";
import { type WPreload, wPreloadEntry } from "../operators/w-preload.ts";
import { sparseMappingMatrixTransposeTimes } from "./mapping.ts";

/**
 * The curvature matrix F = T' W T (Warren & Dye 2003, equation 4, written with W = A' N^-1 A) in every form: they differ
 * in what they keep in memory and in their cost, not in their value. F is (S, S), symmetric.
 */

export interface CurvatureViaWTildeDenseArgs {
  /** (M, M) */
  readonly wTilde: Matrix;
  /** (M, S) */
  readonly mappingMatrix: Matrix;
}

/** Two dense products: M^2 S multiply-adds. */
export function curvatureMatrixViaWTildeDense({ wTilde, mappingMatrix: t }: CurvatureViaWTildeDenseArgs): Matrix {
  const wt = zeros(t.rows, t.columns);
  for (let i = 0; i < t.rows; i++) {
    for (let j = 0; j < t.rows; j++) {
      for (let p = 0; p < t.columns; p++) {
        wt.values[i * t.columns + p] += wTilde.values[i * t.rows + j] * t.values[j * t.columns + p];
      }
    }
  }
  const out = zeros(t.columns, t.columns);
  for (let i = 0; i < t.rows; i++) {
    for (let p = 0; p < t.columns; p++) {
      for (let q = 0; q < t.columns; q++) {
        out.values[p * t.columns + q] += t.values[i * t.columns + p] * wt.values[i * t.columns + q];
      }
    }
  }
  return out;
}

export interface CurvatureViaWTildeSparseArgs {
  /** (M, M) */
  readonly wTilde: Matrix;
  /** (M, S) */
  readonly sparseMappingMatrix: SparseMatrix;
}

/** T' W, then (T' W) T through its transpose: M^2 B + M S B multiply-adds. */
export function curvatureMatrixViaWTildeSparse(args: CurvatureViaWTildeSparseArgs): Matrix {
  const { wTilde, sparseMappingMatrix } = args;
  const half = sparseMappingMatrixTransposeTimes({ sparseMappingMatrix, matrix: wTilde });
  return sparseMappingMatrixTransposeTimes({ sparseMappingMatrix, matrix: transpose(half) });
}

/** W T from the compact form, then T' (W T): M^2 B + M S B multiply-adds without the M x M matrix. */
export function curvatureMatrixViaWCompactSparse(args: WCompactTimesArgs): Matrix {
  const { sparseMappingMatrix } = args;
  return sparseMappingMatrixTransposeTimes({ sparseMappingMatrix, matrix: wCompactTimesSparseMappingMatrix(args) });
}

/**
 * F = A + A' with A = T' (L T) and L + L' = W: L holds the entries of W between a pixel and those of rows above it, and
 * half of those within its row. M^2 B / 2 + M S B multiply-adds; the result is symmetric to the bit.
 */
export function curvatureMatrixViaWCompactSymmetric(args: WCompactTimesArgs): Matrix {
  const { wCompact, nativeIndex: at, sparseMappingMatrix: t } = args;
  const lowerTimesT = zeros(t.rows, t.columns);
  for (let i = 0; i < t.rows; i++) {
    for (let j = 0; j < t.rows; j++) {
      if (at[2 * j] > at[2 * i]) continue;
      const w = wEntry(wCompact, at[2 * i], at[2 * i + 1], at[2 * j], at[2 * j + 1]);
      const lower = at[2 * j] === at[2 * i] ? w / 2 : w;
      for (let e = t.rowStart[j]; e < t.rowStart[j + 1]; e++) {
        lowerTimesT.values[i * t.columns + t.columnIndex[e]] += lower * t.values[e];
      }
    }
  }
  const a = sparseMappingMatrixTransposeTimes({ sparseMappingMatrix: t, matrix: lowerTimesT });
  const mirrored = transpose(a);
  return { ...a, values: a.values.map((value, n) => value + mirrored.values[n]) };
}

/** Four loops over pairs of mappings, from the compact form: M^2 B^2 multiply-adds and no memory beyond F. */
export function curvatureMatrixViaWCompactDirect(args: WCompactTimesArgs): Matrix {
  const { wCompact, nativeIndex, sparseMappingMatrix } = args;
  return fourLoops(wEntry, wCompact, nativeIndex, sparseMappingMatrix);
}

export interface CurvatureViaPreloadArgs {
  readonly wPreload: WPreload;
  /** (M, 2) row and column of every unmasked pixel. */
  readonly nativeIndex: Int32Array;
  /** (M, S) */
  readonly sparseMappingMatrix: SparseMatrix;
}

/** Four loops over pairs of mappings, from the preload form. */
export function curvatureMatrixViaPreloadDirect(args: CurvatureViaPreloadArgs): Matrix {
  const { wPreload, nativeIndex, sparseMappingMatrix } = args;
  return fourLoops(wPreloadEntry, wPreload, nativeIndex, sparseMappingMatrix);
}

type Entry<W> = (w: W, row: number, column: number, otherRow: number, otherColumn: number) => number;

/** Image pixels whose terms are summed before they join the total: chi^2 needs digits that one long sum would lose. */
const PIXELS_PER_SUM = 64;

function fourLoops<W>(entry: Entry<W>, w: W, at: Int32Array, t: SparseMatrix): Matrix {
  const out = zeros(t.columns, t.columns);
  const partial = new Float64Array(out.values.length);
  for (let i = 0; i < t.rows; i++) {
    for (let j = 0; j < t.rows; j++) {
      const wij = entry(w, at[2 * i], at[2 * i + 1], at[2 * j], at[2 * j + 1]);
      for (let e = t.rowStart[i]; e < t.rowStart[i + 1]; e++) {
        for (let f = t.rowStart[j]; f < t.rowStart[j + 1]; f++) {
          partial[t.columnIndex[e] * t.columns + t.columnIndex[f]] += t.values[e] * t.values[f] * wij;
        }
      }
    }
    if ((i + 1) % PIXELS_PER_SUM === 0 || i + 1 === t.rows) {
      for (let n = 0; n < partial.length; n++) out.values[n] += partial[n];
      partial.fill(0);
    }
  }
  return out;
}

function transpose({ rows, columns, values }: Matrix): Matrix {
  const out = zeros(columns, rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out.values[j * rows + i] = values[i * columns + j];
  }
  return out;
}
