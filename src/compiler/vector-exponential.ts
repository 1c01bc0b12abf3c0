import { ATANH, EXP, EXP2, LN2_HIGH, LN2_LOW, LOG2E_HIGH, LOG2E_LOW, TANH } from "./vector-coefficients.ts";
import { bitsOf, type Vector, type VectorBuilder } from "./vectors.ts";

/*
 * Exponentials, logarithms, powers and the hyperbolic tangent on vectors.
 *
 * Errors are bounds on the largest of 40,000 random arguments (test/compiler/vector-math.test.ts draws a part of them), in
 * units of the last place of the exact value: with fused multiply-adds / without.
 */

/** Added to a number below 2^51, it leaves the nearest integer in the lowest bits of the sum. */
const ROUNDER = 1.5 * 2 ** 52;

export const SMALLEST_NORMAL = 2 ** -1022;

/** Beyond these the powers of two are 0 and infinite. */
const LARGEST_EXPONENT = 1100;

/**
 * 2^x; 0.9 / 1.1 ulp. Results below the normal numbers, 2^-1022, are good to 2^-1023 only, and are 0 from there on: two
 * instructions do for what takes seven in `exp`.
 */
export function exp2(v: VectorBuilder, x: Vector): Vector {
  // At both limits the fraction is zero and the power 1, so that an exponent of zero or all ones makes 0 or infinity.
  const limited = v.smaller(v.larger(x, v.constant(-1023)), v.constant(1024));
  const { fraction, shifted } = nearestInteger(v, limited);
  return v.addInteger(powerOfFraction(v, fraction), v.shiftLeft(shifted, 52));
}

/** 2^(x + tail) for a tail that is small against 1. */
function exp2OfSum(v: VectorBuilder, x: Vector, tail: Vector): Vector {
  const { fraction, integer, shifted } = nearestInteger(v, clamp(v, x, LARGEST_EXPONENT));
  return timesPowerOfTwo(v, powerOfFraction(v, v.add(fraction, tail)), integer, shifted);
}

/** x = integer + fraction; the integer is also in the lowest bits of `shifted`. */
function nearestInteger(v: VectorBuilder, x: Vector) {
  const shifted = v.add(x, v.constant(ROUNDER));
  const integer = v.sub(shifted, v.constant(ROUNDER));
  return { fraction: v.sub(x, integer), integer, shifted };
}

/** 2^x for |x| <= 1/2 */
function powerOfFraction(v: VectorBuilder, x: Vector): Vector {
  return v.multiplyAdd(v.polynomial(EXP2, x), x, v.constant(1));
}

/** e^x; 1.0 / 1.0 ulp. */
export function exp(v: VectorBuilder, x: Vector): Vector {
  const limited = clamp(v, x, LARGEST_EXPONENT * Math.LN2);
  const shifted = v.multiplyAdd(limited, v.constant(Math.LOG2E), v.constant(ROUNDER));
  const integer = v.sub(shifted, v.constant(ROUNDER));
  const fraction = v.negatedMultiplyAdd(
    integer,
    v.constant(LN2_LOW),
    v.negatedMultiplyAdd(integer, v.constant(LN2_HIGH), limited),
  );
  const beyond = v.multiplyAdd(v.mul(fraction, fraction), v.polynomial(EXP, fraction), fraction);
  return timesPowerOfTwo(v, v.add(beyond, v.constant(1)), integer, shifted);
}

function clamp(v: VectorBuilder, x: Vector, limit: number): Vector {
  return v.smaller(v.larger(x, v.constant(-limit)), v.constant(limit));
}

/**
 * x 2^integer in two factors, so that results below the normal numbers are rounded once and those above are infinite.
 * @param shifted `integer` + ROUNDER
 */
function timesPowerOfTwo(v: VectorBuilder, x: Vector, integer: Vector, shifted: Vector): Vector {
  const half = v.multiplyAdd(integer, v.constant(0.5), v.constant(ROUNDER + 1023));
  const rest = v.addInteger(v.subInteger(shifted, half), v.bits(2046n));
  return v.mul(v.mul(x, v.shiftLeft(half, 52)), v.shiftLeft(rest, 52));
}

