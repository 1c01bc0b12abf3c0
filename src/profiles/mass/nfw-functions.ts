import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";

/*
 * What every halo made of the NFW density 1 / (x (1 + x)^2) needs, x = r / r_s (Wright & Brainerd 2000; Bartelmann 1996):
 *
 *   F(x) = arccosh(1/x) / sqrt(1 - x^2)  or  arccos(1/x) / sqrt(x^2 - 1),     F(1) = 1
 *   g(x) = (1 - F) / (x^2 - 1),          h(x) = ln(x/2) + F
 *
 * With y = 1 - x^2, F = 1 + y/3 + y^2/5 + ... is analytic at x = 1, and so is g = (F - 1) / y.
 */

/** |y| below which g is its series: there F - 1 over y has lost two digits, its derivative three. */
const SERIES_LIMIT = 0.06;
/** 0.06^13 is 1e-16. */
const SERIES_TERMS = 13;

/** F and g of x^2 > 0. */
export function nfwProjection<T>(algebra: Algebra<T>, x2: T) {
  const f = formula(algebra);
  const y = f`1 - ${x2}`;
  const size = f`selectLess(${y}, 0, -${y}, ${y})`;
  const limit = algebra.constant(SERIES_LIMIT);
  const choose = (nearOne: T, otherwise: T) => f`selectLess(${size}, ${limit}, ${nearOne}, ${otherwise})`;
  const root = f`sqrt(${choose(limit, size)})`;
  const inner = f`0.5 * log((1 + ${root}) * (1 + ${root}) / ${x2})`;
  const closed = f`selectLess(${x2}, 1, ${inner}, atan(${root})) / ${root}`;
  const small = choose(y, limit);
  let series = algebra.constant(0);
  for (let n = SERIES_TERMS - 1; n >= 0; n--) series = f`1 / ${algebra.constant(2 * n + 3)} + ${small} * ${series}`;
  const g = choose(series, f`(${closed} - 1) / ${choose(limit, y)}`);
  return { F: f`1 + ${y} * ${g}`, g };
}

/** h / x^2, whose terms cancel to x^2 near the centre, and x^2 F^2 - F^2 + ln(x/2)^2 over x^2, which do too. */
export function nfwMeans<T>(algebra: Algebra<T>, x2: T) {
  const f = formula(algebra);
  const { F } = nfwProjection(algebra, x2);
  const logHalf = f`0.5 * log(${x2} / 4)`;
  // Within half a scale radius: with s = sqrt(1 - x^2), ln(x/2) + s F = ln((1 + s) / 2), accurate as an atanh.
  const small = f`selectLess(${x2}, 0.25, ${x2}, 0.25)`;
  const s = f`sqrt(1 - ${small})`;
  const arc = f`0.5 * log((1 + ${s}) * (1 + ${s}) / ${small})`;
  const logMean = f`-2 * atanh(${small} / (4 * (1 + ${s}) - ${small})) / ${small}`;
  return {
    h: f`selectLess(${x2}, 0.25, ${logMean} + ${arc} / (${s} * (1 + ${s})), (${logHalf} + ${F}) / ${x2})`,
    potential: f`selectLess(${x2}, 0.25, ${logMean} * (${logHalf} - ${arc}), (${logHalf} * ${logHalf} - (1 - ${x2}) * ${F} * ${F}) / ${x2})`,
    logHalf,
  };
}
