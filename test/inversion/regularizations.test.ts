import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draws, randomState, uniform } from "../../src/inference/rng.ts";
import type { Mapping } from "../../src/inversion/mapping.ts";
import { pixelCentres, rectangularNeighbors } from "../../src/inversion/mesh/rectangular.ts";
import { triangulate } from "../../src/inversion/mesh/triangulation.ts";
import { vertexAreas } from "../../src/inversion/mesh/vertex-areas.ts";
import { adaptiveBrightnessRegularization } from "../../src/inversion/regularization/adaptive-brightness.ts";
import { brightnessWeights, pixelSignals } from "../../src/inversion/regularization/brightness-weights.ts";
import { constantRegularization, planConstantRegularization } from "../../src/inversion/regularization/constant.ts";
import { constantZerothRegularization } from "../../src/inversion/regularization/constant-zeroth.ts";
import { exponentialCorrelation } from "../../src/inversion/regularization/exponential-kernel.ts";
import { gaussianCorrelation } from "../../src/inversion/regularization/gaussian-kernel.ts";
import { maternFunction } from "../../src/inversion/regularization/matern-function.ts";
import { maternCorrelation } from "../../src/inversion/regularization/matern-kernel.ts";
import type {
  AdaptView,
  Regularization,
  RegularizedSource,
} from "../../src/inversion/regularization/regularization.ts";
import { regularizationSchemes } from "../../src/inversion/regularization/schemes.ts";
import { constantSplitRegularization, splitRegularization } from "../../src/inversion/regularization/split.ts";
import { splitCrosses } from "../../src/inversion/regularization/split-crosses.ts";
import { tabulatedCorrelation } from "../../src/inversion/regularization/tabulated-correlation.ts";
import { zerothRegularization } from "../../src/inversion/regularization/zeroth.ts";
import { logDeterminant, symmetricInverse } from "../../src/inversion/solve.ts";
import { matrixProduct } from "../../src/operators/dense.ts";
import { bilinear, type Matrix, matrixSum, matrixTimesVector, zeros } from "../../src/operators/matrix.ts";

const DENSE = { symmetricInverse, logDeterminant, matrixProduct };

function scattered(seed: number, count: number): Float64Array {
  return draws(randomState(seed), 2 * count, uniform);
}

function dense({ regularizationMatrix: h }: Regularization): Matrix {
  return matrixSum(zeros(h.rows, h.columns), h);
}

/** All of them over the same vertices, at coefficients around one. */
function everyRegularization(vertices: Float64Array): [name: string, regularization: Regularization][] {
  const triangulation = triangulate(vertices);
  const size = vertices.length / 2;
  const adapted = { innerCoefficient: 0.5, outerCoefficient: 2, signalScale: 0.7 };
  const values = { coefficient: 1.3, coefficientZeroth: 0.2, scale: 0.2, nu: 0.8, ...adapted };
  const source = { vertices, triangulation, adaptViews: [brightnessOf(draws(randomState(3), size, uniform))] };
  return [...regularizationSchemes.values()].map((scheme): [string, Regularization] => {
    return [scheme.name, scheme.plan(triangulation.neighbors, DENSE).at(values, source)];
  });
}

/** A source seen as it is: every image pixel maps to its own source pixel. */
function brightnessOf(adaptImage: Float64Array): AdaptView {
  const size = adaptImage.length;
  const mapping = {
    imagePixels: size,
    sourcePixels: size,
    mappingsPerPixel: 1,
    indexes: Int32Array.from(adaptImage.keys()),
    weights: new Float64Array(size).fill(1),
    slimIndexForSubSlimIndex: null,
    subFraction: null,
  };
  return { mapping, adaptImage };
}

function vertexSource(vertices: Float64Array): RegularizedSource {
  return { vertices, triangulation: null, adaptViews: [] };
}

const VERTICES = scattered(7, 60);

describe.each(everyRegularization(VERTICES))("%s", (_, regularization) => {
  const h = dense(regularization);

  test("is symmetric", () => {
    const largest = h.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (let i = 0; i < h.rows; i++) {
      for (let j = 0; j < i; j++) {
        // Sums of the same products in another order.
        expect(Math.abs(h.values[i * h.rows + j] - h.values[j * h.rows + i])).toBeLessThanOrEqual(1e-15 * largest);
      }
    }
  });

  test("has the ln det of Cholesky, so that it is positive definite", () => {
    // Cholesky has half of the digits of pivots that are 1e-8 of the rest.
    expect(Math.abs(regularization.logDetRegularizationMatrix - logDeterminant({ matrix: h }))).toBeLessThan(1e-5);
  });
});

