/** A reader of HDF5 for tests: old headers of one block, links in them, data in one piece. Written from the format's text. */
export interface Hdf5Object {
  readonly members: Readonly<Record<string, Hdf5Object>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly address: number;
}

export function readHdf5(bytes: Uint8Array): Hdf5Object {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u64 = (at: number) => Number(view.getBigUint64(at, true));
  if (u64(40) !== bytes.length) throw new Error("the end of the file is not where it says");
  return object(u64(64));

  function object(address: number): Hdf5Object {
    const members: Record<string, Hdf5Object> = {};
    const attributes: Record<string, unknown> = {};
    let [shape, values, type]: [readonly number[], readonly number[], number] = [[], [], -1];
    if (bytes[address] !== 1) throw new Error(`no header at ${address}`);
    const end = address + 16 + view.getUint32(address + 8, true);
    let [at, found] = [address + 16, 0];
    for (; at < end; found++) {
      const [kind, size, data] = [view.getUint16(at, true), view.getUint16(at + 2, true), at + 8];
      if (kind === 0x01) shape = dimensions(data);
      if (kind === 0x03) type = bytes[data] & 15;
      if (kind === 0x06) {
        const length = view.getUint16(data + 11, true);
        members[text(data + 13, length)] = object(u64(data + 13 + length));
      }
      if (kind === 0x08) {
        const [from, bytesLong] = [u64(data + 2), u64(data + 10)];
        values = Array.from({ length: bytesLong / 8 }, (_, i) => number(type, from + 8 * i));
      }
      if (kind === 0x0c) {
        const [named, typed, spaced] = [2, 4, 6].map((offset) => view.getUint16(data + offset, true));
        const [start, space] = [data + 9 + named, data + 9 + named + typed];
        attributes[text(data + 9, named - 1)] = attribute(start, dimensions(space), space + spaced);
      }
      at = data + size;
    }
    if (at !== end || found !== view.getUint16(address + 2, true)) throw new Error("messages and header disagree");
    return { members, attributes, shape, values, address };
  }

  function attribute(type: number, shape: readonly number[], data: number): unknown {
    const [kind, size] = [bytes[type] & 15, view.getUint32(type + 4, true)];
    if (kind === 3) return text(data, size - 1);
    if (kind === 0 || kind === 1) return number(kind, data);
    const each = (read: (at: number) => unknown) => Array.from({ length: shape[0] }, (_, i) => read(data + size * i));
    // References and the axis; or references in a heap, one in each sequence.
    if (kind === 6) return each((element) => [u64(element), view.getInt32(element + 8, true)]);
    return each((element) => fromHeap(u64(element + 4), view.getUint32(element + 12, true)));
  }

  function fromHeap(heap: number, wanted: number): number {
    if (text(heap, 4) !== "GCOL") throw new Error(`no heap at ${heap}`);
    for (let at = heap + 16; ; at += 16 + u64(at + 8)) if (view.getUint16(at, true) === wanted) return u64(at + 16);
  }

  function number(kind: number, at: number): number {
    return kind === 1 ? view.getFloat64(at, true) : Number(view.getBigInt64(at, true));
  }

  function dimensions(at: number): number[] {
    return Array.from({ length: bytes[at + 1] }, (_, i) => u64(at + 8 + 8 * i));
  }

  function text(at: number, length: number): string {
    return new TextDecoder().decode(bytes.subarray(at, at + length));
  }
}
