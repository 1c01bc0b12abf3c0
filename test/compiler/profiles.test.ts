import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { compileGradient } from "../../src/compiler/compile.ts";
import { javascript } from "../../src/compiler/emit-js.ts";
import { forwardMode } from "../../src/compiler/forward-mode.ts";
import { createGraph, type Node } from "../../src/compiler/graph.ts";
import type { PointArrays, PointBackend } from "../../src/compiler/point-program.ts";
import { simplify } from "../../src/compiler/simplify.ts";
import { tracing } from "../../src/compiler/trace.ts";
import { compileDecided } from "../../src/compiler/variants.ts";
import { fusesMultiplyAdds, webAssembly } from "../../src/compiler/wasm-kernel.ts";
import { massProfiles } from "../../src/profiles/index.ts";
import type { Pair } from "../../src/profiles/parameter.ts";
import { dualNumbers, variable } from "../laws/dual-numbers.ts";
import { type Draw, draw, POSITION, parameterNames, type Row, rows, valuesOf } from "./profile-cases.ts";

/*
 * Every profile of the registry on every back end. A profile is compiled once, and all positions of a draw go in one call.
 */

const BACKENDS: readonly (readonly [name: string, backend: PointBackend])[] = [
  ["JavaScript", javascript],
  ["base SIMD", webAssembly(false)],
  ...(fusesMultiplyAdds() ? [["relaxed SIMD", webAssembly(true)] as const] : []),
];

const WEIGHTS = [0.7, -1.3];

/** A generalized NFW halo is 1536 terms: 50 ms a position in dual numbers. */
const DRAWS = (name: string) => (name.startsWith("gNFW") ? { draws: 3, points: 2 } : { draws: 30, points: 6 });

function write(arrays: PointArrays, positions: readonly Pair<number>[]): void {
  for (const component of [0, 1]) arrays.inputs[component].set(positions.map((position) => position[component]));
  arrays.inputs.slice(2).forEach((weights, slot) => {
    weights.fill(WEIGHTS[slot]);
  });
}

/** Values and weighted gradients at all positions of a draw. */
function evaluator({ point }: Row, backend: PointBackend, points: number) {
  const kernel = compileGradient(point, backend);
  const arrays = kernel.allocate(points, 1);
  const outputs = point.outputs.length;
  return ({ parameters, positions }: Draw) => {
    write(arrays, positions);
    const given = Float64Array.from(parameters);
    kernel.run(given, arrays, 0, points);
    return positions.map((_, at) => {
      const all = arrays.outputs.map((output) => output[at]);
      const gradient = [...kernel.gradient(given, Float64Array.from(all.slice(outputs)))];
      return { values: all.slice(0, outputs), gradient };
    });
  };
}

const weightsOf = ({ point }: Row) => (point.outputs.length === 1 ? [1] : WEIGHTS);

function dualGradient(row: Row, parameters: readonly number[], position: Pair<number>): number[] {
  const algebra = dualNumbers(parameters.length);
  const duals = row.point.formula(
    algebra,
    parameters.map((value, i) => variable(value, i, parameters.length)),
    position.map(algebra.constant),
  );
  const weights = weightsOf(row);
  return parameters.map((_, i) => duals.reduce((sum, { slopes }, k) => sum + weights[k] * slopes[i], 0));
}

