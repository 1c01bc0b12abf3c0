import { InputError } from "../errors.ts";

export type Dtype = "f8" | "f4" | "i8" | "i4" | "i2" | "u1" | "bool" | "c16";

export type NdData = Float64Array | Float32Array | Int32Array | BigInt64Array | Int16Array | Uint8Array;

/** An n-dimensional array in C order. complex128 is interleaved (re, im) in a Float64Array of twice the element count. */
export interface NdArray {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: NdData;
}

interface Layout {
  /** Typed-array words in one element: 2 for complex. */
  readonly words: number;
  readonly wordBytes: number;
  /** A typed array of whole words over `buffer`. */
  readonly view: (buffer: ArrayBuffer) => NdData;
}

const LAYOUTS: Readonly<Record<Dtype, Layout>> = {
  f8: { words: 1, wordBytes: 8, view: (buffer) => new Float64Array(buffer) },
  f4: { words: 1, wordBytes: 4, view: (buffer) => new Float32Array(buffer) },
  i8: { words: 1, wordBytes: 8, view: (buffer) => new BigInt64Array(buffer) },
  i4: { words: 1, wordBytes: 4, view: (buffer) => new Int32Array(buffer) },
  i2: { words: 1, wordBytes: 2, view: (buffer) => new Int16Array(buffer) },
  u1: { words: 1, wordBytes: 1, view: (buffer) => new Uint8Array(buffer) },
  bool: { words: 1, wordBytes: 1, view: (buffer) => new Uint8Array(buffer) },
  c16: { words: 2, wordBytes: 8, view: (buffer) => new Float64Array(buffer) },
};

/** Memory layout of one element of `dtype`. */
export function layoutOf(dtype: Dtype): Layout {
  return LAYOUTS[dtype];
}

/** Product of the lengths; 1 for a scalar (shape []). Exact up to 2^53, beyond that only good for comparisons. */
export function elementCount(shape: readonly number[]): number {
  // A zero first: 0 * Infinity would be NaN.
  return shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, 1);
}

/** f64 words in one step along axis 0 (complex counts two); a scalar is a single row. */
export function wordsPerRow(dtype: Dtype, shape: readonly number[]): number {
  return elementCount(shape.slice(1)) * layoutOf(dtype).words;
}

/**
 * Values as f64; complex stays interleaved. A Float64Array comes back as it is, not copied.
 *
 * @throws InputError `array/inexact` for an int64 beyond 2^53, which f64 cannot hold.
 */
export function toFloat64(array: NdArray): Float64Array {
  const { data } = array;
  if (data instanceof Float64Array) return data;
  if (!(data instanceof BigInt64Array)) return Float64Array.from(data);
  const values = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    values[i] = Number(value);
    if (!Number.isSafeInteger(values[i]))
      throw new InputError(
        "array/inexact",
        `int64 value ${value} (element ${i}) has no exact f64 value`,
        "store the array as float64",
      );
  }
  return values;
}

/**
 * The same elements in C order, given in Fortran order (first axis fastest).
 *
 * `target` is filled and must be as long as `data`.
 */
export function fortranToC(data: NdData, target: NdData, shape: readonly number[], words: number): void {
  const count = elementCount(shape);
  const strides: number[] = [];
  let stride = words;
  for (const length of shape) {
    strides.push(stride);
    stride *= length;
  }
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < count * words; to += words) {
    for (let word = 0; word < words; word++) target[to + word] = data[from + word];
    // Odometer over the C-order index: the last axis turns fastest.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]++;
      from += strides[axis];
      if (index[axis] < shape[axis]) break;
      from -= index[axis] * strides[axis];
      index[axis] = 0;
    }
  }
}
