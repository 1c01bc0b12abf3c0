import {
  ATAN,
  COS,
  HALF_PI_HIGH,
  HALF_PI_LOW,
  HALF_PI_MIDDLE,
  QUARTER_PI_HIGH,
  QUARTER_PI_LOW,
  SIN,
} from "./vector-coefficients.ts";
import { withSign } from "./vector-exponential.ts";
import type { Vector, VectorBuilder } from "./vectors.ts";

/* Circular functions and their inverses on vectors. Errors as in vector-exponential.ts. */

/** Beyond this, 2^20 quarter turns or so, sines and cosines are NaN. */
export const LARGEST_ANGLE = 1.6e6;

const ROUNDER = 1.5 * 2 ** 52;

/** sin x for |x| < `LARGEST_ANGLE`, and NaN beyond; 0.8 / 0.8 ulp. */
export function sin(v: VectorBuilder, x: Vector): Vector {
  return sineOfQuarter(v, x, 0n);
}

/** cos x for |x| < `LARGEST_ANGLE`, and NaN beyond; 0.8 / 0.8 ulp. */
export function cos(v: VectorBuilder, x: Vector): Vector {
  return sineOfQuarter(v, x, 1n);
}

/** sin(x + quarters pi / 2) */
function sineOfQuarter(v: VectorBuilder, x: Vector, quarters: bigint): Vector {
  const { angle, tail, shifted } = reduce(v, x);
  const quadrant = v.addInteger(shifted, v.bits(quarters));
  const odd = v.equalInteger(v.and(quadrant, v.bits(1n)), v.bits(1n));
  const sign = v.shiftLeft(v.and(quadrant, v.bits(2n)), 62);
  const value = v.xor(v.select(odd, smallCosine(v, angle, tail), smallSine(v, angle, tail)), sign);
  return v.select(v.less(v.abs(x), v.constant(LARGEST_ANGLE)), value, v.constant(Number.NaN));
}

/** x less a multiple of pi / 2, in two parts; the multiple is in the lowest bits of `shifted` (Cody & Waite 1980). */
function reduce(v: VectorBuilder, x: Vector): { angle: Vector; tail: Vector; shifted: Vector } {
  const shifted = v.multiplyAdd(x, v.constant(2 / Math.PI), v.constant(ROUNDER));
  const multiple = v.sub(shifted, v.constant(ROUNDER));
  const first = v.negatedMultiplyAdd(multiple, v.constant(HALF_PI_HIGH), x);
  const middle = v.mul(multiple, v.constant(HALF_PI_MIDDLE));
  const second = v.sub(first, middle);
  const lost = v.sub(v.sub(first, second), middle);
  const low = v.sub(v.mul(multiple, v.constant(HALF_PI_LOW)), lost);
  const angle = v.sub(second, low);
  return { angle, tail: v.sub(v.sub(second, angle), low), shifted };
}

/** sin(x + tail) for |x| <= pi / 4: fdlibm's __kernel_sin. */
function smallSine(v: VectorBuilder, x: Vector, tail: Vector): Vector {
  const square = v.mul(x, x);
  const cube = v.mul(square, x);
  const beyond = v.polynomial(SIN.slice(1), square);
  const inner = v.negatedMultiplyAdd(cube, beyond, v.mul(v.constant(0.5), tail));
  const correction = v.sub(v.mul(square, inner), tail);
  return v.sub(x, v.negatedMultiplyAdd(cube, v.constant(SIN[0]), correction));
}

/** cos(x + tail) for |x| <= pi / 4: fdlibm's __kernel_cos. */
function smallCosine(v: VectorBuilder, x: Vector, tail: Vector): Vector {
  const one = v.constant(1);
  const square = v.mul(x, x);
  const half = v.mul(v.constant(0.5), square);
  const leading = v.sub(one, half);
  const lost = v.sub(v.sub(one, leading), half);
  const beyond = v.mul(v.mul(square, square), v.polynomial(COS, square));
  return v.add(leading, v.add(lost, v.negatedMultiplyAdd(x, tail, beyond)));
}

/** Where arc tangents change their reference angle. */
const TAN_22_5 = Math.SQRT2 - 1;
const TAN_67_5 = Math.SQRT2 + 1;

/** atan x, from 0, pi / 4 or pi / 2, whichever is near; 1.5 / 1.5 ulp. */
export function atan(v: VectorBuilder, x: Vector): Vector {
  const one = v.constant(1);
  const magnitude = v.abs(x);
  const beyondFirst = v.less(v.constant(TAN_22_5), magnitude);
  const beyondSecond = v.less(v.constant(TAN_67_5), magnitude);
  // x, (x - 1) / (x + 1) or -1 / x
  const numerator = v.sub(v.andNot(magnitude, beyondSecond), v.and(beyondFirst, one));
  const denominator = v.add(v.and(magnitude, beyondFirst), v.andNot(one, beyondSecond));
  const tangent = v.div(numerator, denominator);
  const quarters = (part: number) => {
    const quarter = v.constant(part);
    return v.add(v.and(beyondFirst, quarter), v.and(beyondSecond, quarter));
  };
  return withSign(v, arcTangentFrom(v, quarters(QUARTER_PI_HIGH), quarters(QUARTER_PI_LOW), tangent), x);
}

/** high + low + atan t, for |t| <= tan(pi / 8) */
function arcTangentFrom(v: VectorBuilder, high: Vector, low: Vector, t: Vector): Vector {
  const square = v.mul(t, t);
  const beyond = v.multiplyAdd(v.mul(t, square), v.polynomial(ATAN, square), low);
  return v.add(high, v.add(t, beyond));
}

/** The angle of (x, y), as Math.atan2 has it; 1.5 / 1.5 ulp. */
export function atan2(v: VectorBuilder, y: Vector, x: Vector): Vector {
  const zero = v.constant(0);
  const one = v.constant(1);
  const two = v.constant(2);
  const infinity = v.constant(Infinity);
  const steep = v.less(v.abs(x), v.abs(y));
  const longer = v.select(steep, v.abs(y), v.abs(x));
  const shorter = v.select(steep, v.abs(x), v.abs(y));
  // Two infinities are as two ones, two zeros as 0 / 1, and very large numbers are scaled lest their sum be infinite.
  const bothInfinite = v.and(v.equal(shorter, infinity), v.equal(longer, infinity));
  const scale = v.select(v.less(v.constant(2 ** 1000), longer), v.constant(2 ** -100), one);
  const b = v.select(v.or(bothInfinite, v.equal(longer, zero)), one, v.mul(longer, scale));
  const a = v.select(bothInfinite, one, v.mul(shorter, scale));
  const diagonal = v.less(v.mul(b, v.constant(TAN_22_5)), a);
  const tangent = v.div(v.sub(a, v.and(diagonal, b)), v.add(b, v.and(diagonal, a)));
  // The angle is a multiple of pi / 4 plus or minus the arc tangent.
  const negative = v.shiftRight(x, 63);
  const mirrored = v.equalInteger(negative, v.bits(1n));
  const first = v.and(diagonal, one);
  const second = v.select(steep, v.sub(two, first), first);
  const eighths = v.select(mirrored, v.sub(v.constant(4), second), second);
  const sign = v.and(v.xor(steep, mirrored), v.constant(-0));
  const high = v.mul(eighths, v.constant(QUARTER_PI_HIGH));
  const low = v.mul(eighths, v.constant(QUARTER_PI_LOW));
  return withSign(v, arcTangentFrom(v, high, low, v.xor(tangent, sign)), y);
}
