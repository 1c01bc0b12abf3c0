import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { slimFromNative } from "../../src/dataset/mask.ts";
import { type EvidenceTerms, logEvidence } from "../../src/inversion/evidence.ts";
import { type Mapping, meanOverSubPixels } from "../../src/inversion/mapping.ts";
import { rectangularNeighbors } from "../../src/inversion/mesh/rectangular.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { type NdArray, toFloat64 } from "../../src/io/ndarray.ts";
import { readNpz, writeNpz } from "../../src/io/npz.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { linearShare } from "../../src/likelihood/linear-share.ts";
import { linearSystem, solveSystem } from "../../src/likelihood/linear-system.ts";
import { observe } from "../../src/likelihood/observation.ts";
import { schemeOf } from "../../src/likelihood/pixelized-source.ts";
import { stopwatch } from "../../src/likelihood/stopwatch.ts";
import { instantiate } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import type { Matrix, SparseMatrix } from "../../src/operators/matrix.ts";
import { relativeDifference } from "../equivalence/difference.ts";

// PyAutoLens' evidences of the image in imaging.npz, each case a spec with `evidence: pyautolens`: see README.md.
const read = (name: string) => readFileSync(new URL(name, import.meta.url));
const golden = readNpz(new Uint8Array(read("imaging-pixelized.npz")), "imaging-pixelized.npz");
const { solutions } = JSON.parse(read("imaging-pixelized.json").toString());
const arrayOf = (name: string): NdArray => golden.get(name)!;
const numbersOf = (name: string): Float64Array => toFloat64(arrayOf(name));

const FILES: Readonly<Record<string, Uint8Array>> = {
  "imaging.npz": new Uint8Array(read("imaging.npz")),
  "adapt.npz": writeNpz({ adapt_image: arrayOf("adapt_image") }),
  "seeds.npz": writeNpz({ image_mesh: arrayOf("image_mesh") }),
};
const open = async (path: string) => bytesSource(FILES[path], path);

const OBSERVED = read("imaging.yaml").toString();
const DELAUNAY = "{ type: delaunay, image_mesh: { type: file, path: seeds.npz } }";
const ADAPTIVE = "inner_coefficient: 0.5, outer_coefficient: 5.0, signal_scale: 0.8 }, adapt_image: adapt.npz";
const SOURCES: Readonly<Record<string, string>> = {
  rect_uniform_const: `mesh: { type: rectangular_uniform, shape: [14, 12], edges: extrapolate },
      regularization: { type: constant, coefficient: 2.0 }`,
  delaunay_const: `mesh: ${DELAUNAY}, border: keep, regularization: { type: constant, coefficient: 1.0 }`,
  delaunay_constsplit: `mesh: ${DELAUNAY}, border: keep, regularization: { type: constant_split, coefficient: 1.0 }`,
  delaunay_adapt: `mesh: ${DELAUNAY}, border: keep, regularization: { type: adaptive_brightness, ${ADAPTIVE}`,
  delaunay_adaptsplit: `mesh: ${DELAUNAY}, border: keep, regularization: { type: adaptive_brightness_split, ${ADAPTIVE}`,
  delaunay_gausskernel: `mesh: ${DELAUNAY}, border: keep,
      regularization: { type: gaussian_kernel, coefficient: 1.0, scale: 0.1 }`,
  delaunay_const_os2_border: `mesh: ${DELAUNAY}, border: relocate, regularization: { type: constant, coefficient: 1.0 }`,
};
/** The source is free, nowhere negative, or that and dark on its edge. */
type Tag = "posneg" | "pos_noedgezero" | "pos_edgezero";

