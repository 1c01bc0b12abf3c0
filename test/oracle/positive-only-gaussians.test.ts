import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { draws, normal, randomState } from "../../src/inference/rng.ts";
import { kktResidual, kktTolerance } from "../../src/inversion/positive-only.ts";
import { gramMatrix } from "../../src/operators/dense.ts";
import { type Matrix, matrixTimesVector } from "../../src/operators/matrix.ts";

// Sums of Gaussians, as lens light is fitted with: columns so alike that F has condition numbers of 1e18 to 1e24, with
// 1e-10 of its diagonal added. SciPy's chi^2 of the design itself, without any such addition: see README.md.

/** A of Gaussians from 0.01 to 1.5 arcsec in elliptical sets, and a Sersic profile with noise, both in units of noise. */
function gaussians(count: number, sets: number, noise: number): { design: Matrix; data: Float64Array } {
  const axes = [
    { q: 0.8, angle: 0.3 },
    { q: 0.6, angle: 0.5 },
  ];
  const radius = (y: number, x: number, { q, angle }: { q: number; angle: number }) => {
    const [along, across] = [x * Math.cos(angle) + y * Math.sin(angle), y * Math.cos(angle) - x * Math.sin(angle)];
    return Math.sqrt(q * along ** 2 + across ** 2 / q);
  };
  const side = [...Array(60).keys()].map((i) => -1.475 + 0.05 * i);
  const positions = side.flatMap((y) => side.map((x) => [y, x])).filter(([y, x]) => Math.hypot(y, x) < 1.5);
  const random = draws(randomState(count + sets), positions.length, normal);
  const perSet = count / sets;
  const values: number[] = [];
  const data = positions.map(([y, x], m) => {
    const light = Math.exp(-3.67 * (Math.sqrt(radius(y, x, axes[0]) / 0.6) - 1));
    const sigma = noise * Math.sqrt(1 + light);
    for (let j = 0; j < count; j++) {
      const width = 0.01 * 150 ** ((j % perSet) / (perSet - 1));
      values.push(Math.exp(-0.5 * (radius(y, x, axes[Math.floor(j / perSet)]) / width) ** 2) / sigma);
    }
    return light / sigma + random[m];
  });
  const design = { rows: positions.length, columns: count, values: Float64Array.from(values) };
  return { design, data: Float64Array.from(data) };
}

describe.each(["reference", "wasm"] as const)("%s", (voice) => {
  test.each([
    [30, 1, 0.01, 2892.1192],
    [60, 1, 0.01, 2707.112978],
    [60, 2, 0.1, 2800.933609],
  ])("%i Gaussians in %i sets, noise %f", (count, sets, noise, expected) => {
    const { design, data } = gaussians(count, sets, noise);
    const curvatureRegMatrix = gramMatrix({ matrix: design, ofRows: false });
    for (let i = 0; i < count; i++) curvatureRegMatrix.values[i * (count + 1)] *= 1 + 1e-10;
    const dataVector = new Float64Array(count);
    design.values.forEach((value, at) => {
      dataVector[at % count] += value * data[Math.floor(at / count)];
    });
    const args = { curvatureRegMatrix, dataVector };
    const { converged, values, factorizations } = kernelsOf(voice).positiveOnly(args);
    expect(converged).toBe(true);
    expect(factorizations).toBeLessThan(count + 100);
    expect(kktResidual(args, values)).toBeLessThan(kktTolerance(count));
    const chiSquared = matrixTimesVector(design, values).reduce((sum, value, m) => sum + (value - data[m]) ** 2, 0);
    // What is added to the diagonal costs some 1e-10 of s'Fs, 1e7 here.
    expect(Math.abs(chiSquared - expected)).toBeLessThan(1e-3);
  });
});
