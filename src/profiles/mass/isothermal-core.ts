import { formula } from "../../compiler/formula.ts";
import { ellipticity } from "../elliptical.ts";
import { CENTRE, ELL_COMPS, type ParameterTable } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { CORE_RADIUS, EINSTEIN_RADIUS } from "./parameters.ts";
import { pseudoIsothermals } from "./pseudo-isothermal.ts";

/*
 * The cored isothermal ellipsoid.
 *
 *   kappa = theta_E / ((1 + q) sqrt(s^2 + xi^2)),     xi^2 = x'^2 + y'^2 / q^2
 *
 * Kormann, Schneider & Bartelmann 1994; here the ellipsoid of `pseudo-isothermal.ts` with strength theta_E and core
 * c = s / (1 + f) = s (1 + q) / 2.
 *
 * Other codes: parameters of PyAutoLens, whose core_radius s is on the major axis; Keeton's and lenstronomy's NIE have
 * q s on the minor one or sqrt(q) s on the intermediate one. PyAutoLens integrates; this is closed.
 */

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  einsteinRadius: { ...EINSTEIN_RADIUS, meaning: "theta_E of kappa = theta_E / ((1 + q) sqrt(s^2 + xi^2))" },
  coreRadius: CORE_RADIUS,
} as const satisfies ParameterTable;

/** Isothermal ellipsoid with a core. */
export const isothermalCore: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "IsothermalCore",
  summary: "isothermal ellipsoid with a core",
  citation: "Kormann, Schneider & Bartelmann 1994, A&A 284, 285",
  parameters: PARAMETERS,
  ...pseudoIsothermals<typeof PARAMETERS>((algebra, { einsteinRadius, coreRadius }, ellipse) => [
    { strength: einsteinRadius, core: formula(algebra)`${coreRadius} / (1 + ${ellipticity(algebra, ellipse)})` },
  ]),
};
