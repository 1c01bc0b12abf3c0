import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { forwardMode } from "../../src/compiler/forward-mode.ts";
import { createGraph, type Graph, type InputNode, type Node } from "../../src/compiler/graph.ts";
import { splitGradient } from "../../src/compiler/partition.ts";
import { reverseMode } from "../../src/compiler/reverse-mode.ts";
import { tracing } from "../../src/compiler/trace.ts";
import { anyBetween } from "../between.ts";
import { dualNumbers, variable } from "../laws/dual-numbers.ts";
import { type RandomFormula, randomFormula } from "./random-formula.ts";
import { run } from "./run-graph.ts";

const ARITY = 3;
const RATES = ["call", "point", "call"] as const;
const given = fc.tuple(anyBetween(-2, 2), anyBetween(-2, 2), anyBetween(-2, 2));

function trace(formula: RandomFormula): { graph: Graph; inputs: InputNode[]; outputs: readonly Node[] } {
  const graph = createGraph();
  const inputs = RATES.map((rate, i) => graph.input(`input ${i}`, rate));
  return { graph, inputs, outputs: formula(tracing(graph), inputs) };
}

function byDualNumbers(formula: RandomFormula, values: readonly number[]) {
  return formula(
    dualNumbers(ARITY),
    values.map((value, i) => variable(value, i, ARITY)),
  );
}

/** Rounding, in chains of up to twelve steps and loops of a hundred, each of a condition of order one. */
function expectNear(found: readonly number[], expected: readonly number[]): void {
  const scale = 1 + Math.max(...expected.map(Math.abs));
  found.forEach((value, i) => {
    expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(1e-11 * scale);
  });
}

