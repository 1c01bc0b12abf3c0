import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { draws, normal, randomState, uniform } from "../../src/inference/rng.ts";
import {
  CURVATURE_TOLERANCE,
  checkCurvature,
  probeVector,
  throughCamera,
  throughW,
} from "../../src/inversion/curvature-check.ts";
import type { Mapping } from "../../src/inversion/mapping.ts";
import {
  adjointConvolution,
  adjointConvolutionViaFft,
  type Convolution,
  planConvolution,
  planConvolutionViaFft,
} from "../../src/operators/convolve.ts";
import type { Matrix } from "../../src/operators/matrix.ts";

const kernels = kernelsOf("wasm");

interface Sizes {
  readonly side: number;
  readonly psfSide: number;
  readonly sourcePixels: number;
  readonly seed: number;
  readonly viaFft: boolean;
}

/** F of a square image of random noise and PSF, mapped to source pixels at random, with its operators. */
function problemOf({ side, psfSide, sourcePixels, seed, viaFft }: Sizes) {
  const random = randomState(seed);
  const nativeIndex = Int32Array.from({ length: 2 * side * side }, (_, at) => {
    return at % 2 === 0 ? Math.floor(at / 2 / side) : (at >> 1) % side;
  });
  // Wings below zero, as PSFs that were sharpened have.
  const psf = { shape: [psfSide, psfSide] as const, values: draws(random, psfSide * psfSide, (r) => uniform(r) - 0.2) };
  const convolution = planConvolution(psf, nativeIndex, nativeIndex);
  const mapping: Mapping = {
    imagePixels: side * side,
    sourcePixels,
    mappingsPerPixel: 3,
    // Some entries map nowhere, and by chance some source pixels are mapped by none.
    indexes: Int32Array.from({ length: 3 * side * side }, () => Math.floor(uniform(random) * (sourcePixels + 1)) - 1),
    weights: draws(random, 3 * side * side, uniform),
    slimIndexForSubSlimIndex: null,
    subFraction: null,
  };
  const sparseMappingMatrix = kernels.sparseMappingMatrix({ mapping });
  // Over seven decades: pixels of more noise are flagged.
  const noiseMap = draws(random, side * side, (r) => 10 ** (7 * uniform(r) ** 2));
  const curvatureMatrix = kernels.curvatureMatrixViaBlurredMapping({ convolution, noiseMap, sparseMappingMatrix });
  const apply = throughCamera({ ...(viaFft ? byFft(convolution) : bySum(convolution)), sparseMappingMatrix, noiseMap });
  return { curvatureMatrix, apply };
}

function bySum(convolution: Convolution) {
  const adjoint = adjointConvolution(convolution);
  return {
    blur: (image: Float64Array) => kernels.convolution({ convolution, image }),
    adjoint: (image: Float64Array) => kernels.convolution({ convolution: adjoint, image }),
  };
}

function byFft(convolution: Convolution) {
  const planned = planConvolutionViaFft(convolution);
  const adjoint = adjointConvolutionViaFft(planned);
  return {
    blur: (image: Float64Array) => kernels.convolutionViaFft({ convolution: planned, image }),
    adjoint: (image: Float64Array) => kernels.convolutionViaFft({ convolution: adjoint, image }),
  };
}

const LARGE = problemOf({ side: 30, psfSide: 7, sourcePixels: 200, seed: 5, viaFft: true });

function changed(matrix: Matrix, change: (value: number, row: number, column: number) => number): Matrix {
  const values = matrix.values.map((value, at) => change(value, Math.floor(at / matrix.columns), at % matrix.columns));
  return { ...matrix, values };
}

const diagonal = ({ values, columns }: Matrix, i: number): number => values[i * columns + i];

