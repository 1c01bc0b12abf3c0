import { ATANH, ERF, ERFC, LN2_HIGH, LN2_LOW } from "./vector-coefficients.ts";
import { exp, exp2, log, log2, pow, tanh, withSign } from "./vector-exponential.ts";
import { atan, atan2, cos, sin } from "./vector-trigonometry.ts";
import { bitsOf, type Vector, type VectorBuilder } from "./vectors.ts";

/**
 * The transcendental functions that vectors have, as expansions into instructions, which become part of the kernel that
 * uses them. All are right for zeros of both signs, infinities, NaN and subnormal numbers.
 */
export const VECTOR_MATH = { exp, exp2, log, log2, pow, sin, cos, atan, atan2, atanh, tanh, erf } as const;

/**
 * atanh x = 1/2 ln((1 + x) / (1 - x)) = k/2 ln 2 + atanh s, where 2^k is near the quotient and
 * s = (1 + x - 2^k (1 - x)) / (1 + x + 2^k (1 - x)), its numerator without loss; 1.7 / 1.7 ulp.
 */
function atanh(v: VectorBuilder, x: Vector): Vector {
  const one = v.constant(1);
  const plus = v.add(one, x);
  const minus = v.sub(one, x);
  // The difference of the bits, rounded to a power of two, is a rough quotient.
  const quotient = v.addInteger(v.subInteger(plus, minus), v.bits(bitsOf(1) + (1n << 51n)));
  const power = v.and(quotient, v.constant(Infinity));
  const k = v.sub(v.or(v.shiftRight(quotient, 52), v.constant(2 ** 52)), v.constant(2 ** 52 + 1023));
  // The errors of 1 + x and 1 - x are carried; what is left of their leading parts is exact.
  const plusRest = v.sub(x, v.sub(plus, one));
  const minusRest = v.sub(v.sub(one, minus), x);
  const scaled = v.mul(power, minus);
  const numerator = v.add(v.sub(plus, scaled), v.negatedMultiplyAdd(power, minusRest, plusRest));
  const denominator = v.add(plus, scaled);
  const s = v.div(numerator, denominator);
  const square = v.mul(s, s);
  const beyond = v.multiplyAdd(v.mul(s, square), v.polynomial(ATANH, square), v.mul(k, v.constant(LN2_LOW / 2)));
  const value = v.multiplyAdd(k, v.constant(LN2_HIGH / 2), v.add(s, beyond));
  const magnitude = v.abs(x);
  const outside = v.select(v.equal(magnitude, one), v.constant(Infinity), v.constant(Number.NaN));
  return withSign(v, v.select(v.less(magnitude, one), value, outside), x);
}

/** From here on erf is 1 in f64. */
const ERF_IS_ONE = 6;

/** The error function: a polynomial up to 1, and 1 - exp(-x^2) times one of 1 / (x + 2) beyond; 1.0 / 1.3 ulp. */
function erf(v: VectorBuilder, x: Vector): Vector {
  const one = v.constant(1);
  const magnitude = v.smaller(v.abs(x), v.constant(ERF_IS_ONE));
  const square = v.mul(magnitude, magnitude);
  const near = v.multiplyAdd(x, v.polynomial(ERF, square), x);
  const reciprocal = v.div(one, v.add(magnitude, v.constant(2)));
  const complement = v.mul(exp(v, v.neg(square)), v.polynomial(ERFC, reciprocal));
  return v.select(v.less(magnitude, one), near, withSign(v, v.sub(one, complement), x));
}
