import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Algebra, numbers } from "../../src/compiler/algebra.ts";
import { compile, compileGradient, type PointFunction } from "../../src/compiler/compile.ts";
import { javascript } from "../../src/compiler/emit-js.ts";
import { forwardMode } from "../../src/compiler/forward-mode.ts";
import { createGraph, type InputNode, type Node } from "../../src/compiler/graph.ts";
import { simplify } from "../../src/compiler/simplify.ts";
import { tracing } from "../../src/compiler/trace.ts";
import { lightProfiles, massProfiles } from "../../src/profiles/index.ts";
import type { Pair, Parameter, ParameterTable, ParameterValues } from "../../src/profiles/parameter.ts";
import type { ScalarFormula, VectorFormula } from "../../src/profiles/profile.ts";
import { dualNumbers, variable } from "../laws/dual-numbers.ts";
import { real } from "./random-formula.ts";
import { run } from "./run-graph.ts";

interface Row {
  readonly name: string;
  readonly table: ParameterTable;
  readonly formula: PointFunction["formula"];
}

/** Below this are numbers that have lost digits to underflow. */
const SMALLEST = 1e-290;
const POSITION = ["y", "x"] as const;

function componentNames(table: ParameterTable): string[] {
  return Object.values(table).flatMap(({ name, components }) =>
    components === undefined ? [name] : components.map((component) => `${name}.${component}`),
  );
}

/** The flat list of values as the record that a profile takes. */
function valuesOf<T>(table: ParameterTable, flat: readonly T[]): ParameterValues<ParameterTable, T> {
  const left = [...flat];
  const take = () => left.shift() as T;
  return Object.fromEntries(
    Object.entries(table).map(([key, { components }]) => [
      key,
      components === undefined ? take() : ([take(), take()] as const),
    ]),
  );
}

function rowsOf(name: string, table: ParameterTable, formula: unknown): Row[] {
  if (typeof formula !== "function") return [];
  const given = formula as ScalarFormula<ParameterTable> & VectorFormula<ParameterTable>;
  const row = <T>(algebra: Algebra<T>, parameters: readonly T[], [y, x]: readonly T[]): readonly T[] => {
    const result: T | Pair<T> = given(algebra, [y, x], valuesOf(table, parameters));
    return Array.isArray(result) ? result : [result as T];
  };
  return [{ name, table, formula: row }];
}

const rows = [
  ...[...massProfiles.values()].flatMap(({ name, parameters, deflection, convergence, potential }) => [
    ...rowsOf(`${name} deflection`, parameters, deflection),
    ...rowsOf(`${name} convergence`, parameters, convergence),
    ...rowsOf(`${name} potential`, parameters, potential),
  ]),
  ...[...lightProfiles.values()].flatMap(({ name, parameters, intensity }) =>
    rowsOf(`${name} intensity`, parameters, intensity),
  ),
];

/** A component's values around its default prior, within its bounds. */
function component({ bounds: [lower, upper], defaultPrior, lengthBelow }: Parameter): fc.Arbitrary<number> {
  const [from, to] =
    defaultPrior.prior === "gaussian"
      ? [defaultPrior.mean - 2 * defaultPrior.sigma, defaultPrior.mean + 2 * defaultPrior.sigma]
      : [defaultPrior.lower, Math.min(defaultPrior.upper, 10)];
  const inside = real(Math.max(lower, from), Math.min(upper, to));
  return lengthBelow === undefined ? inside : fc.oneof(inside, fc.constant(0), real(-1e-3, 1e-3));
}

const parametersOf = (table: ParameterTable): fc.Arbitrary<readonly number[]> =>
  fc.tuple(
    ...Object.values(table).flatMap((parameter) =>
      parameter.components === undefined ? [component(parameter)] : [component(parameter), component(parameter)],
    ),
  );

const positions = fc.tuple(real(-4, 4), real(-4, 4));

function evaluate(point: PointFunction) {
  const kernel = compileGradient(point, javascript);
  const arrays = kernel.allocate(1, 1);
  const outputs = point.outputs.length;
  return (parameters: readonly number[], [y, x]: Pair<number>, weights: readonly number[]) => {
    [y, x, ...weights].forEach((value, slot) => {
      if (slot < arrays.inputs.length) arrays.inputs[slot][0] = value;
    });
    kernel.run(Float64Array.from(parameters), arrays, 0, 1);
    const values = arrays.outputs.map(([value]) => value);
    const gradient = kernel.gradient(Float64Array.from(parameters), Float64Array.from(values.slice(outputs)));
    return { values: values.slice(0, outputs), gradient };
  };
}

