import type { Algebra } from "../compiler/algebra.ts";
import type { Pair } from "./parameter.ts";

/*
 * Ellipses without angles.
 *
 * With z = x + i y from the centre and the complex ellipticity e = e1 + i e0 = f exp(2 i phi), f = (1 - q) / (1 + q),
 * the coordinate P = z - e conj(z) makes circles of the ellipses: in the frame of the major axis (x', y')
 *
 *   P exp(-i phi) = 2 (q x' + i y') / (1 + q),      |P|^2 / (1 - f^2) = q x'^2 + y'^2 / q.
 *
 * Unlike q and phi, P is a polynomial of the elliptical components, so that what is written with it is smooth through
 * zero ellipticity, derivatives included. (The same P is in the denominator of the complex deflections of
 * Bourassa & Kantowski 1975 and Tessore & Metcalf 2015.)
 */

/** |e| is kept at or below this, as PyAutoLens does: an axis ratio of 1/1999. Priors can point outside the unit disk. */
const LARGEST_ELLIPTICITY = 0.999;

/**
 * The squared radius, arcsec^2, inside of which a position counts as the centre. Small enough to be nowhere on the sky,
 * large enough for its square root, its inverse and f32.
 */
export const CENTRE_SQUARED_RADIUS = 1e-30;

/** f^2 below which an ellipse is a circle to the last digit of its axis ratio, and f would have no derivative. */
const ROUND_SQUARED_ELLIPTICITY = 1e-34;

/** An ellipse's shape: its elliptical components, of length `sqrt(squared)` < 1. */
export interface Ellipse<T> {
  readonly ellComps: Pair<T>;
  /** f^2 = ((1 - q) / (1 + q))^2 */
  readonly squared: T;
}

/** The ellipse of these components, shortened to the largest ellipticity where they are longer. */
export function ellipseOf<T>(algebra: Algebra<T>, ellComps: Pair<T>): Ellipse<T> {
  const { constant, div, mul, selectLess, sqrt } = algebra;
  const largest = constant(LARGEST_ELLIPTICITY ** 2);
  const squared = squaredLength(algebra, ellComps);
  const one = constant(1);
  const factor = sqrt(selectLess(squared, largest, one, div(largest, selectLess(squared, largest, one, squared))));
  return {
    ellComps: [mul(ellComps[0], factor), mul(ellComps[1], factor)],
    squared: selectLess(squared, largest, squared, largest),
  };
}

/** q = (1 - f) / (1 + f), minor over major axis: a cone over the elliptical components, level at its tip. */
export function axisRatio<T>(algebra: Algebra<T>, { squared }: Ellipse<T>): T {
  const { add, constant, div, selectLess, sqrt, sub } = algebra;
  const round = constant(ROUND_SQUARED_ELLIPTICITY);
  const f = selectLess(squared, round, constant(0), sqrt(selectLess(squared, round, round, squared)));
  return div(sub(constant(1), f), add(constant(1), f));
}

/** phi of the major axis, radians counter-clockwise from +x, in (-pi/2, pi/2]; 0 for a circle. */
export function positionAngle<T>(algebra: Algebra<T>, { ellComps }: Ellipse<T>): T {
  return algebra.mul(algebra.constant(0.5), algebra.atan2(ellComps[0], ellComps[1]));
}

/** (f sin 2phi, f cos 2phi) of an axis ratio and an angle in radians counter-clockwise from +x. */
export function ellCompsOf<T>(algebra: Algebra<T>, ratio: T, angle: T): Pair<T> {
  const { add, constant, cos, div, mul, sin, sub } = algebra;
  const f = div(sub(constant(1), ratio), add(constant(1), ratio));
  const twice = mul(constant(2), angle);
  return [mul(f, sin(twice)), mul(f, cos(twice))];
}

/** The vector (y, x) turned counter-clockwise by an angle given as its cosine and sine. */
export function rotate<T>(algebra: Algebra<T>, [y, x]: Pair<T>, cosine: T, sine: T): Pair<T> {
  const { add, mul, sub } = algebra;
  return [add(mul(sine, x), mul(cosine, y)), sub(mul(cosine, x), mul(sine, y))];
}

/** A position relative to a centre. */
export function offset<T>(algebra: Algebra<T>, position: Pair<T>, centre: Pair<T>): Pair<T> {
  return [algebra.sub(position[0], centre[0]), algebra.sub(position[1], centre[1])];
}

export function squaredLength<T>({ add, mul }: Algebra<T>, [y, x]: Pair<T>): T {
  return add(mul(y, y), mul(x, x));
}

/** P = z - e conj(z), as (y, x), of an offset z from the centre. */
export function circularize<T>(algebra: Algebra<T>, [y, x]: Pair<T>, { ellComps: [e0, e1] }: Ellipse<T>): Pair<T> {
  const { add, mul, sub } = algebra;
  return [sub(y, sub(mul(e0, x), mul(e1, y))), sub(x, add(mul(e1, x), mul(e0, y)))];
}

/** q x'^2 + y'^2 / q of an offset from the centre: the square of the radius of the circle of the same area. */
export function squaredEccentricRadius<T>(algebra: Algebra<T>, from: Pair<T>, ellipse: Ellipse<T>): T {
  const { constant, div, sub } = algebra;
  return div(squaredLength(algebra, circularize(algebra, from, ellipse)), sub(constant(1), ellipse.squared));
}
