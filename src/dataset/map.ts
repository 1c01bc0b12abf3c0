import { InputError } from "../errors.ts";
import type { ArrayFile } from "./array-file.ts";

/** Which row of a FITS image comes first in the file. */
export type FitsRowZero = "bottom" | "top";

/**
 * A 2-D array in memory order, row 0 the top. A FITS image is turned over where its first row is the bottom: where its
 * WCS has y grow with the row, or, without a WCS, as `fitsRowZero` says. npy and npz are in memory order already.
 * @throws InputError when the array is not of `shape`.
 */
export async function readMap(
  file: ArrayFile,
  shape: readonly [rows: number, columns: number],
  fitsRowZero: FitsRowZero,
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
  const step = file.header?.get("CDELT2") ?? file.header?.get("CD2_2");
  const hasWcs = file.header?.get("CTYPE2") !== undefined && typeof step === "number" && step !== 0;
  const bottomFirst = file.header !== undefined && (hasWcs ? Number(step) > 0 : fitsRowZero === "bottom");
  if (!bottomFirst) return values;
  const turned = new Float64Array(values.length);
  for (let i = 0; i < shape[0]; i++) {
    turned.set(values.subarray(i * shape[1], (i + 1) * shape[1]), (shape[0] - 1 - i) * shape[1]);
  }
  return turned;
}