describe.each(rows)("$name", (row) => {
  const { draws, points } = DRAWS(row.name);
  const cases = draw(row.name.split(" ")[0], row.table, draws, points).map((given) => ({
    ...given,
    values: given.positions.map((position) => row.point.formula(numbers, given.parameters, position)),
    gradients: given.positions.map((position) => dualGradient(row, given.parameters, position)),
  }));

  // A potential is measured from the centre, near which terms of order 1 cancel.
  const floor = row.name.endsWith("potential") ? 1 : Number.MIN_VALUE;

  test.each(BACKENDS)("%s: values as numbers give them, gradients as dual numbers", (_, backend) => {
    const evaluate = evaluator(row, backend, points);
    for (const { parameters, positions, values, gradients } of cases) {
      const found = evaluate({ parameters, positions });
      // An exponent of t has its roundings counted t times, and so has a gradient.
      const worst = { value: 0, gradient: 0 };
      found.forEach((at, i) => {
        const size = Math.max(floor, Math.hypot(...values[i]));
        const condition = 1 + Math.abs(Math.log(size));
        const error = Math.hypot(...at.values.map((value, k) => value - values[i][k])) / size;
        worst.value = Math.max(worst.value, error / condition);
        // Slopes by parameters of different sizes, compared as changes of the value.
        const change = (slope: number, k: number) => slope * Math.max(0.1, Math.abs(parameters[k]));
        const largest = Math.max(size, ...gradients[i].map((slope, k) => Math.abs(change(slope, k))));
        for (const [k, slope] of at.gradient.entries())
          worst.gradient = Math.max(worst.gradient, Math.abs(change(slope - gradients[i][k], k)) / largest / condition);
      });
      expect(worst.value, String(parameters)).toBeLessThan(1e-13);
      expect(worst.gradient, String(parameters)).toBeLessThan(1e-11);
    }
  });

  test.each(BACKENDS)("%s: finite at the centre, of a circle, of one nearly", (_, backend) => {
    const offsets = [0, 1e-300, 1e-15, 1e-9];
    const evaluate = evaluator(row, backend, offsets.length);
    const isEllComps = row.point.parameters.map((name) => name.startsWith("ell_comps"));
    for (const [i, e] of [0, 1e-300, 1e-160, 1e-12, 1e-3, 0.3].entries()) {
      const parameters = cases[i % cases.length].parameters.map((value, k) => (isEllComps[k] ? e : value));
      const [y, x] = "centre" in row.table ? parameters : [0, 0];
      const found = evaluate({ parameters, positions: offsets.map((away) => [y + away, x]) });
      const all = found.flatMap(({ values, gradient }) => [...values, ...gradient]);
      expect(all.every(Number.isFinite), `${parameters}: ${all}`).toBe(true);
    }
  });
});

describe.each([...massProfiles.values()])("$name", ({ name, parameters: table, deflection, convergence }) => {
  const { draws, points } = DRAWS(name);

  // The quadratures' error, 1e-9 at worst, where few of their nodes are inside of a mass; closed forms and series are exact
  // but for rounding.
  test.each(BACKENDS)(
    "%s: half the divergence of the deflection, by forward mode, is the convergence",
    (_, backend) => {
      if (typeof convergence !== "function") throw new Error(convergence.absent);
      const graph = createGraph();
      const algebra = tracing(graph);
      const inputs = parameterNames(table).map((parameter) => graph.input(parameter, "call"));
      const [y, x] = POSITION.map((component) => graph.input(component, "point"));
      const values = valuesOf<Node>(table, inputs);
      const [zero, one] = [0, 1].map(graph.constant);
      const seeds = new Map([
        [y, [one, zero]],
        [x, [zero, one]],
      ]);
      const [alphaY, alphaX] = forwardMode(graph, deflection(algebra, [y, x], values), seeds, 2);
      const nodes = [alphaY.value, alphaX.value, alphaY.tangents[0], alphaX.tangents[1]];
      const outputs = simplify(graph, [...nodes, convergence(algebra, [y, x], values)]);
      const kernel = compileDecided(
        graph,
        outputs.map((node) => ({ node, reduction: "each" })),
        [y, x],
        inputs,
        backend,
      );
      const arrays = kernel.allocate(points, 1);
      for (const { parameters, positions } of draw(name, table, draws, points)) {
        write(arrays, positions);
        kernel.run(Float64Array.from(parameters), arrays, 0, points);
        const [centreY, centreX] = "centre" in table ? parameters : [0, 0];
        positions.forEach((position, at) => {
          const [byY, byX, slopeY, slopeX, kappa] = arrays.outputs.map((output) => output[at]);
          const mean = Math.hypot(byY, byX) / Math.hypot(position[0] - centreY, position[1] - centreX);
          expect(Math.abs((slopeY + slopeX) / 2 - kappa), String(parameters)).toBeLessThanOrEqual(1e-8 * mean);
        });
      }
    },
  );
});
