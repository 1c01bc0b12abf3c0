import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { offset, squaredLength } from "../elliptical.ts";
import { CENTRE, type Parameter, type ParameterTable, type ParameterValues } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { awayFromCentre, radialFormulas } from "../radial-mass.ts";
import { KAPPA_S, SCALE_RADIUS } from "./halo-parameters.ts";
import { nfwMeans, nfwProjection } from "./nfw-functions.ts";

/*
 * The NFW profile smoothly cut off, rho = rho_s / (x (1 + x)^2) tau^2 / (tau^2 + x^2), tau = r_t / r_s, of finite mass:
 * Baltz, Marshall & Oguri 2009, appendix A (n = 1). With F, g and h of `nfw-functions.ts`, R = sqrt(x^2 + tau^2) and
 * K = ln(x / (R + tau)),
 *
 *   kappa = 2 kappa_s A [(tau^2 + 1) g + 2 F - pi / R + (tau^2 - 1) K / (tau R)],     A = tau^2 / (tau^2 + 1)^2
 *   alpha = 4 kappa_s r_s A / x [(tau^2 - 1 + 2 x^2) F + pi tau + (tau^2 - 1) ln(tau) + R ((tau^2 - 1) K / tau - pi)]
 *
 * whose bracket, of order x^2, is written below with p = R / tau - 1 = x^2 / (tau (R + tau)) so that nothing cancels:
 *
 *   (tau^2 - 1) [h + p ln(x / (2 tau)) - (1 + p) ln(1 + p/2)] + 2 x^2 F - pi x^2 / (R + tau)
 *
 * psi, which has dilogarithms, by quadrature.
 *
 * Other codes: as PyAutoLens (which returns a potential of zero); lenstronomy's TNFW is the same with alpha_Rs.
 */

const PARAMETERS = {
  centre: CENTRE,
  kappaS: KAPPA_S,
  scaleRadius: SCALE_RADIUS,
  truncationRadius: {
    name: "truncation_radius",
    unit: "arcsec",
    meaning: "r_t, beyond which the density falls as r^-5",
    bounds: [1e-5, 1e5],
    defaultPrior: { prior: "log_uniform", lower: 0.1, upper: 100 },
  } satisfies Parameter,
} as const satisfies ParameterTable;

type Values<T> = ParameterValues<typeof PARAMETERS, T>;

/** What kappa and alpha share at a squared radius. */
function terms<T>(algebra: Algebra<T>, squared: T, { scaleRadius, truncationRadius }: Values<T>) {
  const f = formula(algebra);
  const tau = f`${truncationRadius} / ${scaleRadius}`;
  const tau2 = f`${tau} * ${tau}`;
  const x2 = f`${squared} / (${scaleRadius} * ${scaleRadius})`;
  return { x2, tau, tau2, R: f`sqrt(${x2} + ${tau2})`, A: f`${tau2} / ((${tau2} + 1) * (${tau2} + 1))` };
}

function convergence<T>(algebra: Algebra<T>, squared: T, values: Values<T>): T {
  const f = formula(algebra);
  const { x2, tau, tau2, R, A } = terms(algebra, squared, values);
  const { F, g } = nfwProjection(algebra, x2);
  const K = f`0.5 * log(${x2} / ((${R} + ${tau}) * (${R} + ${tau})))`;
  const rest = f`((${tau2} - 1) * ${K} / ${tau} - ${algebra.constant(Math.PI)}) / ${R}`;
  // Of order x^-4 far out, from terms of order 1 / x: what rounding leaves of it there may be below zero.
  const bracket = f`(${tau2} + 1) * ${g} + 2 * ${F} + ${rest}`;
  return f`2 * ${values.kappaS} * ${A} * selectLess(${bracket}, 0, 0, ${bracket})`;
}

/** alpha / r. */
function meanConvergence<T>(algebra: Algebra<T>, squared: T, values: Values<T>): T {
  const f = formula(algebra);
  const { x2, tau, tau2, R, A } = terms(algebra, squared, values);
  const { F } = nfwProjection(algebra, x2);
  const { h, logHalf } = nfwMeans(algebra, x2);
  const perSquare = f`1 / (${tau} * (${R} + ${tau}))`;
  const p = f`${x2} * ${perSquare}`;
  // ln(1 + p/2) over x^2, accurate for small p as an atanh.
  const logRatio = f`2 * atanh(${p} / (4 + ${p})) / ${x2}`;
  const bracket = f`${h} + ${perSquare} * (${logHalf} - log(${tau})) - (1 + ${p}) * ${logRatio}`;
  return f`4 * ${values.kappaS} * ${A} * ((${tau2} - 1) * ${bracket} + 2 * ${F} - ${algebra.constant(Math.PI)} / (${R} + ${tau}))`;
}

/** Round truncated NFW halo. */
export const nfwTruncatedSph: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "NFWTruncatedSph",
  summary: "round NFW halo, truncated to a finite mass",
  citation: "Baltz, Marshall & Oguri 2009, JCAP 01, 015, appendix A",
  parameters: PARAMETERS,
  ...radialFormulas<typeof PARAMETERS>(PARAMETERS, (algebra, values) => ({
    convergence: (squared) => convergence(algebra, squared, values),
  })),
  deflection: (algebra, position, values) => {
    const f = formula(algebra);
    const [y, x] = offset(algebra, position, values.centre);
    const mean = meanConvergence(algebra, awayFromCentre(algebra, squaredLength(algebra, [y, x])), values);
    return [f`${mean} * ${y}`, f`${mean} * ${x}`];
  },
};
