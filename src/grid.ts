import { InputError } from "./errors.ts";

/** Radians in one arcsecond. */
export const ARCSECOND = Math.PI / 648_000;

/**
 * A regular grid of image pixels. Row 0 is the top (largest y), column 0 the left (smallest x).
 *
 * Positions are (y, x) in arcseconds from the phase centre: pixel (i, j) of an R x C grid is at
 * y = originY + ((R - 1) / 2 - i) s and x = originX + (j - (C - 1) / 2) s.
 */
export interface PixelGrid {
  /** Rows and columns. */
  readonly shape: readonly [rows: number, columns: number];
  /** Side of a pixel in arcseconds. */
  readonly pixelScale: number;
  /** Position of the centre of the grid, (y, x) in arcseconds. */
  readonly origin: readonly [y: number, x: number];
}

/**
 * @throws InputError when the shape is not of positive integers or the pixel scale is not positive and finite.
 */
export function pixelGrid(
  shape: readonly [number, number],
  pixelScale: number,
  origin: readonly [number, number] = [0, 0],
): PixelGrid {
  if (!shape.every((n) => Number.isInteger(n) && n > 0)) {
    throw new InputError("grid/shape", `grid shape [${shape}] is not of positive integers`, "give [rows, columns]");
  }
  if (!(pixelScale > 0 && Number.isFinite(pixelScale))) {
    throw new InputError("grid/pixel-scale", `pixel scale ${pixelScale} is not positive`, "give arcseconds per pixel");
  }
  return { shape, pixelScale, origin };
}

/** y of every row of the grid, in arcseconds. */
export function rowCentres({ shape, pixelScale, origin }: PixelGrid): Float64Array {
  return Float64Array.from({ length: shape[0] }, (_, i) => origin[0] + ((shape[0] - 1) / 2 - i) * pixelScale);
}

/** x of every column of the grid, in arcseconds. */
export function columnCentres({ shape, pixelScale, origin }: PixelGrid): Float64Array {
  return Float64Array.from({ length: shape[1] }, (_, j) => origin[1] + (j - (shape[1] - 1) / 2) * pixelScale);
}

/**
 * Positions of the unmasked pixels.
 * @param nativeIndex (M, 2) row and column of every unmasked pixel.
 * @returns (M, 2) y and x in arcseconds.
 */
export function slimPositions(grid: PixelGrid, nativeIndex: Int32Array): Float64Array {
  const y = rowCentres(grid);
  const x = columnCentres(grid);
  return Float64Array.from(nativeIndex, (index, position) => (position % 2 === 0 ? y[index] : x[index])!);
}

/** The same grid on the same sky: shape, scale and origin equal. */
export function sameGrid(a: PixelGrid, b: PixelGrid): boolean {
  return (
    a.shape[0] === b.shape[0] &&
    a.shape[1] === b.shape[1] &&
    a.pixelScale === b.pixelScale &&
    a.origin[0] === b.origin[0] &&
    a.origin[1] === b.origin[1]
  );
}
