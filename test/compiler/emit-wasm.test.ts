import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emitCallFunction, javascript } from "../../src/compiler/emit-js.ts";
import { createGraph, type Graph, type InputNode, type Node } from "../../src/compiler/graph.ts";
import { meaningOf, type OperationName } from "../../src/compiler/operations.ts";
import { pointProgram } from "../../src/compiler/partition.ts";
import type { PointArrays, PointKernel, Reduction } from "../../src/compiler/point-program.ts";
import { tracing } from "../../src/compiler/trace.ts";
import { fusesMultiplyAdds, webAssembly } from "../../src/compiler/wasm-kernel.ts";
import { anyBetween } from "../between.ts";
import { randomFormula } from "./random-formula.ts";

const BUILDS = fusesMultiplyAdds() ? ([true, false] as const) : ([false] as const);

/** A kernel and its arrays, filled: the frontier, then each input point by point. */
function prepare(
  kernel: PointKernel,
  frontier: readonly number[],
  inputs: readonly (readonly number[])[],
  groupSize = 1,
): PointArrays {
  const arrays = kernel.allocate(inputs[0].length, groupSize);
  arrays.frontier.set(frontier);
  inputs.forEach((values, slot) => {
    arrays.inputs[slot].set(values);
  });
  return arrays;
}

const spread = (length: number, from: number, to: number) =>
  Array.from({ length }, (_, index) => from + (to - from) * ((index * 0.618034) % 1));

const each = (nodes: readonly Node[]) => nodes.map((node) => ({ node, reduction: "each" as const }));

