import { describe, expect, test } from "vitest";
import { type Algebra, numbers } from "../../src/compiler/algebra.ts";
import { compile, compileGradient, type PointFunction } from "../../src/compiler/compile.ts";
import { javascript } from "../../src/compiler/emit-js.ts";
import { explain, explanationText } from "../../src/compiler/explain.ts";
import { formula } from "../../src/compiler/formula.ts";

const POINTS = 12;
const GROUP = 3;
const at = (point: number, input: number) => Math.sin(1 + point + 0.7 * input);

/** A function with a condition on a parameter, and one inside the alternative of the other. */
const branching = {
  parameters: ["p", "q"],
  inputs: ["x"],
  outputs: ["groupMean", "each", "sum"],
  formula<T>(algebra: Algebra<T>, [p, q]: readonly T[], [x]: readonly T[]): readonly T[] {
    const f = formula(algebra);
    const inner = f`selectLess(${q}, 0, sin(${x}) * ${q}, atan(${q} * ${x}))`;
    const outer = f`selectLess(${p}, 1, exp(${p} * ${x}), ${p} * ${inner})`;
    return [outer, f`${outer} * selectLess(${x}, 0, ${x}, ${q})`, f`${x} * ${p}`];
  },
} as const satisfies PointFunction;

function fill(inputs: readonly Float64Array[]): void {
  inputs.forEach((input, slot) => {
    input.forEach((_, point) => {
      input[point] = at(point, slot);
    });
  });
}

function expectNear(found: ArrayLike<number>, expected: readonly number[], tolerance = 1e-14): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(found[i] - value)).toBeLessThan(tolerance * (1 + Math.abs(value)));
  });
}

describe("conditions on parameters", () => {
  const kernel = compile(branching, javascript);
  const arrays = kernel.allocate(POINTS, GROUP);
  fill(arrays.inputs);
  const rows = (parameters: readonly number[]) =>
    Array.from({ length: POINTS }, (_, point) => branching.formula(numbers, parameters, [at(point, 0)]));
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

  test("none are left at the points", () => {
    const conditions = kernel.program.outputs.map(({ node }) => node.op);
    expect(conditions).not.toContain("select");
    expect(kernel.code.point).not.toContain("Math.exp");
  });

  test.each([
    [2, 0.5],
    [0.5, 0.5],
    [2, -0.5],
    [0.5, -0.5],
    [2, 0.7],
  ])("p = %d, q = %d: the same arrays have the results", (p, q) => {
    kernel.run(Float64Array.of(p, q), arrays, 0, POINTS);
    const expected = rows([p, q]);
    const groups = Array.from({ length: POINTS / GROUP }, (_, g) => expected.slice(GROUP * g, GROUP * (g + 1)));
    expectNear(
      arrays.outputs[0],
      groups.map((group) => mean(group.map(([value]) => value))),
    );
    expectNear(
      arrays.outputs[1],
      expected.map(([, value]) => value),
    );
    expectNear(arrays.outputs[2], [expected.reduce((sum, [, , value]) => sum + value, 0)]);
  });

  test("a run of a part leaves the rest", () => {
    for (const p of [2, 0.5]) {
      arrays.outputs[1].fill(7);
      kernel.run(Float64Array.of(p, 0.5), arrays, GROUP, 2 * GROUP);
      expectNear(
        arrays.outputs[1],
        rows([p, 0.5]).map(([, value], point) => (point >= GROUP && point < 2 * GROUP ? value : 7)),
      );
    }
  });
});

describe("a gradient", () => {
  const one = {
    ...branching,
    outputs: ["groupMean"],
    formula: <T>(algebra: Algebra<T>, parameters: readonly T[], inputs: readonly T[]) =>
      branching.formula(algebra, parameters, inputs).slice(1, 2),
  } as const satisfies PointFunction;
  const weight = (group: number) => Math.cos(2 * group);

  /** What stands between the points and a likelihood here: means of groups, and weights. */
  function weighted(parameters: readonly number[]): number {
    let sum = 0;
    for (let point = 0; point < POINTS; point++)
      sum += (one.formula(numbers, parameters, [at(point, 0)])[0] * weight(Math.floor(point / GROUP))) / GROUP;
    return sum;
  }

  // Central differences of fourth order: h^4 of the fifth derivative over 30, and roundings of 1e-16 / h.
  function differences(f: (parameters: readonly number[]) => number, parameters: readonly number[]): number[] {
    const h = 2 ** -10;
    return parameters.map((_, i) => {
      const moved = (steps: number) => f(parameters.map((value, k) => (k === i ? value + steps * h : value)));
      return (8 * (moved(1) - moved(-1)) - (moved(2) - moved(-2))) / (12 * h);
    });
  }

  test.each([
    [2, 0.5],
    [0.5, 0.5],
    [2, -0.5],
  ])("p = %d, q = %d: of a weighted sum, from the weighted sums of the derivatives", (p, q) => {
    const kernel = compileGradient(one, javascript);
    const arrays = kernel.allocate(POINTS, GROUP);
    fill(arrays.inputs);
    const parameters = Float64Array.of(p, q);
    kernel.run(parameters, arrays, 0, POINTS);
    const totals = arrays.outputs.map((output) => output.reduce((sum, value, group) => sum + weight(group) * value, 0));
    expect(totals.length).toBe(1 + kernel.derivatives);
    expectNear(totals.slice(0, 1), [weighted([p, q])]);
    const gradient = kernel.gradient(parameters, Float64Array.from(totals.slice(1)));
    expectNear(gradient, differences(weighted, [p, q]), 1e-10);
  });

  test("of several outputs, each weighted at each point by an input", () => {
    const several = { ...branching, outputs: ["sum", "sum", "sum"] } as const;
    const kernel = compileGradient(several, javascript);
    const arrays = kernel.allocate(POINTS, 1);
    fill(arrays.inputs);
    const parameters = Float64Array.of(2, 0.5);
    kernel.run(parameters, arrays, 0, POINTS);
    const totals = Float64Array.from(arrays.outputs.slice(3), ([total]) => total);
    const objective = (values: readonly number[]) => {
      let sum = 0;
      for (let point = 0; point < POINTS; point++)
        branching.formula(numbers, values, [at(point, 0)]).forEach((value, i) => {
          sum += value * at(point, 1 + i);
        });
      return sum;
    };
    expectNear(kernel.gradient(parameters, totals), differences(objective, [2, 0.5]), 1e-10);
  });
});

test("an explanation counts operations and shows the code", () => {
  const explanation = explain(compileGradient({ ...branching, outputs: ["each", "each", "each"] }, javascript));
  expect(explanation.point.get("atan")).toBe(1);
  expect(explanation.point.has("exp2")).toBe(false);
  expect(explanation.derivatives).toBeGreaterThan(0);
  const text = explanationText(explanation);
  expect(text).toContain("1 atan");
  expect(text).toContain("Math.atan(");
});
