import type { Algebra } from "../compiler/algebra.ts";
import type { Pair } from "./parameter.ts";

type Complex<T> = ReturnType<typeof operations<T>>;

const made = new WeakMap<object, unknown>();

/**
 * Arithmetic of complex numbers over any algebra, as `const { mul, sqrt } = complex(algebra)`. The number x + i y is the
 * pair [y, x] that a position is: imaginary part first.
 */
export function complex<T>(algebra: Algebra<T>): Complex<T> {
  // Formulas ask for it at every position.
  let known = made.get(algebra) as Complex<T> | undefined;
  if (known === undefined) {
    known = operations(algebra);
    made.set(algebra, known);
  }
  return known;
}

function operations<T>(algebra: Algebra<T>) {
  const { add, constant, div, mul, neg, selectLess, sqrt, sub } = algebra;
  const scale = (factor: T, [y, x]: Pair<T>): Pair<T> => [mul(factor, y), mul(factor, x)];
  const conjugate = ([y, x]: Pair<T>): Pair<T> => [neg(y), x];
  const squaredLength = ([y, x]: Pair<T>): T => add(mul(y, y), mul(x, x));
  const product = ([ay, ax]: Pair<T>, [by, bx]: Pair<T>): Pair<T> => [
    add(mul(ax, by), mul(ay, bx)),
    sub(mul(ax, bx), mul(ay, by)),
  ];
  return {
    scale,
    conjugate,
    squaredLength,
    add: ([ay, ax]: Pair<T>, [by, bx]: Pair<T>): Pair<T> => [add(ay, by), add(ax, bx)],
    sub: ([ay, ax]: Pair<T>, [by, bx]: Pair<T>): Pair<T> => [sub(ay, by), sub(ax, bx)],
    mul: product,
    div: (a: Pair<T>, b: Pair<T>): Pair<T> => scale(div(constant(1), squaredLength(b)), product(a, conjugate(b))),
    /** x_a x_b + y_a y_b, the real part of conj(a) b. */
    dot: ([ay, ax]: Pair<T>, [by, bx]: Pair<T>): T => add(mul(ax, bx), mul(ay, by)),
    /** The root with a real part of zero or more, of a number other than zero. */
    sqrt: (a: Pair<T>): Pair<T> => {
      const [y, x] = a;
      const zero = constant(0);
      const half = constant(0.5);
      // The larger part by addition, the smaller one from 2 (real)(imaginary) = y, so that neither cancels.
      const larger = sqrt(mul(half, add(sqrt(squaredLength(a)), selectLess(x, zero, neg(x), x))));
      const smaller = div(mul(half, y), larger);
      const alongY = (part: T) => selectLess(y, zero, neg(part), part);
      return [selectLess(x, zero, alongY(larger), smaller), selectLess(x, zero, alongY(smaller), larger)];
    },
  };
}
