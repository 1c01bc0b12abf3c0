import { expect, test } from "vitest";
import type { Evaluation } from "../../src/likelihood/evaluation.ts";
import type { ImagingDataset } from "../../src/likelihood/imaging-dataset.ts";
import type { InterferometerDataset } from "../../src/likelihood/interferometer-dataset.ts";
import { relativeDifference } from "../equivalence/difference.ts";
import {
  blocks,
  type DenseProblem,
  eliminated,
  lensedColumns,
  ofImage,
  ofVisibilities,
  rectangularPrior,
  solved,
  stacked,
  withLight,
} from "./dense-inversion.ts";
import { exactPrior, logDensity } from "./log-density.ts";
import {
  ALMA,
  BEAM,
  BULGE,
  evaluated,
  galaxy,
  HALO,
  HST,
  image,
  JWST,
  linear,
  MASS,
  mesh,
  observation,
  seen,
  spec,
} from "./observed-together.ts";

// Of a Gaussian prior of precision H, F = A'N^-1 A and D = A'N^-1 d the likelihood is that of dense algebra, whatever is
// solved for and in however many datasets.

/** Two smooth sources may exchange a constant, and would be known to the 1e-8 on the diagonal alone. */
const SMALL = mesh(3, 4, 2).replace("constant", "zeroth");
/** Its precision. */
const DIAGONAL = Array.from({ length: 12 }, (_, i) => new Float64Array(12).with(i, 4));
const SHARED = "\n      shared: true";
/** Digits that F + H loses are up to those of its condition number, some 1e6. */
function expectSolved(
  evaluation: Evaluation,
  problem: DenseProblem,
  prior: readonly Float64Array[],
  sourcePixels: number,
) {
  const dense = solved(problem, prior);
  const { terms } = evaluation;
  expect(evaluation.failure).toBeNull();
  const found = [
    ...evaluation.sources.flatMap(({ values }) => Array.from(values)),
    ...evaluation.datasets.flatMap(({ intensities }) => Object.values(intensities)),
  ];
  expect(found).toHaveLength(problem.columns.length);
  expect(relativeDifference(Float64Array.from(found), dense.values)).toBeLessThan(1e-9);
  expect(terms.chiSquared / dense.chiSquared).toBeCloseTo(1, 10);
  expect(terms.regularizationTerm! / dense.regularizationTerm).toBeCloseTo(1, 8);
  expect(terms.logDetCurvatureRegMatrixTerm).toBeCloseTo(dense.logDetCurvatureRegMatrixTerm, 8);
  // Elimination loses digits of the 1e-8 on H's diagonal.
  const logDetPrior = eliminated(
    prior.map((row) => row.slice()),
    prior.length,
  );
  expect(terms.logDetRegularizationMatrixTerm).toBeCloseTo(logDetPrior, 5);
  expect(terms.noiseNormalization / problem.noiseNormalization).toBeCloseTo(1, 13);
  expect(evaluation.sources.reduce((sum, { values }) => sum + values.length, 0)).toBe(sourcePixels);
}

// Sums of what grows with the coefficient squared end with its roundings, 1e-7 of the evidence at 1e6.
test.each([
  [1e-4, 12],
  [2, 12],
  [100, 12],
  [1e4, 9],
  [1e6, 6],
])("with a prior of intensities the evidence is the density of the data, at a coefficient of %f", async (c, digits) => {
  const datasets = image("hst", 0.85);
  const lens = galaxy("lens", 0.5, MASS, linear(BULGE), linear(HALO));
  const { evaluation, datasets: read } = await evaluated(spec(datasets, lens, galaxy("source", 1, mesh(4, 3, c))));
  const dataset = read[0] as ImagingDataset;
  const M = dataset.data.length;
  const light = [...(await seen(datasets, BULGE)), ...(await seen(datasets, HALO))];
  const problem = ofImage(dataset, lensedColumns(evaluation.sources[0].mesh.mapping, M, 2), light);
  const precisions = problem.columns
    .slice(12)
    .map((column) => 1e-10 * column.reduce((sum, value) => sum + value ** 2, 0));
  const density = logDensity(problem, exactPrior([4, 3], c, precisions));
  expect(evaluation.logEvidence! / density).toBeCloseTo(1, digits);
  if (c === 2) expectSolved(evaluation, problem, withLight(problem, rectangularPrior([4, 3], c)), 12);
});

