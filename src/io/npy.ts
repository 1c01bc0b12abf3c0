import { InputError } from "../errors.ts";
import { allocate } from "./allocation.ts";
import { HOST_ORDER, swapWords } from "./byte-order.ts";
import { elementCount, fortranToC, layoutOf, type NdArray } from "./ndarray.ts";
import {
  encodeNpyHeader,
  NPY_PREFIX_BYTES,
  type NpyHeader,
  npyTextRange,
  parseNpyHeader,
  requireNpyDataBytes,
} from "./npy-header.ts";

/**
 * Reads a whole npy file; any byte order, Fortran order turned into C order.
 *
 * @param name Named in errors.
 * @throws InputError `npy/...`.
 */
export function readNpy(bytes: Uint8Array, name: string): NdArray {
  const { start, end, utf8 } = npyTextRange(bytes.subarray(0, NPY_PREFIX_BYTES), name);
  if (end > bytes.length)
    throw new InputError(
      "npy/header",
      `the npy header ends at byte ${end} but there are ${bytes.length} bytes in all`,
      "the file is cut short; save the array again",
      name,
    );
  const header = parseNpyHeader(bytes.subarray(start, end), utf8, name);
  requireNpyDataBytes(header, bytes.length - end, name);
  const buffer = allocate(bytes.length - end, name);
  new Uint8Array(buffer).set(bytes.subarray(end));
  return arrayFromNpyData(header, buffer, name);
}

/** The array over `buffer`, which holds the data as stored, whole, and is taken over. */
export function arrayFromNpyData(header: NpyHeader, buffer: ArrayBuffer, where: string): NdArray {
  const { dtype, shape } = header;
  const { words, wordBytes, view } = layoutOf(dtype);
  if (header.byteOrder !== HOST_ORDER) swapWords(new Uint8Array(buffer), wordBytes);
  if (!header.fortranOrder || shape.length < 2) return { dtype, shape, data: view(buffer) };
  const data = view(allocate(buffer.byteLength, where));
  fortranToC(view(buffer), data, shape, words);
  return { dtype, shape, data };
}

/**
 * The bytes of an npy file, format 1.0, little-endian, C order; numpy.load reads them.
 *
 * @throws InputError `npy/shape` if the data are not of the length or type that dtype and shape say.
 */
export function writeNpy(array: NdArray): Uint8Array {
  const { dtype, shape, data } = array;
  const { words, wordBytes, view } = layoutOf(dtype);
  const sound = shape.every((length) => Number.isSafeInteger(length) && length >= 0) && shape.length <= 64;
  const typed = data.constructor === view(new ArrayBuffer(0)).constructor;
  if (!sound || !typed || data.length !== elementCount(shape) * words)
    throw new InputError(
      "npy/shape",
      `a ${data.constructor.name} of ${data.length} values cannot be an array of dtype ${dtype} and shape (${shape.join(", ")})`,
      "make the shape and dtype fit the data",
    );
  const header = encodeNpyHeader(dtype, shape);
  const bytes = new Uint8Array(header.length + data.byteLength);
  bytes.set(header);
  const body = bytes.subarray(header.length);
  body.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (HOST_ORDER !== "little") swapWords(body, wordBytes);
  return bytes;
}
