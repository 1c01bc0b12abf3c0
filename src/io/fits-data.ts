import { badCard, type FitsHeader, realCard } from "./fits-header.ts";

/** How stored numbers become physical values: zero + scale x stored, `blank` standing for no value. */
export interface FitsScaling {
  readonly scale: number;
  readonly zero: number;
  readonly blank: bigint | undefined;
}

/**
 * BSCALE, BZERO and, for integer types, BLANK (FITS 4.0 section 4.4.2.5).
 *
 * @throws InputError `fits/card` if one is not a number, or BLANK no integer.
 */
export function readScaling(header: FitsHeader, bitpix: number, where: string): FitsScaling {
  const scale = realCard(header, "BSCALE", where, 1);
  const zero = realCard(header, "BZERO", where, 0);
  const blank = bitpix > 0 ? header.get("BLANK") : undefined;
  if (blank === undefined) return { scale, zero, blank };
  if (typeof blank === "bigint") return { scale, zero, blank };
  if (typeof blank !== "number" || !Number.isInteger(blank)) throw badCard("BLANK", blank, "an integer", where);
  return { scale, zero, blank: BigInt(blank) };
}

/**
 * Decodes big-endian stored numbers into physical values in f64.
 *
 * BLANK becomes NaN in integer types; NaN stays NaN in floating-point types. 64-bit integers beyond 2^53 are rounded to
 * the nearest f64, once, also where an integer BZERO shifts them (the unsigned convention).
 *
 * @param bytes Whole stored numbers; as many as `target` has places.
 */
export function decodeFits(bytes: Uint8Array, bitpix: number, scaling: FitsScaling, target: Float64Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bitpix === 64) decodeInt64(view, scaling, target);
  else {
    const stored = STORED[bitpix as keyof typeof STORED];
    for (let i = 0; i < target.length; i++) target[i] = stored(view, i);
    const { scale, zero } = scaling;
    const blank = scaling.blank === undefined ? Number.NaN : Number(scaling.blank);
    // The identity is skipped: it would turn -0 into 0.
    if (scale === 1 && zero === 0 && Number.isNaN(blank)) return;
    for (let i = 0; i < target.length; i++) target[i] = target[i] === blank ? Number.NaN : zero + scale * target[i];
  }
}

const STORED = {
  8: (view: DataView, i: number) => view.getUint8(i),
  16: (view: DataView, i: number) => view.getInt16(2 * i),
  32: (view: DataView, i: number) => view.getInt32(4 * i),
  [-32]: (view: DataView, i: number) => view.getFloat32(4 * i),
  [-64]: (view: DataView, i: number) => view.getFloat64(8 * i),
};

function decodeInt64(view: DataView, { scale, zero, blank }: FitsScaling, target: Float64Array): void {
  const shift = scale === 1 && Number.isInteger(zero) ? BigInt(zero) : undefined;
  for (let i = 0; i < target.length; i++) {
    const stored = view.getBigInt64(8 * i);
    if (stored === blank) target[i] = Number.NaN;
    else target[i] = shift === undefined ? zero + scale * Number(stored) : Number(stored + shift);
  }
}