test("datasets with sources of their own have evidences that multiply", async () => {
  const galaxies = [galaxy("lens", 0.5, MASS, linear(BULGE)), galaxy("source", 1, mesh(4, 3, 2))];
  const { evaluation } = await evaluated(spec(HST + JWST + BEAM, ...galaxies));
  const alone = await Promise.all([HST, JWST, BEAM].map((dataset) => evaluated(spec(dataset, ...galaxies))));
  const sum = alone.reduce((total, each) => total + each.evaluation.logEvidence!, 0);
  expect(evaluation.logEvidence! / sum).toBeCloseTo(1, 13);
  expect(evaluation.sources.map(({ datasets }) => datasets)).toEqual([["hst"], ["jwst"], ["alma"]]);
  for (const [d, { evaluation: one }] of alone.entries()) {
    expect(relativeDifference(evaluation.sources[d].values, one.sources[0].values)).toBeLessThan(1e-12);
    expect(evaluation.datasets[d]).toEqual({ ...one.datasets[0] });
  }
});

test.each([
  ["images", [HST, JWST]],
  ["an image and visibilities", [HST, ALMA]],
  ["visibilities through a beam and images, light beside", [BEAM, HST, JWST]],
])("%s share a source", async (_, parts) => {
  const light = linear(BULGE);
  const text = spec(parts.join(""), galaxy("lens", 0.5, MASS, light, HALO), galaxy("source", 1, mesh(4, 3, 2, SHARED)));
  const { evaluation, datasets } = await evaluated(text);
  expect(evaluation.sources).toHaveLength(1);
  const [free, halo] = [await seen(parts.join(""), BULGE), await seen(parts.join(""), HALO)];
  let first = 0;
  const problems = datasets.map((dataset, d) => {
    const M = dataset.nativeIndex.length / 2;
    const subSize = dataset.type === "imaging" ? 2 : 1;
    const lensed = lensedColumns(evaluation.sources[0].mesh.mapping, M, subSize, first);
    first += M * subSize ** 2;
    const given = halo[d].map((value) => 0.7 * value);
    return dataset.type === "imaging"
      ? ofImage(dataset, lensed, [free[d]], given)
      : ofVisibilities(observation, dataset, lensed, [free[d]], given);
  });
  const problem = stacked(problems, 12);
  expectSolved(evaluation, problem, withLight(problem, rectangularPrior([4, 3], 2)), 12);
});

test("two planes of sources, the nearer one not lensed, are columns side by side", async () => {
  const lens = galaxy("lens", 0.5, MASS, HALO, SMALL);
  const { evaluation, datasets } = await evaluated(spec(HST, lens, galaxy("source", 1, mesh(4, 3, 2))));
  const dataset = datasets[0] as ImagingDataset;
  const lensed = evaluation.sources.flatMap((source) => lensedColumns(source.mesh.mapping, dataset.data.length, 2));
  const given = (await seen(HST, HALO))[0].map((value) => 0.7 * value);
  const problem = ofImage(dataset, lensed, [], given);
  expectSolved(evaluation, problem, blocks(DIAGONAL, rectangularPrior([4, 3], 2)), 24);
  // Not lensed: its mesh is as wide as the mask.
  const [own, behind] = evaluation.sources.map(({ vertices }) => Math.max(...vertices));
  expect(own).toBeGreaterThan(0.7);
  expect(behind).toBeLessThan(own);
});