async function evaluated(name: string, tag: Tag) {
  const edge = tag === "pos_edgezero" ? ", edge_pixels: zero" : "";
  const text = `${OBSERVED.slice(0, OBSERVED.indexOf("    disk:"))}    pixelization: { ${SOURCES[name]}${edge} }
settings: { evidence: pyautolens, positive_only: ${tag !== "posneg"} }\n`;
  const sampling = `datasets.hst.over_sampling={ light: 4, source: ${name.includes("os2") ? 2 : 1} }`;
  const spec = parseSpec(text, "imaging.yaml", ["datasets.hst.mask.radius=1.7", sampling]);
  const { likelihood, datasets, model } = await planSpec(spec, { open });
  const [evaluation] = await likelihood.evaluate(new Float64Array(0));
  return { evaluation, dataset: datasets[0], galaxies: instantiate(model, []).galaxies };
}

/**
 * F + H has a condition number of 2e3 to 4e3, with the Gaussian kernel 1e6, whose H is the inverse of a covariance of 1e8. The
 * oracle's ln det H is of Cholesky's pivots, which lose digits of the 1e-8 on the diagonal: 7e-9 with adaptive weights.
 */
function expectTerms(found: EvidenceTerms, golden: Readonly<Record<string, number>>, digits: number): void {
  expect(found.chiSquared / golden.chi_squared).toBeCloseTo(1, digits);
  expect(found.regularizationTerm / golden.regularization_term).toBeCloseTo(1, digits);
  expect(found.logDetCurvatureRegMatrixTerm / golden.log_det_curvature_reg_matrix_term).toBeCloseTo(1, digits);
  expect(found.logDetRegularizationMatrixTerm / golden.log_det_regularization_matrix_term).toBeCloseTo(1, 7);
  expect(found.noiseNormalization / golden.noise_normalization).toBeCloseTo(1, 14);
  expect(logEvidence(found) / golden.log_evidence).toBeCloseTo(1, Math.min(digits, 9));
}

describe.each(Object.keys(SOURCES))("%s", (name) => {
  const tags: Tag[] = name.startsWith("rect")
    ? ["posneg", "pos_noedgezero", "pos_edgezero"]
    : ["posneg", "pos_noedgezero"];
  const digits = name.includes("kernel") ? 8 : 11;

  test.each(tags)("%s: the reconstruction and every term", async (tag) => {
    const { terms, sources, failure, ...evaluation } = (await evaluated(name, tag)).evaluation;
    expect(failure).toBeNull();
    expect(relativeDifference(sources[0].values, numbersOf(`${name}/${tag}`))).toBeLessThan(10 ** -digits);
    expectTerms(terms as EvidenceTerms, solutions[name][tag], digits);
    expect(evaluation.logEvidence).toBe(logEvidence(terms as EvidenceTerms));
  });

  test("the mapper, the neighbors and the matrices", async () => {
    const { mapping, neighbors, share, regularization } = await parts(name);
    const H = numbersOf(`${name}/regularization_matrix`);
    const tolerance = name.includes("kernel") ? 1e-7 : 1e-14;
    expect(relativeDifference(someRows(regularization.regularizationMatrix), H)).toBeLessThan(tolerance);
    // Others have those of delaunay_const, which imaging-pixelized.test.ts holds them to.
    if (golden.has(`${name}/curvature_matrix`)) {
      const F = numbersOf(`${name}/curvature_matrix`);
      expect(relativeDifference(someRows(share.curvatureMatrix), F)).toBeLessThan(1e-12);
      expect(relativeDifference(share.dataVector, numbersOf(`${name}/data_vector`))).toBeLessThan(1e-13);
    }
    if (!golden.has(`${name}/neighbors`)) return;
    expect(mapperDifference(mapping, name)).toBeLessThan(1e-12);
    const { shape, data } = arrayOf(`${name}/neighbors`);
    expect(sets(neighbors.indexes, neighbors.neighborsPerPixel)).toEqual(sets(Array.from(data, Number), shape[1]));
  });
});

