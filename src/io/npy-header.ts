import { InputError } from "../errors.ts";
import type { ByteOrder } from "./byte-order.ts";
import { type Dtype, elementCount, layoutOf } from "./ndarray.ts";
import { printable } from "./printable.ts";

/**
 * The header of the npy format, versions 1.0, 2.0 and 3.0:
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export interface NpyHeader {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  readonly byteOrder: ByteOrder;
}

/** Bytes that tell the version and the length of the header, in every version. */
export const NPY_PREFIX_BYTES = 12;
/** Longer headers only describe structured types, which are not read. */
const MAX_HEADER_BYTES = 65_536;
const MAX_DIMENSIONS = 64;
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

const DTYPES: ReadonlyMap<string, Dtype> = new Map([
  ["f8", "f8"],
  ["f4", "f4"],
  ["i8", "i8"],
  ["i4", "i4"],
  ["i2", "i2"],
  ["u1", "u1"],
  ["b1", "bool"],
  ["c16", "c16"],
] as const);

/**
 * Where the header text lies, from the file's first `NPY_PREFIX_BYTES` bytes (fewer only if the file is shorter).
 *
 * @throws InputError `npy/not-npy`, `npy/version`, `npy/header`.
 */
export function npyTextRange(prefix: Uint8Array, where: string): { start: number; end: number; utf8: boolean } {
  if (prefix.length < 10 || MAGIC.some((byte, i) => prefix[i] !== byte))
    throw new InputError("npy/not-npy", "the bytes are not in the npy format", "write it with numpy.save", where);
  const major = prefix[6];
  if (major < 1 || major > 3 || prefix[7] !== 0)
    throw new InputError(
      "npy/version",
      `npy format version ${major}.${prefix[7]} is unknown`,
      "save the array with versions 1.0 to 3.0",
      where,
    );
  const start = major === 1 ? 10 : 12;
  if (prefix.length < start) throw malformed("is cut short", where);
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER_BYTES) throw malformed(`has ${length} bytes (at most ${MAX_HEADER_BYTES} are read)`, where);
  return { start, end: start + length, utf8: major === 3 };
}

/**
 * Parses the header text, a Python dict literal with the keys descr, fortran_order and shape.
 *
 * @throws InputError `npy/header`, `npy/dtype`, `npy/shape`.
 */
export function parseNpyHeader(text: Uint8Array, utf8: boolean, where: string): NpyHeader {
  const source = new TextDecoder(utf8 ? "utf-8" : "latin1").decode(text);
  let position = 0;
  const accept = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const match = pattern.exec(source);
    if (match === null) return undefined;
    position = pattern.lastIndex;
    return match[1] ?? match[0];
  };
  const expect = (pattern: RegExp, what: string): string => {
    const token = accept(pattern);
    if (token !== undefined) return token;
    throw malformed(`has "${printable(source.slice(position), 20)}" where ${what} belongs`, where);
  };

  const values = new Map<string, string | boolean | readonly number[]>();
  expect(/\s*\{/y, "an opening brace");
  while (accept(/\s*\}/y) === undefined) {
    const key = expect(STRING, "a key").slice(1, -1);
    expect(/\s*:/y, "a colon");
    if (values.has(key)) throw malformed(`has the key ${key} twice`, where);
    if (key === "descr") {
      if (accept(/\s*\[/y) !== undefined) throw unsupported("a structured type", where);
      values.set(key, expect(STRING, "a type").slice(1, -1));
    } else if (key === "fortran_order") values.set(key, expect(/\s*(True|False)\b/y, "True or False") === "True");
    else if (key === "shape") values.set(key, parseShape(accept, expect, where));
    else throw malformed(`has the unknown key "${printable(key, 40)}"`, where);
    if (accept(/\s*,/y) === undefined) {
      expect(/\s*\}/y, "a closing brace");
      break;
    }
  }
  expect(/\s*$/y, "the end of the header");

  const descr = values.get("descr");
  const fortranOrder = values.get("fortran_order");
  const shape = values.get("shape");
  if (typeof descr !== "string" || typeof fortranOrder !== "boolean" || typeof shape !== "object")
    throw malformed("lacks one of descr, fortran_order and shape", where);
  return { ...parseDescr(descr, where), shape, fortranOrder };
}

