import { absent } from "../../backend/contract.ts";
import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { complex } from "../complex.ts";
import { CENTRE_SQUARED_RADIUS, circularize, ellipseOf, ellipticity, offset, polar } from "../elliptical.ts";
import { CENTRE, ELL_COMPS, type Pair, type ParameterTable, type ParameterValues } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { CORE_RADIUS, EINSTEIN_RADIUS, SLOPE } from "./parameters.ts";
import { powerLawAmplitude } from "./power-law.ts";
import { seriesLength, wholeSteps } from "./tessore-metcalf.ts";

/*
 * The elliptical power law with a core.
 *
 *   kappa = (2 - t) / (1 + q)  (theta_E^2 / (s^2 + xi^2))^(t/2),     t = slope - 1,     xi^2 = x'^2 + y'^2 / q^2
 *
 * The deflection of any ellipse of matter is a Legendre series in the fraction of the area. With P = R u of
 * `elliptical.ts`, |u| = 1, and w = conj(e) u^2, the integral of Bourassa & Kantowski 1975,
 *
 *   conj(alpha) = 2 / (1 - f^2) int_0^R kappa(rho) rho drho / sqrt(z^2 - 4 e rho^2 / (1 - f^2)^2),
 *
 * has in a = 2 (rho / R)^2 - 1 the denominator sqrt(1 - 2 a conj(w) + conj(w)^2), which generates the Legendre
 * polynomials:
 *
 *   alpha = R u / 2  sum_n c_n w^n,     c_n = int_-1^1 kappa(R sqrt((1 + a) / 2)) P_n(a) da.
 *
 * For a core, kappa ~ (X + a)^(-t/2) with X = 1 + 2 s^2 / R^2, (-1)^n c_n is a Legendre function of the second kind:
 * c_0 is the round profile's, and the others follow from
 *
 *   (n + 2 - t/2) c_(n+1) + (2 n + 1) X c_n + (n + t/2 - 1) c_(n-1) = 0,
 *
 * upwards where c_n falls slower than f^n (R far outside of the core), downwards (Miller's algorithm) elsewhere.
 *
 * Other codes: parameters of PyAutoLens, which integrates; lenstronomy's core radius is on another axis and its theta_E
 * that of `power-law.ts`. Without core this is the power law, at slope 2 the cored isothermal ellipsoid.
 */

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  einsteinRadius: { ...EINSTEIN_RADIUS, meaning: "theta_E of the power law without a core" },
  slope: SLOPE,
  coreRadius: CORE_RADIUS,
} as const satisfies ParameterTable;

type Values<T> = ParameterValues<typeof PARAMETERS, T>;

/** In P of the ellipse: R, u, the core s and Omega^2 = s^2 + R^2; t = slope - 1. */
function parts<T>(algebra: Algebra<T>, position: Pair<T>, values: Values<T>) {
  const f = formula(algebra);
  const ellipse = ellipseOf(algebra, values.ellComps);
  const { radius, direction } = polar(algebra, circularize(algebra, offset(algebra, position, values.centre), ellipse));
  const t = f`${values.slope} - 1`;
  const core = f`(1 - ${ellipticity(algebra, ellipse)}) * ${values.coreRadius}`;
  const omega = f`sqrt(${core} * ${core} + ${radius} * ${radius})`;
  return { ellipse, radius, direction, t, core, omega };
}

function convergence<T>(algebra: Algebra<T>, position: Pair<T>, values: Values<T>): T {
  const { ellipse, omega, t } = parts(algebra, position, values);
  return formula(algebra)`0.5 * (2 - ${t}) * ${powerLawAmplitude(algebra, values.einsteinRadius, ellipse, omega, t)}`;
}

function deflection<T>(algebra: Algebra<T>, position: Pair<T>, values: Values<T>): Pair<T> {
  const f = formula(algebra);
  const { conjugate, mul, scale } = complex(algebra);
  const { ellipse, radius, direction, t, core, omega } = parts(algebra, position, values);
  const minusW = scale(f`-1`, mul(conjugate(ellipse.ellComps), mul(direction, direction)));
  // c_n falls as tau^(2n).
  const tau = f`${radius} / (${omega} + ${core})`;
  const ratio = ellipticity(algebra, ellipse);
  const slowest = f`selectLess(${ratio}, 0.125, 0.125, ${ratio})`;
  const choose = (inside: T, outside: T) => f`selectLess(${tau} * ${tau}, ${slowest}, ${inside}, ${outside})`;
  // Four more, for the start of the recurrence downwards from zero.
  const count = f`${seriesLength(algebra, ellipse)} + 4`;
  // Upwards is given no core where it is not taken.
  const up = upwards(algebra, minusW, radius, choose(f`0`, core), t, count);
  const down = downwards(algebra, minusW, radius, core, t, count);
  const amplitude = powerLawAmplitude(algebra, values.einsteinRadius, ellipse, omega, t);
  const enclosed = f`${amplitude} * ${roundMass(algebra, radius, core, omega, t)} / ${radius}`;
  return scale(enclosed, mul(direction, [choose(down[0], up[0]), choose(down[1], up[1])]));
}