/**
 * x = mantissa 2^exponent, sqrt(1/2) <= mantissa < sqrt 2. Where there is no such thing the exponent is what a logarithm is:
 * minus infinity at zero, infinity at infinity, and NaN at NaN and below zero.
 * @param normal Whether x is known to be above the subnormal numbers, or to be infinite or NaN.
 */
function mantissaAndExponent(v: VectorBuilder, x: Vector, normal: boolean): { mantissa: Vector; exponent: Vector } {
  const tiny = normal ? undefined : v.less(x, v.constant(SMALLEST_NORMAL));
  const scaled = tiny === undefined ? x : v.select(tiny, v.mul(x, v.constant(2 ** 54)), x);
  const shifted = v.addInteger(scaled, v.bits(bitsOf(1) - bitsOf(Math.SQRT1_2)));
  const mantissa = v.addInteger(v.and(shifted, v.bits(0xfffffffffffffn)), v.bits(bitsOf(Math.SQRT1_2)));
  const biased = v.or(v.shiftRight(shifted, 52), v.constant(2 ** 52));
  const bias = v.constant(2 ** 52 + 1023);
  const finite = v.sub(biased, tiny === undefined ? bias : v.add(v.and(tiny, v.constant(54)), bias));
  // What is left of x without the largest number is above an exponent, or NaN, only where x is not finite.
  const exponent = v.larger(v.sub(x, v.constant(Number.MAX_VALUE)), finite);
  if (normal) return { mantissa, exponent };
  // Zero has no bits below the exponent's, whatever its sign; all others below zero have, once moved down.
  const notPositive = v.or(v.or(x, v.shiftRight(x, 11)), v.constant(-Infinity));
  return { mantissa, exponent: v.select(v.less(v.constant(0), x), exponent, notPositive) };
}

/** For 1 + f: f^2 / 2, and s (f^2 / 2 + R) with s = f / (2 + f), so that ln(1 + f) = f - (f^2 / 2 - s (f^2 / 2 + R)): fdlibm's. */
function logarithmParts(v: VectorBuilder, mantissa: Vector) {
  const one = v.constant(1);
  const f = v.sub(mantissa, one);
  const s = v.div(f, v.add(mantissa, one));
  const square = v.mul(s, s);
  const halfSquare = v.mul(v.mul(f, v.constant(0.5)), f);
  const inner = v.multiplyAdd(square, v.polynomial(TWICE_ATANH, square), halfSquare);
  return { f, halfSquare, s, inner };
}

const TWICE_ATANH = ATANH.map((coefficient) => 2 * coefficient);

/**
 * ln x; 0.9 / 0.9 ulp.
 * @param normal As for `log2`.
 */
export function log(v: VectorBuilder, x: Vector, normal = false): Vector {
  const { mantissa, exponent } = mantissaAndExponent(v, x, normal);
  const { f, halfSquare, s, inner } = logarithmParts(v, mantissa);
  const correction = v.multiplyAdd(s, inner, v.mul(exponent, v.constant(LN2_LOW)));
  const rest = v.sub(v.sub(halfSquare, correction), f);
  return v.sub(v.mul(exponent, v.constant(LN2_HIGH)), rest);
}

/**
 * log2 x; 1.7 / 1.7 ulp.
 * @param normal Whether x is known to be at least 2^-1022, which saves a quarter of the instructions; it may be NaN.
 */
export function log2(v: VectorBuilder, x: Vector, normal = false): Vector {
  const { mantissa, exponent } = mantissaAndExponent(v, x, normal);
  const { f, halfSquare, s, inner } = logarithmParts(v, mantissa);
  const natural = v.sub(f, v.negatedMultiplyAdd(s, inner, halfSquare));
  return v.multiplyAdd(natural, v.constant(Math.LOG2E), exponent);
}

/**
 * x^y for x >= 0, and NaN below, by a logarithm of some 60 bits in two parts; 1.1 / 1.2 ulp for |y| <= 30. The error grows
 * with |y|: where it is largest, x^2000 near 2^1020, it is 40 ulp.
 */
