import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { complex } from "../complex.ts";
import { type Ellipse, ellipticity } from "../elliptical.ts";
import type { Pair } from "../parameter.ts";

/*
 * The deflection of an ellipse of matter whose convergence is a power of the radius, Tessore & Metcalf 2015, eq. 13, in
 * P of `elliptical.ts`:
 *
 *   kappa = (2 - t) / 2  A |P|^-t     gives     alpha = A |P|^(1 - t) v F(w),     v = P / |P|,   w = conj(e) v^2,
 *   F(w) = 2F1(1, t/2; 2 - t/2; -w) = sum_n (t/2)_n / (2 - t/2)_n (-w)^n.
 *
 * Outside of an ellipse |P| = b at which the matter ends, b takes the place of |P| and v is a point inside the unit
 * disk (`power-law-broken.ts`).
 */

/** What is left out of F is this, relative to its largest. */
const TOLERANCE = 1e-16;

/**
 * The number of terms grows as 1 / (1 - f); beyond this ellipticity, axis ratio 0.01, it stays at 1800 and digits go.
 */
const LARGEST_SERIES_ELLIPTICITY = 0.98;

/** How many terms of a series in w reach f64: f^count = 1e-16. */
export function seriesLength<T>(algebra: Algebra<T>, ellipse: Ellipse<T>): T {
  const f = formula(algebra);
  const [flat, tolerance] = [LARGEST_SERIES_ELLIPTICITY, TOLERANCE].map(algebra.constant);
  const ratio = ellipticity(algebra, ellipse);
  return f`log(${tolerance}) / log(selectLess(${ratio}, ${flat}, ${ratio}, ${flat}))`;
}

/** v F(conj(e) v^2) of a point v in the unit disk, for t in [0, 4). */
export function powerLawDirection<T>(algebra: Algebra<T>, v: Pair<T>, ellipse: Ellipse<T>, t: T): Pair<T> {
  const f = formula(algebra);
  const { conjugate, mul, scale } = complex(algebra);
  const minusW = scale(f`-1`, mul(conjugate(ellipse.ellComps), mul(v, v)));
  const count = seriesLength(algebra, ellipse);
  const steps = wholeSteps(algebra, count);
  // From the last term: 1 - w t/(4 - t) (1 - w (2 + t)/(6 - t) (1 - ...)).
  const [y, x] = algebra.loop(count, [f`0`, f`1`], ([sumY, sumX], index) => {
    const twice = f`2 * (${steps} - 1 - ${index})`;
    const [nextY, nextX] = scale(f`(${twice} + ${t}) / (${twice} + 4 - ${t})`, mul(minusW, [sumY, sumX]));
    return [nextY, f`1 + ${nextX}`];
  });
  return mul(v, [y, x]);
}

/** How many steps a loop of this count has. */
export function wholeSteps<T>(algebra: Algebra<T>, count: T): T {
  const f = formula(algebra);
  return algebra.loop(count, [f`0`], ([done]) => [f`${done} + 1`])[0];
}
