import type { Algebra } from "../../compiler/algebra.ts";
import { CENTRE_SQUARED_RADIUS, ellipseOf, offset, squaredEccentricRadius } from "../elliptical.ts";
import {
  CENTRE,
  ELL_COMPS,
  intensityAt,
  type Pair,
  type Parameter,
  type ParameterTable,
  type ParameterValues,
} from "../parameter.ts";
import type { LightProfile } from "../profile.ts";

/*
 * The Sersic profile.
 *
 *   I(r) = intensity exp(-b_n ((r / r_e)^(1/n) - 1)),     r^2 = q x'^2 + y'^2 / q
 *
 * Sersic 1968; b_n, which puts half of the light inside r_e, by Ciotti & Bertin 1999, eq. 18: within
 * 4e-4 of the exact root at n = 0.5, 2.5e-5 at n = 1, 1.3e-6 at n = 2, 7e-8 at n = 4.
 *
 * Other codes: r_e is that of the circle of the same area as the half-light ellipse ("circularized"), as in PyAutoLens
 * and lenstronomy; GALFIT's is the half-light ellipse's major axis, r_e / sqrt(q). `intensity` is the surface brightness
 * at r_e, not at the centre. PyAutoLens uses the same series for b_n; a code that solves for b_n differs by as much.
 */

export const EFFECTIVE_RADIUS = {
  name: "effective_radius",
  unit: "arcsec",
  meaning: "radius of the circle that has the area of the ellipse holding half of the light",
  bounds: [1e-5, 1000],
  defaultPrior: { prior: "uniform", lower: 0.01, upper: 30 },
} as const satisfies Parameter;

export const SERSIC_INDEX = {
  name: "sersic_index",
  unit: "none",
  meaning: "n: 0.5 Gaussian, 1 exponential, 4 de Vaucouleurs",
  bounds: [0.4, 12],
  defaultPrior: { prior: "uniform", lower: 0.8, upper: 5 },
} as const satisfies Parameter;

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  intensity: intensityAt("the effective radius"),
  effectiveRadius: EFFECTIVE_RADIUS,
  sersicIndex: SERSIC_INDEX,
} as const satisfies ParameterTable;

/** Numerators and denominators of the terms n^-1 to n^-4 of b_n - 2n + 1/3. */
const ASYMPTOTIC = [4 / 405, 46 / 25_515, 131 / 1_148_175, -2_194_697 / 30_690_717_750];

/** b_n of the Sersic index n. */
export function sersicConstant<T>({ add, constant, div, mul, sub }: Algebra<T>, sersicIndex: T): T {
  const inverse = div(constant(1), sersicIndex);
  let tail = constant(0);
  for (const coefficient of ASYMPTOTIC.toReversed()) tail = mul(inverse, add(constant(coefficient), tail));
  return add(sub(mul(constant(2), sersicIndex), constant(1 / 3)), tail);
}

function intensity<T>(algebra: Algebra<T>, position: Pair<T>, values: ParameterValues<typeof PARAMETERS, T>): T {
  const { constant, div, exp, mul, pow, selectLess, sub } = algebra;
  const { sersicIndex, effectiveRadius } = values;
  const squaredRadius = squaredEccentricRadius(
    algebra,
    offset(algebra, position, values.centre),
    ellipseOf(algebra, values.ellComps),
  );
  // A cusp: the power of the radius has no derivative at the centre, and its value there is zero.
  const smallest = constant(CENTRE_SQUARED_RADIUS);
  const away = selectLess(squaredRadius, smallest, smallest, squaredRadius);
  const power = pow(div(away, mul(effectiveRadius, effectiveRadius)), div(constant(0.5), sersicIndex));
  const relative = selectLess(squaredRadius, smallest, constant(0), power);
  return mul(values.intensity, exp(mul(sersicConstant(algebra, sersicIndex), sub(constant(1), relative))));
}

/** Elliptical Sersic profile. */
export const sersic: LightProfile<typeof PARAMETERS> = {
  kind: "light",
  name: "Sersic",
  summary: "elliptical Sersic profile",
  citation: "Sersic 1968, Atlas de galaxias australes; Ciotti & Bertin 1999, A&A 352, 447, eq. 18",
  parameters: PARAMETERS,
  intensity,
};
