import { ARCSECOND, type PixelGrid } from "../grid.ts";
import { type Matrix, type SparseMatrix, zeros } from "./matrix.ts";

/**
 * W of a pixel grid without its M x M matrix: W_ij = minus[r_i - r_j] + plus[r_i + r_j].
 *
 * It belongs to the grid and to the visibilities; any mask inside the grid uses it.
 */
export interface WCompact {
  readonly shape: readonly [rows: number, columns: number];
  /**
   * (rows, 2 columns - 1): row difference d >= 0, column difference e at index e + columns - 1. Differences with d < 0
   * are those of (-d, -e), since the cosine is even.
   */
  readonly minus: Float64Array;
  /** (2 rows - 1, 2 columns - 1): sums of rows and of columns. null where real and imaginary noise are equal. */
  readonly plus: Float64Array | null;
}

export interface WCompactArgs {
  readonly grid: PixelGrid;
  /** (K, 2) u and v in wavelengths, along x and y of the grid. */
  readonly uvWavelengths: Float64Array;
  /** (K) standard deviations of the real and the imaginary part, interleaved. */
  readonly noiseMap: Float64Array;
}

/** Whether any visibility has different noise in its real and imaginary part, so that W needs `plus`. */
export function noiseIsUnequal(noiseMap: Float64Array): boolean {
  for (let k = 0; k < noiseMap.length; k += 2) {
    if (noiseMap[k] !== noiseMap[k + 1]) return true;
  }
  return false;
}

/**
 * Both lattices by direct sum, with a = sigma_re^-2, b = sigma_im^-2:
 * minus[D] = sum_k (a + b)/2 cos phi_k(r_i - r_j), plus[S] = sum_k (a - b)/2 cos phi_k(r_i + r_j), the sums taken in
 * absolute coordinates from the phase centre.
 */
export function wCompact({ grid, uvWavelengths, noiseMap }: WCompactArgs): WCompact {
  const [rows, columns] = grid.shape;
  const step = 2 * Math.PI * ARCSECOND * grid.pixelScale;
  const minus = new Float64Array(rows * (2 * columns - 1));
  for (let k = 0; k < uvWavelengths.length; k += 2) {
    const weight = (noiseMap[k] ** -2 + noiseMap[k + 1] ** -2) / 2;
    for (let d = 0; d < rows; d++) {
      for (let e = 1 - columns; e < columns; e++) {
        // One row down is one step of y down.
        const phase = step * (e * uvWavelengths[k] - d * uvWavelengths[k + 1]);
        minus[d * (2 * columns - 1) + e + columns - 1] += weight * Math.cos(phase);
      }
    }
  }
  return {
    shape: grid.shape,
    minus,
    plus: noiseIsUnequal(noiseMap) ? plusLattice(grid, uvWavelengths, noiseMap) : null,
  };
}

function plusLattice({ shape, pixelScale, origin }: PixelGrid, uv: Float64Array, noiseMap: Float64Array): Float64Array {
  const [rows, columns] = shape;
  const radians = 2 * Math.PI * ARCSECOND;
  const plus = new Float64Array((2 * rows - 1) * (2 * columns - 1));
  for (let k = 0; k < uv.length; k += 2) {
    const weight = (noiseMap[k] ** -2 - noiseMap[k + 1] ** -2) / 2;
    for (let i = 0; i < 2 * rows - 1; i++) {
      const y = radians * (2 * origin[0] + (rows - 1 - i) * pixelScale);
      for (let j = 0; j < 2 * columns - 1; j++) {
        const x = radians * (2 * origin[1] + (j - columns + 1) * pixelScale);
        plus[i * (2 * columns - 1) + j] += weight * Math.cos(x * uv[k] + y * uv[k + 1]);
      }
    }
  }
  return plus;
}

/** W between the pixels at (row, column) and (otherRow, otherColumn). */
export function wEntry(w: WCompact, row: number, column: number, otherRow: number, otherColumn: number): number {
  const [, columns] = w.shape;
  const width = 2 * columns - 1;
  const d = row - otherRow;
  const e = column - otherColumn;
  const minus = w.minus[Math.abs(d) * width + (d < 0 ? -e : e) + columns - 1];
  return w.plus === null ? minus : minus + w.plus[(row + otherRow) * width + column + otherColumn];
}

export interface WTildeFromCompactArgs {
  readonly wCompact: WCompact;
  /** (M, 2) row and column of every unmasked pixel. */
  readonly nativeIndex: Int32Array;
}

/** The full W of the unmasked pixels. @returns (M, M) */
export function wTildeFromCompact({ wCompact, nativeIndex: at }: WTildeFromCompactArgs): Matrix {
  const size = at.length / 2;
  const out = zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      out.values[i * size + j] = wEntry(wCompact, at[2 * i], at[2 * i + 1], at[2 * j], at[2 * j + 1]);
    }
  }
  return out;
}

export interface WCompactTimesArgs extends WTildeFromCompactArgs {
  /** (M, S) */
  readonly sparseMappingMatrix: SparseMatrix;
  /** Of a curvature matrix, whether it may be left in the backend's memory: see `CurvatureViaBlurredMappingArgs`. */
  readonly resident?: boolean;
}

/** W T for a sparse T, without W. @returns (M, S) */
export function wCompactTimesSparseMappingMatrix(args: WCompactTimesArgs): Matrix {
  const { wCompact, nativeIndex: at, sparseMappingMatrix: t } = args;
  const out = zeros(t.rows, t.columns);
  for (let i = 0; i < t.rows; i++) {
    for (let j = 0; j < t.rows; j++) {
      const w = wEntry(wCompact, at[2 * i], at[2 * i + 1], at[2 * j], at[2 * j + 1]);
      for (let e = t.rowStart[j]; e < t.rowStart[j + 1]; e++) {
        out.values[i * t.columns + t.columnIndex[e]] += w * t.values[e];
      }
    }
  }
  return out;
}
