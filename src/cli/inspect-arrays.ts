import { basename, dirname } from "node:path";
import { wcsPixelScale } from "../dataset/wcs.ts";
import { InputError } from "../errors.ts";
import type { ByteSource } from "../io/byte-source.ts";
import { openFits } from "../io/fits.ts";
import { toFloat64 } from "../io/ndarray.ts";
import { openNpy } from "../io/npy-stream.ts";
import { openNpz } from "../io/npz.ts";
import { type Role, roleOf } from "./inspect-roles.ts";

/** An array somewhere in a file: its description, and its values when asked for. */
export interface FoundArray {
  readonly file: string;
  /** Key of an npz, EXTNAME or number of an HDU; "" where the file is the array. */
  readonly name: string;
  /** What belongs together: the arrays of one npz, or the FITS and npy files of one directory. */
  readonly group: string;
  /** The name that told the role. */
  readonly called: string;
  readonly role: Role | undefined;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** BUNIT. */
  readonly unit: string | undefined;
  /** Arcseconds along y and x, where the header has a WCS. */
  readonly pixelScale: readonly [y: number, x: number] | undefined;
  /** Values in f64, complex ones interleaved; absent for a table. */
  readonly values?: () => Promise<Float64Array>;
}

/**
 * The arrays of a FITS, npy or npz file, told apart by its first bytes, not by its name.
 * @throws InputError `file/format`, and what the readers throw.
 */
export async function arraysIn(source: ByteSource): Promise<FoundArray[]> {
  const start = await source.read(0, Math.min(6, source.size));
  const begins = (...bytes: number[]) => bytes.every((byte, i) => start[i] === byte);
  const ascii = (text: string) => Array.from(text, (character) => character.charCodeAt(0));
  if (begins(...ascii("SIMPLE"))) return arraysOfFits(source);
  if (begins(0x93, ...ascii("NUMPY"))) return [await arrayOfNpy(source)];
  if (begins(...ascii("PK"))) return arraysOfNpz(source);
  const what = begins(0x1f, 0x8b) ? "gzipped" : "neither FITS nor npy nor npz";
  const remedy = what === "gzipped" ? "gunzip it first" : "give a file of one of these formats";
  throw new InputError("file/format", `the file is ${what}`, remedy, source.name);
}

async function arraysOfFits(source: ByteSource): Promise<FoundArray[]> {
  const fits = await openFits(source);
  const several = fits.hdus.length > 1;
  return fits.hdus
    .filter(({ kind, shape }) => kind !== "image" || shape.length > 0)
    .map((hdu) => {
      const stem = stemOf(source.name);
      const called = roleOf(hdu.name) === undefined ? stem : hdu.name;
      const unit = hdu.header.get("BUNIT");
      return {
        file: source.name,
        name: several ? (hdu.name === "" ? `HDU ${hdu.index}` : hdu.name) : "",
        group: dirname(source.name),
        called,
        role: roleOf(called),
        dtype: hdu.kind === "image" ? bitpixName(hdu.bitpix) : hdu.kind,
        shape: hdu.shape,
        unit: typeof unit === "string" && unit !== "" ? unit : undefined,
        pixelScale: hdu.shape.length < 2 ? undefined : wcsPixelScale(hdu.header),
        ...(hdu.kind === "image" && { values: async () => (await fits.image(hdu.index)).data }),
      };
    });
}

async function arrayOfNpy(source: ByteSource): Promise<FoundArray> {
  const npy = await openNpy(source);
  const called = stemOf(source.name);
  return {
    file: source.name,
    name: "",
    group: dirname(source.name),
    ...describe(called, await npy.header()),
    values: async () => toFloat64(await npy.array()),
  };
}

async function arraysOfNpz(source: ByteSource): Promise<FoundArray[]> {
  const npz = await openNpz(source);
  const found: FoundArray[] = [];
  for (const name of npz.names) {
    found.push({
      file: source.name,
      name,
      group: source.name,
      ...describe(name, await npz.header(name)),
      values: async () => toFloat64(await npz.array(name)),
    });
  }
  return found;
}

function describe(called: string, header: { readonly dtype: string; readonly shape: readonly number[] }) {
  const { dtype, shape } = header;
  return { called, role: roleOf(called), dtype, shape, unit: undefined, pixelScale: undefined };
}

function stemOf(path: string): string {
  return basename(path).replace(/\.[^.]*$/, "");
}

function bitpixName(bitpix: number): string {
  return bitpix === 8 ? "u1" : `${bitpix < 0 ? "f" : "i"}${Math.abs(bitpix) / 8}`;
}
