import type { Algebra } from "../compiler/algebra.ts";
import { formula } from "../compiler/formula.ts";
import { complex } from "./complex.ts";
import type { Pair } from "./parameter.ts";

/*
 * The Faddeeva function w(z) = exp(-z^2) erfc(-i z) in the upper half plane, where it is bounded, by the rational expansion of
 * Weideman 1994 (SIAM J. Numer. Anal. 31, 1497):
 *
 *   w(z) = 2 p(Z) / (L - i z)^2 + 1 / (sqrt(pi) (L - i z)),     Z = (L + i z) / (L - i z),     L = sqrt(N / sqrt 2),
 *
 * p a polynomial whose coefficients are the Fourier coefficients of exp(-t^2) (L^2 + t^2), t = L tan(theta / 2).
 */

/** Terms, for an error below 1e-13 |w| everywhere. */
const TERMS = 40;
const L = Math.sqrt(TERMS / Math.SQRT2);
const COEFFICIENTS = weidemanCoefficients();

/** The coefficients of Z^0, Z^1, ..., by the trapezoidal rule, which is exact to rounding for twice as many points. */
function weidemanCoefficients(): readonly number[] {
  const points = 4 * TERMS;
  return Array.from({ length: TERMS }, (_, power) => {
    let sum = 0;
    // The point theta = pi, where t is infinite, adds nothing.
    for (let k = 1 - points / 2; k < points / 2; k++) {
      const theta = (2 * Math.PI * k) / points;
      const t = L * Math.tan(theta / 2);
      sum += Math.exp(-t * t) * (L * L + t * t) * Math.cos((power + 1) * theta);
    }
    return sum / points;
  });
}

/** w of the complex number x + i y, as [y, x], for y >= 0. Below, w(z) = 2 exp(-z^2) - w(-z). */
export function faddeeva<T>(algebra: Algebra<T>, [y, x]: Pair<T>): Pair<T> {
  const f = formula(algebra);
  const { div, mul, squaredLength } = complex(algebra);
  const l = algebra.constant(L);
  const denominator: Pair<T> = [f`-${x}`, f`${l} + ${y}`];
  const Z = div([x, f`${l} - ${y}`], denominator);
  // A real polynomial of a complex number, by the remainder of the division by (Z' - Z) (Z' - conj Z).
  const [twice, square] = [f`2 * ${Z[1]}`, squaredLength(Z)];
  let [above, sum] = [f`0`, f`0`];
  for (const coefficient of COEFFICIENTS.slice(1).toReversed())
    [above, sum] = [sum, f`${algebra.constant(coefficient)} + ${twice} * ${sum} - ${square} * ${above}`];
  const p: Pair<T> = [
    f`${Z[0]} * ${sum}`,
    f`${algebra.constant(COEFFICIENTS[0])} + ${Z[1]} * ${sum} - ${square} * ${above}`,
  ];
  const inverse = div([f`0`, f`1`], denominator);
  const [imaginary, real] = mul(inverse, p);
  return mul(inverse, [f`2 * ${imaginary}`, f`2 * ${real} + ${algebra.constant(1 / Math.sqrt(Math.PI))}`]);
}
