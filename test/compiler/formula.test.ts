import { expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { erf } from "../../src/compiler/erf.ts";
import { formula } from "../../src/compiler/formula.ts";

const f = formula(numbers);

test("precedence, associativity, signs and functions are those of the paper", () => {
  const [a, b] = [3, 5];
  expect(f`1 + 2 * ${a} - ${b} / 2 / 5`).toBe(6.5);
  expect(f`-(${a} - ${b}) * -1.5e1`).toBe(-30);
  expect(f`pow(sqrt(${a} + 1), ${b}) + atan2(0, -1)`).toBe(32 + Math.PI);
  expect(f`selectLess(${a}, ${b}, 7, exp(${b}))`).toBe(7);
});

test("the same template with other values", () => {
  const square = (x: number) => f`${x} * ${x}`;
  expect([square(2), square(3)]).toEqual([4, 9]);
});

test("what is not a formula says so", () => {
  expect(() => f`1 +`).toThrow(/ends too early/);
  expect(() => f`(1`).toThrow(/'\)' expected/);
  expect(() => f`cube(2)`).toThrow(/no function 'cube'/);
  expect(() => f`1 2`).toThrow(/goes on after its end/);
  expect(() => f`2 # 3`).toThrow(/not understood/);
  expect(() => f`pow(2)`).toThrow(/takes 2 arguments/);
});

// Abramowitz & Stegun 1964, table 7.1, and the last digits by 50-digit arithmetic.
test.each([
  [0, 0],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [2.4, 0.9993114861033549],
  [2.6, 0.9997639655834707],
  [4, 0.9999999845827421],
  [7, 1],
])("erf(%f)", (x, value) => {
  expect(Math.abs(erf(x) - value)).toBeLessThanOrEqual(3e-16);
  expect(erf(-x)).toBeCloseTo(-value, 15);
});
