import { InputError } from "../errors.ts";
import { allocate } from "./allocation.ts";
import type { ByteSource } from "./byte-source.ts";
import { decodeFits, type FitsScaling, readScaling } from "./fits-data.ts";
import { type FitsHdu, type LocatedHdu, walkHdus } from "./fits-hdu.ts";
import { elementCount } from "./ndarray.ts";
import { printable } from "./printable.ts";
import { requireRowsPerChunk } from "./rows.ts";

export type { FitsCard, FitsValue } from "./fits-card.ts";
export type { FitsHdu } from "./fits-hdu.ts";
export type { FitsHeader } from "./fits-header.ts";
export { type FitsOutput, writeFits } from "./fits-writer.ts";

/** An open FITS file: the headers are read, the data are read when asked for. */
export interface FitsFile {
  readonly hdus: readonly FitsHdu[];
  /**
   * The physical values (BSCALE, BZERO and BLANK applied) of an image HDU, shape NAXISn ... NAXIS1. 64-bit integers
   * beyond 2^53 are rounded to the nearest f64.
   *
   * @throws InputError `fits/hdu`, `fits/not-image`, `fits/truncated`, `fits/card`.
   */
  image(index: number): Promise<{ shape: readonly number[]; data: Float64Array }>;
  /** As `image`, `rowsPerChunk` steps along the slowest axis (NAXISn) at a time; memory is that of one chunk. */
  rows(index: number, rowsPerChunk: number): AsyncGenerator<Float64Array>;
}

/** Bytes of data read at a time by `image`. */
const READ_BYTES = 1_048_576;

/**
 * Opens a FITS file after FITS 4.0 (https://fits.gsfc.nasa.gov/fits_standard.html).
 *
 * @throws InputError `fits/...`.
 */
export async function openFits(source: ByteSource): Promise<FitsFile> {
  const located = await walkHdus(source);
  return {
    hdus: located.map(({ hdu }) => hdu),
    async image(index) {
      const { hdu, dataOffset, scaling, where } = requireImage(located, index, source);
      const data = new Float64Array(allocate(8 * elementCount(hdu.shape), where));
      const valueBytes = Math.abs(hdu.bitpix) / 8;
      const perRead = READ_BYTES / valueBytes;
      for (let start = 0; start < data.length; start += perRead) {
        const target = data.subarray(start, start + perRead);
        const bytes = await source.read(dataOffset + start * valueBytes, target.length * valueBytes);
        decodeFits(bytes, hdu.bitpix, scaling, target);
      }
      return { shape: hdu.shape, data };
    },
    async *rows(index, rowsPerChunk) {
      const { hdu, dataOffset, scaling, where } = requireImage(located, index, source);
      requireRowsPerChunk(rowsPerChunk, where);
      const perRow = elementCount(hdu.shape.slice(1));
      const rowBytes = (perRow * Math.abs(hdu.bitpix)) / 8;
      const rowCount = perRow === 0 ? 0 : hdu.shape[0];
      for (let row = 0; row < rowCount; row += rowsPerChunk) {
        const count = Math.min(rowsPerChunk, rowCount - row);
        const target = new Float64Array(allocate(8 * count * perRow, where));
        const bytes = await source.read(dataOffset + row * rowBytes, count * rowBytes);
        decodeFits(bytes, hdu.bitpix, scaling, target);
        yield target;
      }
    },
  };
}

function requireImage(
  located: readonly LocatedHdu[],
  index: number,
  source: ByteSource,
): { hdu: FitsHdu; dataOffset: number; scaling: FitsScaling; where: string } {
  const where = `${source.name}: HDU ${index}`;
  const found = located[index];
  const images = located.filter(({ hdu }) => hdu.kind === "image" && hdu.shape.length > 0);
  const remedy =
    images.length === 0
      ? "the file has no images"
      : `the images are in HDU ${images.slice(0, 20).map(label).join(", ")}${images.length > 20 ? ", ..." : ""}`;
  if (found === undefined)
    throw new InputError("fits/hdu", `there is no HDU ${index}, only 0 to ${located.length - 1}`, remedy, source.name);
  const { hdu, dataOffset, dataBytes } = found;
  if (hdu.kind !== "image" || hdu.shape.length === 0) {
    const compressed = hdu.header.get("ZIMAGE") === true;
    const what = compressed ? "a tile-compressed image, which is not read" : contentsOf(hdu);
    throw new InputError("fits/not-image", `the HDU holds ${what}`, compressed ? "funpack the file" : remedy, where);
  }
  if (dataOffset + dataBytes > source.size)
    throw new InputError(
      "fits/truncated",
      `the data need ${dataBytes} bytes but ${Math.max(0, source.size - dataOffset)} are there`,
      "the file is cut short; fetch it again",
      where,
    );
  return { hdu, dataOffset, scaling: readScaling(hdu.header, hdu.bitpix, where), where };
}

function label({ hdu: { index, name } }: LocatedHdu): string {
  return name === "" ? String(index) : `${index} (${printable(name)})`;
}

function contentsOf(hdu: FitsHdu): string {
  if (hdu.kind === "image") return "no data (NAXIS = 0)";
  return hdu.kind === "table" ? "a table" : "neither an image nor a table";
}
