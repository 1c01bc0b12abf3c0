import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { complex } from "../complex.ts";
import { offset, polar } from "../elliptical.ts";
import { CENTRE, type Pair, type ParameterTable, type ParameterValues } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { EINSTEIN_RADIUS, SLOPE } from "./parameters.ts";

/*
 * A multipole of order m, to be added to a power law of the same centre, Einstein radius and slope.
 *
 *   kappa = 1/2 (theta_E / r)^t Re(conj(k) u^m),     u = (x + i y) / r,   k = k_x + i k_y,   t = slope - 1
 *   psi   = -r^2 (theta_E / r)^t / (m^2 - (2 - t)^2) Re(conj(k) u^m)
 *
 * Chu et al. 2013. Derivation: kappa = 1/2 laplacian psi, and r^(2-t) cos m phi has the Laplacian ((2-t)^2 - m^2) times
 * r^-t cos m phi. With k = k_m exp(i m phi_m) this is k_m cos m(phi - phi_m).
 *
 * Other codes: parameters of PyAutoLens; `multipole_comps` is [k_y, k_x] = k_m [sin m phi_m, cos m phi_m], in its
 * order. lenstronomy's MULTIPOLE is that of slope 2 with a_m = k_m theta_E. PyAutoLens has no potential.
 */

const PARAMETERS = {
  m: {
    name: "m",
    unit: "none",
    meaning: "order of the multipole, a whole number; another one is rounded up",
    bounds: [3, 20],
    defaultPrior: { prior: "uniform", lower: 3, upper: 4 },
    default: 4,
  },
  centre: CENTRE,
  einsteinRadius: { ...EINSTEIN_RADIUS, meaning: "theta_E of the power law that the multipole belongs to" },
  slope: { ...SLOPE, meaning: "slope of the power law that the multipole belongs to" },
  multipoleComps: {
    name: "multipole_comps",
    components: ["k_y", "k_x"],
    unit: "none",
    meaning: "[k_m sin(m phi_m), k_m cos(m phi_m)] of the strength k_m and the angle phi_m, counter-clockwise from +x",
    bounds: [-1, 1],
    defaultPrior: { prior: "gaussian", mean: 0, sigma: 0.05 },
    default: 0,
  },
} as const satisfies ParameterTable;

/** r, u, (theta_E / r)^t, conj(k) u^m, and m as a whole number. */
function harmonic<T>(algebra: Algebra<T>, position: Pair<T>, values: ParameterValues<typeof PARAMETERS, T>) {
  const f = formula(algebra);
  const { conjugate, mul } = complex(algebra);
  const { radius, direction } = polar(algebra, offset(algebra, position, values.centre));
  const base = f`${values.einsteinRadius} / ${radius}`;
  const power = f`pow(selectLess(${base}, 1e-30, 1e-30, ${base}), ${values.slope} - 1)`;
  const start = [...conjugate(values.multipoleComps), f`0`];
  const [y, x, order] = algebra.loop(values.m, start, ([y, x, done]) => [...mul([y, x], direction), f`${done} + 1`]);
  const wave: Pair<T> = [y, x];
  return { radius, direction, power, wave, order };
}

/** m^2 - (2 - t)^2 */
function denominator<T>(algebra: Algebra<T>, order: T, slope: T): T {
  return formula(algebra)`${order} * ${order} - (3 - ${slope}) * (3 - ${slope})`;
}

/** Multipole of a power law. */
export const powerLawMultipole: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "PowerLawMultipole",
  summary: "multipole of a power law, without the power law itself",
  citation: "Chu et al. 2013, arXiv:1302.5482",
  parameters: PARAMETERS,
  deflection: (algebra, position, values) => {
    const f = formula(algebra);
    const { mul, scale } = complex(algebra);
    const { radius, direction, power, wave, order } = harmonic(algebra, position, values);
    const amplitude = f`-${radius} * ${power} / ${denominator(algebra, order, values.slope)}`;
    // Radially (2 - t) Re(conj(k) u^m), along the angle d/dphi of it: -m Im(conj(k) u^m).
    const turned = [f`-${order} * ${wave[0]}`, f`(3 - ${values.slope}) * ${wave[1]}`] as const;
    return scale(amplitude, mul(direction, turned));
  },
  convergence: (algebra, position, values) => {
    const { power, wave } = harmonic(algebra, position, values);
    return formula(algebra)`0.5 * ${power} * ${wave[1]}`;
  },
  potential: (algebra, position, values) => {
    const { radius, power, wave, order } = harmonic(algebra, position, values);
    return formula(
      algebra,
    )`-${radius} * ${radius} * ${power} * ${wave[1]} / ${denominator(algebra, order, values.slope)}`;
  },
};
