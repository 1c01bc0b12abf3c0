import type { Algebra } from "../../compiler/algebra.ts";
import {
  CENTRE_SQUARED_RADIUS,
  circularize,
  type Ellipse,
  ellipseOf,
  offset,
  positionAngle,
  rotate,
  squaredLength,
} from "../elliptical.ts";
import { CENTRE, ELL_COMPS, type Pair, type ParameterTable, type ParameterValues } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";

/*
 * The singular isothermal ellipsoid.
 *
 *   kappa = theta_E / ((1 + q) xi),     xi^2 = x'^2 + y'^2 / q^2,     x' along the major axis
 *
 * Kormann, Schneider & Bartelmann 1994, eq. 27a for the deflection
 *
 *   alpha' = 2 theta_E q / ((1 + q) g) [ atan(g x' / psi) + i atanh(g y' / psi) ],   g^2 = 1 - q^2,   psi^2 = q^2 x'^2 + y'^2
 *
 * and Tessore & Metcalf 2015, eq. 13 with t = 1, for the same in one complex function. With P of `elliptical.ts`, whose
 * direction is u = P / |P|, the ellipticity e = f exp(2 i phi), and w = conj(e) u^2,
 *
 *   kappa = theta_E (1 - f^2) / (2 |P|)
 *   alpha = theta_E (1 - f^2) u S(w),   S(w) = atan(sqrt w) / sqrt w = 1 - w/3 + w^2/5 - ...,   |w| = f
 *   psi   = x alpha_x + y alpha_y.
 *
 * Other codes: theta_E is PyAutoLens's einstein_radius, and neither the radius on the intermediate axis nor that of the
 * circle of the same area: lenstronomy's SIE theta_E and Bolton's b are theta_E 2 sqrt(q) / (1 + q). There is no core
 * (PyAutoLens adds 1e-16 to psi^2). The convergence is infinite at the centre; inside 1e-15 arcsec it is held.
 */

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  einsteinRadius: {
    name: "einstein_radius",
    unit: "arcsec",
    meaning: "theta_E of kappa = theta_E / ((1 + q) xi)",
    bounds: [0, 1000],
    defaultPrior: { prior: "uniform", lower: 0, upper: 8 },
  },
} as const satisfies ParameterTable;

type Values<T> = ParameterValues<typeof PARAMETERS, T>;

/**
 * Below this ellipticity S is its series. The closed form stays accurate much further down, but its derivatives lose
 * digits as 1/f: at 1e-3 they have 13 left, and six terms of the series are exact.
 */
const SERIES_ELLIPTICITY = 1e-3;
const SERIES_TERMS = 6;

function deflection<T>(algebra: Algebra<T>, position: Pair<T>, values: Values<T>): Pair<T> {
  const { constant, mul, selectLess } = algebra;
  const ellipse = ellipseOf(algebra, values.ellComps);
  const { direction } = polar(algebra, position, values.centre, ellipse);
  const limit = constant(SERIES_ELLIPTICITY ** 2);
  const choose = (whenRound: T, otherwise: T) => selectLess(ellipse.squared, limit, whenRound, otherwise);
  // What the closed form is given where the series is taken: any ellipse at which it is finite.
  const elongated: Ellipse<T> = {
    ellComps: [choose(constant(0), ellipse.ellComps[0]), choose(constant(0.5), ellipse.ellComps[1])],
    squared: choose(constant(0.25), ellipse.squared),
  };
  const series = directionTimesSeries(algebra, direction, ellipse);
  const closed = directionTimesClosedForm(algebra, direction, elongated);
  const amplitude = strength(algebra, values.einsteinRadius, ellipse);
  return [mul(amplitude, choose(series[0], closed[0])), mul(amplitude, choose(series[1], closed[1]))];
}

