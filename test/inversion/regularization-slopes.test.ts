import { describe, expect, test } from "vitest";
import { draws, normal, randomState, uniform } from "../../src/inference/rng.ts";
import type { Mapping } from "../../src/inversion/mapping.ts";
import { delaunayMesh, interpolate } from "../../src/inversion/mesh/delaunay.ts";
import { pixelCentres, rectangularNeighbors } from "../../src/inversion/mesh/rectangular.ts";
import { type Triangulation, triangulate } from "../../src/inversion/mesh/triangulation.ts";
import type {
  Regularization,
  RegularizationAdjoint,
  RegularizedSource,
} from "../../src/inversion/regularization/regularization.ts";
import { regularizationSchemes } from "../../src/inversion/regularization/schemes.ts";
import { cholesky, triangularSolve } from "../../src/inversion/solve.ts";
import { gramMatrix, matrixProduct } from "../../src/operators/dense.ts";
import { type Matrix, matrixSum, zeros } from "../../src/operators/matrix.ts";

const DENSE = { cholesky, triangularSolve, gramMatrix, matrixProduct };
const SIZE = 40;
const VALUES: Readonly<Record<string, number>> = {
  coefficient: 1.3,
  coefficientZeroth: 0.2,
  scale: 0.3,
  nu: 0.8,
  innerCoefficient: 0.5,
  outerCoefficient: 2,
  signalScale: 0.7,
};

/** Two images of a source, one over-sampled, with pixels that are dark and one of no entry. */
function sourceAt(vertices: Float64Array): RegularizedSource {
  const triangulation = triangulate(vertices);
  const positions = draws(randomState(9), 2 * 120, uniform);
  const seen = interpolate(triangulation, positions);
  const overSampled: Mapping = {
    ...seen,
    imagePixels: 60,
    slimIndexForSubSlimIndex: Int32Array.from({ length: 120 }, (_, sub) => sub >> 1),
    subFraction: new Float64Array(60).fill(0.5),
  };
  const image = (seed: number, count: number) => draws(randomState(seed), count, uniform).map((light) => light - 0.1);
  return {
    vertices,
    triangulation,
    adaptViews: [
      { mapping: seen, adaptImage: image(4, 120) },
      { mapping: overSampled, adaptImage: image(5, 60) },
    ],
  };
}

function randomAdjoint(size: number, logDetRegularizationMatrix: number): RegularizationAdjoint {
  const factor: Matrix = { rows: size, columns: size, values: draws(randomState(6), size * size, normal) };
  return { regularizationMatrix: gramMatrix({ matrix: factor, ofRows: false }), logDetRegularizationMatrix };
}

function scalarOf(adjoint: RegularizationAdjoint, found: Regularization): number {
  const { rows, columns } = found.regularizationMatrix;
  const h = matrixSum(zeros(rows, columns), found.regularizationMatrix);
  const ofMatrix = h.values.reduce((sum, value, n) => sum + value * adjoint.regularizationMatrix.values[n], 0);
  return ofMatrix + adjoint.logDetRegularizationMatrix * found.logDetRegularizationMatrix;
}

/** Of fourth order, so that a step is large enough for what rounding leaves of H. */
function slopeOf(f: (step: number) => number, step: number): number {
  return (8 * (f(step) - f(-step)) - (f(2 * step) - f(-2 * step))) / (12 * step);
}

const VERTICES = draws(randomState(7), 2 * SIZE, uniform);
const SOURCE = sourceAt(VERTICES);
// The interpolation of a moved mesh is another; which triangles there are, and which of them points are in, is not.
const moved = (n: number, step: number): RegularizedSource => {
  const vertices = VERTICES.slice();
  vertices[n] += step;
  return { ...SOURCE, vertices, triangulation: { ...(SOURCE.triangulation as Triangulation), vertices } };
};

describe.each([...regularizationSchemes.values()])("$name", (scheme) => {
  const planned = scheme.plan(SOURCE.triangulation!.neighbors, DENSE);
  const keys = Object.keys(scheme.parameters);
  // Of kernels, C^-1 is good to 1e-16 times the condition of C, that of the Gaussian one some 1e8.
  const tolerance = scheme.name === "gaussian_kernel" ? 1e-5 : 1e-6;

  test.each([
    ["H", randomAdjoint(SIZE, 0)],
    ["ln det H", { regularizationMatrix: zeros(SIZE, SIZE), logDetRegularizationMatrix: 1 }],
    ["both", randomAdjoint(SIZE, -3)],
  ])("slopes of %s are differences", (_, adjoint) => {
    const { values, vertices, adaptViews } = planned.at(VALUES, SOURCE).slopes(adjoint);
    expect(Object.keys(values).sort()).toEqual([...keys].sort());
    for (const key of keys) {
      const at = (step: number) => scalarOf(adjoint, planned.at({ ...VALUES, [key]: VALUES[key] + step }, SOURCE));
      expect(Math.abs(values[key] / slopeOf(at, 1e-3 * VALUES[key]) - 1)).toBeLessThan(tolerance);
    }

    expect(vertices === null).toBe(!(scheme.needs.includes("crosses") || scheme.name.endsWith("kernel")));
    const largest = vertices?.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0) ?? 0;
    vertices?.forEach((slope, n) => {
      const at = (step: number) => scalarOf(adjoint, planned.at(VALUES, moved(n, step)));
      expect(Math.abs(slope - slopeOf(at, 1e-5))).toBeLessThan(tolerance * largest);
    });

    expect(adaptViews.length).toBe(scheme.needs.includes("adapt_image") ? 2 : 0);
    adaptViews.forEach((slopes, view) => {
      const { mapping } = SOURCE.adaptViews[view];
      expect(slopes.length).toBe(mapping.weights.length);
      const largestSlope = slopes.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
      expect(largestSlope).toBeGreaterThan(0);
      slopes.forEach((slope, entry) => {
        if (mapping.indexes[entry] < 0) expect(slope).toBe(0);
        // Three entries of each source pixel, or so.
        if (mapping.indexes[entry] < 0 || entry % 3 !== 0) return;
        const at = (step: number) => {
          const weights = mapping.weights.slice();
          weights[entry] += step;
          const views = SOURCE.adaptViews.map((each, n) =>
            n === view ? { ...each, mapping: { ...mapping, weights } } : each,
          );
          return scalarOf(adjoint, planned.at(VALUES, { ...SOURCE, adaptViews: views }));
        };
        expect(Math.abs(slope - slopeOf(at, 1e-4))).toBeLessThan(tolerance * largestSlope);
      });
    });
  });
});