export function pow(v: VectorBuilder, x: Vector, y: Vector): Vector {
  const [high, low] = log2Parts(v, x);
  const product = v.mul(y, high);
  const rest = v.add(productError(v, y, high, product), v.mul(y, low));
  const finite = v.less(v.abs(product), v.constant(LARGEST_EXPONENT));
  const power = exp2OfSum(v, product, v.and(finite, rest));
  return v.select(v.equal(y, v.constant(0)), v.constant(1), power);
}

/** log2 x as a sum of two. */
function log2Parts(v: VectorBuilder, x: Vector): [Vector, Vector] {
  const one = v.constant(1);
  const { mantissa, exponent } = mantissaAndExponent(v, x, false);
  const f = v.sub(mantissa, one);
  const divisor = v.add(mantissa, one);
  const divisorRest = v.sub(mantissa, v.sub(divisor, one));
  // s = f / (mantissa + 1) and what its rounding leaves.
  const reciprocal = v.div(one, divisor);
  const s = v.mul(f, reciprocal);
  const remainder = v.fused ? v.negatedMultiplyAdd(s, divisor, f) : exactRemainder(v, f, s, divisor);
  const sRest = v.mul(v.negatedMultiplyAdd(s, divisorRest, remainder), reciprocal);
  const square = v.mul(s, s);
  const cubic = v.mul(v.mul(s, square), v.polynomial(TWICE_ATANH, square));
  // log2 = (2 s + 2 sRest + cubic) / ln 2 + exponent, its leading product exact.
  const twice = v.add(s, s);
  const twiceHead = head(v, twice);
  const tail = v.add(v.sub(twice, twiceHead), v.multiplyAdd(sRest, v.constant(2), cubic));
  const leading = v.mul(twiceHead, v.constant(LOG2E_HIGH));
  const following = v.multiplyAdd(twiceHead, v.constant(LOG2E_LOW), v.mul(tail, v.constant(Math.LOG2E)));
  const sum = v.add(exponent, leading);
  const high = v.add(sum, following);
  const low = v.add(v.sub(leading, v.sub(sum, exponent)), v.sub(following, v.sub(high, sum)));
  return [high, low];
}

/** The leading 26 bits. */
function head(v: VectorBuilder, x: Vector): Vector {
  return v.and(x, v.bits(0xfffffffff8000000n));
}

/** a b - product, exact but for what is below the smallest number (Dekker 1971, where products are not fused). */
function productError(v: VectorBuilder, a: Vector, b: Vector, product: Vector): Vector {
  if (v.fused) return v.neg(v.negatedMultiplyAdd(a, b, product));
  const aHead = head(v, a);
  const aTail = v.sub(a, aHead);
  const bHead = head(v, b);
  const bTail = v.sub(b, bHead);
  const leading = v.sub(v.mul(aHead, bHead), product);
  return v.add(v.add(v.add(leading, v.mul(aHead, bTail)), v.mul(aTail, bHead)), v.mul(aTail, bTail));
}

function exactRemainder(v: VectorBuilder, f: Vector, s: Vector, divisor: Vector): Vector {
  const product = v.mul(s, divisor);
  return v.sub(v.sub(f, product), productError(v, s, divisor, product));
}

/** tanh x; 1.3 / 1.3 ulp. */
export function tanh(v: VectorBuilder, x: Vector): Vector {
  const one = v.constant(1);
  const magnitude = v.abs(x);
  const square = v.mul(x, x);
  const near = v.multiplyAdd(v.mul(x, square), v.polynomial(TANH, square), x);
  const grown = exp(v, v.add(magnitude, magnitude));
  const far = v.sub(one, v.div(v.constant(2), v.add(grown, one)));
  return withSign(v, v.select(v.less(magnitude, v.constant(0.625)), near, far), x);
}

/** What is not negative, with the sign of another. */
export function withSign(v: VectorBuilder, magnitude: Vector, signed: Vector): Vector {
  return v.or(magnitude, v.and(signed, v.constant(-0)));
}