test("delaunay_const_zeroed20: the last 20 vertices dark", async () => {
  const { share, regularization, noiseNormalization } = await parts("delaunay_const");
  const system = linearSystem([share], [[{ first: 0, count: 208 }]], 208);
  const zeroed = Int32Array.from({ length: 20 }, (_, i) => 188 + i);
  const options = { positiveOnly: true, evidence: "pyautolens", zeroed, noiseNormalization } as const;
  const { terms, values } = solveSystem(system, [regularization], options, kernels);
  expect(relativeDifference(values, numbersOf("delaunay_const_zeroed20/pos_edgezero"))).toBeLessThan(1e-11);
  expectTerms(terms, solutions.delaunay_const_zeroed20.pos_edgezero, 11);
});

const kernels = kernelsOf("wasm");

/** What the likelihood of a case solves with. */
async function parts(name: string) {
  const { evaluation, dataset, galaxies } = await evaluated(name, "posneg");
  const { mesh, vertices } = evaluation.sources[0];
  const observation = observe(dataset, null, false, kernels);
  const mapping = meanOverSubPixels(mesh.mapping, observation.source.subSizes);
  const neighbors = "neighbors" in mesh ? mesh.neighbors : rectangularNeighbors(14, 12);
  const adaptImage = slimFromNative(numbersOf("adapt_image"), 100, dataset.nativeIndex);
  const pixelization = galaxies[1].pixelization!;
  const regularization = schemeOf(pixelization)
    .plan(neighbors, kernels)
    .at(pixelization.regularization.values, {
      vertices,
      triangulation: "triangles" in mesh ? mesh : null,
      adaptViews: [{ mapping, adaptImage }],
    });
  const [{ image, lensed }] = evaluation.datasets;
  const ofSource = observation.source.see(lensed!);
  const seen = { fixed: image.map((value, m) => value - ofSource[m]), columns: [] };
  const t = kernels.sparseMappingMatrix({ mapping });
  const options = { weigh: (values: Float64Array) => values, resident: false, errands: [] };
  const share = linearShare(observation, t, () => seen, options, kernels, stopwatch());
  const { noiseNormalization } = observation;
  return { mapping: mesh.mapping, neighbors, share, regularization, noiseNormalization };
}

/** Every 83rd. */
function someRows(matrix: Matrix | SparseMatrix): Float64Array {
  const rows = Array.from({ length: Math.ceil(matrix.rows / 83) }, (_, k) => {
    const i = 83 * k;
    if (!("rowStart" in matrix))
      return Array.from(matrix.values.subarray(i * matrix.columns, (i + 1) * matrix.columns));
    const row = new Array<number>(matrix.columns).fill(0);
    for (let e = matrix.rowStart[i]; e < matrix.rowStart[i + 1]; e++) row[matrix.columnIndex[e]] = matrix.values[e];
    return row;
  });
  return Float64Array.from(rows.flat());
}

/** Of every 97th ray, the largest difference of a weight. */
function mapperDifference({ indexes, weights, mappingsPerPixel, sourcePixels }: Mapping, name: string): number {
  const { shape, data } = arrayOf(`${name}/pix_indexes`);
  const goldenWeights = numbersOf(`${name}/pix_weights`);
  const difference = new Float64Array(shape[0] * sourcePixels);
  goldenWeights.forEach((weight, e) => {
    if (Number(data[e]) >= 0) difference[Math.floor(e / shape[1]) * sourcePixels + Number(data[e])] -= weight;
  });
  for (let row = 0; row < shape[0]; row++) {
    for (let b = 0; b < mappingsPerPixel; b++) {
      const e = 97 * row * mappingsPerPixel + b;
      if (indexes[e] >= 0) difference[row * sourcePixels + indexes[e]] += weights[e];
    }
  }
  return difference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Rows of a table with -1 for nothing, each sorted. */
function sets(table: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: table.length / width }, (_, p) => {
    const row = Array.from({ length: width }, (_, k) => table[p * width + k]);
    return row.filter((q) => q >= 0).sort((a, b) => a - b);
  });
}
