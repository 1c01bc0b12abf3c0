import { fft2d, fftSize } from "../operators/fft.ts";
import { type Matrix, type SparseMatrix, zeros } from "../operators/matrix.ts";
import type { WCompact, WCompactTimesArgs } from "../operators/w-compact.ts";

/** Rows and columns in which a convolution of a grid with its differences does not wrap around. */
export function convolutionShape([rows, columns]: WCompact["shape"]): [rows: number, columns: number] {
  return [fftSize(2 * rows - 1), fftSize(2 * columns - 1)];
}

/**
 * F = T' W T with W times a column of T as a convolution with `minus`, and with `plus` of the column turned about the
 * centre of the grid: S / 2 pairs of transforms whatever the mapping, so it wins where S is small against M.
 */
export function curvatureMatrixViaWCompactFft(args: WCompactTimesArgs): Matrix {
  const { wCompact, nativeIndex: at, sparseMappingMatrix: t } = args;
  const [, columns] = convolutionShape(wCompact.shape);
  const [gridRows, gridColumns] = wCompact.shape;
  const differences = spectrum(wCompact, (d, e) => {
    return wCompact.minus[Math.abs(d) * (2 * gridColumns - 1) + (d < 0 ? -e : e) + gridColumns - 1];
  });
  const { plus } = wCompact;
  const sums =
    plus && spectrum(wCompact, (d, e) => plus[(d + gridRows - 1) * (2 * gridColumns - 1) + e + gridColumns - 1]);
  const out = zeros(t.columns, t.columns);
  for (let p = 0; p < t.columns; p++) {
    let product = times(differences, transformOf(column(args, p, false), wCompact));
    if (sums !== null) {
      const turned = times(sums, transformOf(column(args, p, true), wCompact));
      product = product.map((value, k) => value + turned[k]);
    }
    const image = fft2d({ shape: convolutionShape(wCompact.shape), values: product, inverse: true });
    for (let i = 0; i < t.rows; i++) {
      const value = image[2 * (at[2 * i] * columns + at[2 * i + 1])];
      for (let e = t.rowStart[i]; e < t.rowStart[i + 1]; e++) {
        // Half to each of both places, which are equal but for rounding.
        out.values[p * t.columns + t.columnIndex[e]] += (t.values[e] * value) / 2;
        out.values[t.columnIndex[e] * t.columns + p] += (t.values[e] * value) / 2;
      }
    }
  }
  return out;
}

/** Spectrum of a kernel given on differences of rows and of columns. */
function spectrum(w: WCompact, kernel: (d: number, e: number) => number): Float64Array {
  const [rows, columns] = convolutionShape(w.shape);
  const values = new Float64Array(2 * rows * columns);
  for (let d = 1 - w.shape[0]; d < w.shape[0]; d++) {
    for (let e = 1 - w.shape[1]; e < w.shape[1]; e++) {
      values[2 * (((d + rows) % rows) * columns + ((e + columns) % columns))] = kernel(d, e);
    }
  }
  return fft2d({ shape: [rows, columns], values, inverse: false });
}

/** Column p of T on the grid, turned about its centre where `turned`. */
function column({ wCompact, nativeIndex, sparseMappingMatrix: t }: WCompactTimesArgs, p: number, turned: boolean) {
  const [rows, columns] = wCompact.shape;
  const image = new Float64Array(rows * columns);
  for (let i = 0; i < t.rows; i++) {
    const pixel = nativeIndex[2 * i] * columns + nativeIndex[2 * i + 1];
    const entry = entryOf(t, i, p);
    if (entry !== 0) image[turned ? rows * columns - 1 - pixel : pixel] = entry;
  }
  return image;
}

function entryOf(t: SparseMatrix, row: number, p: number): number {
  for (let e = t.rowStart[row]; e < t.rowStart[row + 1]; e++) {
    if (t.columnIndex[e] === p) return t.values[e];
  }
  return 0;
}

function transformOf(image: Float64Array, { shape }: WCompact): Float64Array {
  const [rows, columns] = convolutionShape(shape);
  const values = new Float64Array(2 * rows * columns);
  for (let pixel = 0; pixel < image.length; pixel++) {
    values[2 * (Math.floor(pixel / shape[1]) * columns + (pixel % shape[1]))] = image[pixel];
  }
  return fft2d({ shape: [rows, columns], values, inverse: false });
}

/** The product of complex numbers, one by one. */
function times(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, k) => {
    return k % 2 === 0 ? value * b[k] - a[k + 1] * b[k + 1] : a[k - 1] * b[k] + value * b[k - 1];
  });
}
