import { InputError } from "../errors.ts";
import type { FitsHeader } from "../io/fits.ts";
import type { ArrayFile } from "./array-file.ts";

/** Which row of a FITS image comes first in the file. */
export type FitsRowZero = "bottom" | "top";

/** How a map without a WCS lies on the sky, and where x of the grid points. */
export interface MapOrientation {
  readonly fitsRowZero: FitsRowZero;
  readonly xAxis: "east" | "west";
}

/**
 * A 2-D array in the grid's order, row 0 the top and columns along x. A FITS image with a WCS is turned as its steps
 * say: rows where y grows with them, columns where they run against the grid's x. Without a WCS, `fitsRowZero` decides
 * for the rows and columns stay. npy and npz are in the grid's order already.
 * @throws InputError when the array is not of `shape`.
 */
export async function readMap(
  file: ArrayFile,
  shape: readonly [rows: number, columns: number],
  { fitsRowZero, xAxis }: MapOrientation,
): Promise<Float64Array> {
  if (file.complex || file.shape.length !== 2 || file.shape[0] !== shape[0] || file.shape[1] !== shape[1]) {
    throw new InputError(
      "map/shape",
      `has shape (${file.shape.join(", ")}), the grid has (${shape.join(", ")})`,
      "give an array on the dataset's grid",
      file.where,
    );
  }
  const values = await file.whole();
  if (file.header === undefined) return values;
  const up = wcsStep(file.header, 2);
  const east = wcsStep(file.header, 1);
  const turnRows = up === undefined ? fitsRowZero === "bottom" : up > 0;
  const turnColumns = east !== undefined && east > 0 !== (xAxis === "east");
  const [rows, columns] = shape;
  return values.map((_, pixel) => {
    const [i, j] = [Math.floor(pixel / columns), pixel % columns];
    return values[(turnRows ? rows - 1 - i : i) * columns + (turnColumns ? columns - 1 - j : j)];
  });
}

/** Degrees of right ascension or declination from one pixel to the next along an axis; undefined without a WCS. */
function wcsStep(header: FitsHeader, axis: 1 | 2): number | undefined {
  const step = header.get(`CDELT${axis}`) ?? header.get(`CD${axis}_${axis}`);
  const hasWcs = header.get(`CTYPE${axis}`) !== undefined;
  return hasWcs && typeof step === "number" && step !== 0 ? step : undefined;
}
