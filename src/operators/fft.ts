import { InputError } from "../errors.ts";

export interface Fft2dArgs {
  /** Rows and columns, without prime factors but 2, 3 and 5; one row is a transform in one dimension. */
  readonly shape: readonly [rows: number, columns: number];
  /** (rows, columns) complex, interleaved. */
  readonly values: Float64Array;
  /** exp(+2 pi i ...) / (rows columns) in the place of exp(-2 pi i ...). */
  readonly inverse: boolean;
}

/**
 * The discrete Fourier transform, X[p, q] = sum x[i, j] exp(-2 pi i (i p / rows + j q / columns)), or its inverse, with
 * exp(+...) and divided by rows columns.
 * @returns (rows, columns) complex, interleaved.
 * @throws InputError `fft/size` for a length with other prime factors than 2, 3 and 5.
 */
export function fft2d({ shape, values, inverse }: Fft2dArgs): Float64Array {
  requireFftShape(shape);
  const [rows, columns] = shape;
  const sign = inverse ? 1 : -1;
  const alongRows = new Float64Array(values.length);
  const roots = rootsOfUnity(columns, sign);
  for (let i = 0; i < rows; i++) transform(columns, values, i * columns, 1, alongRows, i * columns, roots);
  const out = new Float64Array(values.length);
  const column = new Float64Array(2 * rows);
  const columnRoots = rootsOfUnity(rows, sign);
  for (let j = 0; j < columns; j++) {
    transform(rows, alongRows, j, columns, column, 0, columnRoots);
    for (let i = 0; i < rows; i++) {
      out[2 * (i * columns + j)] = column[2 * i];
      out[2 * (i * columns + j) + 1] = column[2 * i + 1];
    }
  }
  return inverse ? out.map((value) => value / (rows * columns)) : out;
}

/** exp(sign 2 pi i k / n) for k < n, interleaved. */
function rootsOfUnity(n: number, sign: number): Float64Array {
  return Float64Array.from({ length: 2 * n }, (_, index) => {
    const angle = (2 * Math.PI * (index >> 1)) / n;
    return index % 2 === 0 ? Math.cos(angle) : sign * Math.sin(angle);
  });
}

/**
 * The transform of n numbers of `from`, every `stride`-th from `first` on, into n of `to` from `start` on. By the
 * smallest factor r: transforms of every r-th number, joined by r-term sums (Cooley & Tukey 1965).
 */
function transform(
  n: number,
  from: Float64Array,
  first: number,
  stride: number,
  to: Float64Array,
  start: number,
  roots: Float64Array,
): void {
  if (n === 1) {
    to[2 * start] = from[2 * first];
    to[2 * start + 1] = from[2 * first + 1];
    return;
  }
  const r = n % 2 === 0 ? 2 : n % 3 === 0 ? 3 : 5;
  const m = n / r;
  for (let s = 0; s < r; s++) transform(m, from, first + s * stride, r * stride, to, start + s * m, roots);
  // Turns from one root of order n to the next, in the table of the whole length.
  const step = roots.length / 2 / n;
  const parts = new Float64Array(2 * r);
  for (let k = 0; k < m; k++) {
    for (let s = 0; s < r; s++) {
      parts[2 * s] = to[2 * (start + s * m + k)];
      parts[2 * s + 1] = to[2 * (start + s * m + k) + 1];
    }
    for (let p = k; p < n; p += m) {
      let [re, im] = [0, 0];
      for (let s = 0; s < r; s++) {
        const root = 2 * step * ((p * s) % n);
        re += parts[2 * s] * roots[root] - parts[2 * s + 1] * roots[root + 1];
        im += parts[2 * s] * roots[root + 1] + parts[2 * s + 1] * roots[root];
      }
      to[2 * (start + p)] = re;
      to[2 * (start + p) + 1] = im;
    }
  }
}

/** Whether the FFT takes this length. */
export function isFftSize(n: number): boolean {
  if (!(Number.isInteger(n) && n > 0)) return false;
  for (const factor of [2, 3, 5]) while (n % factor === 0) n /= factor;
  return n === 1;
}

/** The next length, n itself included, that the FFT takes. */
export function fftSize(n: number): number {
  let size = Math.max(1, Math.ceil(n));
  while (!isFftSize(size)) size++;
  return size;
}

/** @throws InputError `fft/size` */
export function requireFftShape(shape: readonly number[]): void {
  const wrong = shape.find((n) => !isFftSize(n));
  if (wrong === undefined) return;
  throw new InputError(
    "fft/size",
    `an FFT of length ${wrong}, which is not a product of 2, 3 and 5`,
    Number.isFinite(wrong) ? `pad to ${fftSize(wrong)}` : "give a positive integer",
  );
}
