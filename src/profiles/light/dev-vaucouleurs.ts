import { CENTRE, ELL_COMPS, intensityAt, type ParameterTable } from "../parameter.ts";
import type { LightProfile } from "../profile.ts";
import { EFFECTIVE_RADIUS, sersic } from "./sersic.ts";

/*
 * The profile of elliptical galaxies by de Vaucouleurs, the Sersic profile of index 4 (see there for its radius and b_4):
 *
 *   I(r) = intensity exp(-b_4 ((r / r_e)^(1/4) - 1)),     r^2 = q x'^2 + y'^2 / q
 *
 * Other codes: the same as in PyAutoLens, whose name and spelling it has; b_4 = 7.669.
 */

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  intensity: intensityAt("the effective radius"),
  effectiveRadius: EFFECTIVE_RADIUS,
} as const satisfies ParameterTable;

/** Elliptical de Vaucouleurs profile. */
export const devVaucouleurs: LightProfile<typeof PARAMETERS> = {
  kind: "light",
  name: "DevVaucouleurs",
  summary: "de Vaucouleurs profile: Sersic profile of index 4",
  citation: "de Vaucouleurs 1948, Annales d'Astrophysique 11, 247; Ciotti & Bertin 1999, A&A 352, 447, eq. 18",
  parameters: PARAMETERS,
  intensity: (algebra, position, values) =>
    sersic.intensity(algebra, position, { ...values, sersicIndex: algebra.constant(4) }),
};
