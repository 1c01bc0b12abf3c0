import { describe, expect, test } from "vitest";
import { draws, normal, randomState, uniform } from "../../src/inference/rng.ts";
import type { Mapping } from "../../src/inversion/mapping.ts";
import { interpolate } from "../../src/inversion/mesh/delaunay.ts";
import { type Triangulation, triangulate } from "../../src/inversion/mesh/triangulation.ts";
import { maternFunction, maternSlope } from "../../src/inversion/regularization/matern-function.ts";
import type {
  Regularization,
  RegularizationAdjoint,
  RegularizedSource,
} from "../../src/inversion/regularization/regularization.ts";
import { regularizationSchemes } from "../../src/inversion/regularization/schemes.ts";
import { logDeterminant, symmetricInverse } from "../../src/inversion/solve.ts";
import { gramMatrix, matrixProduct } from "../../src/operators/dense.ts";
import { type Matrix, matrixSum, zeros } from "../../src/operators/matrix.ts";

const DENSE = { symmetricInverse, logDeterminant, matrixProduct };
const SIZE = 24;
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
  const positions = draws(randomState(9), 2 * 60, uniform);
  const seen = interpolate(triangulation, positions);
  const overSampled: Mapping = {
    ...seen,
    imagePixels: 30,
    slimIndexForSubSlimIndex: Int32Array.from({ length: 60 }, (_, sub) => sub >> 1),
    subFraction: new Float64Array(30).fill(0.5),
  };
  const image = (seed: number, count: number) => draws(randomState(seed), count, uniform).map((light) => light - 0.1);
  return {
    vertices,
    triangulation,
    adaptViews: [
      { mapping: seen, adaptImage: image(4, 60) },
      { mapping: overSampled, adaptImage: image(5, 30) },
    ],
  };
}

function randomAdjoint(size: number, logDetRegularizationMatrix: number): RegularizationAdjoint {
  const factor: Matrix = { rows: size, columns: size, values: draws(randomState(6), size * size, normal) };
  const { values } = gramMatrix({ matrix: factor, ofRows: false });
  return { regularizationMatrix: (i, j) => values[i * size + j], logDetRegularizationMatrix };
}

function scalarOf(adjoint: RegularizationAdjoint, found: Regularization): number {
  const { rows, columns } = found.regularizationMatrix;
  const h = matrixSum(zeros(rows, columns), found.regularizationMatrix);
  const ofMatrix = h.values.reduce((sum, value, n) => {
    return sum + value * adjoint.regularizationMatrix(Math.floor(n / columns), n % columns);
  }, 0);
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
    ["ln det H", { regularizationMatrix: () => 0, logDetRegularizationMatrix: 1 }],
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

describe("of ln det H at any strength: S - 1 eigenvalues grow with the square of the coefficients", () => {
  test.each([
    ["constant", 1e-2],
    ["constant", 1e4],
    ["constant", 1e9],
    ["constant_split", 1e-2],
    ["constant_split", 1e4],
    ["constant_split", 1e9],
    ["adaptive_brightness", 1e-1],
    ["adaptive_brightness", 1e4],
    ["adaptive_brightness_split", 1e-1],
    ["adaptive_brightness_split", 1e4],
  ])("%s, %d", (name, coefficient) => {
    const planned = regularizationSchemes.get(name)!.plan(SOURCE.triangulation!.neighbors, DENSE);
    const [inner, outer] = [coefficient, 2 * coefficient];
    const regularization = planned.at(
      { coefficient, innerCoefficient: inner, outerCoefficient: outer, signalScale: 0.7 },
      SOURCE,
    );
    const { values } = regularization.slopes({
      regularizationMatrix: () => 0,
      logDetRegularizationMatrix: 1,
    });
    // Both coefficients together scale the weights' roots: H goes with their fourth power.
    const growth =
      "coefficient" in values
        ? coefficient * values.coefficient
        : (inner * values.innerCoefficient + outer * values.outerCoefficient) / 2;
    // 1e-8 beside the smallest eigenvalue, of some 0.1 times the square of the coefficient, and rounding.
    expect(Math.abs(growth - 2 * (SIZE - 1))).toBeLessThan(1e-11 * SIZE + (1e-6 * SIZE) / coefficient ** 2);
  });
});

test.each([0.05, 0.5, 0.9, 1, 1.2, 2.5, 30])("the slope of the Matern function of nu = %d is differences", (nu) => {
  for (const z of [1e-3, 0.1, 1, 5, 30]) {
    const step = 1e-2 * Math.min(z, 1);
    const difference = slopeOf((distance) => maternFunction(nu)(z + distance), step);
    // Of the function some 1e-13 is rounding; the order of the difference leaves 1e-8.
    const rounding = 1e-13 / step;
    expect(Math.abs(maternSlope(nu)(z) - difference)).toBeLessThan(rounding + 1e-7 * Math.abs(difference));
  }
});

/** 4 x 4 vertices a distance of 1 apart. */
const LATTICE = Float64Array.from({ length: 32 }, (_, n) => (n % 2 === 0 ? n >> 3 : (n >> 1) % 4));

describe("where H has no slopes", () => {
  const adjoint = (size: number) => randomAdjoint(size, 1);

  test("vertices on a line have no triangles: crosses do not move", () => {
    const vertices = Float64Array.from([0, 0, 1, 1, 2, 2]);
    const source = { vertices, triangulation: triangulate(vertices), adaptViews: [] };
    const planned = regularizationSchemes.get("constant_split")!.plan(source.triangulation.neighbors, DENSE);
    const { values, vertices: slopes } = planned.at({ coefficient: 1 }, source).slopes(adjoint(3));
    expect([values.coefficient, ...slopes!]).toEqual(new Array(7).fill(0));
  });

  test.each([
    ["two vertices at one place", Float64Array.from([0, 0, 0, 0, 1, 1, 0, 2])],
    ["a lattice, whose crosses lie on sides and on the hull", LATTICE],
  ])("%s: finite", (_, vertices) => {
    const source = { vertices, triangulation: triangulate(vertices), adaptViews: [] };
    for (const name of ["constant", "constant_split", "gaussian_kernel", "exponential_kernel", "matern_kernel"]) {
      const planned = regularizationSchemes.get(name)!.plan(source.triangulation.neighbors, DENSE);
      const { values, vertices: slopes } = planned.at(VALUES, source).slopes(adjoint(vertices.length / 2));
      expect([...Object.values(values), ...(slopes ?? [])].every(Number.isFinite)).toBe(true);
    }
  });

  test("positions that are not finite: NaN, not a crash", () => {
    const vertices = Float64Array.from([0, 0, Number.NaN, 0, 1, 1]);
    const planned = regularizationSchemes.get("matern_kernel")!.plan(SOURCE.triangulation!.neighbors, DENSE);
    const { values } = planned.at(VALUES, { ...SOURCE, vertices }).slopes(adjoint(3));
    expect(values.scale).toBeNaN();
  });
});
