import { beforeEach, describe, expect, test } from "vitest";
import { chooseWasmBuild } from "../../src/backend/wasm.ts";
import * as wasm from "../../src/backend/wasm-nufft.ts";
import { normal, randomState, uniform } from "../../src/inference/rng.ts";
import * as fft from "../../src/operators/fft.ts";
import * as nufft from "../../src/operators/nufft.ts";

// The FFT and the NUFFT against their definitions. Phases of the direct sums are counted in turns and reduced exactly.
const VOICES = [
  ["reference", fft.fft2d, nufft.nufftType1, nufft.nufftType2, "base"],
  ["wasm (base)", wasm.fft2d, wasm.nufftType1, wasm.nufftType2, "base"],
  ["wasm (relaxed)", wasm.fft2d, wasm.nufftType1, wasm.nufftType2, "relaxed"],
] as const;

const TOLERANCES = [1e-3, 1e-6, 1e-9, 1e-12, 1e-13];
const random = randomState(3);

function randoms(length: number): Float64Array {
  return Float64Array.from({ length }, () => normal(random));
}

/** A lattice of integer positions around 0, so that a turn is a period of u and of v. */
function integers(rows: number, columns: number): nufft.Lattice {
  return { shape: [rows, columns], y0: -(rows >> 1), dy: 1, x0: -(columns >> 1), dx: 1 };
}

/** sum_k c_k exp(sign 2 pi i turns_k) */
function sumOf(c: Float64Array, turns: (k: number) => number, sign: 1 | -1): [re: number, im: number] {
  let [re, im] = [0, 0];
  for (let k = 0; k < c.length / 2; k++) {
    const t = turns(k);
    const angle = sign * 2 * Math.PI * (t - Math.round(t));
    re += c[2 * k] * Math.cos(angle) - c[2 * k + 1] * Math.sin(angle);
    im += c[2 * k] * Math.sin(angle) + c[2 * k + 1] * Math.cos(angle);
  }
  return [re, im];
}

/** Largest error of type 1 over its lattice, relative to the sum of absolute strengths. */
function errorOfType1(type1: typeof nufft.nufftType1, args: nufft.NufftType1Args): number {
  const { lattice, uvWavelengths: uv, strengths } = args;
  const out = type1(args);
  const [rows, columns] = lattice.shape;
  let worst = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const [y, x] = [lattice.y0 + i * lattice.dy, lattice.x0 + j * lattice.dx];
      const [re, im] = sumOf(strengths, (k) => x * uv[2 * k] + y * uv[2 * k + 1], 1);
      const at = 2 * (i * columns + j);
      worst = Math.max(worst, Math.hypot(out[at] - re, out[at + 1] - im));
    }
  }
  return worst / absoluteSum(strengths);
}

function errorOfType2(type2: typeof nufft.nufftType2, args: nufft.NufftType2Args): number {
  const { lattice, uvWavelengths: uv, values } = args;
  const out = type2(args);
  const columns = lattice.shape[1];
  let worst = 0;
  for (let k = 0; k < out.length; k += 2) {
    const turns = (p: number): number => {
      const [y, x] = [lattice.y0 + Math.floor(p / columns) * lattice.dy, lattice.x0 + (p % columns) * lattice.dx];
      return x * uv[k] + y * uv[k + 1];
    };
    const [re, im] = sumOf(values, turns, -1);
    worst = Math.max(worst, Math.hypot(out[k] - re, out[k + 1] - im));
  }
  return worst / absoluteSum(values);
}

function absoluteSum(values: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < values.length; k += 2) sum += Math.hypot(values[k], values[k + 1]);
  return sum;
}

/** Where kernels begin and end, where the torus closes, where bins meet, and anywhere. */
const POSITIONS: readonly (readonly [number, number])[] = [
  [0, 0],
  [0.5, 0.5],
  [-0.5, 0.25],
  [1e-17, -1e-17],
  [0.5 - 2 ** -54, -0.5 + 2 ** -54],
  [1 / 32, 31 / 32],
  [1.5 / 32, 6.5 / 32],
  [6.5 / 32 - 1e-16, 6.5 / 32 + 1e-16],
  [3.25, -17.125],
  ...Array.from({ length: 24 }, () => [uniform(random) - 0.5, uniform(random) - 0.5] as const),
];
const SHAPES: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, 7],
  [2, 3],
  [16, 15],
  [33, 31],
];

