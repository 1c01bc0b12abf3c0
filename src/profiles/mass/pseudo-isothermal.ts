import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { complex } from "../complex.ts";
import { CENTRE_SQUARED_RADIUS, circularize, type Ellipse, ellipseOf, offset, positionAngle } from "../elliptical.ts";
import type { CENTRE, ELL_COMPS, Pair, ParameterTable, ParameterValues } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";

/*
 * The pseudo-isothermal ellipsoid, of which the isothermal, dual pseudo-isothermal and chameleon profiles are made.
 *
 *   kappa = b / (2 Omega),     Omega^2 = c^2 + R^2,     R^2 = x'^2 / (1 + f)^2 + y'^2 / (1 - f)^2
 *
 * of strength b and core c, f = (1 - q) / (1 + q): the PIEMD of Kassiola & Kovner 1993, eq. 4.1.1. Their deflection
 * (eq. 4.1.2), a complex logarithm whose branch depends on the frame, is written here without frame or branch. With P
 * of `elliptical.ts`, R = |P| / (1 - f^2), the point v = P / ((1 - f^2) (Omega + c)) of the unit disk, and w = conj(e)
 * v^2,
 *
 *   alpha = b (1 - f^2) v S(w),     S(w) = atan(sqrt w) / sqrt w = 1 - w/3 + w^2/5 - ...,     |w| <= f < 1
 *   psi   = x alpha_x + y alpha_y - b c (1 - f^2) ln[ (Omega + c) |1 + w| / (2 c) ],     zero at the centre.
 *
 * Derivation: conj(alpha) = 2 / (1 - f^2) int_0^|P| kappa(rho) rho drho / sqrt(z^2 - k^2 rho^2), k^2 = 4 e / (1 -
 * f^2)^2 (Bourassa & Kantowski 1975), is 1/k times a difference of two arcsines a - b in Omega, and tan((a - b) / 2) =
 * (sin a - sin b) / (cos a + cos b) is sqrt(e) conj(v). The potential follows from psi(lambda z, lambda c) = lambda
 * psi(z, c). For c = 0 this is Tessore & Metcalf 2015, eq. 13 with t = 1.
 */

/** Strength b and core c, arcseconds. A negative strength takes mass away. */
export interface PseudoIsothermal<T> {
  readonly strength: T;
  readonly core: T;
}

type Elliptical = ParameterTable & { readonly centre: typeof CENTRE; readonly ellComps: typeof ELL_COMPS };

type Components<Table extends ParameterTable> = {
  components<T>(
    algebra: Algebra<T>,
    values: ParameterValues<Table, T>,
    ellipse: Ellipse<T>,
  ): readonly PseudoIsothermal<T>[];
}["components"];

/** The formulas of a sum of pseudo-isothermal ellipsoids of one centre and one ellipse. */
export function pseudoIsothermals<Table extends Elliptical>(
  components: Components<Table>,
): Pick<MassProfile<Table>, "deflection" | "convergence" | "potential"> {
  function sum<T, Result>(
    algebra: Algebra<T>,
    position: Pair<T>,
    values: ParameterValues<Table, T>,
    part: (algebra: Algebra<T>, from: Pair<T>, ellipse: Ellipse<T>, component: PseudoIsothermal<T>) => Result,
    add: (a: Result, b: Result) => Result,
  ): Result {
    const { centre, ellComps } = values as unknown as ParameterValues<Elliptical, T>;
    const ellipse = ellipseOf(algebra, ellComps);
    const from = offset(algebra, position, centre);
    return components(algebra, values, ellipse)
      .map((component) => part(algebra, from, ellipse, component))
      .reduce(add);
  }
  return {
    deflection: (algebra, position, values) => sum(algebra, position, values, deflection, complex(algebra).add),
    convergence: (algebra, position, values) => sum(algebra, position, values, convergence, algebra.add),
    potential: (algebra, position, values) => sum(algebra, position, values, potential, algebra.add),
  };
}

/** Omega, not below the smallest radius, and v. */
function inDisk<T>(algebra: Algebra<T>, from: Pair<T>, ellipse: Ellipse<T>, core: T) {
  const { add, constant, div, mul, selectLess, sqrt, sub } = algebra;
  const { scale, squaredLength } = complex(algebra);
  const one = constant(1);
  const point = scale(div(one, sub(one, ellipse.squared)), circularize(algebra, from, ellipse));
  const squared = add(mul(core, core), squaredLength(point));
  const smallest = constant(CENTRE_SQUARED_RADIUS);
  const omega = sqrt(selectLess(squared, smallest, smallest, squared));
  return { omega, v: scale(div(one, add(omega, core)), point) };
}

