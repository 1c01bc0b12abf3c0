import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { circularize, ellipseOf, offset, squaredLength } from "../elliptical.ts";
import {
  CENTRE,
  ELL_COMPS,
  intensityAt,
  type Pair,
  type ParameterTable,
  type ParameterValues,
  scaleOf,
} from "../parameter.ts";
import type { LightProfile } from "../profile.ts";

/*
 * The chameleon, the difference of two cored isothermal profiles, close to a Sersic profile and simple to lens with:
 *
 *   I = intensity / (1 + q) (1 / sqrt(xi^2 + 4 c_0^2 / (1 + q)^2) - 1 / sqrt(xi^2 + 4 c_1^2 / (1 + q)^2)),
 *
 * xi^2 = x'^2 + y'^2 / q^2. With P of `elliptical.ts`, |P| = 2 q xi / (1 + q), and s = 1 - f^2 = 4 q / (1 + q)^2 this is
 *
 *   I = intensity s / 2 (1 / sqrt(|P|^2 + s^2 c_0^2) - 1 / sqrt(|P|^2 + s^2 c_1^2)),
 *
 * smooth through zero ellipticity, and its light is pi s (c_1 - c_0) intensity: finite, with wings r^-3, where the difference
 * of 1 / a and 1 / b is taken as (b^2 - a^2) / (a b (a + b)), without cancellation.
 *
 * Other codes: PyAutoLens holds q at or below 0.99999, and is 3e-5 off where the profile is round. Light is negative
 * where c_0 > c_1.
 */

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  intensity: {
    ...intensityAt("the centre"),
    meaning: "factor of the two isothermal profiles of Einstein radius 1, per pixel",
  },
  coreRadius0: scaleOf("core_radius_0", "core radius of the profile that is added"),
  coreRadius1: scaleOf("core_radius_1", "core radius of the profile that is subtracted, the larger one"),
} as const satisfies ParameterTable;

function intensity<T>(algebra: Algebra<T>, position: Pair<T>, values: ParameterValues<typeof PARAMETERS, T>): T {
  const f = formula(algebra);
  const ellipse = ellipseOf(algebra, values.ellComps);
  const squared = squaredLength(algebra, circularize(algebra, offset(algebra, position, values.centre), ellipse));
  const s = f`1 - ${ellipse.squared}`;
  const { coreRadius0: c0, coreRadius1: c1 } = values;
  const near = f`sqrt(${squared} + ${s} * ${s} * ${c0} * ${c0})`;
  const far = f`sqrt(${squared} + ${s} * ${s} * ${c1} * ${c1})`;
  const difference = f`${s} * ${s} * (${c1} - ${c0}) * (${c1} + ${c0}) / (${near} * ${far} * (${near} + ${far}))`;
  return f`${values.intensity} * ${s} / 2 * ${difference}`;
}

/** Elliptical chameleon profile. */
export const chameleon: LightProfile<typeof PARAMETERS> = {
  kind: "light",
  name: "Chameleon",
  summary: "difference of two cored isothermal profiles",
  citation: "Dutton et al. 2011, MNRAS 417, 1621; Suyu et al. 2014, ApJ 788, L35",
  parameters: PARAMETERS,
  intensity,
};
