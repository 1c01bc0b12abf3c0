import { describe, expect, test } from "vitest";
import { constantRegularization, planConstantRegularization } from "../../src/inversion/regularization/constant.ts";
import type { Evaluation } from "../../src/likelihood/evaluation.ts";
import type { ImagingDataset } from "../../src/likelihood/imaging-dataset.ts";
import { relativeDifference } from "../equivalence/difference.ts";
import {
  type DenseProblem,
  eliminated,
  lensedColumns,
  normalEquations,
  ofImage,
  rectangularPrior,
  solved,
  termsAt,
  withLight,
} from "./dense-inversion.ts";
import { BULGE, evaluated, galaxy, HALO, HST, JWST, linear, MASS, mesh, seen, spec } from "./observed-together.ts";

// Unknowns that are held at zero: by a sign, or because they are on the edge of a mesh.

const POSITIVE = "settings: { positive_only: true }\n";

const found = ({ sources, datasets }: Evaluation) =>
  Float64Array.of(
    ...sources.flatMap(({ values }) => Array.from(values)),
    ...datasets.flatMap(({ intensities }) => Object.values(intensities)),
  );

/** A problem without some of its unknowns. */
function without(problem: DenseProblem, prior: readonly Float64Array[], held: (p: number) => boolean) {
  const kept = [...problem.columns.keys()].filter((p) => !held(p));
  return {
    kept,
    problem: { ...problem, columns: kept.map((p) => problem.columns[p]) },
    prior: kept.map((p) => Float64Array.from(kept, (q) => prior[p][q])),
  };
}

/** Of all sets of unknowns that may be held at zero, those that satisfy the conditions of Karush, Kuhn and Tucker. */
function everyMinimum(problem: DenseProblem, prior: readonly Float64Array[]): Float64Array[] {
  const { curvatureMatrix, dataVector } = normalEquations(problem);
  const matrix = curvatureMatrix.map((row, i) => row.map((value, j) => value + prior[i][j]));
  const size = matrix.length;
  const minima: Float64Array[] = [];
  for (let set = 0; set < 2 ** size; set++) {
    const free = [...matrix.keys()].filter((p) => (set >> p) & 1);
    const rows = free.map((p) => Float64Array.of(...free.map((q) => matrix[p][q]), dataVector[p]));
    eliminated(rows, rows.length);
    const values = new Float64Array(size);
    free.forEach((p, i) => {
      values[p] = rows[i][free.length];
    });
    const slope = (p: number) => matrix[p].reduce((sum, value, q) => sum + value * values[q], -dataVector[p]);
    if (free.every((p) => values[p] > 0) && [...matrix.keys()].every((p) => (set >> p) & 1 || slope(p) >= 0)) {
      minima.push(values);
    }
  }
  return minima;
}

test.each([
  ["a mesh and light", [galaxy("lens", 0.5, MASS, linear(BULGE), linear(HALO)), galaxy("source", 1, mesh(3, 3, 0.02))]],
  ["a mesh alone", [galaxy("lens", 0.5, MASS), galaxy("source", 1, mesh(3, 4, 0.02))]],
])("%s that are nowhere negative are the one minimum among all sets", async (_, galaxies) => {
  const { evaluation, datasets } = await evaluated(spec(HST, ...galaxies) + POSITIVE);
  const dataset = datasets[0] as ImagingDataset;
  const source = evaluation.sources[0];
  const lensed = lensedColumns(source.mesh.mapping, dataset.data.length, 2);
  const light = galaxies[0].includes("bulge") ? [...(await seen(HST, BULGE)), ...(await seen(HST, HALO))] : [];
  const problem = ofImage(dataset, lensed, light);
  const own = rectangularPrior(lensed.length === 9 ? [3, 3] : [3, 4], 0.02);
  const prior = withLight(problem, own);
  const minima = everyMinimum(problem, prior);
  expect(minima).toHaveLength(1);
  const values = found(evaluation);
  expect(relativeDifference(values, minima[0])).toBeLessThan(1e-9);
  expect(values.map(Math.sign)).toEqual(minima[0].map(Math.sign));
  expect(Math.min(...solved(problem, prior).values)).toBeLessThan(0);
  const { chiSquared, regularizationTerm } = termsAt(problem, prior, minima[0]);
  expect(evaluation.terms.chiSquared / chiSquared).toBeCloseTo(1, 11);
  expect(evaluation.terms.regularizationTerm! / regularizationTerm).toBeCloseTo(1, 9);
  // Over the mesh alone: positive intensities are not integrated over.
  const { logDetCurvatureRegMatrixTerm } = solved(ofImage(dataset, lensed, []), own);
  expect(evaluation.terms.logDetCurvatureRegMatrixTerm).toBeCloseTo(logDetCurvatureRegMatrixTerm, 8);
  expect(evaluation.positiveOnly!.pixelsAtZero).toBe(values.filter((value) => value === 0).length);
  expect(evaluation.positiveOnly!.kktResidual).toBeLessThan(1e-14);
});

