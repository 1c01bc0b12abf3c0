import { encodePng } from "../../io/png.ts";
import { type ColorMap, colorOf } from "../color-map.ts";
import { type Stretch, stretched } from "../stretch.ts";

/**
 * An array as a PNG in a `data:` address, a pixel each, to be enlarged by what shows it. What is masked (NaN) is transparent.
 * @param values (rows, columns) row-major, row 0 the top.
 */
export function imageUri(
  [rows, columns]: readonly [rows: number, columns: number],
  values: ArrayLike<number>,
  map: ColorMap,
  stretch: Stretch,
): string {
  const data = new Uint8Array(4 * rows * columns);
  stretched(values, stretch).forEach((brightness, pixel) => {
    if (Number.isNaN(brightness)) return;
    data.set(colorOf(map, brightness), 4 * pixel);
    data[4 * pixel + 3] = 255;
  });
  return `data:image/png;base64,${base64(encodePng({ width: columns, height: rows, channels: 4, data }))}`;
}

/** Arguments of one call, of which engines allow some tens of thousands. */
const CHUNK = 8192;

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let from = 0; from < bytes.length; from += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(from, from + CHUNK));
  }
  return btoa(binary);
}
