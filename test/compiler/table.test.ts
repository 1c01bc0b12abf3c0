import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Algebra, numbers } from "../../src/compiler/algebra.ts";
import { compile, compileGradient, type PointFunction } from "../../src/compiler/compile.ts";
import { javascript } from "../../src/compiler/emit-js.ts";
import { formula } from "../../src/compiler/formula.ts";
import { forwardMode } from "../../src/compiler/forward-mode.ts";
import { createGraph } from "../../src/compiler/graph.ts";
import { interpolationError } from "../../src/compiler/interpolation.ts";
import type { PointBackend } from "../../src/compiler/point-program.ts";
import { tracing } from "../../src/compiler/trace.ts";
import { fusesMultiplyAdds, webAssembly } from "../../src/compiler/wasm-kernel.ts";
import { gNFWSph } from "../../src/profiles/mass/gnfw.ts";
import { anyBetween } from "../between.ts";
import { dualNumbers, variable } from "../laws/dual-numbers.ts";
import { present } from "../laws/radial-values.ts";
import { run } from "./run-graph.ts";

const BACKENDS: readonly (readonly [name: string, backend: PointBackend])[] = [
  ["JavaScript", javascript],
  ["base SIMD", webAssembly(false)],
  ...(fusesMultiplyAdds() ? [["relaxed SIMD", webAssembly(true)] as const] : []),
];

const PIECES = 64;
const ROWS = Array.from({ length: 12 }, (_, i) => [(i + 0.5) / 12]);
/** Of `wave` for parameters and positions of order one, from the formula in `interpolation.ts`: steps of 1/16. */
const ERRORS = { value: 3e-12, slope: 2e-10 };

/** A sum in a table, smooth for p and q of order one and t from -2 to 2. */
function wave<T>(algebra: Algebra<T>, [p, q]: readonly T[], t: T): T {
  const f = formula(algebra);
  const [sum] = algebra.sumOver(ROWS, ([row]) => [f`sin(${p} * ${t} + ${row}) + log(3 + ${q} + ${row} * ${t})`]);
  return f`0.1 * ${sum}`;
}

function tabulated<T>(algebra: Algebra<T>, parameters: readonly T[], at: T): T {
  const range = [algebra.constant(-2), formula(algebra)`1 + ${parameters[1]}`] as const;
  return algebra.tabulated(range, PIECES, (t) => wave(algebra, parameters, t), at);
}

/** The table at a position of the point, and summed over several: in a loop, where tables must not be made anew. */
const point: PointFunction = {
  parameters: ["p", "q"],
  inputs: ["x"],
  outputs: ["each"],
  formula: (algebra, parameters, [x]) => {
    const f = formula(algebra);
    const [sum] = algebra.sumOver(ROWS, ([row]) => [tabulated(algebra, parameters, f`${row} * ${x} - 1`)]);
    return [f`${tabulated(algebra, parameters, f`${x} * ${parameters[0]}`)} * ${sum}`];
  },
};

const parameters = fc.tuple(anyBetween(0.5, 1), anyBetween(0.8, 1));
const positions = fc.array(anyBetween(-2.5, 2.5), { minLength: 1, maxLength: 19 });

