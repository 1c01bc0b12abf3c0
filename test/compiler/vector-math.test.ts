import { describe, expect, it } from "vitest";
import * as fixed from "../../scripts/fixed-point.ts";
import { createGraph } from "../../src/compiler/graph.ts";
import { meaningOf } from "../../src/compiler/operations.ts";
import { pointProgram } from "../../src/compiler/partition.ts";
import type { VECTOR_MATH } from "../../src/compiler/vector-math.ts";
import { LARGEST_ANGLE } from "../../src/compiler/vector-trigonometry.ts";
import { fusesMultiplyAdds, webAssembly } from "../../src/compiler/wasm-kernel.ts";
import { type RandomState, randomState, uniform } from "../../src/inference/rng.ts";

type FunctionName = keyof typeof VECTOR_MATH;
type Draw = (state: RandomState) => number;

/** mantissa 2^exponent, the mantissa in fixed point */
interface Exact {
  readonly mantissa: bigint;
  readonly exponent: bigint;
}

const between =
  (from: number, to: number): Draw =>
  (state) =>
    from + (to - from) * uniform(state);
/** Spread evenly over powers of two. */
const scales =
  (from: number, to: number): Draw =>
  (state) =>
    2 ** between(from, to)(state);
const signed =
  (draw: Draw): Draw =>
  (state) =>
    (uniform(state) < 0.5 ? -1 : 1) * draw(state);
const oneOf =
  (...draws: readonly Draw[]): Draw =>
  (state) =>
    draws[Math.floor(uniform(state) * draws.length)](state);
const nearMultiplesOf =
  (step: number): Draw =>
  (state) =>
    Math.round(between(-1e6, 1e6)(state)) * step;

const plain = (mantissa: bigint): Exact => ({ mantissa, exponent: 0n });
const { fixed: real } = fixed;

interface Case {
  readonly draws: readonly Draw[];
  readonly exact: (x: number, y: number) => Exact;
  /** The largest error in the docstring, with multiply-adds fused and not. */
  readonly ulps: readonly [fused: number, base: number];
}

const EXPONENTS = oneOf(between(-2, 2), signed(scales(-30, 3)));
const POSITIVE = oneOf(scales(-300, 300), between(0.5, 2), (state) => 1 + signed(scales(-40, -1))(state));
const ANGLES = oneOf(between(-10, 10), signed(scales(-20, 20)), nearMultiplesOf(Math.PI / 2));
const LENGTHS = oneOf(between(-4, 4), signed(scales(-30, 30)));

const CASES: Record<FunctionName, Case> = {
  exp2: {
    draws: [oneOf(between(-1022, 1024), EXPONENTS)],
    exact: (x) => fixed.expParts(fixed.mul(real(x), fixed.LN2)),
    ulps: [0.9, 1.1],
  },
  exp: { draws: [oneOf(between(-745, 709.7), EXPONENTS)], exact: (x) => fixed.expParts(real(x)), ulps: [1.0, 1.0] },
  log: { draws: [POSITIVE], exact: (x) => plain(fixed.log(real(x))), ulps: [0.9, 0.9] },
  log2: { draws: [POSITIVE], exact: (x) => plain(fixed.div(fixed.log(real(x)), fixed.LN2)), ulps: [1.7, 1.7] },
  pow: {
    draws: [oneOf(scales(-10, 10), between(0, 2)), oneOf(between(-30, 30), between(-2, 2))],
    exact: (x, y) => fixed.expParts(fixed.mul(real(y), fixed.log(real(x)))),
    ulps: [1.1, 1.2],
  },
  sin: { draws: [ANGLES], exact: (x) => plain(fixed.sin(real(x))), ulps: [0.8, 0.8] },
  cos: { draws: [ANGLES], exact: (x) => plain(fixed.cos(real(x))), ulps: [0.8, 0.8] },
  atan: { draws: [LENGTHS], exact: (x) => plain(fixed.atan(real(x))), ulps: [1.5, 1.5] },
  atan2: { draws: [LENGTHS, LENGTHS], exact: (y, x) => plain(angleOf(y, x)), ulps: [1.5, 1.5] },
  atanh: {
    draws: [
      oneOf(
        between(-1, 1),
        signed(scales(-30, 0)),
        signed((state) => 1 - scales(-50, -1)(state)),
      ),
    ],
    exact: (x) => plain(fixed.atanh(real(x))),
    ulps: [1.7, 1.7],
  },
  tanh: {
    draws: [oneOf(between(-3, 3), signed(scales(-30, 4)))],
    exact: (x) => plain(fixed.tanh(real(x))),
    ulps: [1.3, 1.3],
  },
  erf: {
    draws: [oneOf(between(-3, 3), signed(scales(-30, 2)))],
    exact: (x) => plain(fixed.erf(real(x))),
    ulps: [1.0, 1.3],
  },
};

function angleOf(y: number, x: number): bigint {
  const slope = fixed.atan(fixed.div(real(y), real(x)));
  if (x >= 0) return slope;
  return y < 0 ? slope - fixed.PI : slope + fixed.PI;
}

