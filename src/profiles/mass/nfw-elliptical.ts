import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { complex } from "../complex.ts";
import { circularize, type Ellipse, ellipticity, polar } from "../elliptical.ts";
import type { Pair } from "../parameter.ts";
import { nfwProjection } from "./nfw-functions.ts";

/*
 * The deflection of an NFW halo that is elliptical in the mass, in closed form.
 *
 * In P of `elliptical.ts`, x = |P| / a with a = (1 - f) r_s, and the deflection of Bourassa & Kantowski 1975,
 *
 *   conj(alpha) = 4 kappa_s a / (1 - f^2) int_0^x g(t) t dt / sqrt(zeta^2 - k^2 t^2),   zeta = z / a,   k^2 = 4 e / (1 - f^2)^2,
 *
 * is elementary: F = u / sqrt(1 - t^2), u = arccosh(1/t), and u t / ((1 - t^2)^(3/2) sqrt(zeta^2 - k^2 t^2)) by parts, with
 * sqrt(zeta^2 - k^2 t^2) / sqrt(1 - t^2) / (zeta^2 - k^2), leaves logarithms, of which all but one cancel. With v = P / |P|,
 * w = conj(e) v^2, the root is zeta (1 - conj w) / (1 + conj w), and
 *
 *   alpha = 4 kappa_s P / (1 + w) [F s + ln(x / (1 + s))] / (s^2 - S^2),     s = (1 - w) / (1 + w),     S^2 = 1 - x^2.
 *
 * Where s^2 = S^2, at two points of the major axis, the bracket is zero too; divided by s - S it is, for x < 1,
 *
 *   F - ln(1 + y) / (s - S),     y = (s - S) / (1 + S).
 *
 * Derived here; Heyrovsky & Karamazov 2024 have the same deflection in real functions.
 */

/** From here on x^2 is near enough to 1 for 1 / S to cost digits of derivatives: four of them at most. */
const NEAR_ONE = 1 - 1e-6;
/** |y|^2 below which ln(1 + y) / y is its series. */
const SERIES_LIMIT = 0.01;
/** 0.1^15 */
const SERIES_TERMS = 15;

/** alpha of an NFW halo at an offset (y, x) from its centre, arcseconds. */
export function nfwDeflection<T>(
  algebra: Algebra<T>,
  from: Pair<T>,
  ellipse: Ellipse<T>,
  { kappaS, scaleRadius }: { readonly kappaS: T; readonly scaleRadius: T },
): Pair<T> {
  const f = formula(algebra);
  const { add, conjugate, div, mul, scale, sub } = complex(algebra);
  const zero = algebra.constant(0);
  const one: Pair<T> = [zero, algebra.constant(1)];
  const real = (value: T): Pair<T> => [zero, value];
  const point = circularize(algebra, from, ellipse);
  const { radius, direction } = polar(algebra, point);
  const inverse = f`1 / ((1 - ${ellipticity(algebra, ellipse)}) * ${scaleRadius})`;
  const x2 = f`${radius} * ${inverse} * (${radius} * ${inverse})`;
  const { F } = nfwProjection(algebra, x2);
  const w = mul(conjugate(ellipse.ellComps), mul(direction, direction));
  const onePlusW = add(one, w);
  const s = div(sub(one, w), onePlusW);
  const limit = algebra.constant(NEAR_ONE);
  const choose = (inside: T, outside: T) => f`selectLess(${x2}, ${limit}, ${inside}, ${outside})`;

  const S = f`sqrt(1 - ${choose(x2, zero)})`;
  const y = scale(f`1 / (1 + ${S})`, sub(s, real(S)));
  const inside = div(sub(real(F), scale(f`1 / (1 + ${S})`, logarithmRatio(algebra, y))), add(s, real(S)));

  const outer = choose(f`2`, x2);
  const [argument, magnitude] = logarithm(algebra, scale(f`0.5`, onePlusW));
  const bracket = add(scale(F, s), [argument, f`${magnitude} + 0.5 * log(${outer})`]);
  const outside = div(bracket, add(mul(s, s), real(f`${outer} - 1`)));

  const mean: Pair<T> = [choose(inside[0], outside[0]), choose(inside[1], outside[1])];
  return scale(f`4 * ${kappaS}`, mul(div(point, onePlusW), mean));
}

/** ln(1 + y) / y. */
function logarithmRatio<T>(algebra: Algebra<T>, y: Pair<T>): Pair<T> {
  const f = formula(algebra);
  const { add, div, mul, squaredLength } = complex(algebra);
  const limit = algebra.constant(SERIES_LIMIT);
  const size = squaredLength(y);
  const choose = (near: T, away: T) => f`selectLess(${size}, ${limit}, ${near}, ${away})`;
  let series: Pair<T> = [f`0`, f`0`];
  for (let n = SERIES_TERMS; n > 0; n--) {
    const [imaginary, real] = mul(series, y);
    series = [f`-${imaginary}`, f`${algebra.constant(1 / n)} - ${real}`];
  }
  const large: Pair<T> = [choose(f`0`, y[0]), choose(f`1`, y[1])];
  const closed = div(logarithm(algebra, add([f`0`, f`1`], large)), large);
  return [choose(series[0], closed[0]), choose(series[1], closed[1])];
}

/** The logarithm of a number with a positive real part. */
function logarithm<T>(algebra: Algebra<T>, number: Pair<T>): Pair<T> {
  const f = formula(algebra);
  return [f`atan(${number[0]} / ${number[1]})`, f`0.5 * log(${complex(algebra).squaredLength(number)})`];
}
