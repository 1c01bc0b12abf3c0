/** Bytes of unsigned integers, the lowest first, for the small parts of binary formats. */

export function u16(value: number): number[] {
  return [value & 255, (value >>> 8) & 255];
}

export function u32(value: number): number[] {
  return [...u16(value), ...u16(value >>> 16)];
}

/** Exact up to 2^53. */
export function u64(value: number): number[] {
  return [...u32(value % 2 ** 32), ...u32(Math.floor(value / 2 ** 32))];
}

/** The bytes with zeros after them, up to a multiple of `unit`. */
export function padded(bytes: readonly number[], unit: number): number[] {
  return [...bytes, ...Array<number>(Math.ceil(bytes.length / unit) * unit - bytes.length).fill(0)];
}

export function utf8(text: string): number[] {
  return Array.from(new TextEncoder().encode(text));
}
