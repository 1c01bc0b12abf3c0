import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { axisRatio, ellipseOf, offset, squaredEccentricRadius } from "../elliptical.ts";
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
 * The Gaussian,
 *
 *   I(r) = intensity exp(-q r^2 / (2 sigma^2)),     q r^2 = q^2 x'^2 + y'^2
 *
 * whose light is 2 pi sigma^2 intensity / q.
 *
 * Other codes: sigma is that of the minor axis, as in PyAutoLens; lenstronomy's GAUSSIAN_ELLIPSE and the circle of the same
 * area have sigma / sqrt(q).
 */

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  intensity: intensityAt("the centre"),
  sigma: scaleOf("sigma", "standard deviation along the minor axis"),
} as const satisfies ParameterTable;

function intensity<T>(algebra: Algebra<T>, position: Pair<T>, values: ParameterValues<typeof PARAMETERS, T>): T {
  const f = formula(algebra);
  const ellipse = ellipseOf(algebra, values.ellComps);
  const squaredRadius = squaredEccentricRadius(algebra, offset(algebra, position, values.centre), ellipse);
  const q = axisRatio(algebra, ellipse);
  return f`${values.intensity} * exp(-${q} * ${squaredRadius} / (2 * ${values.sigma} * ${values.sigma}))`;
}

/** Elliptical Gaussian. */
export const gaussian: LightProfile<typeof PARAMETERS> = {
  kind: "light",
  name: "Gaussian",
  summary: "elliptical Gaussian",
  citation: "integral derived here: 2 pi times the product of the two standard deviations",
  parameters: PARAMETERS,
  intensity,
};
