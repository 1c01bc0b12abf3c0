import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { emitCallFunction, javascript } from "../../src/compiler/emit-js.ts";
import { createGraph } from "../../src/compiler/graph.ts";
import { meaningOf, OPERATION_NAMES } from "../../src/compiler/operations.ts";
import { pointProgram } from "../../src/compiler/partition.ts";
import { tracing } from "../../src/compiler/trace.ts";
import { anyBetween } from "../between.ts";
import { randomFormula } from "./random-formula.ts";
import { run } from "./run-graph.ts";

const RATES = ["call", "point"] as const;
const SPECIAL = [0, -0, 1, -1, 0.5, 2, -3.7, 1e-300, 1e300, Infinity, -Infinity, Number.NaN];

describe.each(OPERATION_NAMES)("%s", (op) => {
  const { arity, compute } = meaningOf(op);
  test.each(RATES)("is what it means, of rate %s", (rate) => {
    const graph = createGraph();
    const inputs = ["a", "b", "c", "d"].slice(0, arity).map((name) => graph.input(name, rate));
    const output = graph.apply(op, ...inputs);
    for (let i = 0; i < SPECIAL.length ** 2; i++) {
      const values = inputs.map((_, k) => SPECIAL[Math.floor(i / SPECIAL.length ** (k % 2)) % SPECIAL.length]);
      expect(run([output], inputs, values)).toEqual([compute(...values)]);
    }
  });
});

test("random formulas have the values that numbers give them", () => {
  const inputs = fc.array(fc.tuple(fc.constantFrom(...RATES), anyBetween(-2, 2)), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(randomFormula(3), inputs, (formula, given) => {
      const graph = createGraph();
      const nodes = given.map(([rate], i) => graph.input(`input ${i}`, rate));
      const values = given.map(([, value]) => value);
      const expected = formula(numbers, values);
      const found = run(formula(tracing(graph), nodes), nodes, values);
      // The same operations in the same order: only signs moved through products and sums, which is exact.
      found.forEach((value, i) => {
        expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(1e-13 * Math.abs(expected[i]) + 1e-15);
      });
    }),
    { numRuns: 300 },
  );
});

test("outputs of each point, means of groups and sums of a run", () => {
  const graph = createGraph();
  const { add, mul } = tracing(graph);
  const [p, x, y] = [graph.input("p", "call"), graph.input("x", "point"), graph.input("y", "point")];
  const node = add(mul(mul(p, p), x), y);
  const reductions = ["each", "groupMean", "sum"] as const;
  const program = pointProgram(
    [...reductions.map((reduction) => ({ node, reduction })), { node: p, reduction: "sum" }],
    [x, y],
  );
  const kernel = javascript(program);
  const arrays = kernel.allocate(6, 3);
  emitCallFunction([p], program.frontier).run(Float64Array.of(3), arrays.frontier);
  arrays.inputs[0].set([1, 2, 3, 4, 5, 6]);
  arrays.inputs[1].set([0, 0, 0, 1, 1, 1]);
  kernel.run(arrays, 3, 6);
  expect(arrays.outputs.map((output) => [...output])).toEqual([[0, 0, 0, 37, 46, 55], [0, 46], [138], [9]]);
  kernel.run(arrays, 0, 6);
  expect(arrays.outputs.map((output) => [...output])).toEqual([[9, 18, 27, 37, 46, 55], [18, 46], [192], [18]]);
});
