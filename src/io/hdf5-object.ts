import type { Datatype } from "./hdf5-datatype.ts";
import { padded, u16, u32, u64, utf8 } from "./little-endian.ts";

/*
 * Objects of HDF5, groups and datasets, are headers: lists of messages (HDF5 File Format Specification 3.0, IV.A).
 * Headers are of version 1, which has no checksums; links to members are messages too, in the order of their creation.
 */

/** An address that is none. */
export const NOWHERE: readonly number[] = Array<number>(8).fill(255);

/** One message of an object header. */
export interface Message {
  readonly type: number;
  readonly data: readonly number[];
}

/** A value with a name on an object. */
export interface Attribute {
  readonly name: string;
  readonly type: Datatype;
  /** The lengths; [] for a scalar. */
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** The most that a message can hold. */
export const LARGEST_MESSAGE = 65_535 - 7;

/** The header of an object. */
export function objectHeader(messages: readonly Message[]): number[] {
  const body = messages.flatMap(({ type, data }) => {
    const filled = padded(data, 8);
    return [...u16(type), ...u16(filled.length), 0, 0, 0, 0, ...filled];
  });
  const references = 1;
  return [1, 0, ...u16(messages.length), ...u32(references), ...u32(body.length), 0, 0, 0, 0, ...body];
}

function dataspace(shape: readonly number[]): number[] {
  return [1, shape.length, 0, 0, 0, 0, 0, 0, ...shape.flatMap(u64)];
}

/** Messages of a dataset that lies in one piece. */
export function datasetMessages(type: Datatype, shape: readonly number[], address: number, bytes: number): Message[] {
  const [version, contiguous] = [3, 1];
  // Space given out at once, fill values written where there are any, and there are none.
  const fill = [2, 1, 2, 0];
  return [
    { type: 0x01, data: dataspace(shape) },
    { type: 0x03, data: type.encoded },
    { type: 0x05, data: fill },
    { type: 0x08, data: [version, contiguous, ...(bytes > 0 ? u64(address) : NOWHERE), ...u64(bytes)] },
  ];
}

/** Messages of a group with its members' names and addresses. */
export function groupMessages(members: readonly { readonly name: string; readonly address: number }[]): Message[] {
  const orderTracked = 1;
  return [
    { type: 0x02, data: [0, orderTracked, ...u64(members.length), ...NOWHERE, ...NOWHERE] },
    { type: 0x0a, data: [0, 0] },
    ...members.map(({ name, address }, order) => ({ type: 0x06, data: link(name, order, address) })),
  ];
}

/** A hard link; flags: two bytes for the length of the name, the order, the character set. */
function link(name: string, order: number, address: number): number[] {
  const [flags, isUtf8, bytes] = [0b1_0101, 1, utf8(name)];
  return [1, flags, ...u64(order), isUtf8, ...u16(bytes.length), ...bytes, ...u64(address)];
}

export function attributeMessage({ name, type, shape, data }: Attribute): Message {
  const [named, space, isUtf8] = [[...utf8(name), 0], dataspace(shape), 1];
  const sizes = [named, type.encoded, space].flatMap(({ length }) => u16(length));
  return { type: 0x0c, data: [3, 0, ...sizes, isUtf8, ...named, ...type.encoded, ...space, ...data] };
}
