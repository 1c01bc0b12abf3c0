import { type Algebra, numbers } from "./algebra.ts";
import { erf } from "./erf.ts";

/** A value with its derivatives along y and x; a plain number is a constant. */
export type Dual = number | Varying;

interface Varying {
  readonly value: number;
  readonly dy: number;
  readonly dx: number;
}

/** The two independent variables at (y, x). */
export function variables(y: number, x: number): readonly [Dual, Dual] {
  return [
    { value: y, dy: 1, dx: 0 },
    { value: x, dy: 0, dx: 1 },
  ];
}

export function realOf(a: Dual): number {
  return typeof a === "number" ? a : a.value;
}

/** The derivatives by y and by x. */
export function gradientOf(a: Dual): readonly [dy: number, dx: number] {
  return typeof a === "number" ? [0, 0] : [a.dy, a.dx];
}

/** `value` with `slope` times the derivatives of `a`. */
function chain(value: number, slope: number, a: Varying): Dual {
  return { value, dy: slope * a.dy, dx: slope * a.dx };
}

/** `value` with a weighted sum of the derivatives of `a` and `b`. */
function chain2(value: number, slopeA: number, a: Dual, slopeB: number, b: Dual): Dual {
  if (typeof a === "number") return typeof b === "number" ? value : chain(value, slopeB, b);
  if (typeof b === "number") return chain(value, slopeA, a);
  return { value, dy: slopeA * a.dy + slopeB * b.dy, dx: slopeA * a.dx + slopeB * b.dx };
}

/** A function of one argument, with its derivative from the argument and the value. */
function unary(of: (a: number) => number, slope: (a: number, value: number) => number): (a: Dual) => Dual {
  return (a) => {
    if (typeof a === "number") return of(a);
    const value = of(a.value);
    return chain(value, slope(a.value, value), a);
  };
}

/**
 * Dual numbers over the plane: a formula of a position yields its value and its exact derivatives by y and x, whence
 * Jacobians of lens mappings. What does not depend on the position stays a number, at the cost of a number.
 *
 * Kinks are level, as in compiled derivatives: where sqrt, pow or atan2 is finite and its derivative is not, the
 * derivative is zero.
 */
export const dualNumbers: Algebra<Dual> = {
  constant: (value) => value,
  add: (a, b) => chain2(realOf(a) + realOf(b), 1, a, 1, b),
  sub: (a, b) => chain2(realOf(a) - realOf(b), 1, a, -1, b),
  mul: (a, b) => {
    const [u, v] = [realOf(a), realOf(b)];
    return chain2(u * v, v, a, u, b);
  },
  div: (a, b) => {
    const [inverse, value] = [1 / realOf(b), realOf(a) / realOf(b)];
    return chain2(value, inverse, a, -value * inverse, b);
  },
  neg: unary(numbers.neg, () => -1),
  sqrt: unary(Math.sqrt, (_, root) => (root > 0 ? 0.5 / root : 0)),
  exp: unary(Math.exp, (_, value) => value),
  log: unary(Math.log, (a) => 1 / a),
  pow: (base, exponent) => {
    const [u, v] = [realOf(base), realOf(exponent)];
    const value = u ** v;
    return u > 0 ? chain2(value, (v * value) / u, base, value * Math.log(u), exponent) : value;
  },
  sin: unary(Math.sin, Math.cos),
  cos: unary(Math.cos, (a) => -Math.sin(a)),
  atan: unary(Math.atan, (a) => 1 / (1 + a * a)),
  atan2: (y, x) => {
    const [v, u] = [realOf(y), realOf(x)];
    const squared = u * u + v * v;
    return squared > 0 ? chain2(Math.atan2(v, u), u / squared, y, -v / squared, x) : Math.atan2(v, u);
  },
  atanh: unary(Math.atanh, (a) => 1 / ((1 - a) * (1 + a))),
  tanh: unary(Math.tanh, (_, value) => (1 - value) * (1 + value)),
  erf: unary(erf, (a) => (2 / Math.sqrt(Math.PI)) * Math.exp(-a * a)),
  selectLess: (a, b, whenLess, otherwise) => (realOf(a) < realOf(b) ? whenLess : otherwise),
  loop: (count, initial, step) => {
    let state = initial;
    for (let index = 0; index < realOf(count); index++) state = step(state, index);
    return state;
  },
  sumOver: (rows, terms) => {
    const [first, ...others] = rows.map(terms);
    return others.reduce((sums, added) => sums.map((sum, i) => dualNumbers.add(sum, added[i])), first);
  },
};
