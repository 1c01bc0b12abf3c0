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
  const out = values.slice();
  for (let i = 0; i < rows; i++) {
    out.set(transform(out.subarray(2 * i * columns, 2 * (i + 1) * columns), sign), 2 * i * columns);
  }
  const column = new Float64Array(2 * rows);
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) column.set(complexAt(out, i * columns + j), 2 * i);
    const transformed = transform(column, sign);
    for (let i = 0; i < rows; i++) out.set(complexAt(transformed, i), 2 * (i * columns + j));
  }
  return inverse ? out.map((value) => value / (rows * columns)) : out;
}

function complexAt(values: Float64Array, index: number): Float64Array {
  return values.subarray(2 * index, 2 * index + 2);
}

/** By the smallest factor r: transforms of every r-th number, joined by r-term sums (Cooley & Tukey 1965). */
function transform(x: Float64Array, sign: number): Float64Array {
  const n = x.length / 2;
  if (n === 1) return x.slice();
  const r = [2, 3, 5].find((factor) => n % factor === 0)!;
  const m = n / r;
  const parts = Array.from({ length: r }, (_, s) => {
    const part = new Float64Array(2 * m);
    for (let i = 0; i < m; i++) part.set(complexAt(x, i * r + s), 2 * i);
    return transform(part, sign);
  });
  const out = new Float64Array(2 * n);
  for (let p = 0; p < n; p++) {
    for (let s = 0; s < r; s++) {
      const angle = (sign * 2 * Math.PI * ((p * s) % n)) / n;
      const [re, im] = complexAt(parts[s], p % m);
      out[2 * p] += re * Math.cos(angle) - im * Math.sin(angle);
      out[2 * p + 1] += re * Math.sin(angle) + im * Math.cos(angle);
    }
  }
  return out;
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
