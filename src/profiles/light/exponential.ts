import { CENTRE, ELL_COMPS, intensityAt, type ParameterTable } from "../parameter.ts";
import type { LightProfile } from "../profile.ts";
import { EFFECTIVE_RADIUS, sersic } from "./sersic.ts";

/*
 * The exponential disk, the Sersic profile of index 1 (see there for its radius and b_1):
 *
 *   I(r) = intensity exp(-b_1 (r / r_e - 1)),     r^2 = q x'^2 + y'^2 / q
 *
 * Other codes: a disk's scale length is r_e / b_1 = r_e / 1.678; GALFIT's expdisk has it along the major axis.
 */

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  intensity: intensityAt("the effective radius"),
  effectiveRadius: EFFECTIVE_RADIUS,
} as const satisfies ParameterTable;

/** Elliptical exponential disk. */
export const exponential: LightProfile<typeof PARAMETERS> = {
  kind: "light",
  name: "Exponential",
  summary: "exponential disk: Sersic profile of index 1",
  citation: "Freeman 1970, ApJ 160, 811; Ciotti & Bertin 1999, A&A 352, 447, eq. 18",
  parameters: PARAMETERS,
  intensity: (algebra, position, values) =>
    sersic.intensity(algebra, position, { ...values, sersicIndex: algebra.constant(1) }),
};
