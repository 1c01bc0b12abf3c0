import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { complex } from "../complex.ts";
import { circularize, type Ellipse, ellipseOf, ellipticity, offset, polar } from "../elliptical.ts";
import { CENTRE, ELL_COMPS, type Pair, type ParameterTable, type ParameterValues } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { EINSTEIN_RADIUS } from "./parameters.ts";
import { powerLawDirection } from "./tessore-metcalf.ts";

/*
 * The elliptical power law that breaks: two slopes, continuous at the break.
 *
 *   kappa = kappa_b (r_b / r)^t,     t = t_0 inside r_b and t_1 outside,     r^2 = q^2 x'^2 + y'^2
 *
 * O'Riordan, Warren & Mortlock 2021. In P of `elliptical.ts`, r = |P| / (1 + f), the matter is a power law A_0 |P|^-t_0
 * that ends at |P| = b, and beyond it A_1 |P|^-t_1 less what that has inside of b. A power law that ends at b deflects
 * outside as
 *
 *   alpha = A b^(1 - t) v F_t(conj(e) v^2),     1 / conj(v) + e conj(v) = (1 - f^2) z / b,     |v| <= 1
 *   psi   = (x alpha_x + y alpha_y) / (2 - t) - A b^(2 - t) / (1 - f^2) ln |v|
 *
 * (their eq. 18 and 19 in the coordinate of confocal ellipses v, which is P / |P| on the break itself; the potential
 * follows from psi(lambda z, lambda b) = lambda^(2 - t) psi(z, b) and the logarithmic potential of a thin elliptical
 * shell).
 *
 * Other codes: parameters of PyAutoLens: slopes of the convergence (PowerLaw's slope is t + 1), r_b on the minor axis,
 * and theta_E the radius of the circle that has the area of the ellipse of mean convergence 1. PyAutoLens sums 20 terms
 * in single precision and has no potential. At an outer slope of 2 both formulas are limits: within 1e-7 of it the
 * slope is taken as 2 - 1e-7, for the potential, which loses digits as the square of the distance, within 1e-4 as 2 -
 * 1e-4.
 */

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  einsteinRadius: {
    ...EINSTEIN_RADIUS,
    meaning: "radius of the circle that has the area of the ellipse with mean convergence 1",
  },
  innerSlope: {
    name: "inner_slope",
    unit: "none",
    meaning: "slope of the convergence inside the break",
    bounds: [0, 1.99],
    defaultPrior: { prior: "uniform", lower: 0.2, upper: 1.8 },
    default: 1.5,
  },
  outerSlope: {
    name: "outer_slope",
    unit: "none",
    meaning: "slope of the convergence outside the break",
    bounds: [0, 3],
    defaultPrior: { prior: "uniform", lower: 0.2, upper: 2.8 },
    default: 2.5,
  },
  breakRadius: {
    name: "break_radius",
    unit: "arcsec",
    meaning: "radius of the break on the minor axis",
    bounds: [1e-5, 1000],
    defaultPrior: { prior: "uniform", lower: 0.01, upper: 2 },
    default: 0.01,
  },
} as const satisfies ParameterTable;

/** How near to 2 the outer slope may come: f64 holds 1e-16 over this, and over its square for the potential. */
const NEAREST_TO_2 = 1e-7;
const NEAREST_TO_2_POTENTIAL = 1e-4;

type Values<T> = ParameterValues<typeof PARAMETERS, T>;

/** 2 - t of both power laws, A_0 b^-t_0, and the radius in units of b as the product of `smaller` <= 1 and `larger` >= 1. */
function parts<T>(algebra: Algebra<T>, position: Pair<T>, values: Values<T>, nearest: number) {
  const f = formula(algebra);
  const ellipse = ellipseOf(algebra, values.ellComps);
  const from = offset(algebra, position, values.centre);
  const at = polar(algebra, circularize(algebra, from, ellipse));
  const b = f`${values.breakRadius} * (1 + ${ellipticity(algebra, ellipse)})`;
  const [smaller, larger] = order(algebra, f`${at.radius} / ${b}`);
  const inner = f`2 - ${values.innerSlope}`;
  const steep = f`2 - ${values.outerSlope}`;
  const least = algebra.constant(nearest);
  const outer = f`selectLess(${steep} * ${steep}, ${least} * ${least}, ${least}, ${steep})`;
  // In units of b, the mean convergence is 1 inside the Einstein ellipse.
  const einstein = f`${values.einsteinRadius} * sqrt(1 - ${ellipse.squared}) / ${b}`;
  const [within, beyond] = order(algebra, f`selectLess(${einstein}, 1e-15, 1e-15, ${einstein})`);
  const mass = f`pow(${within}, ${inner}) + ${inner} / ${outer} * (pow(${beyond}, ${outer}) - 1)`;
  const amplitude = f`${einstein} * ${einstein} / ${mass}`;
  return { ellipse, from, direction: at.direction, b, smaller, larger, inner, outer, amplitude };
}

