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
 * The Moffat profile, a star seen through the atmosphere,
 *
 *   I(r) = intensity (1 + q r^2 / alpha^2)^(-beta),     q r^2 = q^2 x'^2 + y'^2
 *
 * whose light, for beta > 1, is pi alpha^2 intensity / (q (beta - 1)). Half of the central intensity is at
 * alpha sqrt(2^(1/beta) - 1) on the minor axis; alpha^2 = 2 beta sigma^2 tends to a Gaussian as beta grows.
 *
 * Other codes: alpha is that of the minor axis, as in PyAutoLens.
 */

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  intensity: intensityAt("the centre"),
  alpha: scaleOf("alpha", "core radius along the minor axis"),
  beta: {
    name: "beta",
    unit: "none",
    meaning: "steepness of the wings, r^(-2 beta); the light is finite above 1",
    bounds: [0.1, 100],
    defaultPrior: { prior: "uniform", lower: 1.5, upper: 6 },
  },
} as const satisfies ParameterTable;

function intensity<T>(algebra: Algebra<T>, position: Pair<T>, values: ParameterValues<typeof PARAMETERS, T>): T {
  const f = formula(algebra);
  const { alpha, beta } = values;
  const ellipse = ellipseOf(algebra, values.ellComps);
  const squaredRadius = squaredEccentricRadius(algebra, offset(algebra, position, values.centre), ellipse);
  const q = axisRatio(algebra, ellipse);
  return f`${values.intensity} * pow(1 + ${q} * ${squaredRadius} / (${alpha} * ${alpha}), -${beta})`;
}

/** Elliptical Moffat profile. */
export const moffat: LightProfile<typeof PARAMETERS> = {
  kind: "light",
  name: "Moffat",
  summary: "elliptical Moffat profile",
  citation: "Moffat 1969, A&A 3, 455",
  parameters: PARAMETERS,
  intensity,
};
