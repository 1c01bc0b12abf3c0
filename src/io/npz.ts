import { type Zippable, zipSync } from "fflate";
import { InputError } from "../errors.ts";
import { allocate } from "./allocation.ts";
import { type ByteSource, requireRange } from "./byte-source.ts";
import type { Dtype, NdArray } from "./ndarray.ts";
import { readNpy, writeNpy } from "./npy.ts";
import { type NpyStream, npyStream, readChunks } from "./npy-stream.ts";
import { printable } from "./printable.ts";
import { type ByteRange, locateZipData, readZipDirectory, type ZipEntry } from "./zip-directory.ts";
import { PACKED_BYTES, zipUnpacker } from "./zip-entry.ts";

/** An npz archive whose arrays are read one at a time, or in rows. Unknown names: InputError `npz/missing`. */
export interface NpzArchive {
  readonly names: readonly string[];
  header(name: string): Promise<{ dtype: Dtype; shape: readonly number[]; fortranOrder: boolean }>;
  /** See `NpyStream.rows`. */
  rows(name: string, rowsPerChunk: number): AsyncGenerator<Float64Array>;
  array(name: string): Promise<NdArray>;
}

const NPY = ".npy";

/**
 * Reads every array of an npz archive, stored or deflated (numpy.savez, numpy.savez_compressed).
 *
 * Members that do not end in .npy are left out; of two with one name the later counts, as in numpy.
 *
 * @param name Named in errors.
 * @throws InputError `zip/...`, `npy/...`.
 */
export function readNpz(bytes: Uint8Array, name: string): Map<string, NdArray> {
  const arrays = new Map<string, NdArray>();
  for (const [key, entry] of npyEntries(answerFromMemory(readZipDirectory(bytes.length, name), bytes, name))) {
    const where = `${name}: ${printable(key)}`;
    const start = answerFromMemory(locateZipData(entry, where), bytes, where);
    requireRange(start, entry.compressedSize, bytes.length, where);
    arrays.set(key, readNpy(unpack(bytes.subarray(start, start + entry.compressedSize), entry, where), where));
  }
  return arrays;
}

/**
 * Opens an npz archive by its directory alone; arrays are read when asked for, in ranges.
 *
 * @throws InputError `zip/...`.
 */
export async function openNpz(source: ByteSource): Promise<NpzArchive> {
  const entries = npyEntries(await answerFromSource(readZipDirectory(source.size, source.name), source));
  const streams = new Map<string, NpyStream>();
  for (const [key, entry] of entries) {
    const where = `${source.name}: ${printable(key)}`;
    streams.set(
      key,
      npyStream(() => unpackChunks(source, entry, where), entry.size, where),
    );
  }
  const names = [...streams.keys()];
  const stream = (name: string): NpyStream => {
    const found = streams.get(name);
    if (found !== undefined) return found;
    const there =
      names.length === 0 ? "the archive is empty" : `there are: ${names.map((known) => printable(known)).join(", ")}`;
    throw new InputError("npz/missing", `no array named ${printable(name)}`, there, source.name);
  };
  return {
    names,
    async header(name) {
      const { dtype, shape, fortranOrder } = await stream(name).header();
      return { dtype, shape, fortranOrder };
    },
    async *rows(name, rowsPerChunk) {
      yield* stream(name).rows(rowsPerChunk);
    },
    array: async (name) => stream(name).array(),
  };
}

/**
 * The bytes of an npz archive that numpy.load reads; the same arrays always give the same bytes.
 *
 * @param options.level Deflate level 1 to 9, or 0 (as if absent) to store.
 * @param options.texts By whole file names, beside the arrays; numpy.load gives their bytes, `readNpz` leaves them out.
 * @throws InputError `npy/shape`, `npz/name`, `npz/too-large`.
 */
export function writeNpz(
  arrays: Readonly<Record<string, NdArray>>,
  options: { level?: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9; texts?: Readonly<Record<string, string>> } = {},
): Uint8Array {
  // Local time on both sides: the zip library takes the date apart in local time too, so every time zone agrees.
  const settings = { level: options.level ?? 0, mtime: new Date(1980, 0, 1) };
  const members: Zippable = {};
  let total = 0;
  const add = (name: string, bytes: Uint8Array): void => {
    members[name] = [bytes, settings];
    total += bytes.length + 4 * name.length + 200;
  };
  for (const [name, array] of Object.entries(arrays)) {
    if (name === "" || name.length > 10_000)
      throw new InputError("npz/name", `an array's name has ${name.length} characters`, "use 1 to 10000");
    add(`${name}${NPY}`, writeNpy(array));
  }
  for (const [name, text] of Object.entries(options.texts ?? {})) add(name, new TextEncoder().encode(text));
  // The zip library writes no zip64 records.
  if (total > 0xf000_0000 || Object.keys(members).length > 0xffff)
    throw new InputError("npz/too-large", `${total} bytes in one archive`, "write fewer arrays into each archive");
  return zipSync(members);
}

function npyEntries(entries: readonly ZipEntry[]): Map<string, ZipEntry> {
  const named = entries.filter((entry) => entry.name.endsWith(NPY));
  return new Map(named.map((entry) => [entry.name.slice(0, -NPY.length), entry]));
}

function unpack(packed: Uint8Array, entry: ZipEntry, where: string): Uint8Array {
  const contents = new Uint8Array(allocate(entry.size, where));
  const push = zipUnpacker(entry, where);
  let filled = 0;
  for (let offset = 0; offset === 0 || offset < packed.length; offset += PACKED_BYTES)
    for (const piece of push(packed.subarray(offset, offset + PACKED_BYTES), offset + PACKED_BYTES >= packed.length)) {
      contents.set(piece, filled);
      filled += piece.length;
    }
  return contents;
}

async function* unpackChunks(source: ByteSource, entry: ZipEntry, where: string): AsyncGenerator<Uint8Array> {
  const start = await answerFromSource(locateZipData(entry, where), source);
  const push = zipUnpacker(entry, where);
  let remaining = entry.compressedSize;
  for await (const chunk of readChunks(source, start, start + remaining)) {
    for (let offset = 0; offset < chunk.length; offset += PACKED_BYTES) {
      const piece = chunk.subarray(offset, offset + PACKED_BYTES);
      remaining -= piece.length;
      yield* push(piece, remaining === 0);
    }
  }
}

/** Runs a parser that asks for byte ranges, answering from memory. */
function answerFromMemory<T>(parser: Generator<ByteRange, T, Uint8Array>, bytes: Uint8Array, where: string): T {
  let step = parser.next();
  while (step.done !== true) {
    const { offset, length } = step.value;
    requireRange(offset, length, bytes.length, where);
    step = parser.next(bytes.subarray(offset, offset + length));
  }
  return step.value;
}

/** Runs a parser that asks for byte ranges, answering from a source. */
async function answerFromSource<T>(parser: Generator<ByteRange, T, Uint8Array>, source: ByteSource): Promise<T> {
  let step = parser.next();
  while (step.done !== true) step = parser.next(await source.read(step.value.offset, step.value.length));
  return step.value;
}
