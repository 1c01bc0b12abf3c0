import { InputError } from "../errors.ts";
import type { ByteSource } from "../io/byte-source.ts";
import { type FitsHeader, openFits } from "../io/fits.ts";
import { elementCount, toFloat64 } from "../io/ndarray.ts";
import { openNpy } from "../io/npy-stream.ts";
import { openNpz } from "../io/npz.ts";

/** Opens a file by the path that a spec names; the caller knows where specs live and closes what it opened. */
export type OpenFile = (path: string) => Promise<ByteSource>;

/** Which array of a file: an HDU of FITS, a name in an npz archive; undefined where it goes without saying. */
export interface ArraySelection {
  readonly hdu?: number | undefined;
  readonly array?: string | undefined;
}

/** One array of a FITS, npy or npz file, whole or in rows. */
export interface ArrayFile {
  readonly where: string;
  /** C order. */
  readonly shape: readonly number[];
  /** Complex numbers come interleaved. */
  readonly complex: boolean;
  /** Of a FITS image; undefined for npy and npz, whose row 0 is the top. */
  readonly header: FitsHeader | undefined;
  /** Values in f64, some rows (steps of the first axis) at a time. */
  rows(rowsPerChunk: number): AsyncGenerator<Float64Array>;
  whole(): Promise<Float64Array>;
}

/**
 * Opens an array by the content of its file, not by its name.
 * @param key The array of an npz archive to take when several are there and none is named.
 * @throws InputError `array/format` for another kind of file, `array/missing` for an array that is not there, and what
 * the readers throw.
 */
export async function openArray(source: ByteSource, key: string, selection: ArraySelection = {}): Promise<ArrayFile> {
  const magic = await source.read(0, Math.min(source.size, 9));
  const starts = (text: string): boolean => [...text].every((letter, i) => magic[i] === letter.charCodeAt(0));
  if (starts("SIMPLE  =")) return fitsArray(source, selection.hdu);
  if (starts("PK")) return npzArray(source, key, selection.array);
  if (starts("\x93NUMPY")) return npyArray(source);
  throw new InputError("array/format", "is not a FITS, npy or npz file", "give one of these", source.name);
}

async function fitsArray(source: ByteSource, selected: number | undefined): Promise<ArrayFile> {
  const fits = await openFits(source);
  const first = fits.hdus.findIndex(
    (hdu) => hdu.kind === "image" && elementCount(hdu.shape) > 0 && hdu.shape.length > 0,
  );
  const index = selected ?? first;
  const hdu = fits.hdus[index];
  if (hdu === undefined) {
    const what = selected === undefined ? "has no image" : `has ${fits.hdus.length} HDUs, none with number ${selected}`;
    throw new InputError("array/missing", what, "name an HDU with an image, counted from 0", source.name);
  }
  return {
    where: `${source.name}[${index}]`,
    shape: hdu.shape,
    complex: false,
    header: hdu.header,
    rows: (rowsPerChunk) => fits.rows(index, rowsPerChunk),
    whole: async () => (await fits.image(index)).data,
  };
}

async function npzArray(source: ByteSource, key: string, selected: string | undefined): Promise<ArrayFile> {
  const npz = await openNpz(source);
  const name = selected ?? (npz.names.length === 1 ? npz.names[0] : key);
  if (!npz.names.includes(name)) {
    throw new InputError(
      "array/missing",
      `has no array '${name}', only ${npz.names.slice(0, 12).join(", ")}${npz.names.length > 12 ? ", ..." : ""}`,
      `name one as ${source.name}[name]`,
      source.name,
    );
  }
  const { dtype, shape } = await npz.header(name);
  return {
    where: `${source.name}[${name}]`,
    shape,
    complex: dtype === "c16",
    header: undefined,
    rows: (rowsPerChunk) => npz.rows(name, rowsPerChunk),
    whole: async () => toFloat64(await npz.array(name)),
  };
}

async function npyArray(source: ByteSource): Promise<ArrayFile> {
  const npy = await openNpy(source);
  const { dtype, shape } = await npy.header();
  return {
    where: source.name,
    shape,
    complex: dtype === "c16",
    header: undefined,
    rows: (rowsPerChunk) => npy.rows(rowsPerChunk),
    whole: async () => toFloat64(await npy.array()),
  };
}