test.each(["constant", "constant_split", "adaptive_brightness", "adaptive_brightness_split"])(
  "%s: a constant source costs only the 1e-8",
  (name) => {
    const { regularizationMatrix } = new Map(everyRegularization(VERTICES)).get(name)!;
    const ones = new Float64Array(60).fill(1);
    for (const value of matrixTimesVector(regularizationMatrix, ones))
      expect(Math.abs(value - 1e-8)).toBeLessThan(1e-13);
  },
);

describe("ln det H at any strength: H with 1e-8 / coefficient^2 on its diagonal, at 1", () => {
  // Of constants alone the strength is lost: S - 1 eigenvalues grow with its square, the last stays, to 1e-8 of each.
  test.each([1e2, 1e4, 1e8])("at %d", (coefficient) => {
    const triangulation = triangulate(VERTICES);
    const crosses = splitCrosses(triangulation);
    const plan = planConstantRegularization(triangulation.neighbors);
    const weights = brightnessWeights(draws(randomState(3), 60, uniform), 0.5, 2);
    const times = (factor: number) => weights.map((weight) => factor * weight);
    for (const at of [
      (c: number) => constantRegularization(plan, c),
      (c: number) => constantSplitRegularization(crosses, c),
      (c: number) => splitRegularization(crosses, times(c)),
      (c: number) => adaptiveBrightnessRegularization(plan, times(c)),
    ]) {
      const growth = at(coefficient).logDetRegularizationMatrix - at(1).logDetRegularizationMatrix;
      expect(Math.abs(growth - 2 * 59 * Math.log(coefficient))).toBeLessThan(2e-5);
    }
  });
});

test("equal weights are constant regularization: of pairs counted from both ends, of crosses as it is", () => {
  const triangulation = triangulate(VERTICES);
  const plan = planConstantRegularization(triangulation.neighbors);
  const crosses = splitCrosses(triangulation);
  const weights = brightnessWeights(new Float64Array(60).fill(0.4), 1.5, 1.5);
  const close = (a: Regularization, b: Regularization): void => {
    const [ofA, ofB] = [dense(a).values, dense(b).values];
    for (let n = 0; n < ofA.length; n++) expect(Math.abs(ofA[n] - ofB[n])).toBeLessThan(1e-12);
    expect(a.logDetRegularizationMatrix).toBeCloseTo(b.logDetRegularizationMatrix, 9);
  };
  close(adaptiveBrightnessRegularization(plan, weights), constantRegularization(plan, Math.SQRT2 * 1.5 ** 2));
  close(splitRegularization(crosses, weights), constantSplitRegularization(crosses, 1.5 ** 2));
});

test("zeroth order adds its square to the diagonal, and alone has a determinant by hand", () => {
  const plan = planConstantRegularization(triangulate(VERTICES).neighbors);
  const both = dense(constantZerothRegularization(plan, 1.7, 0.3));
  const constant = dense(constantRegularization(plan, 1.7));
  for (let i = 0; i < 60; i++) expect(both.values[i * 61]).toBeCloseTo(constant.values[i * 61] + 0.09, 12);
  const alone = zerothRegularization(60, 0.3);
  expect(bilinear(new Float64Array(60).fill(2), alone.regularizationMatrix, new Float64Array(60).fill(2))).toBeCloseTo(
    60 * 4 * 0.09,
    12,
  );
  expect(alone.logDetRegularizationMatrix).toBeCloseTo(60 * Math.log(0.09), 10);
});

