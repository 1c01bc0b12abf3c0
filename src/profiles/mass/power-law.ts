import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { complex } from "../complex.ts";
import { circularize, type Ellipse, ellipseOf, ellipticity, offset, polar } from "../elliptical.ts";
import { CENTRE, ELL_COMPS, type Pair, type ParameterTable, type ParameterValues } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { EINSTEIN_RADIUS, SLOPE } from "./parameters.ts";
import { powerLawDirection } from "./tessore-metcalf.ts";

/*
 * The elliptical power law.
 *
 *   kappa = (2 - t) / (1 + q)  (theta_E / xi)^t,     t = slope - 1,     xi^2 = x'^2 + y'^2 / q^2
 *   alpha by the series of `tessore-metcalf.ts`,     psi = (x alpha_x + y alpha_y) / (2 - t)
 *
 * Tessore & Metcalf 2015, eq. 13; at slope 2 the singular isothermal ellipsoid.
 *
 * Other codes: theta_E is PyAutoLens's einstein_radius; that of lenstronomy's EPL and PEMD is theta_E sqrt(q) (2 / (1 +
 * q))^(1/t), the radius of the circle of the same area. Held at a fixed theta_E, kappa has a cone in the elliptical
 * components at the circle, (1 + f)(1 - f)^t, but for slope 2. PyAutoLens's JAX series has 20 terms (1e-5 off at q =
 * 0.2).
 */

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  einsteinRadius: {
    ...EINSTEIN_RADIUS,
    meaning: "theta_E of kappa = (3 - slope) / (1 + q) (theta_E / xi)^(slope - 1)",
  },
  slope: SLOPE,
} as const satisfies ParameterTable;

type Values<T> = ParameterValues<typeof PARAMETERS, T>;

/** (1 + f) ((1 - f) theta_E / radius)^t: 2 kappa / (2 - t) at |P| = radius. */
export function powerLawAmplitude<T>(algebra: Algebra<T>, einsteinRadius: T, ellipse: Ellipse<T>, radius: T, t: T): T {
  const f = formula(algebra);
  const ratio = ellipticity(algebra, ellipse);
  const base = f`(1 - ${ratio}) * ${einsteinRadius} / ${radius}`;
  return f`(1 + ${ratio}) * pow(selectLess(${base}, 1e-30, 1e-30, ${base}), ${t})`;
}

function deflection<T>(algebra: Algebra<T>, position: Pair<T>, { centre, ellComps, einsteinRadius, slope }: Values<T>) {
  const f = formula(algebra);
  const ellipse = ellipseOf(algebra, ellComps);
  const { radius, direction } = polar(algebra, circularize(algebra, offset(algebra, position, centre), ellipse));
  const t = f`${slope} - 1`;
  const amplitude = powerLawAmplitude(algebra, einsteinRadius, ellipse, radius, t);
  return complex(algebra).scale(f`${amplitude} * ${radius}`, powerLawDirection(algebra, direction, ellipse, t));
}

function convergence<T>(
  algebra: Algebra<T>,
  position: Pair<T>,
  { centre, ellComps, einsteinRadius, slope }: Values<T>,
) {
  const f = formula(algebra);
  const ellipse = ellipseOf(algebra, ellComps);
  const { radius } = polar(algebra, circularize(algebra, offset(algebra, position, centre), ellipse));
  return f`0.5 * (3 - ${slope}) * ${powerLawAmplitude(algebra, einsteinRadius, ellipse, radius, f`${slope} - 1`)}`;
}

function potential<T>(algebra: Algebra<T>, position: Pair<T>, values: Values<T>): T {
  const homogeneous = complex(algebra).dot(
    offset(algebra, position, values.centre),
    deflection(algebra, position, values),
  );
  return formula(algebra)`${homogeneous} / (3 - ${values.slope})`;
}

/** Elliptical power law. */
export const powerLaw: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "PowerLaw",
  summary: "elliptical power law",
  citation: "Tessore & Metcalf 2015, A&A 580, A79, eq. 13",
  parameters: PARAMETERS,
  deflection,
  convergence,
  potential,
};
