import { erf } from "./erf.ts";
import { heldWithin } from "./interpolation.ts";

/**
 * The scalars that formulas are written over.
 *
 * A profile is a function of an algebra and of scalars of that algebra. Over `numbers` it computes; over symbolic
 * scalars the same function builds an expression graph. A formula must therefore never look at a value: the only
 * branch is `selectLess`, which evaluates both of its alternatives, so neither may divide by zero or leave the domain
 * of a function anywhere (give the alternative that is not taken a harmless argument, by another `selectLess`).
 */
export interface Algebra<T> {
  constant(value: number): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  neg(a: T): T;
  sqrt(a: T): T;
  exp(a: T): T;
  log(a: T): T;
  /** `base ** exponent` for a base that is not negative. */
  pow(base: T, exponent: T): T;
  sin(a: T): T;
  cos(a: T): T;
  atan(a: T): T;
  /** The angle of the point (x, y), counter-clockwise from +x; 0 at the origin. */
  atan2(y: T, x: T): T;
  atanh(a: T): T;
  tanh(a: T): T;
  /** The error function. */
  erf(a: T): T;
  /** `a < b ? whenLess : otherwise`, both alternatives evaluated. */
  selectLess(a: T, b: T, whenLess: T, otherwise: T): T;
  /**
   * `step` applied `count` times to the state, with the number of steps done before as `index`. The count may depend on
   * parameters, never on the position; what is not a whole number is rounded up.
   */
  loop(count: T, initial: readonly T[], step: (state: readonly T[], index: T) => readonly T[]): readonly T[];
  /**
   * The sums of `terms` over the rows of a table of constants, component by component: a quadrature over its nodes. The
   * rows, one or more and all of one length, are known when the formula is written and come as scalars; the terms, all of
   * one length too, are added in the order of the rows. A term may hold a sum over another table.
   */
  sumOver(rows: readonly (readonly number[])[], terms: (row: readonly T[]) => readonly T[]): readonly T[];
  /**
   * A smooth function of one variable, held at the ends of its range. Compiled, it is computed once a call at the ends of
   * `pieces` equal steps and four steps beyond either end, and interpolated at each point: `interpolation.ts` states the
   * error and `interpolationError` measures it. Elsewhere it is exact. The range and what else `f` uses may depend on
   * parameters, never on the position.
   */
  tabulated(range: readonly [lower: T, upper: T], pieces: number, f: (t: T) => T, at: T): T;
}

/** The algebra of f64 numbers. */
export const numbers: Algebra<number> = {
  constant: (value) => value,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  neg: (a) => -a,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  pow: (base, exponent) => base ** exponent,
  sin: Math.sin,
  cos: Math.cos,
  atan: Math.atan,
  atan2: Math.atan2,
  atanh: Math.atanh,
  tanh: Math.tanh,
  erf,
  selectLess: (a, b, whenLess, otherwise) => (a < b ? whenLess : otherwise),
  loop: (count, initial, step) => {
    let state = initial;
    for (let index = 0; index < count; index++) state = step(state, index);
    return state;
  },
  sumOver: (rows, terms) => {
    const sums = [...terms(rows[0])];
    for (let row = 1; row < rows.length; row++) {
      for (const [component, term] of terms(rows[row]).entries()) sums[component] += term;
    }
    return sums;
  },
  tabulated: (range, _, f, at) => f(heldWithin(numbers, range, at)),
};
