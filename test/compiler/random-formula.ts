import fc from "fast-check";
import type { Algebra } from "../../src/compiler/algebra.ts";
import { formula } from "../../src/compiler/formula.ts";

/** A formula of a few scalars, with several results. */
export interface RandomFormula {
  <T>(algebra: Algebra<T>, inputs: readonly T[]): readonly T[];
  /** How many inputs it takes. */
  readonly arity: number;
}

/** What a step of a random formula does with four values before it; bounded, so that nothing overflows. */
const STEPS = [
  (_, f, [a, b]) => f`0.5 * (${a} + ${b})`,
  (_, f, [a, b]) => f`${a} - 0.5 * ${b}`,
  (_, f, [a, b]) => f`tanh(${a}) * ${b}`,
  (_, f, [a, b]) => f`${a} / (1 + ${b} * ${b})`,
  (_, f, [a, b]) => f`-${a} + 1 / (2 + cos(${b}))`,
  (_, f, [a, b]) => f`sqrt(1 + ${a} * ${a}) - ${b}`,
  (_, f, [a]) => f`exp(sin(${a}))`,
  (_, f, [a, b]) => f`exp(-(${a} * ${a})) * erf(${b})`,
  (_, f, [a]) => f`log(1 + ${a} * ${a})`,
  (_, f, [a, b]) => f`pow(1 + ${a} * ${a}, tanh(${b}))`,
  (_, f, [a, b]) => f`atan(${a}) + sin(${b})`,
  (_, f, [a, b]) => f`atan2(${a}, 1 + ${b} * ${b})`,
  (_, f, [a, b]) => f`atanh(0.9 * tanh(${a})) * cos(${b})`,
  (_, f, [a, b, c, d]) => f`selectLess(${a}, ${b}, ${c}, ${d})`,
  ({ constant, loop }, f, [a, b, c, d]) =>
    // The last entry of the state never changes, and the second depends on the index alone.
    loop(constant(11), [a, constant(0), d], ([s, t, u], i) => [
      f`tanh(${s} + ${t} * ${c}) + 0.1 * sin(${u} * ${b})`,
      f`0.5 * ${t} + 1 / (1 + ${i})`,
      u,
    ])[0],
  ({ constant, loop }, f, [a, b, c]) =>
    loop(constant(12), [a, b], ([s, t], i) => [
      f`selectLess(${i}, 5 + ${c}, 0.7 * ${s} + ${c}, atan(${s} * ${t}))`,
      f`selectLess(${s}, ${t}, sin(${t}), ${t} - 0.1 * ${s})`,
    ])[1],
  ({ constant, loop }, f, [a, b, c]) =>
    loop(constant(9), [a, b], ([s, t], i) => [
      loop(constant(10), [s], ([r]) => [f`0.5 * ${r} + 0.1 * sin(${t} + ${c} + ${i})`])[0],
      f`cos(${t} * ${s})`,
    ])[1],
  ({ sumOver }, f, [a, b, c]) =>
    // The second sum is needed by no one, the third does not depend on the row.
    sumOver(QUADRATURE, ([node, weight]) => [
      f`${weight} * sin(${a} * ${node} + ${b})`,
      f`exp(${node})`,
      f`${weight} * 0.1 * ${c}`,
    ])[0],
  ({ sumOver }, f, [a, b, c]) => {
    const [first, second] = sumOver(QUADRATURE, ([node, weight]) => {
      const [inner] = sumOver(QUADRATURE, ([deeper, mass]) => [
        f`selectLess(${deeper}, ${a}, ${mass} * cos(${deeper} * ${b}), -(${mass} * ${node} * ${c}))`,
      ]);
      return [f`${weight} * tanh(${inner})`, f`0.5 * -(${weight} * ${inner} * ${b})`];
    });
    return f`${first} * ${second}`;
  },
] as const satisfies readonly (<T>(algebra: Algebra<T>, f: ReturnType<typeof formula<T>>, values: readonly T[]) => T)[];

/** Nodes and weights of the midpoint rule, enough of them for a loop. */
const QUADRATURE = Array.from({ length: 9 }, (_, i) => [(i + 0.5) / 9, 1 / 9]);

const instruction = fc.tuple(fc.nat(STEPS.length - 1), fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.nat(99)));

/** Random formulas, their values sharing what they have in common. */
export const randomFormula = (arity: number): fc.Arbitrary<RandomFormula> =>
  fc.array(instruction, { minLength: 1, maxLength: 12 }).map((instructions) => {
    const build = <T>(algebra: Algebra<T>, inputs: readonly T[]): readonly T[] => {
      const f = formula(algebra);
      const values = [...inputs];
      for (const [step, picks] of instructions)
        values.push(
          STEPS[step](
            algebra,
            f,
            picks.map((pick) => values[pick % values.length]),
          ),
        );
      return values.slice(-2);
    };
    return Object.assign(build, { arity, toString: () => JSON.stringify(instructions) });
  });
