import { InputError } from "../errors.ts";
import type { ByteSource } from "./byte-source.ts";
import { BLOCK_BYTES, badCard, type FitsHeader, integerCard, readFitsHeader } from "./fits-header.ts";
import { printable } from "./printable.ts";

/** One header-and-data unit of a FITS file. */
export interface FitsHdu {
  readonly index: number;
  /** EXTNAME; without one, PRIMARY for the first HDU and "" for others. */
  readonly name: string;
  readonly kind: "image" | "table" | "other";
  readonly header: FitsHeader;
  /** C order: NAXISn ... NAXIS1; [] where there are no data. */
  readonly shape: readonly number[];
  readonly bitpix: number;
}

/** Where the bytes of an HDU's data are; they may go beyond the end of a file that is cut short. */
export interface LocatedHdu {
  readonly hdu: FitsHdu;
  readonly dataOffset: number;
  readonly dataBytes: number;
}

const BITPIX: ReadonlySet<number> = new Set([8, 16, 32, 64, -32, -64]);
const TABLES: ReadonlySet<string> = new Set(["BINTABLE", "TABLE", "A3DTABLE"]);
/** FITS 4.0 section 4.4.1.1. */
const MAX_AXES = 999;

/**
 * Walks the HDUs of a file, reading headers only. It stops where the data of an HDU reach the end of the file, and at
 * blocks that begin no extension (FITS 4.0 section 3.5: readers may ignore special records).
 *
 * @throws InputError `fits/not-fits`, `fits/truncated`, `fits/header`, `fits/card`, `fits/axes`.
 */
export async function walkHdus(source: ByteSource): Promise<LocatedHdu[]> {
  await requireFits(source);
  const located: LocatedHdu[] = [];
  let offset = 0;
  while (located.length === 0 || (await beginsExtension(source, offset))) {
    const index = located.length;
    const where = `${source.name}: HDU ${index}`;
    const { header, end } = await readFitsHeader(source, offset, where);
    const { hdu, dataBytes } = describeHdu(header, index, where);
    located.push({ hdu, dataOffset: end, dataBytes });
    offset = end + Math.ceil(dataBytes / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return located;
}

async function requireFits(source: ByteSource): Promise<void> {
  const start = await source.read(0, Math.min(source.size, 30));
  const text = new TextDecoder("latin1").decode(start);
  if (/^SIMPLE {2}= +T/.test(text)) return;
  const remedy =
    start[0] === 0x1f && start[1] === 0x8b ? "the file is gzipped; gunzip it first" : "give a FITS file (.fits)";
  throw new InputError(
    "fits/not-fits",
    `the file begins with "${printable(text.replace(/ +/g, " "))}", not with SIMPLE = T`,
    remedy,
    source.name,
  );
}

async function beginsExtension(source: ByteSource, offset: number): Promise<boolean> {
  if (offset + 8 > source.size) return false;
  return new TextDecoder("latin1").decode(await source.read(offset, 8)) === "XTENSION";
}

function describeHdu(header: FitsHeader, index: number, where: string): { hdu: FitsHdu; dataBytes: number } {
  const bitpix = integerCard(header, "BITPIX", where);
  if (!BITPIX.has(bitpix)) throw badCard("BITPIX", bitpix, "one of 8, 16, 32, 64, -32 and -64", where);
  const axes = readAxes(header, where);
  const extension = index === 0 ? "IMAGE" : header.get("XTENSION");
  // Random groups: NAXIS1 = 0 is a mark, not a length (FITS 4.0 section 6).
  const groups = index === 0 && axes[0] === 0 && header.get("GROUPS") === true;
  const extended = index > 0 || groups;
  const parameters = extended ? integerCard(header, "PCOUNT", where, 0) : 0;
  const groupCount = extended ? integerCard(header, "GCOUNT", where, 1) : 1;
  if (parameters < 0) throw badCard("PCOUNT", parameters, "at least 0", where);
  if (groupCount < 0) throw badCard("GCOUNT", groupCount, "at least 0", where);
  const lengths = groups ? axes.slice(1) : axes;
  const elements = lengths.length === 0 ? 0 : product(lengths);
  const dataBytes = (Math.abs(bitpix) / 8) * groupCount * (parameters + elements);
  if (!Number.isSafeInteger(dataBytes))
    throw new InputError(
      "fits/axes",
      `the header declares ${dataBytes} bytes of data`,
      "the header is damaged; correct its NAXISn, PCOUNT and GCOUNT",
      where,
    );
  const extname = header.get("EXTNAME");
  const name = typeof extname === "string" ? extname : index === 0 ? "PRIMARY" : "";
  const table = typeof extension === "string" && TABLES.has(extension);
  const kind = table ? "table" : extension === "IMAGE" && !groups ? "image" : "other";
  return { hdu: { index, name, kind, header, shape: axes.toReversed(), bitpix }, dataBytes };
}

function readAxes(header: FitsHeader, where: string): number[] {
  const count = integerCard(header, "NAXIS", where);
  if (count < 0 || count > MAX_AXES) throw badCard("NAXIS", count, `from 0 to ${MAX_AXES}`, where);
  const axes: number[] = [];
  for (let axis = 1; axis <= count; axis++) {
    const length = integerCard(header, `NAXIS${axis}`, where);
    if (length < 0) throw badCard(`NAXIS${axis}`, length, "at least 0", where);
    axes.push(length);
  }
  return axes;
}

function product(lengths: readonly number[]): number {
  // A zero first: 0 * Infinity would be NaN.
  return lengths.includes(0) ? 0 : lengths.reduce((total, length) => total * length, 1);
}