describe("F held to its operators", () => {
  test("agrees in a thousand random problems", () => {
    const sizes = fc.record({
      side: fc.integer({ min: 1, max: 9 }),
      psfSide: fc.constantFrom(1, 3, 5),
      sourcePixels: fc.integer({ min: 1, max: 30 }),
      seed: fc.nat(),
      viaFft: fc.boolean(),
    });
    let largest = 0;
    fc.assert(
      fc.property(sizes, (size) => {
        const { residual, asymmetry, agrees } = checkCurvature(problemOf(size));
        expect(agrees).toBe(true);
        largest = Math.max(largest, residual, asymmetry);
      }),
      { numRuns: 1000 },
    );
    // Of an FFT with such noise; and it was not that nothing was looked at.
    expect(largest).toBeGreaterThan(0);
  });

  test("disagrees where one block is off by a percent, whichever it is", () => {
    for (const [row, column] of [
      [0, 0],
      [0, 180],
      [100, 60],
    ]) {
      const inBlock = (at: number, first: number) => at >= first && at < first + 20;
      const wrong = changed(LARGE.curvatureMatrix, (value, i, j) => {
        return (inBlock(i, row) && inBlock(j, column)) || (inBlock(j, row) && inBlock(i, column))
          ? 1.01 * value
          : value;
      });
      const check = checkCurvature({ ...LARGE, curvatureMatrix: wrong });
      expect(check.agrees).toBe(false);
      expect(check.residual).toBeGreaterThan(1e5 * CURVATURE_TOLERANCE);
      expect(check.asymmetry).toBeLessThan(CURVATURE_TOLERANCE);
    }
  });

  test("disagrees where any one entry and its mirror image are off by a millionth of the diagonal", () => {
    const { curvatureMatrix: f, apply } = LARGE;
    fc.assert(
      fc.property(fc.nat(199), fc.nat(199), fc.constantFrom(1, -1), (p, q, sign) => {
        const by = sign * 1e-6 * Math.sqrt(diagonal(f, p) * diagonal(f, q));
        const wrong = changed(f, (value, i, j) => {
          return (i === p && j === q) || (i === q && j === p) ? value + by : value;
        });
        // Of source pixels that are seen; the faintest of 200 has a hundredth of the root of the trace.
        expect(checkCurvature({ curvatureMatrix: wrong, apply }).agrees).toBe(by === 0);
      }),
    );
  });

  test("disagrees where one triangle is not the mirror of the other", () => {
    const { curvatureMatrix: f, apply } = LARGE;
    const shifted = changed(f, (value, i, j) => (i < j ? value * (1 + 1e-3 * Math.sin(i + 3 * j)) : value));
    expect(checkCurvature(LARGE).asymmetry).toBeLessThan(1e-14);
    const check = checkCurvature({ curvatureMatrix: shifted, apply });
    expect(check.asymmetry).toBeGreaterThan(1e3 * CURVATURE_TOLERANCE);
    expect(check.agrees).toBe(false);
    // Also where the product itself happens to be right.
    expect(checkCurvature({ curvatureMatrix: shifted, apply: (z) => product(shifted, z) }).agrees).toBe(false);
  });

  test("disagrees where anything is NaN or infinite, or the diagonal negative or missing", () => {
    const { curvatureMatrix: f, apply } = LARGE;
    const wrong: Matrix[] = [Number.NaN, Number.POSITIVE_INFINITY].flatMap((bad) => [
      changed(f, (value, i, j) => (i === 7 && j === 9 ? bad : value)),
      changed(f, (value, i, j) => (i === 7 && j === 7 ? bad : value)),
    ]);
    wrong.push(changed(f, (value, i, j) => (i === 7 && j === 7 ? -value : value)));
    wrong.push(changed(f, (value, i, j) => (i === 7 || j === 7 ? 0 : value)));
    wrong.push(changed(f, () => 0));
    for (const curvatureMatrix of wrong) expect(checkCurvature({ curvatureMatrix, apply }).agrees).toBe(false);
    const nan = (z: Float64Array) => apply(z).fill(Number.NaN, 3, 4);
    expect(checkCurvature({ curvatureMatrix: f, apply: nan }).agrees).toBe(false);
  });
});

test("F = T'WT of visibilities, with real and imaginary noise unequal or not", () => {
  const [rows, columns] = [6, 7];
  for (const unequal of [true, false]) {
    const random = randomState(3);
    const uvWavelengths = draws(random, 80, (r) => 2e5 * normal(r));
    const noiseMap = draws(random, 80, (r) => 1 + uniform(r));
    if (!unequal) for (let k = 0; k < 80; k += 2) noiseMap[k + 1] = noiseMap[k];
    const grid = { shape: [rows, columns] as const, pixelScale: 0.1, origin: [0, 0] as const };
    const wCompact = kernels.wCompact({ grid, uvWavelengths, noiseMap });
    const nativeIndex = Int32Array.from({ length: 84 }, (_, at) => {
      return at % 2 === 0 ? Math.floor(at / 2 / columns) : (at >> 1) % columns;
    });
    const mapping: Mapping = {
      imagePixels: 42,
      sourcePixels: 12,
      mappingsPerPixel: 2,
      indexes: Int32Array.from({ length: 84 }, () => Math.floor(uniform(random) * 12)),
      weights: draws(random, 84, uniform),
      slimIndexForSubSlimIndex: null,
      subFraction: null,
    };
    const sparseMappingMatrix = kernels.sparseMappingMatrix({ mapping });
    const curvatureMatrix = kernels.curvatureMatrixViaWCompactSymmetric({ wCompact, nativeIndex, sparseMappingMatrix });
    const wTilde = kernels.wTildeFromCompact({ wCompact, nativeIndex });
    const args = { curvatureMatrix, apply: throughW(sparseMappingMatrix, (image) => product(wTilde, image)) };
    expect(checkCurvature(args).residual).toBeLessThan(1e-13);
    const wrong = changed(curvatureMatrix, (value, i, j) => (i + j === 5 ? 1.01 * value : value));
    expect(checkCurvature({ ...args, curvatureMatrix: wrong }).agrees).toBe(false);
  }
});

test("a probe is the same for the same seed, of both signs and nowhere small", () => {
  const z = probeVector(1000);
  expect(z).toEqual(probeVector(1000));
  expect(z).not.toEqual(probeVector(1000, 2));
  expect(z.every((value) => Math.abs(value) >= 1 && Math.abs(value) < 2)).toBe(true);
  expect(z.filter((value) => value < 0).length).toBeGreaterThan(400);
  expect(z.filter((value) => value > 0).length).toBeGreaterThan(400);
});

function product({ rows, columns, values }: Matrix, x: Float64Array): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    return x.reduce((sum, value, j) => sum + values[i * columns + j] * value, 0);
  });
}