function convergence<T>(algebra: Algebra<T>, position: Pair<T>, values: Values<T>): T {
  const { constant, div, mul } = algebra;
  const ellipse = ellipseOf(algebra, values.ellComps);
  const { radius } = polar(algebra, position, values.centre, ellipse);
  return div(strength(algebra, values.einsteinRadius, ellipse), mul(constant(2), radius));
}

function potential<T>(algebra: Algebra<T>, position: Pair<T>, values: Values<T>): T {
  const { add, mul } = algebra;
  const [y, x] = offset(algebra, position, values.centre);
  const [alphaY, alphaX] = deflection(algebra, position, values);
  return add(mul(y, alphaY), mul(x, alphaX));
}

/** theta_E (1 - f^2) */
function strength<T>({ constant, mul, sub }: Algebra<T>, einsteinRadius: T, { squared }: Ellipse<T>): T {
  return mul(einsteinRadius, sub(constant(1), squared));
}

/** |P|, held at its smallest, and u = P / |P|, zero at the centre. */
function polar<T>(algebra: Algebra<T>, position: Pair<T>, centre: Pair<T>, ellipse: Ellipse<T>) {
  const { constant, div, selectLess, sqrt } = algebra;
  const [y, x] = circularize(algebra, offset(algebra, position, centre), ellipse);
  const squared = squaredLength(algebra, [y, x]);
  const smallest = constant(CENTRE_SQUARED_RADIUS);
  const radius = sqrt(selectLess(squared, smallest, smallest, squared));
  return { radius, direction: [div(y, radius), div(x, radius)] as const };
}

/** u S(w) by the series of S. */
function directionTimesSeries<T>(algebra: Algebra<T>, [uy, ux]: Pair<T>, { ellComps: [e0, e1] }: Ellipse<T>): Pair<T> {
  const { add, constant, mul, neg, sub } = algebra;
  const product = ([ay, ax]: Pair<T>, [by, bx]: Pair<T>): Pair<T> => [
    add(mul(ax, by), mul(ay, bx)),
    sub(mul(ax, bx), mul(ay, by)),
  ];
  const minusW = product([e0, neg(e1)], product([uy, ux], [uy, ux]));
  let sum: Pair<T> = [constant(0), constant(1 / (2 * SERIES_TERMS - 1))];
  for (let n = SERIES_TERMS - 2; n >= 0; n--) {
    const [y, x] = product(sum, minusW);
    sum = [y, add(x, constant(1 / (2 * n + 1)))];
  }
  return product([uy, ux], sum);
}

/** u S(w) = exp(i phi) atan(sqrt(f) u') / sqrt(f), u' = u exp(-i phi): the atan and atanh of the docstring. */
function directionTimesClosedForm<T>(algebra: Algebra<T>, direction: Pair<T>, ellipse: Ellipse<T>): Pair<T> {
  const { add, atan, atanh, constant, cos, div, mul, neg, sin, sqrt, sub } = algebra;
  const one = constant(1);
  const f = sqrt(ellipse.squared);
  const twiceRoot = mul(constant(2), sqrt(f));
  const phi = positionAngle(algebra, ellipse);
  const cosine = cos(phi);
  const sine = sin(phi);
  const [across, along] = rotate(algebra, direction, cosine, neg(sine));
  const turned: Pair<T> = [
    div(atanh(mul(div(twiceRoot, add(one, f)), across)), twiceRoot),
    div(atan(mul(div(twiceRoot, sub(one, f)), along)), twiceRoot),
  ];
  return rotate(algebra, turned, cosine, sine);
}

/** Singular isothermal ellipsoid; at `ell_comps: [0, 0]` the singular isothermal sphere, alpha = theta_E. */
export const isothermal: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "Isothermal",
  summary: "singular isothermal ellipsoid",
  citation: "Kormann, Schneider & Bartelmann 1994, A&A 284, 285; Tessore & Metcalf 2015, A&A 580, A79, eq. 13",
  parameters: PARAMETERS,
  deflection,
  convergence,
  potential,
};