const STRING = /\s*('[^'\\\n]*'|"[^"\\\n]*")/y;

function parseShape(
  accept: (pattern: RegExp) => string | undefined,
  expect: (pattern: RegExp, what: string) => string,
  where: string,
): readonly number[] {
  const shape: number[] = [];
  expect(/\s*\(/y, "a shape");
  while (accept(/\s*\)/y) === undefined) {
    // Python 2 wrote long integers with an L.
    const digits = expect(/\s*(\d+)L?/y, "a length");
    const length = Number(digits);
    if (!Number.isSafeInteger(length) || shape.length === MAX_DIMENSIONS)
      throw new InputError(
        "npy/shape",
        Number.isSafeInteger(length)
          ? `the array has more than ${MAX_DIMENSIONS} dimensions`
          : `the array's shape has a length of ${digits.slice(0, 40)}`,
        "the file is damaged; save the array again",
        where,
      );
    shape.push(length);
    if (accept(/\s*,/y) === undefined) {
      // (3) is an integer in Python, not a tuple, but no writer can have meant anything else.
      expect(/\s*\)/y, "a closing parenthesis");
      break;
    }
  }
  return shape;
}

function parseDescr(descr: string, where: string): { dtype: Dtype; byteOrder: ByteOrder } {
  const match = /^([<>|=])([a-zA-Z?][0-9]*)$/.exec(descr);
  const dtype = match === null ? undefined : DTYPES.get(match[2]);
  if (match === null || dtype === undefined) throw unsupported(`dtype "${printable(descr, 40)}"`, where);
  const order = match[1];
  if (layoutOf(dtype).wordBytes > 1 && order !== "<" && order !== ">")
    throw unsupported(`dtype "${descr}", which names no byte order,`, where);
  return { dtype, byteOrder: order === ">" ? "big" : "little" };
}

/** Bytes of data that the header declares; Infinity stands for anything beyond 2^53. */
export function npyDataBytes(header: NpyHeader): number {
  const { words, wordBytes } = layoutOf(header.dtype);
  const bytes = elementCount(header.shape) * words * wordBytes;
  return Number.isSafeInteger(bytes) ? bytes : Number.POSITIVE_INFINITY;
}

/** Throws `npy/size` unless the declared data are exactly the `available` bytes after the header. */
export function requireNpyDataBytes(header: NpyHeader, available: number, where: string): void {
  const declared = npyDataBytes(header);
  if (declared === available) return;
  const shape = `(${header.shape.join(", ")})`;
  throw new InputError(
    "npy/size",
    `an array of shape ${shape} and dtype ${header.dtype} takes ${declared} bytes but ${available} follow the header`,
    "the file is cut short or damaged; save the array again",
    where,
  );
}

/** Header bytes of format 1.0 for little-endian data in C order, padded so that the data start on a multiple of 64. */
export function encodeNpyHeader(dtype: Dtype, shape: readonly number[]): Uint8Array {
  const descr = { bool: "|b1", u1: "|u1", f8: "<f8", f4: "<f4", i8: "<i8", i4: "<i4", i2: "<i2", c16: "<c16" }[dtype];
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const literal = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const total = Math.ceil((10 + literal.length + 1) / 64) * 64;
  const bytes = new Uint8Array(total).fill(0x20);
  bytes.set([...MAGIC, 1, 0, (total - 10) & 255, (total - 10) >> 8]);
  bytes.set(new TextEncoder().encode(literal), 10);
  bytes[total - 1] = 0x0a;
  return bytes;
}

function malformed(what: string, where: string): InputError {
  return new InputError("npy/header", `the npy header ${what}`, "the file is damaged; save the array again", where);
}

function unsupported(what: string, where: string): InputError {
  return new InputError(
    "npy/dtype",
    `${what} is not read`,
    "save the array as float64, float32, int64, int32, int16, uint8, bool or complex128",
    where,
  );
}
