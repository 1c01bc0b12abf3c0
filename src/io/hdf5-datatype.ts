import { padded, u16, u32, utf8 } from "./little-endian.ts";

/*
 * Types of elements, as the datatype message of HDF5 says them: class and version, 24 bits that the class gives a
 * meaning, the size of an element, properties (HDF5 File Format Specification 3.0, IV.A.2.d). All little-endian.
 */

/** How elements are stored. */
export interface Datatype {
  /** Bytes in an element. */
  readonly size: number;
  /** The message. */
  readonly encoded: readonly number[];
}

const VERSION = 1;

function datatype(kind: number, bits: readonly number[], size: number, properties: readonly number[] = []): Datatype {
  const head = [(VERSION << 4) | kind, ...bits, ...Array<number>(3 - bits.length).fill(0), ...u32(size)];
  return { size, encoded: [...head, ...properties] };
}

function integer(size: number): Datatype {
  const signed = 1 << 3;
  return datatype(0, [signed], size, [...u16(0), ...u16(8 * size)]);
}

/** Two's complement, 64 and 32 bits. */
export const INT64 = integer(8);
export const INT32 = integer(4);

/** IEEE 754: the leading bit of the mantissa implied, the sign in bit 63, 11 bits of exponent above 52 of mantissa. */
export const FLOAT64 = datatype(1, [2 << 4, 63], 8, [...u16(0), ...u16(64), 52, 11, 0, 52, ...u32(1023)]);

/** Where an object is in the file. */
export const REFERENCE = datatype(7, [], 8);

/** UTF-8 with a zero at the end: of that kind the library wants the text that says that a dataset is a scale. */
export function stringOf(size: number): Datatype {
  return datatype(3, [1 << 4], size);
}

/** Sequences of any length, which lie in a global heap: their length, its address and the index in it. */
export function sequenceOf(base: Datatype): Datatype {
  return datatype(9, [], 16, base.encoded);
}

/** A record of named members. */
export function compoundOf(
  size: number,
  members: readonly { readonly name: string; readonly offset: number; readonly type: Datatype }[],
): Datatype {
  const encoded = members.flatMap(({ name, offset, type }) => {
    // Rank, its permutation and four lengths, none of which a scalar member has.
    const scalar = Array<number>(28).fill(0);
    return [...padded([...utf8(name), 0], 8), ...u32(offset), ...scalar, ...type.encoded];
  });
  return datatype(6, u16(members.length), size, encoded);
}