describe.each(BACKENDS)("tables in %s", (_, backend) => {
  test("values and gradients are those of the function, to the error of the interpolation", () => {
    const kernel = compileGradient(point, backend);
    fc.assert(
      fc.property(parameters, positions, (given, xs) => {
        const arrays = kernel.allocate(xs.length, 1);
        arrays.inputs[0].set(xs);
        kernel.run(Float64Array.from(given), arrays, 0, xs.length);
        xs.forEach((x, at) => {
          const algebra = dualNumbers(2);
          const [p, q] = given.map((value, i) => variable(value, i, 2));
          const [wanted] = point.formula(algebra, [p, q], [algebra.constant(x)]);
          // A sum of twelve values of order 1, times one.
          expect(Math.abs(arrays.outputs[0][at] - wanted.value)).toBeLessThan(50 * ERRORS.value);
          const totals = Float64Array.from(arrays.outputs.slice(1), (output) => output[at]);
          const gradient = kernel.gradient(Float64Array.from(given), totals);
          for (const [i, slope] of wanted.slopes.entries())
            expect(Math.abs(gradient[i] - slope)).toBeLessThan(50 * ERRORS.slope);
        });
      }),
    );
  });

  test("beyond the range it is held, and level", () => {
    const held: PointFunction = {
      ...point,
      formula: (algebra, given, [x]) => [tabulated(algebra, given, x)],
    };
    const kernel = compile(held, backend);
    const arrays = kernel.allocate(6, 1);
    arrays.inputs[0].set([-Infinity, -1e300, -2, 2, 1e300, Infinity]);
    kernel.run(Float64Array.of(0.7, 1), arrays, 0, 6);
    const ends = [-2, 2].map((t) => wave(numbers, [0.7, 1], t));
    arrays.outputs[0].forEach((value, at) => {
      expect(Math.abs(value - ends[at < 3 ? 0 : 1])).toBeLessThan(1e-14);
    });
  });

  test("tables of several parameters, of none and of different lengths go side by side", () => {
    const several: PointFunction = {
      ...point,
      outputs: ["each", "each", "each"],
      formula: (algebra, [p, q], [x]) => {
        const fixed = [0.6, 0.9].map(algebra.constant);
        const range = [-2, 2].map(algebra.constant) as [typeof p, typeof p];
        const short = algebra.tabulated(range, PIECES / 2, (t) => wave(algebra, [q, p], t), x);
        return [tabulated(algebra, [q, p], x), tabulated(algebra, fixed, x), short];
      },
    };
    const kernel = compile(several, backend);
    const xs = [-1.9, -0.77, 0, 0.31, 1.5];
    const arrays = kernel.allocate(xs.length, 1);
    arrays.inputs[0].set(xs);
    kernel.run(Float64Array.of(0.7, 0.8), arrays, 0, xs.length);
    xs.forEach((x, at) => {
      several.formula(numbers, [0.7, 0.8], [x]).forEach((wanted, k) => {
        expect(Math.abs(arrays.outputs[k][at] - wanted)).toBeLessThan((k === 2 ? 2 ** 8 : 1) * ERRORS.value);
      });
    });
  });

  test("an undefined position gives an undefined value and reads nothing else", () => {
    const kernel = compile(point, backend);
    const arrays = kernel.allocate(2, 1);
    arrays.inputs[0].set([Number.NaN, 0.5]);
    kernel.run(Float64Array.of(0.7, 1), arrays, 0, 2);
    expect(arrays.outputs[0][0]).toBeNaN();
    expect(arrays.outputs[0][1]).toBeCloseTo(point.formula(numbers, [0.7, 1], [0.5])[0], 10);
  });
});

test("forward mode gives the derivatives by position and parameters", () => {
  const graph = createGraph();
  const algebra = tracing(graph);
  const [p, q] = ["p", "q"].map((name) => graph.input(name, "call"));
  const x = graph.input("x", "point");
  const unit = [p, q, x].map((node, at) => [node, [0, 1, 2].map((i) => graph.constant(i === at ? 1 : 0))] as const);
  const [{ value, tangents }] = forwardMode(graph, [tabulated(algebra, [p, q], x)], new Map(unit), 3);
  for (const at of [-1.9, -0.3, 0.01, 1.7]) {
    const found = run([value, ...tangents], [p, q, x], [0.7, 0.9, at]);
    const variables = [0.7, 0.9, at].map((number, i) => variable(number, i, 3));
    const wanted = tabulated(dualNumbers(3), variables, variables[2]);
    expect(Math.abs(found[0] - wanted.value)).toBeLessThan(ERRORS.value);
    wanted.slopes.forEach((slope, i) => {
      expect(Math.abs(found[1 + i] - slope)).toBeLessThan(ERRORS.slope);
    });
  }
});