/** The error in units of the last place of the exact value: of a subnormal one, in units of the smallest number. */
function errorInUlps(value: number, { mantissa, exponent }: Exact): number {
  // In two steps, as the power itself may be out of range.
  const half = Number(exponent / 2n);
  const scaled = real((value / 2 ** half) * 2 ** (half - Number(exponent)));
  const bits = BigInt((mantissa < 0n ? -mantissa : mantissa).toString(2).length);
  const smallest = fixed.BITS - 1074n - exponent;
  const place = bits - 53n > smallest ? bits - 53n : smallest;
  return Math.abs(Number(((scaled - mantissa) * 1024n) >> place)) / 1024;
}

function evaluate(name: FunctionName, fused: boolean, points: readonly (readonly number[])[]): Float64Array {
  const graph = createGraph();
  const inputs = Array.from({ length: meaningOf(name).arity }, (_, index) => graph.input(`x${index}`, "point"));
  const kernel = webAssembly(fused)(pointProgram([{ node: graph.apply(name, ...inputs), reduction: "each" }], inputs));
  const arrays = kernel.allocate(points.length, 1);
  points.forEach((point, index) => {
    point.forEach((value, slot) => {
      arrays.inputs[slot][index] = value;
    });
  });
  kernel.run(arrays, 0, points.length);
  return arrays.outputs[0];
}

const SPECIAL = [
  ...[0, -0, Infinity, -Infinity, Number.NaN, Number.MIN_VALUE, -Number.MIN_VALUE, 1e-310, -1e-310, 2 ** -1022],
  ...[1e-300, 1e-20, 0.5, -0.5, 1 - 2 ** -53, 2 ** -53 - 1, 1, -1, 1 + 2 ** -52, 2, -2, 3, 6, -6, 30, 1e6, 1e300],
  ...[-1e300, Number.MAX_VALUE, -Number.MAX_VALUE, 709.78, 710, -708.5, -745, -745.2, 1023.99, 1024, -1022, -1075],
];

/** What a function says of itself that it does otherwise than Math. */
const DIFFERS: Partial<Record<FunctionName, (x: number) => boolean>> = {
  sin: (x) => Math.abs(x) >= LARGEST_ANGLE && Number.isFinite(x),
  cos: (x) => Math.abs(x) >= LARGEST_ANGLE && Number.isFinite(x),
  // Bases are not negative, zeros included.
  pow: (x) => x < 0 || Object.is(x, -0),
};

const BUILDS = fusesMultiplyAdds() ? ([true, false] as const) : ([false] as const);

describe.each(BUILDS)("vector functions, multiply-adds fused: %s", (fused) => {
  describe.each(Object.keys(CASES) as FunctionName[])("%s", (name) => {
    it("has the stated error", () => {
      const { draws, exact, ulps } = CASES[name];
      const state = randomState(1);
      const points = Array.from({ length: 1001 }, () => draws.map((draw) => draw(state)));
      const values = evaluate(name, fused, points);
      const errors = points.map(([x, y], index) => errorInUlps(values[index], exact(x, y)));
      // Errors below a half would mean that nothing is measured.
      expect(Math.max(...errors)).toBeGreaterThan(0.5);
      expect(Math.max(...errors)).toBeLessThan(ulps[fused ? 0 : 1]);
    });

    it("is right for zeros, infinities, NaN, subnormal numbers and at the edges of its domain", () => {
      const binary = meaningOf(name).arity === 2;
      const points = SPECIAL.flatMap((x) => (binary ? SPECIAL.map((y) => [x, y]) : [[x]]));
      const values = evaluate(name, fused, points);
      points.forEach((point, index) => {
        const expected = meaningOf(name).compute(...point);
        const where = `${name}(${point})`;
        if (DIFFERS[name]?.(point[0])) return;
        if (!Number.isFinite(expected) || expected === 0) expect(values[index], where).toBe(expected);
        // Math itself is allowed an ulp, and the smallest number is one.
        else
          expect(Math.abs(values[index] - expected), where).toBeLessThanOrEqual(Math.abs(expected) * 4.5e-16 + 5e-324);
      });
    });
  });

  it("gives sines of angles beyond the reduction as NaN", () => {
    for (const name of ["sin", "cos"] as const)
      expect([...evaluate(name, fused, [[LARGEST_ANGLE], [-1e300], [LARGEST_ANGLE - 1]])].map(Number.isNaN)).toEqual([
        true,
        true,
        false,
      ]);
  });

  it("lets exp2 pass into 0 below the normal numbers by 2^-1023 at most", () => {
    const points = Array.from({ length: 301 }, (_, index) => [-1024 + index / 100]);
    evaluate("exp2", fused, points).forEach((value, index) => {
      const expected = 2 ** points[index][0];
      expect(Math.abs(value - expected)).toBeLessThanOrEqual(Math.max(2 ** -1023, expected * 4.5e-16));
    });
  });
});
