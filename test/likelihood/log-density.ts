import { type DenseProblem, rectangularPrior } from "./dense-inversion.ts";

// Densities of data in fixed point: their covariance, and precisions of 1e12 beside 1e-8, span more digits than doubles have.

const BITS = 300n;
const ONE = 1n << BITS;
/** A double as a whole number of 2^-300. */
function fixed(value: number): bigint {
  let [mantissa, exponent] = [value, 0];
  while (!Number.isInteger(mantissa)) [mantissa, exponent] = [mantissa * 2, exponent + 1];
  return (BigInt(mantissa) << BITS) >> BigInt(exponent);
}
const times = (a: bigint, b: bigint) => (a * b) >> BITS;
const over = (a: bigint, b: bigint) => (a << BITS) / b;
/** To 53 bits, whatever the size. */
function logOf(value: bigint): number {
  const shift = BigInt(Math.max(0, value.toString(2).length - 60));
  return Math.log(Number(value >> shift)) + Number(shift - BITS) * Math.LN2;
}

/** Rows of (A | B) reduced like `eliminated`, in fixed point: the covariance spans more digits than doubles have. */
function eliminatedExactly(rows: bigint[][]): number {
  const size = rows.length;
  let logDeterminant = 0;
  for (let k = 0; k < size; k++) {
    logDeterminant += logOf(rows[k][k]);
    const pivot = rows[k][k];
    rows[k] = rows[k].map((value) => over(value, pivot));
    rows.forEach((row, i) => {
      if (i !== k && row[k] !== 0n) rows[i] = row.map((value, j) => value - times(row[k], rows[k][j]));
    });
  }
  return logDeterminant;
}

/**
 * ln of the density of whitened data: a Gaussian about zero of covariance 1 + A H^-1 A'.
 * @param prior H in fixed point.
 */
export function logDensity({ columns, data, noiseNormalization }: DenseProblem, prior: readonly bigint[][]): number {
  const unknowns = columns.length;
  const a = columns.map((column) => Array.from(column, fixed));
  const inverse = prior.map((row, i) => [...row, ...Array.from({ length: unknowns }, (_, j) => (i === j ? ONE : 0n))]);
  eliminatedExactly(inverse);
  const spread = inverse.map((row) => {
    const ofUnknown = row.slice(unknowns);
    return a[0].map((_, n) => ofUnknown.reduce((sum, value, q) => sum + times(value, a[q][n]), 0n));
  });
  const covariance = Array.from(data, (value, m) => [
    ...a[0].map((_, n) => a.reduce((sum, column, p) => sum + times(column[m], spread[p][n]), m === n ? ONE : 0n)),
    fixed(value),
  ]);
  const logDeterminant = eliminatedExactly(covariance);
  const form = data.reduce((sum, value, m) => {
    return sum + value * (Number(covariance[m][data.length] >> (BITS - 100n)) / 2 ** 100);
  }, 0);
  return -0.5 * (form + logDeterminant + noiseNormalization);
}

/** The precision of a mesh's pixels, the 1e-8 on its diagonal whole at any coefficient, and of light below it. */
export function exactPrior(
  shape: readonly [number, number],
  coefficient: number,
  light: readonly number[] = [],
): bigint[][] {
  const laplacian = rectangularPrior(shape, 1).map((row) => row.map(Math.round));
  const size = laplacian.length + light.length;
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => {
      if (i >= laplacian.length || j >= laplacian.length) return i === j ? fixed(light[i - laplacian.length]) : 0n;
      return BigInt(laplacian[i][j]) * fixed(coefficient * coefficient) + (i === j ? fixed(1e-8) : 0n);
    }),
  );
}