function deflection<T>(
  algebra: Algebra<T>,
  from: Pair<T>,
  ellipse: Ellipse<T>,
  { strength, core }: PseudoIsothermal<T>,
) {
  const { constant, mul, sub } = algebra;
  const { v } = inDisk(algebra, from, ellipse, core);
  const amplitude = mul(strength, sub(constant(1), ellipse.squared));
  return complex(algebra).scale(amplitude, arctangent(algebra, v, ellipse));
}

function convergence<T>(algebra: Algebra<T>, from: Pair<T>, ellipse: Ellipse<T>, component: PseudoIsothermal<T>): T {
  const { omega } = inDisk(algebra, from, ellipse, component.core);
  return formula(algebra)`0.5 * ${component.strength} / ${omega}`;
}

function potential<T>(algebra: Algebra<T>, from: Pair<T>, ellipse: Ellipse<T>, component: PseudoIsothermal<T>): T {
  const f = formula(algebra);
  const { conjugate, dot, mul, squaredLength } = complex(algebra);
  const { strength, core } = component;
  const { omega, v } = inDisk(algebra, from, ellipse, core);
  const [wy, wx] = mul(conjugate(ellipse.ellComps), mul(v, v));
  const onePlusW = squaredLength([wy, f`1 + ${wx}`]);
  // Without a core the logarithm has the factor zero, and must only be finite.
  const diameter = f`selectLess(${core}, 1e-30, 2e-30, 2 * ${core})`;
  const logarithm = f`log(${omega} + ${core}) + 0.5 * log(${onePlusW}) - log(${diameter})`;
  const homogeneous = dot(from, deflection(algebra, from, ellipse, component));
  return f`${homogeneous} - ${strength} * ${core} * (1 - ${ellipse.squared}) * ${logarithm}`;
}

/**
 * Below this ellipticity S is its series. The closed form stays accurate much further down, but its derivatives lose
 * digits as 1/f: at 1e-3 they have 13 left, and six terms of the series are exact.
 */
const SERIES_ELLIPTICITY = 1e-3;
const SERIES_TERMS = 6;

/** v S(conj(e) v^2) of a point v in the unit disk. */
function arctangent<T>(algebra: Algebra<T>, v: Pair<T>, ellipse: Ellipse<T>): Pair<T> {
  const { constant, selectLess } = algebra;
  const limit = constant(SERIES_ELLIPTICITY ** 2);
  const choose = (whenRound: T, otherwise: T) => selectLess(ellipse.squared, limit, whenRound, otherwise);
  // What the closed form is given where the series is taken: any ellipse at which it is finite.
  const elongated: Ellipse<T> = {
    ellComps: [choose(constant(0), ellipse.ellComps[0]), choose(constant(0.5), ellipse.ellComps[1])],
    squared: choose(constant(0.25), ellipse.squared),
  };
  const series = arctangentSeries(algebra, v, ellipse);
  const closed = arctangentClosed(algebra, v, elongated);
  return [choose(series[0], closed[0]), choose(series[1], closed[1])];
}

function arctangentSeries<T>(algebra: Algebra<T>, v: Pair<T>, { ellComps }: Ellipse<T>): Pair<T> {
  const { add, constant } = algebra;
  const { conjugate, mul, scale } = complex(algebra);
  const minusW = scale(constant(-1), mul(conjugate(ellComps), mul(v, v)));
  let sum: Pair<T> = [constant(0), constant(1 / (2 * SERIES_TERMS - 1))];
  for (let n = SERIES_TERMS - 2; n >= 0; n--) {
    const [y, x] = mul(sum, minusW);
    sum = [y, add(constant(1 / (2 * n + 1)), x)];
  }
  return mul(v, sum);
}

/** atan(x) / conj(sqrt e) with x = conj(sqrt e) v, which is v times sqrt(f) in the frame of the major axis. */
function arctangentClosed<T>(algebra: Algebra<T>, v: Pair<T>, ellipse: Ellipse<T>): Pair<T> {
  const { add, atan, atanh, constant, cos, div, sin, sqrt, sub } = algebra;
  const { conjugate, mul, scale, squaredLength } = complex(algebra);
  const ellipticity = sqrt(ellipse.squared);
  const phi = positionAngle(algebra, ellipse);
  const root = scale(sqrt(ellipticity), [sin(phi), cos(phi)]);
  const x = mul(conjugate(root), v);
  const [y2, x2] = scale(constant(2), x);
  const [one, squared] = [constant(1), squaredLength(x)];
  const twice: Pair<T> = [atanh(div(y2, add(one, squared))), atan(div(x2, sub(one, squared)))];
  return scale(div(constant(0.5), ellipticity), mul(root, twice));
}
