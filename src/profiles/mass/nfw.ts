import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { axisRatio, ellipseOf, offset, squaredLength } from "../elliptical.ts";
import { CENTRE, ELL_COMPS, type Pair, type ParameterTable, type ParameterValues } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { awayFromCentre, radialFormulas } from "../radial-mass.ts";
import { KAPPA_S, SCALE_RADIUS } from "./halo-parameters.ts";
import { nfwDeflection } from "./nfw-elliptical.ts";
import { nfwMeans, nfwProjection } from "./nfw-functions.ts";

/*
 * The profile of Navarro, Frenk & White 1996, rho = rho_s / (x (1 + x)^2), seen in projection: with F, g and h of
 * `nfw-functions.ts`,
 *
 *   kappa = 2 kappa_s g(x),     x = xi / r_s,     xi^2 = x'^2 + y'^2 / q^2
 *   round: alpha = 4 kappa_s r_s h(x) / x,     psi = 2 kappa_s r_s^2 [ln^2(x/2) - (1 - x^2) F^2]
 *
 * Wright & Brainerd 2000, eqs 11 and 13; psi by integrating alpha. Elliptical: alpha in the closed form of
 * `nfw-elliptical.ts`, psi by the integral of `homoeoids.ts`.
 *
 * Other codes: as PyAutoLens, elliptical in the mass, with r_s on the major axis; its deflections, also in closed form, are
 * these to 1e-14, its potential of NFWSph lacks a factor r_s. lenstronomy's NFW_ELLIPSE is elliptical in the potential, and its alpha_Rs is 4 kappa_s r_s (1 - ln 2).
 */

const ROUND = { centre: CENTRE, kappaS: KAPPA_S, scaleRadius: SCALE_RADIUS } as const satisfies ParameterTable;
const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  kappaS: KAPPA_S,
  scaleRadius: SCALE_RADIUS,
} as const satisfies ParameterTable;

/** Elliptical NFW halo. */
export const nfw: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "NFW",
  summary: "NFW halo, elliptical in the mass",
  citation: "Navarro, Frenk & White 1996, ApJ 462, 563; Wright & Brainerd 2000, ApJ 534, 34, eq. 11",
  parameters: PARAMETERS,
  ...radialFormulas<typeof PARAMETERS>(PARAMETERS, (algebra, { kappaS, scaleRadius }, ellipse) => {
    const f = formula(algebra);
    const perSquare = f`1 / (${axisRatio(algebra, ellipse)} * ${scaleRadius} * ${scaleRadius})`;
    return { convergence: (squared) => f`2 * ${kappaS} * ${nfwProjection(algebra, f`${squared} * ${perSquare}`).g}` };
  }),
  deflection: (algebra, position, values) =>
    nfwDeflection(algebra, offset(algebra, position, values.centre), ellipseOf(algebra, values.ellComps), values),
};

type Values<T> = ParameterValues<typeof ROUND, T>;

/** The offset, its square and x^2, both away from the centre. */
function radii<T>(algebra: Algebra<T>, position: Pair<T>, { centre, scaleRadius }: Values<T>) {
  const from = offset(algebra, position, centre);
  const squared = awayFromCentre(algebra, squaredLength(algebra, from));
  return { from, squared, x2: formula(algebra)`${squared} / (${scaleRadius} * ${scaleRadius})` };
}

/** Round NFW halo, in closed form. */
export const nfwSph: MassProfile<typeof ROUND> = {
  kind: "mass",
  name: "NFWSph",
  summary: "round NFW halo",
  citation: "Navarro, Frenk & White 1996, ApJ 462, 563; Wright & Brainerd 2000, ApJ 534, 34, eqs 11 and 13",
  parameters: ROUND,
  deflection: (algebra, position, values) => {
    const f = formula(algebra);
    const { from, x2 } = radii(algebra, position, values);
    const mean = f`4 * ${values.kappaS} * ${nfwMeans(algebra, x2).h}`;
    return [f`${mean} * ${from[0]}`, f`${mean} * ${from[1]}`];
  },
  convergence: (algebra, position, values) => {
    const { x2 } = radii(algebra, position, values);
    return formula(algebra)`2 * ${values.kappaS} * ${nfwProjection(algebra, x2).g}`;
  },
  potential: (algebra, position, values) => {
    const { squared, x2 } = radii(algebra, position, values);
    return formula(algebra)`2 * ${values.kappaS} * ${squared} * ${nfwMeans(algebra, x2).potential}`;
  },
};