test("the error that is measured is the error there is, and falls as the eighth power of a step", () => {
  const f = (t: number) => wave(numbers, [0.7, 1], t);
  const [coarse, fine] = [16, 32].map((pieces) => interpolationError([-2, 2], pieces, f));
  expect(coarse / fine).toBeGreaterThan(2 ** 7.5);
  expect(coarse / fine).toBeLessThan(2 ** 8.5);
  const kernel = compile({ ...point, formula: (algebra, given, [x]) => [tabulated(algebra, given, x)] }, javascript);
  const count = 1000;
  const arrays = kernel.allocate(count, 1);
  arrays.inputs[0].forEach((_, i, xs) => {
    xs[i] = -2 + (4 * (i + 0.5)) / count;
  });
  kernel.run(Float64Array.of(0.7, 1), arrays, 0, count);
  const worst = arrays.outputs[0].reduce(
    (most, value, i) => Math.max(most, Math.abs(value - f(arrays.inputs[0][i]))),
    0,
  );
  const measured = interpolationError([-2, 2], PIECES, f);
  expect(worst).toBeLessThan(1.01 * measured + 1e-15);
  expect(measured).toBeLessThan(ERRORS.value);
});

test("the errors that the generalized NFW profile states", () => {
  const halo: PointFunction = {
    parameters: ["innerSlope", "scaleRadius"],
    inputs: ["x"],
    outputs: ["each"],
    formula: (algebra, [innerSlope, scaleRadius], [x]) => {
      const [zero, kappaS] = [0, 1].map(algebra.constant);
      return [
        present(gNFWSph.convergence)(algebra, [zero, x], { centre: [zero, zero], kappaS, innerSlope, scaleRadius }),
      ];
    },
  };
  const kernel = compileGradient(halo, javascript);
  const count = 400;
  const arrays = kernel.allocate(count, 1);
  arrays.inputs[0].forEach((_, i, xs) => {
    // One half far beyond the ends of the table, the other about the scale radius.
    const t = (i + 0.5) / count;
    xs[i] = 10 ** (t < 0.5 ? -14 + 42 * t : 1.5 * t - 1.125);
  });
  const worst = { value: 0, bySlope: 0, byRadius: 0 };
  for (const innerSlope of [0, 0.5, 1, 1.5, 2, 2.5]) {
    const given = Float64Array.of(innerSlope, 1);
    kernel.run(given, arrays, 0, count);
    const algebra = dualNumbers(2);
    arrays.inputs[0].forEach((x, i) => {
      const [wanted] = halo.formula(algebra, [variable(innerSlope, 0, 2), variable(1, 1, 2)], [algebra.constant(x)]);
      const totals = Float64Array.from(arrays.outputs.slice(1), (output) => output[i]);
      const [bySlope, byRadius] = kernel.gradient(given, totals);
      const error = (found: number, exact: number) => Math.abs(found - exact) / wanted.value;
      worst.value = Math.max(worst.value, error(arrays.outputs[0][i], wanted.value));
      worst.bySlope = Math.max(worst.bySlope, error(bySlope, wanted.slopes[0]));
      worst.byRadius = Math.max(worst.byRadius, error(byRadius, wanted.slopes[1]));
    });
  }
  expect(worst.value).toBeLessThan(1.3e-11);
  expect(worst.bySlope).toBeLessThan(1e-11);
  expect(worst.byRadius).toBeLessThan(5e-10);
  // Not one of them is exact: the table is in use.
  expect(worst.value).toBeGreaterThan(1e-12);
});

test("tables are made once: those that all points and steps share stand in the frontier", () => {
  const { program } = compile(point, javascript);
  const tables = program.frontier.filter(({ op }) => op === "table");
  // The coefficients of v^0 to v^7; the values that they are made of are left behind.
  expect(tables.length).toBe(8);
});

test("a table of what differs between points is a mistake, and refused", () => {
  const graph = createGraph();
  const algebra = tracing(graph);
  const x = graph.input("x", "point");
  const range = [graph.constant(0), graph.constant(1)] as const;
  expect(() => algebra.tabulated(range, 4, (t) => algebra.mul(t, x), x)).toThrow(RangeError);
  expect(() =>
    graph.loop(graph.constant(10), [x], ([sum], index) => [
      algebra.add(
        sum,
        algebra.tabulated(range, 4, (t) => algebra.mul(t, index), x),
      ),
    ]),
  ).toThrow(RangeError);
});
