import type { Algebra } from "../../src/compiler/algebra.ts";
import { erf } from "../../src/compiler/erf.ts";
import { heldWithin } from "../../src/compiler/interpolation.ts";

/** A value and its derivatives along any number of directions. */
export interface Dual {
  readonly value: number;
  readonly slopes: readonly number[];
}

/** The `index`-th of `count` independent variables. */
export function variable(value: number, index: number, count: number): Dual {
  return { value, slopes: Array.from({ length: count }, (_, i) => (i === index ? 1 : 0)) };
}

/** An algebra in which formulas yield their exact derivatives: a second reader of every profile beside `numbers`. */
export function dualNumbers(count: number): Algebra<Dual> {
  const chain = (value: number, ...parts: (readonly [number, Dual])[]): Dual => ({
    value,
    slopes: Array.from({ length: count }, (_, i) =>
      parts.reduce((sum, [slope, { slopes }]) => sum + slope * slopes[i], 0),
    ),
  });
  const add = (a: Dual, b: Dual) => chain(a.value + b.value, [1, a], [1, b]);
  const algebra: Algebra<Dual> = {
    constant: (value) => chain(value),
    add,
    sub: (a, b) => chain(a.value - b.value, [1, a], [-1, b]),
    mul: (a, b) => chain(a.value * b.value, [b.value, a], [a.value, b]),
    div: (a, b) => chain(a.value / b.value, [1 / b.value, a], [-a.value / b.value ** 2, b]),
    neg: (a) => chain(-a.value, [-1, a]),
    sqrt: (a) => chain(Math.sqrt(a.value), [0.5 / Math.sqrt(a.value), a]),
    exp: (a) => chain(Math.exp(a.value), [Math.exp(a.value), a]),
    log: (a) => chain(Math.log(a.value), [1 / a.value, a]),
    pow: (a, b) => {
      const value = a.value ** b.value;
      return chain(value, [(b.value * value) / a.value, a], [value * Math.log(a.value), b]);
    },
    sin: (a) => chain(Math.sin(a.value), [Math.cos(a.value), a]),
    cos: (a) => chain(Math.cos(a.value), [-Math.sin(a.value), a]),
    atan: (a) => chain(Math.atan(a.value), [1 / (1 + a.value ** 2), a]),
    atan2: (y, x) => {
      const squared = x.value ** 2 + y.value ** 2;
      return chain(Math.atan2(y.value, x.value), [x.value / squared, y], [-y.value / squared, x]);
    },
    atanh: (a) => chain(Math.atanh(a.value), [1 / (1 - a.value ** 2), a]),
    tanh: (a) => chain(Math.tanh(a.value), [1 - Math.tanh(a.value) ** 2, a]),
    erf: (a) => chain(erf(a.value), [(2 / Math.sqrt(Math.PI)) * Math.exp(-(a.value ** 2)), a]),
    selectLess: (a, b, whenLess, otherwise) => (a.value < b.value ? whenLess : otherwise),
    loop: (count, initial, step) => {
      let state = initial;
      for (let index = 0; index < count.value; index++) state = step(state, chain(index));
      return state;
    },
    sumOver: (rows, terms) =>
      rows
        .map((row) => terms(row.map((value) => chain(value))))
        .reduce((sums, row) => sums.map((sum, component) => add(sum, row[component]))),
    tabulated: (range, _, f, at) => f(heldWithin(algebra, range, at)),
  };
  return algebra;
}