/** Omega^t (Omega^(2-t) - s^(2-t)), by what is accurate for R far below and far above s. */
function roundMass<T>(algebra: Algebra<T>, radius: T, core: T, omega: T, t: T): T {
  const f = formula(algebra);
  const left = f`${core} / ${omega}`;
  const rest = powerOfCore(algebra, left, f`2 - ${t}`);
  const fraction = f`${radius} * ${radius} / (${omega} * ${omega} + ${core} * ${core})`;
  const inside = f`selectLess(${fraction}, 0.5, ${fraction}, 0.5)`;
  const small = f`tanh((1 - 0.5 * ${t}) * atanh(${inside})) * (1 + ${rest})`;
  return f`${omega} * ${omega} * selectLess(${fraction}, 0.5, ${small}, 1 - ${rest})`;
}

/** A power above zero of a length that may be zero. */
function powerOfCore<T>(algebra: Algebra<T>, length: T, exponent: T): T {
  const f = formula(algebra);
  const least = algebra.constant(CENTRE_SQUARED_RADIUS);
  return f`selectLess(${length}, ${least}, 0, pow(selectLess(${length}, ${least}, ${least}, ${length}), ${exponent}))`;
}

/** sum c_n / c_0 w^n from below. */
function upwards<T>(algebra: Algebra<T>, minusW: Pair<T>, radius: T, core: T, t: T, count: T): Pair<T> {
  const f = formula(algebra);
  const { mul } = complex(algebra);
  const omega = f`sqrt(${core} * ${core} + ${radius} * ${radius})`;
  const rest = powerOfCore(algebra, f`${core} / ${omega}`, f`2 - ${t}`);
  // In units of Omega: s^2 = left, R^2 = 1 - left.
  const left = f`${core} * ${core} / (${omega} * ${omega})`;
  const first = f`2 / (1 - ${left}) * (0.5 * (1 + ${left}) - (2 - ${t}) / (4 - ${t}) * (1 - ${left} * ${rest}) / (1 - ${rest}))`;
  const stretch = f`(1 + ${left}) / (1 - ${left})`;
  const start = [f`0`, f`1`, ...minusW, f`1`, first];
  const [y, x] = algebra.loop(count, start, ([sumY, sumX, powerY, powerX, before, now], index) => {
    const n = f`${index} + 1`;
    const after = f`((2 * ${n} + 1) * ${stretch} * ${now} - (${n} + 0.5 * ${t} - 1) * ${before}) / (${n} + 2 - 0.5 * ${t})`;
    const sum = [f`${sumY} + ${now} * ${powerY}`, f`${sumX} + ${now} * ${powerX}`];
    return [...sum, ...mul([powerY, powerX], minusW), now, after];
  });
  return [y, x];
}

/** sum c_n / c_0 w^n from above: 1 + w c_1/c_0 (1 + w c_2/c_1 (1 + ...)). */
function downwards<T>(algebra: Algebra<T>, minusW: Pair<T>, radius: T, core: T, t: T, count: T): Pair<T> {
  const f = formula(algebra);
  const { mul, scale } = complex(algebra);
  const squared = f`${radius} * ${radius}`;
  const inverseStretch = f`${squared} / (${squared} + 2 * ${core} * ${core})`;
  const terms = wholeSteps(algebra, count);
  const [, y, x] = algebra.loop(count, [f`0`, f`0`, f`1`], ([above, sumY, sumX], index) => {
    const n = f`${terms} - ${index}`;
    const ratio = f`(${n} + 0.5 * ${t} - 1) * ${inverseStretch} / (2 * ${n} + 1 - (${n} + 2 - 0.5 * ${t}) * ${inverseStretch} * ${above})`;
    const [nextY, nextX] = scale(ratio, mul(minusW, [sumY, sumX]));
    return [ratio, nextY, f`1 + ${nextX}`];
  });
  return [y, x];
}

/** Elliptical power law with a core. */
export const powerLawCore: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "PowerLawCore",
  summary: "elliptical power law with a core",
  citation: "Bourassa & Kantowski 1975, ApJ 195, 13; Legendre series derived here",
  parameters: PARAMETERS,
  deflection,
  convergence,
  potential: absent("the round profile's is a 3F2 already, without a closed form"),
};