describe("split crosses", () => {
  test("areas of the vertices add up to that of the hull", () => {
    const vertices = Float64Array.from([0, 0, 0, 3, 2, 0, 2, 3, ...scattered(1, 20)]);
    expect(vertexAreas(triangulate(vertices)).reduce((a, b) => a + b)).toBeCloseTo(6, 12);
  });

  test("s'Hs of a source linear in y: 2 (arm slope)^2 for each cross inside the hull", () => {
    const side = 7;
    const axis = Float64Array.from({ length: side }, (_, i) => 0.1 * i);
    const vertices = pixelCentres({ y: axis, x: axis });
    const triangulation = triangulate(vertices);
    const s = Float64Array.from({ length: side * side }, (_, i) => 5 - 3 * vertices[2 * i]);
    let expected = 1e-8 * s.reduce((sum, each) => sum + each * each, 0);
    const weights = vertexAreas(triangulation).map((area, i) => {
      const [row, column] = [Math.floor(i / side), i % side];
      if (Math.min(row, column, side - 1 - row, side - 1 - column) === 0) return 0;
      expected += 1.2 ** 2 * 2 * (0.5 * Math.sqrt(area) * 3) ** 2;
      return 1.2;
    });
    const { regularizationMatrix } = splitRegularization(splitCrosses(triangulation), weights);
    expect(bilinear(s, regularizationMatrix, s)).toBeCloseTo(expected, 12);
  });

  test("of vertices without triangles, or at one place: positive definite still", () => {
    const line = Float64Array.from([0, 0, 1, 1, 2, 2]);
    expect(constantSplitRegularization(splitCrosses(triangulate(line)), 2).logDetRegularizationMatrix).toBeCloseTo(
      3 * Math.log(1e-8),
      8,
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 30 }), (seed, count) => {
        const vertices = scattered(seed, count).map((value) => Math.round(4 * value) / 4);
        const split = constantSplitRegularization(splitCrosses(triangulate(vertices)), 1);
        const byCholesky = logDeterminant({ matrix: dense(split) });
        expect(Math.abs(split.logDetRegularizationMatrix - byCholesky)).toBeLessThan(1e-5);
      }),
    );
  });
});

describe("kernels", () => {
  test("are 1 at no distance, and fall", () => {
    for (const correlation of [
      gaussianCorrelation(0.3),
      exponentialCorrelation(0.3),
      ...[0.01, 0.3, 0.5, 1, 1.7, 50].map((nu) => maternCorrelation(0.3, nu)),
    ]) {
      expect(correlation(0)).toBe(1);
      let before = 1;
      for (const r of [0.001, 0.01, 0.1, 0.5, 1]) {
        expect(correlation(r)).toBeLessThan(before);
        before = correlation(r);
      }
      expect(correlation(Number.POSITIVE_INFINITY)).toBe(0);
    }
  });

  test("Matern: the exponential at nu = 1/2, towards the Gaussian as 1 / nu", () => {
    const distances = [0.01, 0.1, 0.3, 1];
    for (const r of distances) expect(maternCorrelation(0.3, 0.5)(r)).toBeCloseTo(exponentialCorrelation(0.3)(r), 14);
    const worst = (nu: number): number =>
      Math.max(...distances.map((r) => Math.abs(maternCorrelation(0.3, nu)(r) - gaussianCorrelation(0.3)(r))));
    expect(worst(100)).toBeLessThan(0.01);
    expect(worst(50) / worst(100)).toBeCloseTo(2, 1);
  });

  test("Matern: continuous in nu, across the closed form", () => {
    for (const nu of [0.5, 1, 1.5, 2]) {
      for (const z of [1e-4, 0.3, 4]) {
        expect(Math.abs(maternFunction(nu)(z) - maternFunction(nu + 1e-9)(z))).toBeLessThan(1e-8);
      }
    }
  });

  test("H is the inverse of the covariance over the coefficient", () => {
    const vertices = scattered(2, 8);
    const correlation = exponentialCorrelation(0.5);
    const { regularizationMatrix: h } = regularizationSchemes
      .get("exponential_kernel")!
      .plan(rectangularNeighbors(1, 8), DENSE)
      .at({ coefficient: 2.5, scale: 0.5 }, vertexSource(vertices));
    for (let j = 0; j < 8; j++) {
      const column = Float64Array.from({ length: 8 }, (_, i) => {
        const r = Math.hypot(vertices[2 * i] - vertices[2 * j], vertices[2 * i + 1] - vertices[2 * j + 1]);
        return correlation(r) + (i === j ? 1e-8 : 0);
      });
      matrixTimesVector(h, column).forEach((value, i) => {
        expect(value).toBeCloseTo(i === j ? 2.5 : 0, 12);
      });
    }
  });

  test("Matern: tabulated to rounding, at any distance between vertices", () => {
    const vertices = scattered(3, 100);
    for (const [scale, nu] of [
      [0.3, 0.05],
      [0.3, 0.7],
      [0.02, 1.2],
      [5, 3.3],
      [0.1, 100],
    ]) {
      const direct = maternCorrelation(scale, nu);
      const tabulated = tabulatedCorrelation(vertices, direct);
      expect(tabulated).not.toBe(direct);
      for (const distance of [0, 1e-9, 1.3e-4, ...scattered(4, 300), Math.SQRT2 * 0.98]) {
        // Neighboring nodes of the integral, each of which rounds.
        expect(Math.abs(tabulated(distance) - direct(distance))).toBeLessThan(2e-15);
      }
    }
    const few = vertices.subarray(0, 20);
    expect(tabulatedCorrelation(few, Math.exp)).toBe(Math.exp);
  });

  test("of vertices at one place the jitter makes an inverse", () => {
    const vertices = Float64Array.from([0, 0, 0, 0, 1, 1]);
    for (const name of ["gaussian_kernel", "exponential_kernel", "matern_kernel"]) {
      const planned = regularizationSchemes.get(name)!.plan(triangulate(vertices).neighbors, DENSE);
      const { logDetRegularizationMatrix } = planned.at(
        { coefficient: 1, scale: 0.1, nu: 1.5 },
        vertexSource(vertices),
      );
      expect(Number.isFinite(logDetRegularizationMatrix)).toBe(true);
    }
  });

  test("of positions that are not finite: NaN, not a crash", () => {
    const vertices = Float64Array.from([0, 0, Number.NaN, 0, 1, 1]);
    const planned = regularizationSchemes.get("matern_kernel")!.plan(rectangularNeighbors(1, 3), DENSE);
    expect(
      planned.at({ coefficient: 1, scale: 0.1, nu: 0.7 }, vertexSource(vertices)).logDetRegularizationMatrix,
    ).toBeNaN();
  });
});

