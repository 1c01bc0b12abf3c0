import { formula } from "../../compiler/formula.ts";
import { complex } from "../complex.ts";
import { offset, polar } from "../elliptical.ts";
import { CENTRE, type ParameterTable } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { EINSTEIN_RADIUS } from "./parameters.ts";

/*
 * The singular isothermal sphere.
 *
 *   kappa = theta_E / (2 r),     |alpha| = theta_E,     psi = theta_E r
 *
 * Kormann, Schneider & Bartelmann 1994 for a circle. The same theta_E in all codes. The centre is not deflected; inside
 * 1e-15 arcsec of it the convergence is held.
 */

const PARAMETERS = { centre: CENTRE, einsteinRadius: EINSTEIN_RADIUS } as const satisfies ParameterTable;

/** Singular isothermal sphere. */
export const isothermalSph: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "IsothermalSph",
  summary: "singular isothermal sphere",
  citation: "Kormann, Schneider & Bartelmann 1994, A&A 284, 285",
  parameters: PARAMETERS,
  deflection: (algebra, position, { centre, einsteinRadius }) =>
    complex(algebra).scale(einsteinRadius, polar(algebra, offset(algebra, position, centre)).direction),
  convergence: (algebra, position, { centre, einsteinRadius }) =>
    formula(algebra)`0.5 * ${einsteinRadius} / ${polar(algebra, offset(algebra, position, centre)).radius}`,
  potential: (algebra, position, { centre, einsteinRadius }) =>
    formula(algebra)`${einsteinRadius} * ${polar(algebra, offset(algebra, position, centre)).radius}`,
};