test("light alone that is nowhere negative, in two images", async () => {
  const core = "core: { profile: Gaussian, intensity: 0.7, sigma: 0.1 }";
  const lens = galaxy("lens", 0.5, linear(BULGE), linear(HALO), linear(core));
  const { evaluation, datasets } = await evaluated(spec(HST + JWST, lens) + POSITIVE);
  const columns = await Promise.all([BULGE, HALO, core].map((profile) => seen(HST + JWST, profile)));
  let atZero = 0;
  for (const [d, dataset] of datasets.entries()) {
    const problem = ofImage(
      dataset as ImagingDataset,
      [],
      columns.map((column) => column[d]),
    );
    const [values] = everyMinimum(problem, withLight(problem, []));
    expect(
      relativeDifference(Float64Array.of(...Object.values(evaluation.datasets[d].intensities)), values),
    ).toBeLessThan(1e-11);
    const { chiSquared } = termsAt(problem, [], values);
    expect(evaluation.datasets[d].chiSquared / chiSquared).toBeCloseTo(1, 11);
    atZero += values.filter((value) => value === 0).length;
  }
  expect(atZero).toBeGreaterThan(0);
  expect([evaluation.logEvidence, evaluation.sources.length]).toEqual([null, 0]);
  expect(evaluation.positiveOnly!.pixelsAtZero).toBe(atZero);
});

describe("pixels on the edge that are dark", () => {
  const ZERO = "\n      edge_pixels: zero";
  const isEdge = (p: number) => p < 4 || p >= 16 || p % 4 === 0 || p % 4 === 3;
  const text = spec(HST, galaxy("lens", 0.5, MASS, linear(BULGE)), galaxy("source", 1, mesh(5, 4, 2, ZERO)));

  test("exact: the problem without them", async () => {
    const { evaluation, datasets } = await evaluated(text);
    const dataset = datasets[0] as ImagingDataset;
    const lensed = lensedColumns(evaluation.sources[0].mesh.mapping, dataset.data.length, 2);
    const whole = ofImage(dataset, lensed, await seen(HST, BULGE));
    const { kept, problem, prior } = without(
      whole,
      withLight(whole, rectangularPrior([5, 4], 2)),
      (p) => p < 20 && isEdge(p),
    );
    expect(kept).toHaveLength(7);
    const dense = solved(problem, prior);
    const values = found(evaluation);
    expect(
      relativeDifference(
        Float64Array.from(kept, (p) => values[p]),
        dense.values,
      ),
    ).toBeLessThan(1e-10);
    expect(values.filter((value) => value !== 0)).toHaveLength(7);
    const { terms } = evaluation;
    expect(terms.chiSquared / dense.chiSquared).toBeCloseTo(1, 11);
    expect(terms.regularizationTerm! / dense.regularizationTerm).toBeCloseTo(1, 10);
    expect(terms.logDetCurvatureRegMatrixTerm).toBeCloseTo(dense.logDetCurvatureRegMatrixTerm, 9);
    // Far from singular: the dark edge holds the rest.
    expect(terms.logDetRegularizationMatrixTerm).toBeCloseTo(eliminated(prior, prior.length), 9);
  });

  test("pyautolens: both determinants are of all pixels", async () => {
    const pyautolens = await evaluated(`${text}settings: { evidence: pyautolens }\n`);
    const free = await evaluated(`${text.replace(ZERO, "")}settings: { evidence: pyautolens }\n`);
    const { terms } = pyautolens.evaluation;
    expect(terms.logDetCurvatureRegMatrixTerm).toBeCloseTo(free.evaluation.terms.logDetCurvatureRegMatrixTerm!, 10);
    expect(terms.logDetRegularizationMatrixTerm).toBe(free.evaluation.terms.logDetRegularizationMatrixTerm);
    const { evaluation } = await evaluated(text);
    // 1e-3 on the diagonal of light is next to nothing.
    expect(terms.chiSquared / evaluation.terms.chiSquared).toBeCloseTo(1, 6);
  });

  test.each([[""], [POSITIVE]])("of a circle about the mask the last vertices", async (settings) => {
    const vertices = `pixelization:
      mesh: { type: delaunay, image_mesh: { type: overlay, shape: [5, 5], circle_points: 7 } }
      regularization: { type: constant, coefficient: 0.5 }${ZERO}`;
    const { evaluation, datasets } = await evaluated(
      spec(HST, galaxy("lens", 0.5, MASS), galaxy("source", 1, vertices)) + settings,
    );
    const dataset = datasets[0] as ImagingDataset;
    const { mesh, values } = evaluation.sources[0];
    if (!("neighbors" in mesh)) throw new Error("no mesh of vertices");
    const size = values.length;
    const { regularizationMatrix } = constantRegularization(planConstantRegularization(mesh.neighbors), 0.5);
    const own = Array.from({ length: size }, () => new Float64Array(size));
    const {
      rowStart,
      columnIndex,
      values: entries,
    } = regularizationMatrix as Extract<typeof regularizationMatrix, { rowStart: Int32Array }>;
    for (let p = 0; p < size; p++) {
      for (let e = rowStart[p]; e < rowStart[p + 1]; e++) own[p][columnIndex[e]] = entries[e];
    }
    const lensed = lensedColumns(mesh.mapping, dataset.data.length, 2);
    const { problem, prior } = without(ofImage(dataset, lensed), own, (p) => p >= size - 7);
    expect(Array.from(values.slice(size - 7))).toEqual([0, 0, 0, 0, 0, 0, 0]);
    const dense = solved(problem, prior);
    expect(evaluation.terms.logDetCurvatureRegMatrixTerm).toBeCloseTo(dense.logDetCurvatureRegMatrixTerm, 9);
    expect(evaluation.terms.logDetRegularizationMatrixTerm).toBeCloseTo(eliminated(prior, prior.length), 9);
    if (settings === "") expect(relativeDifference(values.slice(0, size - 7), dense.values)).toBeLessThan(1e-10);
    else expect(Math.min(...values)).toBe(0);
  });
});

