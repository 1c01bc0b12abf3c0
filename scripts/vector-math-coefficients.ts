/**
 * Prints src/compiler/vector-coefficients.ts: polynomials through Chebyshev nodes, which are within a small factor of the
 * best ones, and constants in two parts. Run by hand, when an interval or a degree changes:
 *
 *   node scripts/vector-math-coefficients.ts > src/compiler/vector-coefficients.ts
 */
import {
  atan,
  atanh,
  BITS,
  cos,
  div,
  erf,
  exp,
  expTail,
  fixed,
  LN2,
  mul,
  number,
  ONE,
  PI,
  sin,
  squareRoot,
  tanh,
} from "./fixed-point.ts";

type Real = (x: bigint) => bigint;

/** The coefficients, of x^0 first, of the polynomial through `count` Chebyshev nodes of [from, to]. */
function polynomial(f: Real, from: bigint, to: bigint, count: number): bigint[] {
  const middle = (from + to) / 2n;
  const half = (to - from) / 2n;
  const nodes = Array.from(
    { length: count },
    (_, index) => middle + mul(half, cos((PI * BigInt(2 * index + 1)) / BigInt(2 * count))),
  );
  // Newton's divided differences, then his form multiplied out.
  const differences = nodes.map(f);
  for (let order = 1; order < count; order++)
    for (let index = count - 1; index >= order; index--)
      differences[index] = div(differences[index] - differences[index - 1], nodes[index] - nodes[index - order]);
  let coefficients: bigint[] = [];
  for (let index = count - 1; index >= 0; index--) {
    const shifted = [0n, ...coefficients];
    coefficients.forEach((coefficient, power) => {
      shifted[power] -= mul(coefficient, nodes[index]);
    });
    shifted[0] += differences[index];
    coefficients = shifted;
  }
  return coefficients;
}

/** The largest error relative to `scale`, in units of 2^-53. */
function worst(f: Real, coefficients: readonly bigint[], from: bigint, to: bigint, scale: Real): number {
  let largest = 0;
  for (let step = 1; step < 400; step += 2) {
    const x = from + ((to - from) * BigInt(step)) / 400n;
    const fit = coefficients.reduceRight((sum, coefficient) => mul(sum, x) + fixed(number(coefficient)), 0n);
    largest = Math.max(largest, Math.abs(number(div(fit - f(x), scale(x)))) * 2 ** 53);
  }
  return largest;
}

const lines: string[] = [];

function approximate(name: string, what: string, f: Real, from: bigint, to: bigint, count: number, scale: Real): void {
  const coefficients = polynomial(f, from, to, count);
  const error = worst(f, coefficients, from, to, scale);
  lines.push(`/** ${what}: off by ${error.toPrecision(1)} of 2^-53 of the function. */`);
  lines.push(`export const ${name}: readonly number[] = [${coefficients.map(number).join(", ")}];\n`);
}

/** The leading `bits` of a constant, and the rest. */
function parts(name: string, what: string, value: bigint, bits: number): bigint {
  const unit = 1n << (BigInt(value.toString(2).length) - BigInt(bits));
  const high = (value / unit) * unit;
  lines.push(`/** ${what} */`);
  lines.push(`export const ${name} = ${number(high)};\n`);
  return value - high;
}

const real = (value: number) => fixed(value);
const half = ONE / 2n;
const root = (f: Real) => (square: bigint) => div(f(squareRoot(square)), squareRoot(square));

approximate(
  "EXP2",
  "(2^x - 1) / x for |x| <= 1/2",
  (x) => mul(LN2, expTail(mul(x, LN2), 1n)),
  -half,
  half,
  11,
  (x) => div(exp(mul(x, LN2)), x),
);
approximate(
  "EXP",
  "(exp(x) - 1 - x) / x^2 for |x| <= ln 2 / 2",
  (x) => expTail(x, 2n),
  -LN2 / 2n,
  LN2 / 2n,
  11,
  (x) => div(expTail(x, 1n), x),
);
approximate(
  "ATANH",
  "(atanh(s) / s - 1) / s^2 of s^2, for |s| <= 0.2037",
  (square) => div(root(atanh)(square) - ONE, square),
  1n << (BITS / 2n),
  real(0.0415),
  8,
  (square) => div(ONE, square),
);
approximate(
  "ATAN",
  "(atan(t) / t - 1) / t^2 of t^2, for |t| <= tan(pi / 8)",
  (square) => div(root(atan)(square) - ONE, square),
  1n << (BITS / 2n),
  real(0.171573),
  12,
  (square) => div(ONE, square),
);
approximate(
  "SIN",
  "(sin(x) / x - 1) / x^2 of x^2, for |x| <= pi / 4",
  (square) => div(root(sin)(square) - ONE, square),
  1n << (BITS / 2n),
  mul(PI, PI) / 16n,
  6,
  (square) => div(ONE, square),
);
approximate(
  "COS",
  "(cos(x) - 1 + x^2 / 2) / x^4 of x^2, for |x| <= pi / 4",
  (square) => div(div(cos(squareRoot(square)) - ONE + square / 2n, square), square),
  1n << (BITS / 2n),
  mul(PI, PI) / 16n,
  6,
  (square) => div(div(ONE, square), square),
);
approximate(
  "TANH",
  "(tanh(x) / x - 1) / x^2 of x^2, for |x| <= 5/8",
  (square) => div(root(tanh)(square) - ONE, square),
  1n << (BITS / 2n),
  real(0.625 ** 2),
  12,
  (square) => div(ONE, square),
);
approximate(
  "ERF",
  "erf(x) / x - 1 of x^2, for |x| <= 1",
  (square) => root(erf)(square) - ONE,
  1n << (BITS / 2n),
  ONE,
  13,
  () => ONE,
);
const complement = (u: bigint) => {
  const x = div(ONE, u) - 2n * ONE;
  return mul(ONE - erf(x), exp(mul(x, x)));
};
approximate("ERFC", "erfc(x) exp(x^2) of u = 1 / (x + 2), for 1 <= x <= 6", complement, ONE / 8n, ONE / 3n, 15, (u) => {
  const x = div(ONE, u) - 2n * ONE;
  return mul(erf(x), exp(mul(x, x)));
});

const ln2Rest = parts("LN2_HIGH", "ln 2 to 40 bits: times an exponent it is exact", LN2, 40);
parts("LN2_LOW", "and the rest", ln2Rest, 64);
const halfPiRest = parts("HALF_PI_HIGH", "pi / 2 to 33 bits: times an integer up to 2^20 it is exact", PI / 2n, 33);
const halfPiRest2 = parts("HALF_PI_MIDDLE", "the next 33 bits", halfPiRest, 33);
parts("HALF_PI_LOW", "and the rest", halfPiRest2, 64);
const quarterPiRest = parts("QUARTER_PI_HIGH", "pi / 4 to 50 bits: times 4 or less it is exact", PI / 4n, 50);
parts("QUARTER_PI_LOW", "and the rest", quarterPiRest, 64);
const log2eRest = parts("LOG2E_HIGH", "1 / ln 2 to 26 bits", div(ONE, LN2), 26);
parts("LOG2E_LOW", "and the rest", log2eRest, 64);

console.log(`/*
 * Written by scripts/vector-math-coefficients.ts; not by hand. Coefficients of polynomials are of x^0 first.
 */

// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: fitted, whatever they are near
`);
console.log(lines.join("\n").trimEnd());
