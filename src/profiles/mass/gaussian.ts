import { formula } from "../../compiler/formula.ts";
import { axisRatio } from "../elliptical.ts";
import { sersic } from "../light/sersic.ts";
import { CENTRE, ELL_COMPS, type ParameterTable } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { radialFormulas } from "../radial-mass.ts";
import { MASS_TO_LIGHT_RATIO } from "./sersic.ts";

/*
 * Stars that trace a Gaussian,
 *
 *   kappa = mass_to_light_ratio intensity exp(-q r^2 / (2 sigma^2)),     q r^2 = q^2 x'^2 + y'^2
 *
 * by the integrals of `homoeoids.ts`: the closed form (Shajib 2019, MNRAS 488, 1387) is a difference of two Faddeeva
 * functions, which is lost near the centre, as r^2 / sigma^2, and where q is near 1, and has no potential.
 *
 * Other codes: as PyAutoLens's Gaussian (here with -Mass at the end, because files name light and mass alike): sigma is the
 * standard deviation along the minor axis; lenstronomy's GAUSSIAN_ELLIPSE_KAPPA has sigma / sqrt(q). PyAutoLens's
 * deflections are within 2e-6 of these, its potential is zero.
 */

/** exp(-EXHAUSTED) of the central intensity is no light. */
const EXHAUSTED = 45;

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  intensity: { ...sersic.parameters.intensity, meaning: "surface brightness at the centre, per pixel" },
  sigma: {
    name: "sigma",
    unit: "arcsec",
    meaning: "standard deviation along the minor axis",
    bounds: [1e-5, 1000],
    defaultPrior: { prior: "log_uniform", lower: 0.01, upper: 10 },
  },
  massToLightRatio: MASS_TO_LIGHT_RATIO,
} as const satisfies ParameterTable;

/** Mass that follows an elliptical Gaussian. */
export const gaussianMass: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "GaussianMass",
  summary: "mass that follows an elliptical Gaussian light profile",
  citation: "homoeoids: Schramm 1990, A&A 231, 19",
  parameters: PARAMETERS,
  ...radialFormulas<typeof PARAMETERS>(PARAMETERS, (algebra, { sigma, ...values }, ellipse) => {
    const f = formula(algebra);
    const square = f`2 * ${sigma} * ${sigma} / ${axisRatio(algebra, ellipse)}`;
    const amplitude = f`${values.massToLightRatio} * ${values.intensity}`;
    return {
      convergence: (squared) => f`${amplitude} * exp(-${squared} / ${square})`,
      reach: f`${algebra.constant(EXHAUSTED)} * ${square}`,
    };
  }),
};
