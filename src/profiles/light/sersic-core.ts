import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { CENTRE_SQUARED_RADIUS, ellipseOf, offset, squaredEccentricRadius } from "../elliptical.ts";
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
import { EFFECTIVE_RADIUS, SERSIC_INDEX, sersicConstant } from "./sersic.ts";

/*
 * The core-Sersic profile: a power law r^-gamma inside the break radius r_b, a Sersic profile outside. With the softened
 * radius u = (r^alpha + r_b^alpha)^(1/alpha), which is u_b = 2^(1/alpha) r_b at the break,
 *
 *   I(r) = intensity 2^(-gamma/alpha) (u / r)^gamma exp(-b_n ((u / r_e)^(1/n) - (u_b / r_e)^(1/n))),
 *
 * r^2 = q x'^2 + y'^2 / q: Graham et al. 2003, eqs. 5 and 6, where (1 + (r_b / r)^alpha)^(gamma/alpha) stands for
 * (u / r)^gamma. The larger of r and r_b is taken out of u, so that no power overflows. For gamma > 0 the centre is a
 * cusp, and has the value at 1e-15 arcsec.
 *
 * Other codes: the same as PyAutoLens. `intensity` is that at r_b; r_e and b_n are those of the Sersic profile outside, and
 * the core takes some of its light away.
 */

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  effectiveRadius: { ...EFFECTIVE_RADIUS, meaning: "effective radius of the Sersic profile without its core" },
  sersicIndex: SERSIC_INDEX,
  radiusBreak: scaleOf("radius_break", "radius of the break between core and Sersic profile"),
  intensity: intensityAt("the break radius"),
  gamma: {
    name: "gamma",
    unit: "none",
    meaning: "slope of the core, r^-gamma",
    bounds: [0, 1.99],
    defaultPrior: { prior: "uniform", lower: 0, upper: 1 },
  },
  alpha: {
    name: "alpha",
    unit: "none",
    meaning: "sharpness of the break",
    bounds: [0.5, 100],
    defaultPrior: { prior: "uniform", lower: 1, upper: 10 },
  },
} as const satisfies ParameterTable;

/** A core far outside the effective radius would be brighter than any number: the exponent is held at this. */
const LARGEST_EXPONENT = 500;

function intensity<T>(algebra: Algebra<T>, position: Pair<T>, values: ParameterValues<typeof PARAMETERS, T>): T {
  const f = formula(algebra);
  const { alpha, effectiveRadius, gamma, radiusBreak, sersicIndex } = values;
  const from = offset(algebra, position, values.centre);
  const squaredRadius = squaredEccentricRadius(algebra, from, ellipseOf(algebra, values.ellComps));
  const smallest = algebra.constant(CENTRE_SQUARED_RADIUS);
  const r2 = f`selectLess(${squaredRadius}, ${smallest}, ${smallest}, ${squaredRadius})`;
  const break2 = f`${radiusBreak} * ${radiusBreak}`;
  const larger = f`selectLess(${r2}, ${break2}, ${break2}, ${r2})`;
  const smaller = f`selectLess(${r2}, ${break2}, ${r2}, ${break2})`;
  const u2 = f`${larger} * pow(1 + pow(${smaller} / ${larger}, ${alpha} / 2), 2 / ${alpha})`;
  const ub2 = f`${break2} * pow(${algebra.constant(4)}, 1 / ${alpha})`;
  const relative = (squared: T) =>
    f`pow(${squared} / (${effectiveRadius} * ${effectiveRadius}), 1 / (2 * ${sersicIndex}))`;
  const core = f`pow(${u2} * ${break2} / (${r2} * ${ub2}), ${gamma} / 2)`;
  const b = sersicConstant(algebra, sersicIndex);
  const exponent = f`${b} * (${relative(ub2)} - ${relative(u2)})`;
  const most = algebra.constant(LARGEST_EXPONENT);
  return f`${values.intensity} * ${core} * exp(selectLess(${exponent}, ${most}, ${exponent}, ${most}))`;
}

/** Elliptical core-Sersic profile. */
export const sersicCore: LightProfile<typeof PARAMETERS> = {
  kind: "light",
  name: "SersicCore",
  summary: "Sersic profile with a core of a power law",
  citation: "Graham, Erwin, Trujillo & Asensio Ramos 2003, AJ 125, 2951, eqs. 5 and 6",
  parameters: PARAMETERS,
  intensity,
};