/** A positive number and 1, the smaller first. */
function order<T>(algebra: Algebra<T>, ratio: T): readonly [T, T] {
  const f = formula(algebra);
  return [f`selectLess(${ratio}, 1, ${ratio}, 1)`, f`selectLess(${ratio}, 1, 1, ${ratio})`];
}

/** v of a position on or outside the unit ellipse, given as P. */
function confocal<T>(algebra: Algebra<T>, point: Pair<T>, ellipse: Ellipse<T>): Pair<T> {
  const f = formula(algebra);
  const { add, conjugate, div, mul, scale, sqrt, sub } = complex(algebra);
  const one = [f`0`, f`1`] as const;
  const z = add(point, mul(ellipse.ellComps, conjugate(point)));
  const root = sqrt(sub(one, div(scale(f`4`, ellipse.ellComps), mul(z, z))));
  return conjugate(div([f`0`, f`2`], mul(z, add(one, root))));
}

/** v, the deflection of the part that ends at the break, and that of the ring outside of it. */
function deflections<T>(algebra: Algebra<T>, position: Pair<T>, values: Values<T>, nearest: number) {
  const f = formula(algebra);
  const { scale, squaredLength, sub } = complex(algebra);
  const found = parts(algebra, position, values, nearest);
  const { ellipse, b, direction, smaller, larger, inner, outer, amplitude } = found;
  const atCentre = f`selectLess(${squaredLength(direction)}, 0.5, 1, 0)`;
  const outside = scale(larger, [direction[0], f`${direction[1]} + ${atCentre}`]);
  const v = confocal(algebra, outside, ellipse);
  const series = (at: Pair<T>, power: T) => powerLawDirection(algebra, at, ellipse, f`2 - ${power}`);
  const ended = scale(f`(1 - ${atCentre}) * ${b} * ${amplitude} * pow(${smaller}, ${inner} - 1)`, series(v, inner));
  const ring = scale(
    f`${b} * ${amplitude} * ${inner} / ${outer}`,
    sub(scale(f`pow(${larger}, ${outer} - 1)`, series(direction, outer)), series(v, outer)),
  );
  return { ...found, v, ended, ring: scale(f`1 - ${atCentre}`, ring) };
}

function convergence<T>(algebra: Algebra<T>, position: Pair<T>, values: Values<T>): T {
  const { smaller, larger, inner, outer, amplitude } = parts(algebra, position, values, NEAREST_TO_2);
  return formula(algebra)`0.5 * ${inner} * ${amplitude} * pow(${smaller}, ${inner} - 2) * pow(${larger}, ${outer} - 2)`;
}

function potential<T>(algebra: Algebra<T>, position: Pair<T>, values: Values<T>): T {
  const f = formula(algebra);
  const { dot, squaredLength } = complex(algebra);
  const found = deflections(algebra, position, values, NEAREST_TO_2_POTENTIAL);
  const { ellipse, from, b, v, ended, ring, inner, outer, amplitude } = found;
  const shells = f`${amplitude} * ${b} * ${b} / (1 - ${ellipse.squared}) * (1 - ${inner} / ${outer})`;
  const logarithm = f`0.5 * log(${squaredLength(v)})`;
  return f`${dot(from, ended)} / ${inner} + ${dot(from, ring)} / ${outer} - ${shells} * ${logarithm}`;
}

/** Elliptical power law with a break. */
export const powerLawBroken: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "PowerLawBroken",
  summary: "elliptical power law with a break",
  citation: "O'Riordan, Warren & Mortlock 2021, arXiv:2007.11588",
  parameters: PARAMETERS,
  deflection: (algebra, position, values) => {
    const { ended, ring } = deflections(algebra, position, values, NEAREST_TO_2);
    return complex(algebra).add(ended, ring);
  },
  convergence,
  potential,
};
