import { InputError } from "../errors.ts";
import type { ByteSource } from "./byte-source.ts";
import { CARD_BYTES, type FitsCard, type FitsValue, parseCards } from "./fits-card.ts";
import { printable } from "./printable.ts";

/** A FITS file is a sequence of blocks of this length (FITS 4.0 section 3.1). */
export const BLOCK_BYTES = 2880;

/** Longer headers are taken for data whose END is lost: 147456 cards. */
const MAX_HEADER_BLOCKS = 4096;

/** The cards of one HDU in order, duplicates kept. */
export interface FitsHeader {
  readonly cards: readonly FitsCard[];
  /** The value of the first card with this keyword, whatever its case; with or without a leading HIERARCH. */
  get(keyword: string): FitsValue | undefined;
}

export function fitsHeader(cards: readonly FitsCard[]): FitsHeader {
  const values = new Map<string, FitsValue | undefined>();
  for (const { keyword, value } of cards) if (!values.has(keyword)) values.set(keyword, value);
  return { cards, get: (keyword) => values.get(keyword.toUpperCase().replace(/^HIERARCH /, "")) };
}

/**
 * Reads the header that begins at `offset`, block by block up to its END.
 *
 * @returns The header and the offset of the first block after it.
 * @throws InputError `fits/truncated`, `fits/header`.
 */
export async function readFitsHeader(
  source: ByteSource,
  offset: number,
  where: string,
): Promise<{ header: FitsHeader; end: number }> {
  const images: string[] = [];
  for (let block = 0; block < MAX_HEADER_BLOCKS; block++) {
    const start = offset + block * BLOCK_BYTES;
    if (start + BLOCK_BYTES > source.size)
      throw new InputError(
        "fits/truncated",
        `the header has no END card in the ${source.size - offset} bytes that there are`,
        "the file is cut short; fetch it again",
        where,
      );
    const bytes = await source.read(start, BLOCK_BYTES);
    // Latin-1 maps each byte to one character, so that columns stay columns even in a header that is not ASCII.
    const text = new TextDecoder("latin1").decode(bytes);
    for (let at = 0; at < BLOCK_BYTES; at += CARD_BYTES) {
      const image = text.slice(at, at + CARD_BYTES);
      if (/^END {5}/.test(image)) return { header: fitsHeader(parseCards(images)), end: start + BLOCK_BYTES };
      if (!/^[\x20-\x7e]{8}/.test(image))
        throw new InputError(
          "fits/header",
          `card ${images.length + 1} is not text and no END card came before it`,
          "the header is damaged; fetch or write the file again",
          where,
        );
      images.push(image);
    }
  }
  throw new InputError(
    "fits/header",
    `the header has no END card among its first ${images.length} cards`,
    "the header is damaged; fetch or write the file again",
    where,
  );
}

/**
 * An integer that the header must have, unless `otherwise` is given for its absence.
 *
 * @throws InputError `fits/card`.
 */
export function integerCard(header: FitsHeader, keyword: string, where: string, otherwise?: number): number {
  const value = header.get(keyword) ?? otherwise;
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw badCard(keyword, value, "an integer", where);
}

/** A finite real number, `otherwise` where absent. Throws InputError `fits/card`. */
export function realCard(header: FitsHeader, keyword: string, where: string, otherwise: number): number {
  const value = header.get(keyword) ?? otherwise;
  const real = typeof value === "bigint" ? Number(value) : value;
  if (typeof real === "number" && Number.isFinite(real)) return real;
  throw badCard(keyword, value, "a finite number", where);
}

/** The error for a card whose value is not what it must be. */
export function badCard(keyword: string, value: FitsValue | undefined, wanted: string, where: string): InputError {
  const shown = typeof value === "object" ? `(${value.re}, ${value.im})` : printable(String(value), 40);
  return new InputError(
    "fits/card",
    value === undefined ? `the header has no ${keyword} card` : `${keyword} = ${shown} is not ${wanted}`,
    `give ${keyword} ${wanted} in the header`,
    where,
  );
}
