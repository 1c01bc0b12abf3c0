import { InputError } from "../errors.ts";
import { HOST_ORDER, swapWords } from "./byte-order.ts";
import { CARD_BYTES, type FitsCard, formatCard } from "./fits-card.ts";
import { BLOCK_BYTES } from "./fits-header.ts";
import { elementCount } from "./ndarray.ts";

/** An image to write: BITPIX follows from the type of the data. */
export interface FitsOutput {
  readonly data: Float64Array | Float32Array | Int32Array | Int16Array | Uint8Array;
  /** C order: NAXISn ... NAXIS1; [] with no data for an HDU of cards only. */
  readonly shape: readonly number[];
  readonly cards?: readonly FitsCard[] | undefined;
  /** EXTNAME. */
  readonly name?: string | undefined;
}

/** Cards that say how the data lie in the file, or that would no longer be true of them. */
const STRUCTURAL =
  /^(SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|PCOUNT|GCOUNT|GROUPS|END|CONTINUE|CHECKSUM|DATASUM|LONGSTRN)$/;
const SCALING = /^(BSCALE|BZERO|BLANK)$/;

/**
 * The bytes of a FITS file: the first image in the primary HDU, the others in IMAGE extensions.
 *
 * Cards that describe the layout (NAXISn, checksums and the like) are written from the data, and those given are left
 * out, so that the cards of a file that was read can be given back. BSCALE, BZERO and BLANK stay only beside integers,
 * which are written as they are: stored numbers, not physical values.
 *
 * @throws InputError `fits/shape` if data and shape disagree, `fits/card` for a card that FITS cannot hold.
 */
export function writeFits(hdus: readonly FitsOutput[]): Uint8Array {
  if (hdus.length === 0) throw new InputError("fits/shape", "no HDU to write", "give at least one");
  const parts = hdus.flatMap((hdu, index) => [encodeHeader(hdu, index, hdus.length), encodeData(hdu)]);
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function encodeHeader(hdu: FitsOutput, index: number, count: number): Uint8Array {
  const where = `HDU ${index}`;
  const { data, shape, cards = [], name } = hdu;
  const elements = shape.length === 0 ? 0 : elementCount(shape);
  const sound = shape.every((length) => Number.isSafeInteger(length) && length >= 0) && shape.length <= 999;
  if (!sound || elements !== data.length)
    throw new InputError(
      "fits/shape",
      `${data.length} values cannot be an image of shape (${shape.join(", ")})`,
      "make the shape fit the data",
      where,
    );
  const integers = !(data instanceof Float64Array || data instanceof Float32Array);
  const kept = cards.filter(({ keyword }) => {
    const upper = keyword.toUpperCase();
    return !STRUCTURAL.test(upper) && (integers || !SCALING.test(upper)) && (name === undefined || upper !== "EXTNAME");
  });
  const all: FitsCard[] = [
    index === 0 ? { keyword: "SIMPLE", value: true } : { keyword: "XTENSION", value: "IMAGE" },
    { keyword: "BITPIX", value: integers ? 8 * data.BYTES_PER_ELEMENT : -8 * data.BYTES_PER_ELEMENT },
    { keyword: "NAXIS", value: shape.length },
    ...shape.toReversed().map((value, axis) => ({ keyword: `NAXIS${axis + 1}`, value })),
    ...(index > 0
      ? [
          { keyword: "PCOUNT", value: 0 },
          { keyword: "GCOUNT", value: 1 },
        ]
      : []),
    ...(index === 0 && count > 1 ? [{ keyword: "EXTEND", value: true }] : []),
    ...(name === undefined ? [] : [{ keyword: "EXTNAME", value: name }]),
    ...kept,
  ];
  const images = all.flatMap((card) => formatAt(card, where));
  images.push("END".padEnd(CARD_BYTES));
  const text = images.join("");
  return new TextEncoder().encode(text.padEnd(Math.ceil(text.length / BLOCK_BYTES) * BLOCK_BYTES));
}

function formatAt(card: FitsCard, where: string): string[] {
  try {
    return formatCard(card);
  } catch (error) {
    throw error instanceof InputError ? error.at(where) : error;
  }
}

function encodeData({ data }: FitsOutput): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(data.byteLength / BLOCK_BYTES) * BLOCK_BYTES);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (HOST_ORDER !== "big") swapWords(bytes.subarray(0, data.byteLength), data.BYTES_PER_ELEMENT);
  return bytes;
}