test.each([
  ["constant_split", "triangles"],
  ["adaptive_brightness", "an adapt image"],
  ["adaptive_brightness_split", "triangles"],
])("%s of a source that has not what it needs: refused", (name, lacks) => {
  const planned = regularizationSchemes.get(name)!.plan(rectangularNeighbors(1, 3), DENSE);
  const values = { coefficient: 1, innerCoefficient: 1, outerCoefficient: 1, signalScale: 1 };
  expect(() => planned.at(values, vertexSource(new Float64Array(6)))).toThrow(lacks);
});

test("signals: none without light, sub-pixels take that of their pixel, negative ones count as none", () => {
  const mapping: Mapping = {
    imagePixels: 2,
    sourcePixels: 4,
    mappingsPerPixel: 2,
    indexes: Int32Array.from([0, 1, 0, -1, 2, -1]),
    weights: Float64Array.from([0.25, 0.75, 1, 0, 1, 0]),
    slimIndexForSubSlimIndex: Int32Array.from([0, 0, 1]),
    subFraction: Float64Array.from([0.5, 1]),
  };
  const signals = (...image: number[]) => [...pixelSignals([{ mapping, adaptImage: Float64Array.from(image) }], 2)];
  // Source pixel 0 has two entries, of 0.25 and 1.
  expect(signals(4, -3)).toEqual([(2.5 / 3) ** 2, 1, 0, 0]);
  expect(signals(0, 0)).toEqual([0, 0, 0, 0]);
});