test.each([30, 60])("%i Gaussians of light, positive only, beside a mesh", async (count) => {
  const gaussians = `bulge: { profile: MultiGaussian, ell_comps: [0.05, -0.1], intensity: linear,
      sigmas: { lower: 0.01, upper: 2, count: ${count} } }`;
  const source = galaxy("source", 1, mesh(8, 8, 2));
  const dark = (await evaluated(spec(HST, galaxy("lens", 0.5, MASS), source) + POSITIVE)).evaluation;
  for (const definition of ["exact", "pyautolens"]) {
    const settings = `settings: { positive_only: true, evidence: ${definition} }\n`;
    const { evaluation } = await evaluated(spec(HST, galaxy("lens", 0.5, MASS, gaussians), source) + settings);
    expect(evaluation.failure).toBeNull();
    expect(evaluation.logEvidence).toBeGreaterThan(dark.logEvidence!);
    expect(evaluation.terms.chiSquared).toBeLessThanOrEqual(dark.terms.chiSquared);
    // Within what roundings may leave: 4 (S + L + 1) 2^-53.
    expect(evaluation.positiveOnly!.kktResidual).toBeLessThan(4 * (65 + count) * 2 ** -53);
    const intensities = Object.values(evaluation.datasets[0].intensities);
    expect(intensities).toHaveLength(count);
    expect(Math.min(...intensities)).toBe(0);
    expect(Math.max(...intensities)).toBeGreaterThan(0);
  }
});

test("a set of Gaussians twice, positive only, is as good as once", async () => {
  const gaussians =
    "{ profile: MultiGaussian, ell_comps: [0.05, -0.1], intensity: linear, sigmas: [0.1, 0.3, 0.6, 1.2] }";
  const once = galaxy("lens", 0.5, MASS, `bulge: ${gaussians}`);
  const twice = galaxy("lens", 0.5, MASS, `bulge: ${gaussians}`, `halo: ${gaussians}`);
  const [one, two] = await Promise.all(
    [once, twice].map((lens) => evaluated(spec(HST, lens, galaxy("source", 1, mesh(4, 4, 2))) + POSITIVE)),
  );
  // But for the share of the prior, 1e-10 of s F s.
  expect(two.evaluation.logEvidence! - one.evaluation.logEvidence!).toBeCloseTo(0, 4);
});

describe("what no datum sees", () => {
  const far = "far: { profile: Gaussian, centre: [CENTRE, 0], intensity: linear, sigma: 0.1 }";
  const text = (centre: number) =>
    spec(HST, galaxy("lens", 0.5, MASS, far.replace("CENTRE", `${centre}`)), galaxy("source", 1, mesh(3, 3, 2)));

  test.each([
    ["", 0.5 * Math.log(1e-10)],
    [POSITIVE, 0],
  ])("light changes the evidence by its prior alone, %s", async (settings, change) => {
    const without = await evaluated(
      spec(HST, galaxy("lens", 0.5, MASS), galaxy("source", 1, mesh(3, 3, 2))) + settings,
    );
    // A last trace of it is still there at 3.7 arcsec: exp(-300), squared 1e-260.
    for (const centre of [3.7, 30]) {
      const { evaluation } = await evaluated(text(centre) + settings);
      expect(evaluation.failure).toBeNull();
      expect(evaluation.logEvidence! - without.evaluation.logEvidence!).toBeCloseTo(change, 5);
      expect(Math.abs(Object.values(evaluation.datasets[0].intensities)[0])).toBeLessThan(1e-60);
    }
  });

  test("a mesh all of whose pixels are dark leaves the data to themselves", async () => {
    const dark = mesh(2, 2, 2, "\n      edge_pixels: zero");
    const { evaluation, datasets } = await evaluated(spec(HST, galaxy("lens", 0.5, MASS), galaxy("source", 1, dark)));
    const { data, noiseMap } = datasets[0] as ImagingDataset;
    const chiSquared = data.reduce((sum, value, m) => sum + (value / noiseMap[m]) ** 2, 0);
    expect(evaluation.terms.chiSquared / chiSquared).toBeCloseTo(1, 13);
    expect(evaluation.logEvidence).toBe(evaluation.logLikelihood);
    expect(evaluation.solveResidual).toBe(0);
  });
});
