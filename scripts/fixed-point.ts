/**
 * Elementary functions in fixed point over BigInt: what polynomials are fitted to and measured against. A number x is
 * held as x 2^BITS; every function takes and gives such, from its power series, good to a few units of 2^-BITS (times
 * what its argument's size amplifies).
 */
export const BITS = 400n;
export const ONE = 1n << BITS;

export const mul = (a: bigint, b: bigint) => (a * b) >> BITS;
export const div = (a: bigint, b: bigint) => (a << BITS) / b;
const magnitude = (a: bigint) => (a < 0n ? -a : a);

/** An f64, exactly as long as it is a multiple of 2^-BITS. */
export function fixed(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const mantissa = (bits & 0xfffffffffffffn) | (exponent === 0n ? 0n : 1n << 52n);
  const shift = (exponent === 0n ? 1n : exponent) - 1075n + BITS;
  const size = shift >= 0n ? mantissa << shift : mantissa >> -shift;
  return value < 0 ? -size : size;
}

/** The nearest f64, to an ulp or so of its last bits; through a mantissa of 64 bits. */
export function number(a: bigint): number {
  if (a === 0n) return 0;
  const size = magnitude(a);
  const drop = Math.max(0, size.toString(2).length - 64);
  const value = Number(size >> BigInt(drop)) * 2 ** (drop - Number(BITS));
  return a < 0n ? -value : value;
}

/** The sum of terms from `first` on; each is made of the last and its number, until they vanish. */
function series(first: bigint, next: (term: bigint, n: bigint) => bigint): bigint {
  let sum = 0n;
  let term = first;
  for (let n = 1n; term !== 0n; n++) {
    sum += term;
    term = next(term, n);
  }
  return sum;
}

/** The sum of x^(2k+1) / (2k+1), with alternating signs or all positive. */
function arcTangentSeries(x: bigint, sign: bigint): bigint {
  const square = sign * mul(x, x);
  let sum = 0n;
  for (let n = 1n, power = x; magnitude(power) > 1n; n += 2n, power = mul(power, square)) sum += power / n;
  return sum;
}

export function squareRoot(a: bigint): bigint {
  const scaled = a << BITS;
  if (scaled < 2n) return scaled;
  let root = 1n << BigInt((scaled.toString(2).length + 1) >> 1);
  for (;;) {
    const better = (root + scaled / root) >> 1n;
    if (better >= root) return root;
    root = better;
  }
}

export const atanh = (x: bigint): bigint => log(div(ONE + x, ONE - x)) >> 1n;

export function atan(x: bigint): bigint {
  // atan x = 2 atan(x / (1 + sqrt(1 + x^2))), down to where the series is quick.
  let reduced = x;
  let doublings = 0n;
  for (; magnitude(reduced) > ONE >> 4n; doublings++)
    reduced = div(reduced, ONE + squareRoot(ONE + mul(reduced, reduced)));
  return arcTangentSeries(reduced, -1n) << doublings;
}

/** pi, by Machin's formula. */
export const PI = 4n * (4n * arcTangentSeries(ONE / 5n, -1n) - arcTangentSeries(ONE / 239n, -1n));

/** ln 2 = 2 atanh(1/3) */
export const LN2 = 2n * arcTangentSeries(ONE / 3n, 1n);

export function log(x: bigint): bigint {
  let exponent = BigInt(x.toString(2).length) - BITS;
  let mantissa = exponent >= 0n ? x >> exponent : x << -exponent;
  if (exponent === 1n) [mantissa, exponent] = [x, 0n];
  // Square roots bring it near 1.
  let doublings = 1n;
  for (; magnitude(mantissa - ONE) > ONE >> 5n; doublings++) mantissa = squareRoot(mantissa);
  return (arcTangentSeries(div(mantissa - ONE, mantissa + ONE), 1n) << doublings) + exponent * LN2;
}

/** The exponential series of a small x without its first `order` terms, over x^order: 1/order! + x/(order + 1)! + ... */
export function expTail(x: bigint, order: bigint): bigint {
  let first = ONE;
  for (let n = 2n; n <= order; n++) first /= n;
  return series(first, (term, n) => mul(term, x) / (n + order));
}

/** exp x as a mantissa in [1/2, 2) and a power of two. */
export function expParts(x: bigint): { mantissa: bigint; exponent: bigint } {
  const exponent = (x + (LN2 >> 1n)) / LN2;
  return { mantissa: expTail(x - exponent * LN2, 0n), exponent };
}

export function exp(x: bigint): bigint {
  const { mantissa, exponent } = expParts(x);
  return exponent >= 0n ? mantissa << exponent : mantissa >> -exponent;
}

export function tanh(x: bigint): bigint {
  const grown = exp(2n * x);
  return div(grown - ONE, grown + ONE);
}

export function sin(x: bigint): bigint {
  const turns = x / (2n * PI);
  const reduced = x - turns * 2n * PI;
  const square = mul(reduced, reduced);
  return series(reduced, (term, n) => -mul(term, square) / (2n * n * (2n * n + 1n)));
}

export const cos = (x: bigint): bigint => sin(x + PI / 2n);

/** Abramowitz & Stegun 1964, 7.1.5; x up to 8. */
export function erf(x: bigint): bigint {
  const square = mul(x, x);
  let sum = 0n;
  for (let n = 0n, term = x; magnitude(term) > 1n; n++, term = -mul(term, square) / n) sum += term / (2n * n + 1n);
  return div(2n * sum, squareRoot(PI));
}