for (const [name, fft2d, type1, type2, build] of VOICES) {
  describe(name, () => {
    beforeEach(() => chooseWasmBuild(build));

    test.each(TOLERANCES)("the worst single point keeps to %d", (tolerance) => {
      for (const shape of name === "reference" ? SHAPES.slice(0, 4) : SHAPES) {
        const lattice = integers(...shape);
        for (const position of name === "reference" ? POSITIONS.slice(0, 11) : POSITIONS) {
          const uvWavelengths = Float64Array.from(position);
          const strengths = Float64Array.of(0.6, -0.8);
          const error = errorOfType1(type1, { lattice, uvWavelengths, strengths, tolerance });
          expect(error, `${shape} modes, ${position}`).toBeLessThan(tolerance);
          const values = new Float64Array(2 * shape[0] * shape[1]);
          values[0] = 1;
          const adjoint = errorOfType2(type2, { lattice, uvWavelengths, values, tolerance });
          expect(adjoint, `type 2, ${shape} modes, ${position}`).toBeLessThan(tolerance);
        }
      }
    });

    test.each(TOLERANCES)("random sums keep to %d, wherever the lattice is", (tolerance) => {
      const lattice = { shape: [14, 17], y0: 3.2, dy: -0.2, x0: -0.7, dx: 0.2 } as const;
      const uvWavelengths = randoms(600);
      expect(errorOfType1(type1, { lattice, uvWavelengths, strengths: randoms(600), tolerance })).toBeLessThan(
        tolerance,
      );
      const values = randoms(2 * 14 * 17);
      expect(errorOfType2(type2, { lattice, uvWavelengths, values, tolerance })).toBeLessThan(tolerance);
    });

    test("type 2 is the adjoint of type 1", () => {
      const lattice = { shape: [12, 15], y0: 1.1, dy: -0.2, x0: -2, dx: 0.2 } as const;
      const [uvWavelengths, strengths, values] = [randoms(400), randoms(400), randoms(2 * 12 * 15)];
      const modes = type1({ lattice, uvWavelengths, strengths, tolerance: 1e-13 });
      const sums = type2({ lattice, uvWavelengths, values, tolerance: 1e-13 });
      const product = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, k) => sum + value * b[k], 0);
      const scale = Math.sqrt(product(modes, modes) * product(values, values));
      expect(Math.abs(product(modes, values) - product(strengths, sums))).toBeLessThan(1e-14 * scale);
    });

    test("a position that is no number makes the sums no numbers", () => {
      const lattice = integers(3, 3);
      const strengths = Float64Array.of(1, 0, 1, 0);
      for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const uvWavelengths = Float64Array.of(0.1, 0.2, wrong, 0.3);
        expect(type1({ lattice, uvWavelengths, strengths, tolerance: 1e-6 }).every(Number.isNaN)).toBe(true);
      }
    });

    test("no points at all", () => {
      const none = new Float64Array(0);
      const lattice = integers(2, 3);
      expect(type1({ lattice, uvWavelengths: none, strengths: none, tolerance: 1e-6 })).toEqual(new Float64Array(12));
      expect(type2({ lattice, uvWavelengths: none, values: randoms(12), tolerance: 1e-6 })).toEqual(none);
    });

    const sizes = Array.from({ length: 64 }, (_, i) => i + 1).filter(fft.isFftSize);

    test.each([...sizes, 600, 1200])("a transform of length %i is its definition", (n) => {
      const values = randoms(2 * n);
      const out = fft2d({ shape: [1, n], values, inverse: false });
      const scale = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
      for (let p = 0; p < n; p += n > 64 ? 37 : 1) {
        const [re, im] = sumOf(values, (i) => ((i * p) % n) / n, -1);
        expect(Math.hypot(out[2 * p] - re, out[2 * p + 1] - im)).toBeLessThan(2e-15 * scale * Math.log2(2 * n));
      }
      expect(fft2d({ shape: [n, 1], values, inverse: false })).toEqual(out);
    });

    test("rows and columns, Parseval, and back", () => {
      for (const shape of [
        [8, 15],
        [20, 9],
        [1, 1],
        [64, 27],
      ] as const) {
        const size = shape[0] * shape[1];
        const values = randoms(2 * size);
        const out = fft2d({ shape, values, inverse: false });
        const power = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0);
        expect(power(out) / size).toBeCloseTo(power(values), 9);
        const back = fft2d({ shape, values: out, inverse: true });
        expect(Math.max(...back.map((value, k) => Math.abs(value - values[k])))).toBeLessThan(1e-14);
        const [p, q] = [shape[0] - 1, shape[1] >> 1];
        const turns = (k: number) => (p * Math.floor(k / shape[1])) / shape[0] + (q * (k % shape[1])) / shape[1];
        const [re, im] = sumOf(values, turns, -1);
        const at = 2 * (p * shape[1] + q);
        expect(Math.hypot(out[at] - re, out[at + 1] - im)).toBeLessThan(1e-12);
      }
    });

    test("a length with other factors is refused", () => {
      expect(() => fft2d({ shape: [1, 7], values: new Float64Array(14), inverse: false })).toThrow("pad to 8");
    });
  });
}

test("the next length that the FFT takes", () => {
  expect([1, 7, 11, 127, 599, 1199].map(fft.fftSize)).toEqual([1, 8, 12, 128, 600, 1200]);
});
