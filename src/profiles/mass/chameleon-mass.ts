import { formula } from "../../compiler/formula.ts";
import { CENTRE, ELL_COMPS, type ParameterTable } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { CORE_RADIUS } from "./parameters.ts";
import { pseudoIsothermals } from "./pseudo-isothermal.ts";

/*
 * The chameleon: two cored isothermal ellipsoids, one taken away, shaped like a Sersic profile of mass.
 *
 *   kappa = Upsilon I / (1 + q)  [ (xi^2 + 4 c_0^2 / (1 + q)^2)^(-1/2) - (xi^2 + 4 c_1^2 / (1 + q)^2)^(-1/2) ]
 *   xi^2  = x'^2 + y'^2 / q^2
 *
 * Dutton et al. 2011; here two ellipsoids of `pseudo-isothermal.ts` of strength
 * Upsilon I and cores c_0 and c_1, its radius R being xi (1 + q) / 2.
 *
 * Other codes: PyAutoLens's parameters, and what it computes: its documentation has c_0 + c_1 in the second term where
 * its code has c_1. lenstronomy's CHAMELEON has w_c = c_0, w_t = c_1 and normalizes by alpha_1. A c_1 below c_0 is a
 * negative mass. The potential, zero in PyAutoLens, follows from the ellipsoids.
 */

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  intensity: {
    name: "intensity",
    unit: "intensity",
    meaning: "normalization of the light",
    bounds: [0, Infinity],
    defaultPrior: { prior: "log_uniform", lower: 1e-6, upper: 1e6 },
  },
  coreRadius0: { ...CORE_RADIUS, name: "core_radius_0", meaning: "core of the ellipsoid that is added", default: 0.01 },
  coreRadius1: {
    ...CORE_RADIUS,
    name: "core_radius_1",
    meaning: "core of the ellipsoid that is taken away, larger than core_radius_0",
    default: 0.02,
  },
  massToLightRatio: {
    name: "mass_to_light_ratio",
    unit: "none",
    meaning: "convergence per intensity",
    bounds: [0, Infinity],
    defaultPrior: { prior: "uniform", lower: 0, upper: 10 },
    default: 1,
  },
} as const satisfies ParameterTable;

/** Chameleon profile of stellar mass. */
export const chameleonMass: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "ChameleonMass",
  summary: "chameleon profile of stellar mass: the difference of two cored isothermal ellipsoids",
  citation: "Dutton et al. 2011, MNRAS 417, 1621",
  parameters: PARAMETERS,
  ...pseudoIsothermals<typeof PARAMETERS>((algebra, values) => {
    const f = formula(algebra);
    const strength = f`${values.massToLightRatio} * ${values.intensity}`;
    return [
      { strength, core: values.coreRadius0 },
      { strength: f`-${strength}`, core: values.coreRadius1 },
    ];
  }),
};
