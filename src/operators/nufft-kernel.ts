import { fftSize } from "./fft.ts";

/**
 * The Kaiser-Bessel spreading kernel of the non-uniform FFT, phi(x) = I0(beta sqrt(1 - (2x / width)^2)) / I0(beta) for
 * |x| < width / 2 in cells of a grid with twice as many cells as modes (Fessler & Sutton 2003, doi:10.1109/TSP.2002.807005).
 */
export interface SpreadingKernel {
  /** Cells, odd. */
  readonly width: number;
  readonly beta: number;
}

/** Every width, and the largest error of a mode per unit of strength that it leaves: the worst of single points. */
export const WIDTHS: readonly { readonly width: number; readonly tolerance: number }[] = [
  { width: 5, tolerance: 1e-3 },
  { width: 7, tolerance: 1e-5 },
  { width: 9, tolerance: 1e-7 },
  { width: 11, tolerance: 1e-9 },
  { width: 13, tolerance: 1e-11 },
  { width: 15, tolerance: 1e-13 },
];

/** The best that the NUFFT does. */
export const TIGHTEST = WIDTHS[WIDTHS.length - 1].tolerance;

/** The narrowest kernel that keeps to a tolerance, relative to the sum of absolute strengths. */
export function spreadingKernel(tolerance: number): SpreadingKernel {
  const { width } = WIDTHS.find((entry) => entry.tolerance <= tolerance) ?? WIDTHS[WIDTHS.length - 1];
  // A little below the usual pi width (1 - 1 / 4): the best of the worst single points at most widths.
  return { width, beta: 2.34 * width };
}

/** Modified Bessel function of order 0, by its series. */
function besselI0(x: number): number {
  const square = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= square / (k * k);
    sum += term;
  }
  return sum;
}

/** Terms of the longest plain sum of spread.as.ts: what is beyond is added with its error carried along. */
const SUMMANDS = 111;

/**
 * Bound of the error of every sum that the NUFFT takes onto a lattice with modes up to those given, relative to the sum of
 * absolute strengths (real and imaginary parts): the tolerance, and roundings. A rounding in a cell comes to a mode times
 * what the mode is divided by, at most phi's transform at 0 over that at a quarter of the cells, for either axis. There
 * are SUMMANDS additions, some ten in a term, and five a level of the FFT; strengths turned by a phase grow by sqrt 2.
 */
export function nufftError(tolerance: number, largestModes: readonly [number, number]): number {
  const kernel = spreadingKernel(tolerance);
  const amplification = (kernelTransform(kernel, 0) / kernelTransform(kernel, Math.PI / 2)) ** 2;
  const levels = largestModes.reduce((sum, mode) => sum + Math.log2(fineSize(mode)), 0);
  return Math.SQRT2 * (tolerance + 2 ** -53 * amplification * (SUMMANDS + 10 + 5 * levels));
}

/** phi at a distance in cells. */
export function kernelAt({ width, beta }: SpreadingKernel, x: number): number {
  const inside = 1 - ((2 * x) / width) ** 2;
  return inside <= 0 ? 0 : besselI0(beta * Math.sqrt(inside)) / besselI0(beta);
}

/** The Fourier transform of phi at `frequency` radians a cell: width sinh(z) / z / I0(beta), z^2 = beta^2 - (width frequency / 2)^2. */
export function kernelTransform({ width, beta }: SpreadingKernel, frequency: number): number {
  const z = Math.sqrt(beta ** 2 - ((width * frequency) / 2) ** 2);
  return (width * Math.sinh(z)) / z / besselI0(beta);
}

/** Cells of the fine grid for modes up to |m| <= largest: even, twice the modes, and not so small that taps overlap. */
export function fineSize(largestMode: number): number {
  return 2 * fftSize(Math.max(2 * largestMode + 1, 16));
}

/** What a mode m = 0 ... largest of the fine grid is divided by, inverted. */
export function deconvolution(kernel: SpreadingKernel, cells: number, largestMode: number): Float64Array {
  return Float64Array.from(
    { length: largestMode + 1 },
    (_, m) => 1 / kernelTransform(kernel, (2 * Math.PI * m) / cells),
  );
}

/** Of the table: taps a row, rows a cell, and the degree of the polynomials. */
export const TAPS = 16;
export const INTERVALS = 16;
export const DEGREE = 6;

/**
 * phi as polynomials: for a point F = (interval + 1/2 + h) / INTERVALS cells after the first tap's cell, 0 <= F < 1, tap
 * t has the value of the polynomial in h whose coefficients, highest first, stand at [interval][power][t].
 */
export function kernelTable(kernel: SpreadingKernel): Float64Array {
  const table = new Float64Array(INTERVALS * (DEGREE + 1) * TAPS);
  for (let interval = 0; interval < INTERVALS; interval++) {
    for (let tap = 0; tap < TAPS; tap++) {
      const distance = (h: number) => tap + 1 - kernel.width / 2 - (interval + 0.5 + h) / INTERVALS;
      if (Math.abs(distance(0)) >= kernel.width / 2) continue;
      const coefficients = interpolation((h) => kernelAt(kernel, distance(h)));
      for (let power = 0; power <= DEGREE; power++) {
        table[(interval * (DEGREE + 1) + power) * TAPS + tap] = coefficients[power];
      }
    }
  }
  return table;
}

/** The polynomial through the Chebyshev nodes of [-1/2, 1/2], highest power first. */
function interpolation(f: (h: number) => number): number[] {
  const nodes = Array.from({ length: DEGREE + 1 }, (_, i) => Math.cos((Math.PI * (i + 0.5)) / (DEGREE + 1)) / 2);
  const divided = nodes.map(f);
  for (let order = 1; order <= DEGREE; order++) {
    for (let i = DEGREE; i >= order; i--) divided[i] = (divided[i] - divided[i - 1]) / (nodes[i] - nodes[i - order]);
  }
  // Newton's form, multiplied out.
  let polynomial = [divided[DEGREE]];
  for (let i = DEGREE - 1; i >= 0; i--) {
    const shifted = [...polynomial, 0];
    polynomial.forEach((coefficient, power) => {
      shifted[power + 1] -= coefficient * nodes[i];
    });
    shifted[shifted.length - 1] += divided[i];
    polynomial = shifted;
  }
  return polynomial;
}
