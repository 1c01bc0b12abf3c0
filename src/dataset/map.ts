import { InputError } from "../errors.ts";
import type { ArrayFile } from "./array-file.ts";
import { wcsStep } from "./wcs.ts";

/** Which row of a FITS image comes first in the file. */
export type FitsRowZero = "bottom" | "top";

/** How a map without a WCS lies on the sky, and where x of the grid points. */
export interface MapOrientation {
  readonly fitsRowZero: FitsRowZero;
  readonly xAxis: "east" | "west";
}

/** What turns an array as a file holds it into the grid's order. */
export interface MapTurns {
  readonly rows: boolean;
  readonly columns: boolean;
}

/**
 * How a file lies against the grid. A FITS image with a WCS is turned as its steps say: rows where y grows with them,
 * columns where they run against the grid's x. Without a WCS it lies as `like` does, an image that it belongs to; or
 * else `fitsRowZero` decides for the rows and columns stay. npy and npz are in the grid's order already.
 */
export function mapTurns({ header }: ArrayFile, { fitsRowZero, xAxis }: MapOrientation, like?: MapTurns): MapTurns {
  if (header === undefined) return { rows: false, columns: false };
  const up = wcsStep(header, 2);
  const east = wcsStep(header, 1);
  return {
    rows: up === undefined ? (like?.rows ?? fitsRowZero === "bottom") : up > 0,
    columns: east === undefined ? (like?.columns ?? false) : east > 0 !== (xAxis === "east"),
  };
}

/**
 * A 2-D array in the grid's order, row 0 the top and columns along x, as `mapTurns` says.
 * @throws InputError when the array is not of `shape`.
 */
export async function readMap(
  file: ArrayFile,
  shape: readonly [rows: number, columns: number],
  orientation: MapOrientation,
  like?: MapTurns,
): Promise<Float64Array> {
  if (file.complex || file.shape.length !== 2 || file.shape[0] !== shape[0] || file.shape[1] !== shape[1]) {
    throw new InputError(
      "map/shape",
      `has shape (${file.shape.join(", ")}), the grid has (${shape.join(", ")})`,
      "give an array on the dataset's grid",
      file.where,
    );
  }
  return turnedMap(await file.whole(), shape, mapTurns(file, orientation, like));
}

/** From the order of a file to the grid's, or back. */
export function turnedMap(
  values: Float64Array,
  [rows, columns]: readonly [rows: number, columns: number],
  turns: MapTurns,
): Float64Array {
  if (!turns.rows && !turns.columns) return values;
  return values.map((_, pixel) => {
    const [i, j] = [Math.floor(pixel / columns), pixel % columns];
    return values[(turns.rows ? rows - 1 - i : i) * columns + (turns.columns ? columns - 1 - j : j)];
  });
}
