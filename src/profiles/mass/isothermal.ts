import { CENTRE, ELL_COMPS, type ParameterTable } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { EINSTEIN_RADIUS } from "./parameters.ts";
import { pseudoIsothermals } from "./pseudo-isothermal.ts";

/*
 * The singular isothermal ellipsoid.
 *
 *   kappa = theta_E / ((1 + q) xi),     xi^2 = x'^2 + y'^2 / q^2,     x' along the major axis
 *
 * Kormann, Schneider & Bartelmann 1994, eq. 27a for the deflection
 *
 *   alpha' = 2 theta_E q / ((1 + q) g) [ atan(g x' / psi) + i atanh(g y' / psi) ],   g^2 = 1 - q^2,   psi^2 = q^2 x'^2 + y'^2
 *
 * which is that of `pseudo-isothermal.ts` with strength theta_E and no core, and psi = x alpha_x + y alpha_y.
 *
 * Other codes: theta_E is PyAutoLens's einstein_radius, and neither the radius on the intermediate axis nor that of the
 * circle of the same area: lenstronomy's SIE theta_E and Bolton's b are theta_E 2 sqrt(q) / (1 + q). There is no core
 * (PyAutoLens adds 1e-16 to psi^2). The convergence is infinite at the centre; inside 1e-15 arcsec it is held.
 */

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  einsteinRadius: { ...EINSTEIN_RADIUS, meaning: "theta_E of kappa = theta_E / ((1 + q) xi)" },
} as const satisfies ParameterTable;

/** Singular isothermal ellipsoid; at `ell_comps: [0, 0]` the singular isothermal sphere, alpha = theta_E. */
export const isothermal: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "Isothermal",
  summary: "singular isothermal ellipsoid",
  citation: "Kormann, Schneider & Bartelmann 1994, A&A 284, 285; Tessore & Metcalf 2015, A&A 580, A79, eq. 13",
  parameters: PARAMETERS,
  ...pseudoIsothermals<typeof PARAMETERS>(({ constant }, { einsteinRadius }) => [
    { strength: einsteinRadius, core: constant(0) },
  ]),
};
