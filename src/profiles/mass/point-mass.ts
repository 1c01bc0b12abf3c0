import { formula } from "../../compiler/formula.ts";
import { complex } from "../complex.ts";
import { offset, polar } from "../elliptical.ts";
import { CENTRE, type ParameterTable } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { EINSTEIN_RADIUS } from "./parameters.ts";

/*
 * A point mass.
 *
 *   alpha = theta_E^2 / r  radially,     psi = theta_E^2 ln r,     kappa = 0 away from the point
 *
 * Einstein 1936. The same theta_E in all codes; PyAutoLens has no potential. Inside 1e-15 arcsec the deflection falls
 * to zero at the point itself.
 */

const PARAMETERS = {
  centre: CENTRE,
  einsteinRadius: { ...EINSTEIN_RADIUS, meaning: "theta_E, the radius of the ring behind the point" },
} as const satisfies ParameterTable;

/** Point mass. */
export const pointMass: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "PointMass",
  summary: "point mass",
  citation: "Einstein 1936, Science 84, 506",
  parameters: PARAMETERS,
  deflection: (algebra, position, { centre, einsteinRadius }) => {
    const { radius, direction } = polar(algebra, offset(algebra, position, centre));
    return complex(algebra).scale(formula(algebra)`${einsteinRadius} * ${einsteinRadius} / ${radius}`, direction);
  },
  convergence: ({ constant }) => constant(0),
  potential: (algebra, position, { centre, einsteinRadius }) => {
    const { radius } = polar(algebra, offset(algebra, position, centre));
    return formula(algebra)`${einsteinRadius} * ${einsteinRadius} * log(${radius})`;
  },
};
