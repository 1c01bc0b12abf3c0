import { InputError } from "../errors.ts";
import { allocate } from "./allocation.ts";
import { type ByteCursor, byteCursor } from "./byte-cursor.ts";
import { HOST_ORDER, swapWords } from "./byte-order.ts";
import type { ByteSource } from "./byte-source.ts";
import { elementCount, layoutOf, type NdArray, toFloat64, wordsPerRow } from "./ndarray.ts";
import { arrayFromNpyData } from "./npy.ts";
import {
  NPY_PREFIX_BYTES,
  type NpyHeader,
  npyDataBytes,
  npyTextRange,
  parseNpyHeader,
  requireNpyDataBytes,
} from "./npy-header.ts";
import { requireRowsPerChunk } from "./rows.ts";

/** One array in the npy format that need not be held whole. */
export interface NpyStream {
  header(): Promise<NpyHeader>;
  /**
   * The values in f64, `rowsPerChunk` steps along axis 0 at a time (fewer in the last chunk); complex is interleaved, a
   * scalar is one row, an array with no elements yields nothing. Memory does not depend on the number of rows, except
   * for a Fortran-ordered array, which is read whole.
   */
  rows(rowsPerChunk: number): AsyncGenerator<Float64Array>;
  array(): Promise<NdArray>;
}

/** Bytes read at a time from a source. */
const READ_BYTES = 262_144;

/** The bytes of `[start, end)` of a source, in order. */
export async function* readChunks(
  source: ByteSource,
  start: number,
  end: number,
  bytesPerRead: number = READ_BYTES,
): AsyncGenerator<Uint8Array> {
  for (let offset = start; offset < end; offset += bytesPerRead)
    yield source.read(offset, Math.min(bytesPerRead, end - offset));
}

/** A plain npy file as a stream. */
export async function openNpy(source: ByteSource): Promise<NpyStream> {
  const stream = npyStream(() => readChunks(source, 0, source.size), source.size, source.name);
  await stream.header();
  return stream;
}

/** A stream over the `size` bytes of an npy file that `chunks` delivers from the beginning, at each call anew. */
export function npyStream(chunks: () => AsyncIterable<Uint8Array>, size: number, where: string): NpyStream {
  async function reading<T>(use: (cursor: ByteCursor, header: NpyHeader) => Promise<T>): Promise<T> {
    const cursor = byteCursor(chunks(), where);
    try {
      return await use(cursor, await readHeader(cursor, size, where));
    } finally {
      await cursor.close();
    }
  }
  const array = () =>
    reading(async (cursor, header) => {
      const buffer = allocate(npyDataBytes(header), where);
      await cursor.fill(new Uint8Array(buffer));
      await cursor.finish();
      return arrayFromNpyData(header, buffer, where);
    });
  return {
    header: () => reading(async (_cursor, header) => header),
    array,
    async *rows(rowsPerChunk) {
      requireRowsPerChunk(rowsPerChunk, where);
      const cursor = byteCursor(chunks(), where);
      try {
        const header = await readHeader(cursor, size, where);
        if (header.fortranOrder && header.shape.length > 1) yield* sliceRows(await array(), rowsPerChunk, where);
        else yield* streamRows(cursor, header, rowsPerChunk, where);
      } finally {
        await cursor.close();
      }
    },
  };
}

async function readHeader(cursor: ByteCursor, size: number, where: string): Promise<NpyHeader> {
  const prefix = new Uint8Array(Math.min(NPY_PREFIX_BYTES, size));
  await cursor.fill(prefix);
  const { start, end, utf8 } = npyTextRange(prefix, where);
  if (end > size)
    throw new InputError(
      "npy/header",
      `the npy header ends at byte ${end} but there are ${size} bytes in all`,
      "the file is cut short; save the array again",
      where,
    );
  const text = new Uint8Array(end - start);
  // Version 1.0 has a shorter prefix: what was read too much is the beginning of the text.
  const ahead = prefix.subarray(start, Math.min(prefix.length, end));
  text.set(ahead);
  await cursor.fill(text.subarray(ahead.length));
  const header = parseNpyHeader(text, utf8, where);
  requireNpyDataBytes(header, size - end, where);
  return header;
}

async function* streamRows(
  cursor: ByteCursor,
  header: NpyHeader,
  rowsPerChunk: number,
  where: string,
): AsyncGenerator<Float64Array> {
  const { dtype, shape } = header;
  const { wordBytes, view } = layoutOf(dtype);
  const rowBytes = wordsPerRow(dtype, shape) * wordBytes;
  const rowCount = elementCount(shape) === 0 ? 0 : (shape[0] ?? 1);
  for (let row = 0; row < rowCount; row += rowsPerChunk) {
    const count = Math.min(rowsPerChunk, rowCount - row);
    const buffer = allocate(count * rowBytes, where);
    const bytes = new Uint8Array(buffer);
    await cursor.fill(bytes);
    if (row + count === rowCount) await cursor.finish();
    if (header.byteOrder !== HOST_ORDER) swapWords(bytes, wordBytes);
    yield rowValues({ dtype, shape: [count, ...shape.slice(1)], data: view(buffer) }, where);
  }
  if (rowCount === 0) await cursor.finish();
}

function* sliceRows(array: NdArray, rowsPerChunk: number, where: string): Generator<Float64Array> {
  const perRow = wordsPerRow(array.dtype, array.shape);
  const { data } = array;
  for (let start = 0; start < data.length; start += rowsPerChunk * perRow)
    yield rowValues({ ...array, data: data.slice(start, start + rowsPerChunk * perRow) }, where);
}

function rowValues(rows: NdArray, where: string): Float64Array {
  try {
    return toFloat64(rows);
  } catch (error) {
    throw error instanceof InputError ? error.at(where) : error;
  }
}
