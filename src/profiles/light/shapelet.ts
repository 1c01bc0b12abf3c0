import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { circularize, ellipseOf, offset } from "../elliptical.ts";
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
 * The Cartesian shapelets, eigenfunctions of the harmonic oscillator in two dimensions,
 *
 *   I = intensity h_ny(Y / beta) h_nx(X / beta) / beta,     h_n(t) = H_n(t) exp(-t^2 / 2) / sqrt(2^n n! sqrt(pi)),
 *
 * in the plane X + i Y = P / sqrt(1 - f^2) of `elliptical.ts`, a shear without change of area that makes circles of the
 * ellipses. They are orthonormal over the sky for any ellipse, and smooth through zero ellipticity. By the recurrence of
 * the Hermite polynomials, g_(n+1) = sqrt(2) t g_n - n g_(n-1) for g_n = h_n sqrt(n!).
 *
 * Other codes: the same as in PyAutoLens where round. There, the axes turn with the ellipse (which mixes functions of the same
 * n_y + n_x only), beta is that of the major axis, beta / sqrt(q), and an ellipse is normalized to q.
 */

/** The largest n: up to here nothing overflows or loses its digits. */
export const LARGEST_ORDER = 40;

const order = <const Name extends string>(name: Name, axis: string) =>
  ({
    name,
    unit: "none",
    meaning: `number of nodes along ${axis}`,
    bounds: [0, LARGEST_ORDER],
    whole: true,
    defaultPrior: { prior: "uniform", lower: 0, upper: LARGEST_ORDER },
  }) as const;

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  intensity: {
    ...intensityAt("the centre"),
    meaning: "coefficient: the square of it is the integral of the squared surface brightness",
    bounds: [-Infinity, Infinity],
    defaultPrior: { prior: "gaussian", mean: 0, sigma: 1 },
  },
  beta: scaleOf("beta", "scale, of the circle of the same area as the ellipse"),
  nY: order("n_y", "y"),
  nX: order("n_x", "x"),
} as const satisfies ParameterTable;

function intensity<T>(algebra: Algebra<T>, position: Pair<T>, values: ParameterValues<typeof PARAMETERS, T>): T {
  const f = formula(algebra);
  const { beta, nX, nY } = values;
  const ellipse = ellipseOf(algebra, values.ellComps);
  const [y, x] = circularize(algebra, offset(algebra, position, values.centre), ellipse);
  const scale = f`${beta} * sqrt(1 - ${ellipse.squared})`;
  const alongY = hermite(algebra, nY, f`${y} / ${scale}`);
  const alongX = hermite(algebra, nX, f`${x} / ${scale}`);
  return f`${values.intensity} * ${alongY} * ${alongX} / (${beta} * ${algebra.constant(Math.sqrt(Math.PI))})`;
}

/** h_n(t) pi^(1/4). */
function hermite<T>(algebra: Algebra<T>, n: T, t: T): T {
  const f = formula(algebra);
  const root = algebra.constant(Math.SQRT2);
  const start = [f`exp(-${t} * ${t} / 2)`, algebra.constant(0), algebra.constant(1)];
  const [g, , factorial] = algebra.loop(n, start, ([g, before, factorial], k) => [
    f`${root} * ${t} * ${g} - ${k} * ${before}`,
    g,
    f`${factorial} * (${k} + 1)`,
  ]);
  return f`${g} / sqrt(${factorial})`;
}

/** One Cartesian shapelet. */
export const shapelet: LightProfile<typeof PARAMETERS> = {
  kind: "light",
  name: "ShapeletCartesian",
  summary: "Cartesian shapelet: Gaussian times Hermite polynomials",
  citation: "Refregier 2003, MNRAS 338, 35",
  parameters: PARAMETERS,
  intensity,
};
