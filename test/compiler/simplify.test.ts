import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { boundsOf } from "../../src/compiler/bounds.ts";
import { createGraph, type Node } from "../../src/compiler/graph.ts";
import { inOrder } from "../../src/compiler/order.ts";
import { simplify } from "../../src/compiler/simplify.ts";
import { tracing } from "../../src/compiler/trace.ts";
import { anyBetween } from "../between.ts";
import { randomFormula } from "./random-formula.ts";
import { run } from "./run-graph.ts";

const graph = createGraph();
const algebra = tracing(graph);
const { add, constant, div, exp, log, mul, pow, selectLess, sqrt, sub } = algebra;
const [p, q] = [graph.input("p", "call"), graph.input("q", "call")];
const [x, y] = [graph.input("x", "point"), graph.input("y", "point")];

/** The operations of rate `point`, in order of their names. */
function pointOperations(...roots: readonly Node[]): string[] {
  return inOrder(simplify(graph, roots))
    .filter(({ op, rate }) => rate === "point" && op !== "input")
    .map(({ op }) => op)
    .toSorted();
}

describe("what costs less", () => {
  test("factors of rate call gather", () => {
    expect(pointOperations(mul(mul(mul(mul(x, p), y), q), constant(3)))).toEqual(["mul", "mul"]);
    expect(pointOperations(div(mul(x, p), q))).toEqual(["mul"]);
  });

  test("a power of a root of a quotient is one logarithm, one product, one sum, one exponential", () => {
    const positive = add(mul(x, x), constant(1));
    const [exponent] = simplify(graph, [pow(sqrt(div(positive, mul(p, p))), div(constant(1), q))]);
    const shape = inOrder([exponent], (node) => node === positive || node.rate !== "point").map(({ op }) => op);
    expect(shape.toSorted()).toEqual(["add", "exp2", "log2", "mul"]);
  });

  test("what is divided by twice is inverted once", () => {
    expect(pointOperations(div(x, y), div(constant(2), y))).toEqual(["mul", "mul", "reciprocal"]);
    expect(pointOperations(div(x, y))).toEqual(["div"]);
  });

  test("small whole powers are products", () => {
    expect(pointOperations(pow(x, constant(3)), pow(x, constant(-4)))).toEqual(["mul", "mul", "mul", "reciprocal"]);
  });
});

test("random formulas keep their values to 1e-14", () => {
  fc.assert(
    fc.property(
      randomFormula(3),
      fc.tuple(anyBetween(-2, 2), anyBetween(-2, 2), anyBetween(-2, 2)),
      (formula, values) => {
        const expected = formula(numbers, values);
        const given = [p, x, y];
        const found = run(simplify(graph, formula(algebra, given)), given, values);
        // Twelve steps of a condition of order one, each with a rounding or two more.
        found.forEach((value, i) => {
          expect(Math.abs(value - expected[i])).toBeLessThan(1e-14 * (10 + Math.abs(expected[i])));
        });
      },
    ),
    { numRuns: 300 },
  );
});

test("at the ends of a power's domain", () => {
  const power = simplify(graph, [pow(x, p)]);
  for (const [base, exponent] of [
    [0, 2.5],
    [0, 0],
    [0, -1.5],
    [1, 1e5],
    [4, -0.5],
    [1e-300, 0.9],
  ])
    expect(run(power, [x, p], [base, exponent])[0]).toBeCloseTo(base ** exponent, 12);
});

describe("bounds", () => {
  const squared = add(mul(x, x), mul(y, y));
  const tiny = constant(1e-30);
  test.each([
    ["a sum of squares", squared, 0, Infinity],
    ["one kept from zero", selectLess(squared, tiny, tiny, squared), 1e-30, Infinity],
    ["its root", sqrt(selectLess(squared, tiny, tiny, squared)), 1e-15, Infinity],
    [
      "one minus what is kept below a half",
      sub(constant(1), selectLess(p, constant(0.5), p, constant(0.5))),
      0.5,
      Infinity,
    ],
    ["one over more than one", div(constant(1), add(constant(1), squared)), Number.MIN_VALUE, 1],
    ["an exponential", exp(x), 0, Infinity],
    ["a logarithm", log(x), -Infinity, Infinity],
    ["a product of any and positive", mul(x, add(squared, constant(1))), -Infinity, Infinity],
    ["one over any", div(constant(1), x), -Infinity, Infinity],
  ])("of %s", (_, node, lower, upper) => {
    expect(boundsOf(node)).toEqual({ lower, upper });
  });

  test("hold for random formulas", () => {
    fc.assert(
      fc.property(
        randomFormula(3),
        fc.tuple(anyBetween(-2, 2), anyBetween(-2, 2), anyBetween(-2, 2)),
        (formula, values) => {
          const given = [p, x, y];
          const nodes = inOrder(formula(algebra, given)).filter(({ op }) => op !== "loop");
          run(nodes, given, values).forEach((value, i) => {
            expect(value).toBeGreaterThanOrEqual(boundsOf(nodes[i]).lower);
            expect(value).toBeLessThanOrEqual(boundsOf(nodes[i]).upper);
          });
        },
      ),
    );
  });
});
