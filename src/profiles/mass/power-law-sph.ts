import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { complex } from "../complex.ts";
import { offset, polar } from "../elliptical.ts";
import { CENTRE, type Pair, type ParameterTable, type ParameterValues } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { EINSTEIN_RADIUS, SLOPE } from "./parameters.ts";

/*
 * The spherical power law.
 *
 *   kappa = (2 - t) / 2  (theta_E / r)^t,     t = slope - 1,     |alpha| = r (theta_E / r)^t,     psi = r |alpha| / (2 - t)
 *
 * Tessore & Metcalf 2015 for a circle. The same theta_E in all codes: the Einstein radius.
 */

const PARAMETERS = { centre: CENTRE, einsteinRadius: EINSTEIN_RADIUS, slope: SLOPE } as const satisfies ParameterTable;

/** The position from the centre, and the mean convergence (theta_E / r)^t within its radius. */
function within<T>(algebra: Algebra<T>, position: Pair<T>, values: ParameterValues<typeof PARAMETERS, T>) {
  const f = formula(algebra);
  const from = offset(algebra, position, values.centre);
  const base = f`${values.einsteinRadius} / ${polar(algebra, from).radius}`;
  return { from, mean: f`pow(selectLess(${base}, 1e-30, 1e-30, ${base}), ${values.slope} - 1)` };
}

/** Spherical power law. */
export const powerLawSph: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "PowerLawSph",
  summary: "spherical power law",
  citation: "Tessore & Metcalf 2015, A&A 580, A79",
  parameters: PARAMETERS,
  deflection: (algebra, position, values) => {
    const { from, mean } = within(algebra, position, values);
    return complex(algebra).scale(mean, from);
  },
  convergence: (algebra, position, values) =>
    formula(algebra)`0.5 * (3 - ${values.slope}) * ${within(algebra, position, values).mean}`,
  potential: (algebra, position, values) => {
    const { from, mean } = within(algebra, position, values);
    return formula(algebra)`${complex(algebra).squaredLength(from)} * ${mean} / (3 - ${values.slope})`;
  },
};