function pointFunction({ table, formula }: Row): PointFunction {
  const parameters = componentNames(table);
  const symbols = parameters.map(() => 0.5);
  const outputs = formula(numbers, symbols, [0.3, 0.4]).map(() => "each" as const);
  return { parameters, inputs: POSITION, outputs, formula };
}

describe.each([...massProfiles.values()])("$name", ({ parameters: table, deflection, convergence }) => {
  // Both sides are exact but for rounding, that of derivatives growing as 1 / (1 - f) along the major axis.
  test("half the divergence of the deflection, by forward mode, is the convergence", () => {
    if (typeof convergence !== "function") throw new Error(convergence.absent);
    const graph = createGraph();
    const algebra = tracing(graph);
    const parameters = componentNames(table).map((name) => graph.input(name, "call"));
    const position = POSITION.map((name) => graph.input(name, "point")) as unknown as Pair<InputNode>;
    const values = valuesOf<Node>(table, parameters);
    const seeds = new Map(position.map((node, i) => [node, [0, 1].map((k) => graph.constant(k === i ? 1 : 0))]));
    const [alphaY, alphaX] = forwardMode(graph, deflection(algebra, position, values), seeds, 2);
    const slopes = [...alphaY.tangents, ...alphaX.tangents];
    const nodes = simplify(graph, [...slopes, convergence(algebra, position, values)]);
    fc.assert(
      fc.property(parametersOf(table), positions, (given, at) => {
        const [centreY, centreX] = table.centre === undefined ? [Infinity, Infinity] : given;
        fc.pre(Math.hypot(at[0] - centreY, at[1] - centreX) > 1e-6);
        const [byY, , , byX, kappa] = run(nodes, [...parameters, ...position], [...given, ...at]);
        const scale = Math.max(SMALLEST, Math.abs(byY), Math.abs(byX));
        expect(Math.abs((byY + byX) / 2 - kappa)).toBeLessThan(1e-12 * scale);
      }),
      { numRuns: 300 },
    );
  });
});

describe.each(rows)("$name", (row) => {
  const point = pointFunction(row);
  const kernel = compile(point, javascript);
  const arrays = kernel.allocate(1, 1);

  // The algebra before emission costs a few roundings, and of exponents e^t some that count |t| times.
  test("compiled, it has the values that numbers give it", () => {
    fc.assert(
      fc.property(parametersOf(row.table), positions, (parameters, position) => {
        arrays.inputs.forEach((input, slot) => {
          input[0] = position[slot];
        });
        kernel.run(Float64Array.from(parameters), arrays, 0, 1);
        const expected = row.formula(numbers, parameters, position);
        const scale = Math.max(SMALLEST, ...expected.map(Math.abs));
        expected.forEach((value, i) => {
          expect(Math.abs(arrays.outputs[i][0] - value)).toBeLessThan(1e-14 * scale * (1 + Math.abs(Math.log(scale))));
        });
      }),
      { numRuns: 500 },
    );
  });

  test("its gradient is the dual numbers'", () => {
    const run = evaluate(point);
    const count = point.parameters.length;
    const weights = point.outputs.length === 1 ? [1] : [0.7, -1.3];
    fc.assert(
      fc.property(parametersOf(row.table), positions, (parameters, position) => {
        const { gradient } = run(parameters, position, weights);
        const algebra = dualNumbers(count);
        const duals = row.formula(
          algebra,
          parameters.map((value, i) => variable(value, i, count)),
          position.map((value) => algebra.constant(value)),
        );
        const expected = parameters.map((_, i) =>
          duals.reduce((sum, { slopes }, k) => sum + weights[k] * slopes[i], 0),
        );
        const scale = Math.max(SMALLEST, ...expected.map(Math.abs));
        expected.forEach((value, i) => {
          expect(Math.abs(gradient[i] - value)).toBeLessThan(1e-12 * scale);
        });
      }),
      { numRuns: 500 },
    );
  });

  test("its gradient is finite wherever its value is: at the centre, of a circle, of one nearly", () => {
    const run = evaluate(point);
    const weights = point.outputs.length === 1 ? [1] : [0.7, -1.3];
    const shapes = fc.constantFrom(0, 1e-300, 1e-160, 1e-12, 1e-3, 0.3);
    fc.assert(
      fc.property(parametersOf(row.table), shapes, fc.constantFrom(0, 1e-300, 1e-15, 1e-9), (parameters, e, away) => {
        const named = parameters.map((value, i) => (point.parameters[i].startsWith("ell_comps") ? e : value));
        const centre = ["centre.y", "centre.x"].map((name) => named[point.parameters.indexOf(name)] ?? 0);
        const position = [centre[0] + away, centre[1]] as const;
        const { values, gradient } = run(named, position, weights);
        expect(values.every(Number.isFinite)).toBe(true);
        expect([...gradient].every(Number.isFinite), `gradient ${gradient}`).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
