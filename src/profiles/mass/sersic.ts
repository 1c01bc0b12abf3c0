import { formula } from "../../compiler/formula.ts";
import { sersic, sersicConstant } from "../light/sersic.ts";
import type { Parameter, ParameterTable } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { type RadialMass, radialFormulas } from "../radial-mass.ts";

/*
 * Stars that trace the Sersic light profile (`light/sersic.ts` has formula, citation and conventions):
 *
 *   kappa = mass_to_light_ratio I(r),     r^2 = q x'^2 + y'^2 / q
 *
 * so the mass-to-light ratio is in units of the critical surface density per intensity. Deflection and potential by the
 * integrals of `homoeoids.ts` (Cardone 2004 has the round ones in incomplete gamma functions).
 *
 * Other codes: PyAutoLens's Sersic, Exponential and DevVaucouleurs, here with -Mass at the end because files name light
 * and mass alike; its deflections are a sum of cored ellipsoids within 1e-4 of these, its potential is zero.
 */

/** exp(-EXHAUSTED) of the intensity at the effective radius is no light. */
const EXHAUSTED = 45;

export const MASS_TO_LIGHT_RATIO = {
  name: "mass_to_light_ratio",
  unit: "none",
  meaning: "convergence per intensity",
  bounds: [0, Infinity],
  defaultPrior: { prior: "log_uniform", lower: 1e-4, upper: 1e4 },
} as const satisfies Parameter;

const { sersicIndex, ...FIXED } = { ...sersic.parameters, massToLightRatio: MASS_TO_LIGHT_RATIO } as const;
const PARAMETERS = { ...sersic.parameters, massToLightRatio: MASS_TO_LIGHT_RATIO } as const satisfies ParameterTable;

const radial: RadialMass<typeof PARAMETERS> = (algebra, values) => {
  const f = formula(algebra);
  const { effectiveRadius, sersicIndex } = values;
  const b = sersicConstant(algebra, sersicIndex);
  const square = f`${effectiveRadius} * ${effectiveRadius}`;
  const amplitude = f`${values.massToLightRatio} * ${values.intensity}`;
  const power = f`0.5 / ${sersicIndex}`;
  return {
    convergence: (squared) => f`${amplitude} * exp(${b} * (1 - pow(${squared} / ${square}, ${power})))`,
    reach: f`${square} * pow(1 + ${algebra.constant(EXHAUSTED)} / ${b}, 2 * ${sersicIndex})`,
  };
};

/** The profile of one Sersic index. */
const withIndex =
  (index: number): RadialMass<typeof FIXED> =>
  (algebra, values, ellipse) =>
    radial(algebra, { ...values, sersicIndex: algebra.constant(index) }, ellipse);

/** Mass that follows elliptical Sersic light. */
export const sersicMass: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "SersicMass",
  summary: "mass that follows an elliptical Sersic light profile",
  citation: sersic.citation,
  parameters: PARAMETERS,
  ...radialFormulas<typeof PARAMETERS>(PARAMETERS, radial),
};

/** `sersicMass` of index 1. */
export const exponentialMass: MassProfile<typeof FIXED> = {
  ...sersicMass,
  name: "ExponentialMass",
  summary: "mass that follows an elliptical exponential light profile (Sersic index 1)",
  parameters: FIXED,
  ...radialFormulas<typeof FIXED>(FIXED, withIndex(1)),
};

/** `sersicMass` of index 4. */
export const devVaucouleursMass: MassProfile<typeof FIXED> = {
  ...sersicMass,
  name: "DevVaucouleursMass",
  summary: "mass that follows an elliptical de Vaucouleurs light profile (Sersic index 4)",
  parameters: FIXED,
  ...radialFormulas<typeof FIXED>(FIXED, withIndex(4)),
};