test("some share one source and have another each for themselves", async () => {
  const galaxies = [galaxy("lens", 0.5, MASS, SMALL), galaxy("source", 1, mesh(4, 3, 2, SHARED))];
  const { evaluation, datasets } = await evaluated(spec(HST + JWST, ...galaxies));
  expect(evaluation.sources.map(({ galaxy, datasets }) => [galaxy, ...datasets])).toEqual([
    ["lens", "hst"],
    ["lens", "jwst"],
    ["source", "hst", "jwst"],
  ]);
  const [ofHst, ofJwst, shared] = evaluation.sources.map(({ mesh }) => mesh.mapping);
  const [hst, jwst] = datasets as ImagingDataset[];
  const parts = [
    ofImage(hst, [...lensedColumns(shared, hst.data.length, 2), ...lensedColumns(ofHst, hst.data.length, 2)]),
    ofImage(jwst, [
      ...lensedColumns(shared, jwst.data.length, 2, 4 * hst.data.length),
      ...lensedColumns(ofJwst, jwst.data.length, 2),
    ]),
  ];
  const { columns, ...rest } = stacked(parts, 12);
  const problem = { columns: [...columns.slice(12), ...columns.slice(0, 12)], ...rest };
  expectSolved(evaluation, problem, blocks(DIAGONAL, DIAGONAL, rectangularPrior([4, 3], 2)), 36);
});

test.each([
  ["alone", ALMA],
  ["through a primary beam", BEAM],
])("light beside a mesh in visibilities, %s", async (_, dataset) => {
  const text = spec(dataset, galaxy("lens", 0.5, MASS, linear(BULGE), HALO), galaxy("source", 1, mesh(4, 3, 2)));
  const { evaluation, datasets } = await evaluated(text);
  const alma = datasets[0] as InterferometerDataset;
  const lensed = lensedColumns(evaluation.sources[0].mesh.mapping, alma.nativeIndex.length / 2);
  const [[bulge], [halo]] = [await seen(dataset, BULGE), await seen(dataset, HALO)];
  const given = halo.map((value) => 0.7 * value);
  const problem = ofVisibilities(observation, alma, lensed, [bulge], given);
  expectSolved(evaluation, problem, withLight(problem, rectangularPrior([4, 3], 2)), 12);
});

test("in PyAutoLens' definition light has 1e-3 on its diagonal and no determinant", async () => {
  const text = spec(HST, galaxy("lens", 0.5, MASS, linear(BULGE)), galaxy("source", 1, mesh(4, 3, 2)));
  const { evaluation, datasets } = await evaluated(`${text}settings: { evidence: pyautolens }\n`);
  const dataset = datasets[0] as ImagingDataset;
  const lensed = lensedColumns(evaluation.sources[0].mesh.mapping, dataset.data.length, 2);
  const problem = ofImage(dataset, lensed, await seen(HST, BULGE));
  const own = rectangularPrior([4, 3], 2);
  const dense = solved(
    problem,
    withLight(problem, own, () => 1e-3),
  );
  const ofSource = solved({ ...problem, columns: problem.columns.slice(0, 12) }, own);
  const { terms } = evaluation;
  expect(terms.chiSquared / dense.chiSquared).toBeCloseTo(1, 11);
  expect(terms.logDetCurvatureRegMatrixTerm).toBeCloseTo(ofSource.logDetCurvatureRegMatrixTerm, 9);
  const logDetOwn = eliminated(own, own.length);
  expect(terms.logDetRegularizationMatrixTerm).toBeCloseTo(logDetOwn, 5);
});

test("smooth sources that may exchange a constant are known to the 1e-8 on the diagonal: where it is lost, it is said", async () => {
  const lens = galaxy("lens", 0.5, MASS, mesh(3, 4, 1e5));
  const { evaluation } = await evaluated(spec(HST, lens, galaxy("source", 1, mesh(4, 3, 1e5))));
  expect(evaluation.failure).toMatch(/exchange a constant; give all but one .* constant_zeroth/);
  expect(evaluation.logEvidence).toBe(Number.NEGATIVE_INFINITY);
});