describe("random formulas", () => {
  test("forward mode is the dual numbers", () => {
    fc.assert(
      fc.property(randomFormula(ARITY), given, (formula, values) => {
        const { graph, inputs, outputs } = trace(formula);
        const unit = (at: number) => inputs.map((_, i) => graph.constant(i === at ? 1 : 0));
        const seeds = new Map(inputs.map((input, i) => [input, unit(i)]));
        const duals = forwardMode(graph, outputs, seeds, ARITY);
        const expected = byDualNumbers(formula, values);
        const found = run(
          duals.flatMap(({ value, tangents }) => [value, ...tangents]),
          inputs,
          values,
        );
        expectNear(
          found,
          expected.flatMap(({ value, slopes }) => [value, ...slopes]),
        );
      }),
      { numRuns: 300 },
    );
  });

  test("reverse mode is the dual numbers, and its outputs are the outputs", () => {
    fc.assert(
      fc.property(randomFormula(ARITY), given, (formula, values) => {
        const { graph, inputs, outputs } = trace(formula);
        const weights = [0.7, -1.3];
        const seeds = outputs.map((output, i) => ({ output, adjoint: graph.constant(weights[i]) }));
        const reverse = reverseMode(graph, seeds, inputs);
        const expected = byDualNumbers(formula, values);
        const found = run([...reverse.outputs, ...reverse.gradient], inputs, values);
        expectNear(found, [
          ...expected.map(({ value }) => value),
          ...inputs.map((_, i) => expected.reduce((sum, { slopes }, k) => sum + weights[k] * slopes[i], 0)),
        ]);
      }),
      { numRuns: 300 },
    );
  });

  test("the gradient cut at the frontier is that of the sum over points", () => {
    fc.assert(
      fc.property(
        randomFormula(ARITY),
        given,
        fc.array(anyBetween(-2, 2), { minLength: 1, maxLength: 4 }),
        (formula, values, points) => {
          const { graph, inputs, outputs } = trace(formula);
          const parameters = [inputs[0], inputs[2]];
          const adjoint = graph.constant(1);
          const split = splitGradient(
            graph,
            outputs.map((output) => ({ output, adjoint })),
            parameters,
          );
          const totals = split.totals.map(() => 0);
          for (const point of points)
            run(split.adjoints, inputs, [values[0], point, values[2]]).forEach((value, i) => {
              totals[i] += value;
            });
          const found = run(split.gradient, [...parameters, ...split.totals], [values[0], values[2], ...totals]);
          const slopes = points.flatMap((point) => byDualNumbers(formula, [values[0], point, values[2]]));
          const expected = [0, 2].map((i) => slopes.reduce((sum, dual) => sum + dual.slopes[i], 0));
          expectNear(found, expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  // A witness outside of the chain rule: steps of h with weights that leave an error of h^8 times the
  // ninth derivative over 630, here 1e-14 at most, and roundings of 1e-15 / h.
  test("reverse mode is central differences of eighth order", () => {
    const h = 2 ** -9;
    const weights = [4 / 5, -1 / 5, 4 / 105, -1 / 280];
    const [graph, x] = [createGraph(), 0.4];
    const algebra = tracing(graph);
    const node = graph.input("x", "point");
    const smooth: readonly ((f: typeof numbers, x: number) => number)[] = [
      (f, a) => f.sin(a),
      (f, a) => f.cos(a),
      (f, a) => f.exp(a),
      (f, a) => f.log(a),
      (f, a) => f.sqrt(a),
      (f, a) => f.atan(a),
      (f, a) => f.atanh(a),
      (f, a) => f.tanh(a),
      (f, a) => f.erf(a),
      (f, a) => f.pow(a, f.constant(1.7)),
      (f, a) => f.pow(f.constant(1.7), a),
      (f, a) => f.div(f.constant(2), a),
      (f, a) => f.atan2(a, f.constant(0.7)),
      (f, a) => f.atan2(f.constant(0.7), a),
      (f, a) => f.mul(a, f.neg(a)),
    ];
    for (const f of smooth) {
      const output = (f as unknown as (a: typeof algebra, x: Node) => Node)(algebra, node);
      const [slope] = run(reverseMode(graph, [{ output, adjoint: graph.constant(1) }], [node]).gradient, [node], [x]);
      const difference = weights.reduce(
        (sum, w, k) => sum + (w * (f(numbers, x + (k + 1) * h) - f(numbers, x - (k + 1) * h))) / h,
        0,
      );
      expect(Math.abs(slope - difference)).toBeLessThan(2e-12 * (1 + Math.abs(slope)));
    }
  });
});

describe("loops", () => {
  const graph = createGraph();
  const algebra = tracing(graph);
  const { add, constant, div, loop, mul, sub } = algebra;
  const [count, p, x] = [graph.input("count", "call"), graph.input("p", "call"), graph.input("x", "point")];

  // 1 + px + (px)^2 + ... of n terms
  const [series] = loop(count, [constant(0), constant(1)], ([sum, term]) => [add(sum, term), mul(term, mul(p, x))]);

  test.each([0, 1, 2, 30])("reverse of a geometric series of %d terms, the count a parameter", (n) => {
    const inputs = [count, p, x];
    const { outputs, gradient } = reverseMode(graph, [{ output: series, adjoint: constant(1) }], inputs);
    const z = 0.3 * 0.9;
    const powers = Array.from({ length: n }, (_, k) => k);
    const byZ = powers.reduce((sum, k) => sum + (k === 0 ? 0 : k * z ** (k - 1)), 0);
    expectNear(run([...outputs, ...gradient], inputs, [n, 0.3, 0.9]), [
      powers.reduce((sum, k) => sum + z ** k, 0),
      0,
      byZ * 0.9,
      byZ * 0.3,
    ]);
  });

  test("a loop after a loop, and one whose start is a loop's result", () => {
    const [root] = loop(count, [x], ([s]) => [mul(constant(0.5), add(s, div(x, s)))]);
    const [inverse] = loop(count, [mul(constant(0.1), root)], ([s]) => [mul(s, sub(constant(2), mul(s, root)))]);
    const { outputs, gradient } = reverseMode(graph, [{ output: inverse, adjoint: constant(1) }], [x]);
    expectNear(run([...outputs, ...gradient], [count, x], [40, 2.5]), [2.5 ** -0.5, -0.5 * 2.5 ** -1.5]);
  });

  test("derivatives of derivatives", () => {
    const inputs = [count, p, x];
    const first = reverseMode(graph, [{ output: series, adjoint: constant(1) }], [x]);
    const second = reverseMode(graph, [{ output: first.gradient[0], adjoint: constant(1) }], [x, p]);
    const z = 0.3 * 0.9;
    const sum = (term: (k: number) => number) =>
      Array.from({ length: 30 }, (_, k) => term(k)).reduce((a, b) => a + b, 0);
    const byZZ = sum((k) => (k < 2 ? 0 : k * (k - 1) * z ** (k - 2)));
    const byZ = sum((k) => (k < 1 ? 0 : k * z ** (k - 1)));
    expectNear(run(second.gradient, inputs, [30, 0.3, 0.9]), [byZZ * 0.3 * 0.3, byZZ * 0.3 * 0.9 + byZ]);
  });
});

describe("kinks", () => {
  const graph = createGraph();
  const algebra = tracing(graph);
  const { add, atan2, atanh, constant, div, log, mul, pow, selectLess, sqrt } = algebra;
  const [x, y] = [graph.input("x", "point"), graph.input("y", "point")];
  const gradientAt = (output: Node, values: readonly number[]) => {
    const reverse = run(reverseMode(graph, [{ output, adjoint: constant(1) }], [x, y]).gradient, [x, y], values);
    const seeds = new Map([
      [x, [constant(1), constant(0)]],
      [y, [constant(0), constant(1)]],
    ]);
    const forward = forwardMode(graph, [output], seeds, 2).flatMap(({ tangents }) => tangents);
    expect(run(forward, [x, y], values)).toEqual(reverse);
    return reverse.map((slope) => slope + 0);
  };

  test("where a function is finite and its derivative is not, the derivative is zero", () => {
    const radius = sqrt(add(mul(x, x), mul(y, y)));
    expect(gradientAt(radius, [0, 0])).toEqual([0, 0]);
    expect(gradientAt(sqrt(x), [0, 1])).toEqual([0, 0]);
    expect(gradientAt(pow(mul(x, x), y), [0, 0.3])).toEqual([0, 0]);
    expect(gradientAt(pow(radius, constant(0.25)), [0, 0])).toEqual([0, 0]);
    expect(gradientAt(pow(mul(x, x), constant(0.25)), [0, 2])).toEqual([0, 0]);
    expect(gradientAt(atan2(y, x), [0, 0])).toEqual([0, 0]);
    expect(gradientAt(atan2(y, x), [3, 4])).toEqual([-4 / 25, 3 / 25]);
  });

  test("the alternative not taken has no say, however singular", () => {
    const one = constant(1);
    const singular = [div(one, x), log(x), atanh(add(x, one)), mul(div(y, x), sqrt(x)), pow(x, constant(-1.5))];
    for (const bad of singular) {
      expect(gradientAt(selectLess(x, constant(1e-9), mul(constant(3), y), bad), [0, 2])).toEqual([0, 3]);
      expect(gradientAt(selectLess(constant(-1e-9), x, y, mul(y, mul(bad, bad))), [0, 2])).toEqual([0, 1]);
    }
  });

  test("both alternatives reach what they share", () => {
    const shared = mul(x, y);
    const inner = selectLess(y, constant(5), mul(shared, shared), log(shared));
    const output = add(selectLess(x, constant(1), inner, mul(constant(2), shared)), shared);
    expect(gradientAt(output, [0.5, 3])).toEqual([2 * 1.5 * 3 + 3, 2 * 1.5 * 0.5 + 0.5]);
    expect(gradientAt(output, [2, 3])).toEqual([9, 6]);
  });
});
