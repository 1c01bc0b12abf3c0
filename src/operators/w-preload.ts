import { ARCSECOND } from "../grid.ts";
import { type Matrix, zeros } from "./matrix.ts";
import type { WCompact, WCompactArgs } from "./w-compact.ts";

/**
 * The older compact form of W: (2 rows, 2 columns) with negative differences wrapped to the end of each axis; row
 * `rows` and column `columns` are unused and zero. Twice the memory of `WCompact.minus`, kept for comparison.
 */
export interface WPreload {
  readonly shape: readonly [rows: number, columns: number];
  readonly preload: Float64Array;
  /** As in `WCompact`. */
  readonly plus: Float64Array | null;
}

/** `preload` by direct sum over all four quadrants of differences; `plus` is not part of this form. */
export function wPreload({ grid, uvWavelengths, noiseMap }: WCompactArgs): WPreload {
  const [rows, columns] = grid.shape;
  const step = 2 * Math.PI * ARCSECOND * grid.pixelScale;
  const preload = new Float64Array(4 * rows * columns);
  for (let k = 0; k < uvWavelengths.length; k += 2) {
    const weight = (noiseMap[k] ** -2 + noiseMap[k + 1] ** -2) / 2;
    for (let d = 1 - rows; d < rows; d++) {
      for (let e = 1 - columns; e < columns; e++) {
        const phase = step * (e * uvWavelengths[k] - d * uvWavelengths[k + 1]);
        preload[wrapped(d, rows) * 2 * columns + wrapped(e, columns)] += weight * Math.cos(phase);
      }
    }
  }
  return { shape: grid.shape, preload, plus: null };
}

/** The same differences taken from the compact form, with its `plus`. */
export function wPreloadFromCompact({ shape, minus, plus }: WCompact): WPreload {
  const [rows, columns] = shape;
  const preload = new Float64Array(4 * rows * columns);
  for (let d = 1 - rows; d < rows; d++) {
    for (let e = 1 - columns; e < columns; e++) {
      const column = (d < 0 ? -e : e) + columns - 1;
      preload[wrapped(d, rows) * 2 * columns + wrapped(e, columns)] = minus[Math.abs(d) * (2 * columns - 1) + column];
    }
  }
  return { shape, preload, plus };
}

function wrapped(difference: number, size: number): number {
  return difference < 0 ? difference + 2 * size : difference;
}

/** W between the pixels at (row, column) and (otherRow, otherColumn). */
export function wPreloadEntry(w: WPreload, row: number, column: number, otherRow: number, otherColumn: number): number {
  const [rows, columns] = w.shape;
  const minus = w.preload[wrapped(row - otherRow, rows) * 2 * columns + wrapped(column - otherColumn, columns)];
  return w.plus === null ? minus : minus + w.plus[(row + otherRow) * (2 * columns - 1) + column + otherColumn];
}

export interface WTildeFromPreloadArgs {
  readonly wPreload: WPreload;
  /** (M, 2) row and column of every unmasked pixel. */
  readonly nativeIndex: Int32Array;
}

/** The full W of the unmasked pixels. @returns (M, M) */
export function wTildeFromPreload({ wPreload, nativeIndex: at }: WTildeFromPreloadArgs): Matrix {
  const size = at.length / 2;
  const out = zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      out.values[i * size + j] = wPreloadEntry(wPreload, at[2 * i], at[2 * i + 1], at[2 * j], at[2 * j + 1]);
    }
  }
  return out;
}
