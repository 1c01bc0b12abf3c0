import type { Algebra } from "../compiler/algebra.ts";
import { formula } from "../compiler/formula.ts";
import type { Pair } from "./parameter.ts";

/**
 * Arithmetic of complex numbers over any algebra. The number x + i y is the pair [y, x] that a position is: imaginary
 * part first.
 */
export function complex<T>(algebra: Algebra<T>) {
  const f = formula(algebra);
  const scale = (factor: T, [y, x]: Pair<T>): Pair<T> => [f`${factor} * ${y}`, f`${factor} * ${x}`];
  const conjugate = ([y, x]: Pair<T>): Pair<T> => [f`-${y}`, x];
  const squaredLength = ([y, x]: Pair<T>): T => f`${y} * ${y} + ${x} * ${x}`;
  const mul = ([ay, ax]: Pair<T>, [by, bx]: Pair<T>): Pair<T> => [
    f`${ax} * ${by} + ${ay} * ${bx}`,
    f`${ax} * ${bx} - ${ay} * ${by}`,
  ];
  return {
    scale,
    conjugate,
    squaredLength,
    mul,
    add: ([ay, ax]: Pair<T>, [by, bx]: Pair<T>): Pair<T> => [f`${ay} + ${by}`, f`${ax} + ${bx}`],
    sub: ([ay, ax]: Pair<T>, [by, bx]: Pair<T>): Pair<T> => [f`${ay} - ${by}`, f`${ax} - ${bx}`],
    /** x_a x_b + y_a y_b, the real part of conj(a) b. */
    dot: ([ay, ax]: Pair<T>, [by, bx]: Pair<T>): T => f`${ax} * ${bx} + ${ay} * ${by}`,
    div: (a: Pair<T>, b: Pair<T>): Pair<T> => scale(f`1 / ${squaredLength(b)}`, mul(a, conjugate(b))),
    /** The root with a real part of zero or more, of a number other than zero. */
    sqrt: (a: Pair<T>): Pair<T> => {
      const [y, x] = a;
      const length = f`sqrt(${squaredLength(a)})`;
      // The larger part by addition, the smaller one from 2 (real)(imaginary) = y, so that neither cancels.
      const larger = f`sqrt(0.5 * (${length} + selectLess(${x}, 0, -${x}, ${x})))`;
      const smaller = f`0.5 * ${y} / ${larger}`;
      return [
        f`selectLess(${x}, 0, selectLess(${y}, 0, -${larger}, ${larger}), ${smaller})`,
        f`selectLess(${x}, 0, selectLess(${y}, 0, -${smaller}, ${smaller}), ${larger})`,
      ];
    },
  };
}