describe.each(BUILDS)("kernels in WebAssembly, multiply-adds fused: %s", (fused) => {
  const wasm = webAssembly(fused);

  it.each(["add", "sub", "mul", "div", "neg", "reciprocal", "sqrt"] as const)("rounds %s as f64 does", (op) => {
    const graph = createGraph();
    const inputs = ["x", "y"].map((name) => graph.input(name, "point")).slice(0, meaningOf(op).arity);
    const kernel = wasm(pointProgram(each([graph.apply(op, ...inputs)]), inputs));
    const special = [0, -0, Infinity, -Infinity, Number.NaN, 1e-310, 1e308];
    const values = inputs.map((_, slot) => [...spread(13, -3, 3 + slot), ...special]);
    const arrays = prepare(kernel, [], values);
    kernel.run(arrays, 0, 20);
    const expected = values[0].map((_, point) => meaningOf(op).compute(...values.map((column) => column[point])));
    expect([...arrays.outputs[0]]).toEqual(expected);
  });

  it("selects by <, which NaN never is", () => {
    const graph = createGraph();
    const inputs = ["a", "b"].map((name) => graph.input(name, "point"));
    const kernel = wasm(pointProgram(each([graph.apply("select", ...inputs, graph.constant(7), inputs[0])]), inputs));
    const arrays = prepare(
      kernel,
      [],
      [
        [1, 2, 2, Number.NaN, 3],
        [2, 1, 2, 1, Number.NaN],
      ],
    );
    kernel.run(arrays, 0, 5);
    expect([...arrays.outputs[0]]).toEqual([7, 2, 2, Number.NaN, 3]);
  });

  it("computes what JavaScript computes", () => {
    const values = fc.array(anyBetween(-2, 2), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(randomFormula(4), fc.array(values, { minLength: 1, maxLength: 21 }), (formula, points) => {
        // The first two are parameters, at the values of the first point.
        const graph = createGraph();
        const parameters = ["p", "q"].map((name) => graph.input(name, "call"));
        const inputs = ["y", "x"].map((name) => graph.input(name, "point"));
        const program = pointProgram(each(formula(tracing(graph), [...parameters, ...inputs])), inputs);
        const frontier = frontierValues(program.frontier, parameters, points[0]);
        const columns = [2, 3].map((slot) => points.map((point) => point[slot]));
        const [ours, theirs] = [wasm, javascript].map((backend) => {
          const kernel = backend(program);
          const arrays = prepare(kernel, frontier, columns);
          kernel.run(arrays, 0, points.length);
          return arrays.outputs.flatMap((output) => [...output]);
        });
        // Values are of order one; their errors of some ulp grow with the steps.
        ours.forEach((value, index) => {
          expect(Math.abs(value - theirs[index])).toBeLessThan(1e-13 * Math.max(1, Math.abs(theirs[index])));
        });
      }),
    );
  });

  it("reduces groups and runs, whatever their number", () => {
    const graph = createGraph();
    const x = graph.input("x", "point");
    const scale = graph.input("scale", "call");
    const value = graph.apply("mul", graph.apply("mul", x, x), scale);
    const reductions: readonly Reduction[] = ["each", "groupMean", "sum"];
    const nodes = [value, scale, graph.constant(3)];
    const outputs = nodes.flatMap((node) => reductions.map((reduction) => ({ node, reduction })));
    const program = pointProgram(outputs, [x]);
    for (const groupSize of [1, 2, 3, 16])
      for (const groups of [1, 2, 7, 8, 9, 17, 40]) {
        const points = groups * groupSize;
        const [ours, theirs] = [wasm, javascript].map((backend) => {
          const kernel = backend(program);
          const arrays = prepare(kernel, [1.5], [spread(points, -1, 2)], groupSize);
          kernel.run(arrays, 0, points);
          return arrays.outputs.map((output) => [...output]);
        });
        ours.forEach((output, slot) => {
          expect(output.length).toBe(theirs[slot].length);
          output.forEach((number, index) => {
            expect(number).toBeCloseTo(theirs[slot][index], 11);
          });
        });
      }
  });

  it("leaves everything outside of a run's groups alone", () => {
    const graph = createGraph();
    const x = graph.input("x", "point");
    const outputs = [
      { node: x, reduction: "each" as const },
      { node: x, reduction: "groupMean" as const },
      { node: x, reduction: "sum" as const },
    ];
    const kernel = wasm(pointProgram(outputs, [x]));
    const arrays = prepare(kernel, [], [Array.from({ length: 60 }, (_, index) => index)], 3);
    arrays.outputs.forEach((output) => {
      output.fill(-1);
    });
    kernel.run(arrays, 15, 48);
    expect([...arrays.outputs[0]]).toEqual(Array.from({ length: 60 }, (_, i) => (i >= 15 && i < 48 ? i : -1)));
    const means = Array.from({ length: 20 }, (_, i) => (i >= 5 && i < 16 ? 3 * i + 1 : -1));
    means.forEach((mean, index) => {
      expect(arrays.outputs[1][index]).toBeCloseTo(mean, 12);
    });
    expect(arrays.outputs[2][0]).toBe(((15 + 47) * 33) / 2);
    arrays.outputs[2][0] = -1;
    kernel.run(arrays, 30, 30);
    expect(arrays.outputs[2][0]).toBe(0);
  });

  it("keeps the arrays of one allocation apart from those of another", () => {
    const graph = createGraph();
    const x = graph.input("x", "point");
    const kernel = wasm(pointProgram(each([graph.apply("add", x, graph.constant(1))]), [x]));
    const [first, second] = [prepare(kernel, [], [[1, 2, 3]]), prepare(kernel, [], [[10, 20]])];
    kernel.run(second, 0, 2);
    kernel.run(first, 0, 3);
    expect([...first.outputs[0], ...second.outputs[0]]).toEqual([2, 3, 4, 11, 21]);
    expect(() => webAssembly(fused)(pointProgram(each([x]), [x])).run(first, 0, 3)).toThrow("another kernel");
  });

  it("keeps infinities and NaN where logarithms are known to be of normal numbers", () => {
    const graph = createGraph();
    const x = graph.input("x", "point");
    const argument = graph.apply("add", graph.apply("mul", x, x), graph.constant(1));
    const kernel = wasm(pointProgram(each([graph.apply("log2", argument), graph.apply("log", argument)]), [x]));
    const arrays = prepare(kernel, [], [[0, Infinity, -Infinity, Number.NaN]]);
    kernel.run(arrays, 0, 4);
    for (const output of arrays.outputs) expect([...output]).toEqual([0, Infinity, Infinity, Number.NaN]);
  });

  it("replaces the states of a loop at once", () => {
    const graph = createGraph();
    const x = graph.input("x", "point");
    const [, fibonacci] = graph.loop(graph.input("count", "call"), [x, graph.constant(0)], ([a, b]) => [
      graph.apply("add", a, b),
      a,
    ]);
    const kernel = wasm(pointProgram(each([fibonacci]), [x]));
    const arrays = prepare(kernel, [10], [[1, 2, 3]]);
    kernel.run(arrays, 0, 3);
    expect([...arrays.outputs[0]]).toEqual([55, 110, 165]);
  });

  it("runs a loop as often as a parameter says, rounded up", () => {
    const graph = createGraph();
    const count = graph.input("count", "call");
    const x = graph.input("x", "point");
    const kernel = wasm(pointProgram(each(powerSums(graph, count, x)), [x]));
    const xs = spread(11, -1, 1);
    for (const steps of [0, 1, 2.5, 12, -4, Number.NaN]) {
      const arrays = prepare(kernel, [steps], [xs]);
      kernel.run(arrays, 0, 11);
      xs.forEach((value, point) => {
        let [sum, power] = [0, 1];
        for (let index = 0; index < steps; index++) [sum, power] = [sum + power / (1 + index), power * value];
        expect(arrays.outputs[0][point]).toBeCloseTo(sum, 13);
        expect(arrays.outputs[1][point]).toBeCloseTo(power, 13);
      });
    }
  });
});

/** The sum of x^i / (1 + i), and the power after the last. */
function powerSums(graph: Graph, count: Node, x: Node): readonly Node[] {
  const apply = (op: OperationName, ...operands: Node[]) => graph.apply(op, ...operands);
  return graph.loop(count, [graph.constant(0), graph.constant(1)], ([sum, power], index) => [
    apply("add", sum, apply("div", power, apply("add", graph.constant(1), index))),
    apply("mul", power, x),
  ]);
}

function frontierValues(frontier: readonly Node[], parameters: readonly InputNode[], values: readonly number[]) {
  const outputs = new Float64Array(frontier.length);
  emitCallFunction(parameters, frontier).run(Float64Array.from(values.slice(0, parameters.length)), outputs);
  return [...outputs];
}