// Values of PyAutoLens and SciPy: see test/oracle/README.md.
interface GoldenMatrix {
  readonly log_det: number;
  readonly trace: number;
  readonly rows: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
interface GoldenInverse {
  readonly log_det: number;
  readonly trace: number;
  readonly diagonal: readonly number[];
}
interface Golden {
  readonly constsplit: GoldenMatrix;
  readonly adapt: GoldenMatrix & { readonly regularization_weights: readonly number[] };
  readonly adaptsplit: GoldenMatrix;
  readonly gausskernel: GoldenMatrix;
  readonly signals: {
    readonly entries: readonly (readonly [source: number, weight: number, brightness: number])[];
    readonly pixel_signals: readonly number[];
  };
  readonly matern_function: readonly (readonly [nu: number, z: number, value: number])[];
  readonly exponential: GoldenInverse;
  readonly matern: GoldenInverse;
}

function oracle<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../oracle/${name}.json`, import.meta.url), "utf8")) as T;
}

describe("PyAutoLens'", () => {
  const golden = oracle<Golden>("regularizations");
  const vertices = Float64Array.from(oracle<{ vertices: number[][] }>("delaunay-mesh").vertices.flat());
  const triangulation = triangulate(vertices);
  const crosses = splitCrosses(triangulation);
  const weights = Float64Array.from(golden.adapt.regularization_weights);
  const trace = ({ rows, values }: Matrix) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += values[i * (rows + 1)];
    return sum;
  };

  /** Entries to a share of the largest, ln det to what their own Cholesky of H leaves of it. */
  const same = (found: Regularization, expected: GoldenMatrix, ofEntries: number, ofLogDet: number): void => {
    const h = dense(found);
    const largest = h.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [i, row] of Object.entries(expected.rows)) {
      for (let j = 0; j < h.columns; j++) {
        const difference = h.values[Number(i) * h.columns + j] - (row[j] ?? 0);
        expect(Math.abs(difference)).toBeLessThan(ofEntries * largest);
      }
    }
    expect(Math.abs(trace(h) / expected.trace - 1)).toBeLessThan(ofEntries);
    expect(Math.abs(found.logDetRegularizationMatrix - expected.log_det)).toBeLessThan(ofLogDet);
  };

  const adapted = { innerCoefficient: 0.5, outerCoefficient: 5, signalScale: 1 };
  /** Of the brightness that the weights are of. */
  const source = {
    vertices,
    triangulation,
    adaptViews: [brightnessOf(weights.map((weight) => (5 - Math.sqrt(weight)) / 4.5))],
  };
  const regularized = (name: string, values: Record<string, number>) =>
    regularizationSchemes.get(name)!.plan(triangulation.neighbors, DENSE).at(values, source);

  test("constant split", () => same(regularized("constant_split", { coefficient: 1 }), golden.constsplit, 1e-12, 1e-6));

  test("adaptive brightness", () => same(regularized("adaptive_brightness", adapted), golden.adapt, 1e-12, 1e-3));

  test("adaptive brightness, split", () =>
    same(regularized("adaptive_brightness_split", adapted), golden.adaptsplit, 1e-12, 1e-3));

  test("ln det H of these weights, eliminated in decimals of 40 digits", () => {
    const plan = planConstantRegularization(triangulation.neighbors);
    const adaptive = adaptiveBrightnessRegularization(plan, weights).logDetRegularizationMatrix;
    expect(Math.abs(adaptive - 1627.4666454443452)).toBeLessThan(1e-11);
    const split = splitRegularization(crosses, weights).logDetRegularizationMatrix;
    expect(Math.abs(split - 1278.3345055567122)).toBeLessThan(1e-10);
  });

  test("Gaussian kernel", () => {
    const planned = regularizationSchemes.get("gaussian_kernel")!.plan(triangulation.neighbors, DENSE);
    // The condition of C is 2e9.
    same(planned.at({ coefficient: 1, scale: 0.1 }, source), golden.gausskernel, 1e-7, 1e-6);
  });

  test("signals of source pixels and weights from them", () => {
    const { entries, pixel_signals } = golden.signals;
    const mapping: Mapping = {
      imagePixels: entries.length,
      sourcePixels: pixel_signals.length,
      mappingsPerPixel: 1,
      indexes: Int32Array.from(entries, ([source]) => source),
      weights: Float64Array.from(entries, ([, weight]) => weight),
      slimIndexForSubSlimIndex: null,
      subFraction: null,
    };
    const adaptImage = Float64Array.from(entries, ([, , brightness]) => brightness);
    const signals = pixelSignals([{ mapping, adaptImage }], 0.8);
    signals.forEach((signal, p) => {
      expect(Math.abs(signal - pixel_signals[p])).toBeLessThan(1e-13);
    });
    const brightest = brightnessWeights(signals, 0.5, 5)[pixel_signals.indexOf(1)];
    expect(brightest).toBeCloseTo(Math.min(...weights), 12);
  });

  test("SciPy's Matern function, to its rounding by logarithms", () => {
    for (const [nu, z, value] of golden.matern_function) {
      expect(Math.abs(maternFunction(nu)(z) - value)).toBeLessThan(1e-13);
    }
  });

  test.each([
    ["exponential_kernel", golden.exponential],
    ["matern_kernel", golden.matern],
  ] as const)("SciPy's %s", (name, expected) => {
    const planned = regularizationSchemes.get(name)!.plan(triangulation.neighbors, DENSE);
    const found = planned.at({ coefficient: 1, scale: 0.3, nu: 1.2 }, source);
    expect(Math.abs(found.logDetRegularizationMatrix - expected.log_det)).toBeLessThan(1e-8);
    const h = dense(found);
    expect(Math.abs(trace(h) / expected.trace - 1)).toBeLessThan(1e-9);
    expected.diagonal.forEach((value, n) => {
      expect(Math.abs(h.values[23 * n * (h.rows + 1)] / value - 1)).toBeLessThan(1e-9);
    });
  });
});
