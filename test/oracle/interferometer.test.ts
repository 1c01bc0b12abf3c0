import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { kernelsOf, type VoiceKernels } from "../../src/backend/kernels.ts";
import { openArray } from "../../src/dataset/array-file.ts";
import { type Compaction, compactVisibilities } from "../../src/dataset/compaction.ts";
import { visibilityFiles } from "../../src/dataset/interferometer.ts";
import { maskCircular, nativeFromSlim, nativeIndexForSlimIndex, slimFromNative } from "../../src/dataset/mask.ts";
import { ARCSECOND, pixelGrid, slimPositions } from "../../src/grid.ts";
import { kktTolerance } from "../../src/inversion/positive-only.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { toFloat64 } from "../../src/io/ndarray.ts";
import { readNpz } from "../../src/io/npz.ts";
import { imageChiSquared } from "../../src/likelihood/chi-squared.ts";
import { CURVATURE_FORMS, planCurvature } from "../../src/likelihood/curvature-form.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import type { InterferometerDataset } from "../../src/likelihood/interferometer-dataset.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { sparseTimesVector } from "../../src/operators/matrix.ts";
import { relativeDifference } from "../equivalence/difference.ts";

// PyAutoLens' interferometer values, carried in interferometer.npz: see README.md.
const bytes = readFileSync(new URL("interferometer.npz", import.meta.url));
const arrays = readNpz(bytes, "interferometer.npz");
const golden = JSON.parse(readFileSync(new URL("interferometer.json", import.meta.url), "utf8"));

function array(name: string): Float64Array {
  const found = arrays.get(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return toFloat64(found);
}

const grid = pixelGrid([80, 80], 0.05);
const masked = maskCircular({ shape: grid.shape, pixelScales: [0.05, 0.05], radius: 2, centre: [0, 0] });
const nativeIndex = nativeIndexForSlimIndex({ shape: grid.shape, masked });
const uvWavelengths = array("uv_wavelengths");
const visibilities = array("visibilities");
const noiseMap = array("noise_map");
const noiseMapAsym = array("noise_map_asym");
const truth = nativeFromSlim(array("image_truth_slim"), grid.shape, nativeIndex);
const every = (values: Float64Array, step: number): Float64Array => values.filter((_, i) => i % step === 0);
const slim = (native: Float64Array): Float64Array => slimFromNative(native, grid.shape[1], nativeIndex);

const SPEC = readFileSync(new URL("interferometer.yaml", import.meta.url), "utf8");

describe.each(["reference", "wasm"] as const)("%s", (voice) => {
  const kernels: VoiceKernels = kernelsOf(voice);

  // The oracle's own sums carry rounding of some 1e-13 of the largest value.
  test("dirty image of the raw visibilities", () => {
    const unit = new Float64Array(visibilities.length).fill(1);
    const image = kernels.dirtyImage({ grid, uvWavelengths, visibilities, noiseMap: unit });
    expect(relativeDifference(every(slim(image), 7), array("dirty_image_slim"))).toBeLessThan(1e-12);
  });

  test("dirty image of the weighted visibilities", () => {
    const image = kernels.dirtyImage({ grid, uvWavelengths, visibilities, noiseMap });
    expect(relativeDifference(every(slim(image), 7), array("sparse_dirty_image_slim"))).toBeLessThan(1e-12);
  });

  test("precision operator, every 7th row and 3rd column", () => {
    const { preload } = kernels.wPreload({ grid, uvWavelengths, noiseMap });
    const picked = preload.filter((_, i) => Math.floor(i / 160) % 7 === 0 && (i % 160) % 3 === 0);
    expect(relativeDifference(picked, array("precision_operator"))).toBeLessThan(1e-12);
  });

  test("w-tilde of some pixels, from the visibilities and from the compact form", () => {
    const pixels = array("w_tilde_subset_index");
    const subset = Int32Array.from([...pixels].flatMap((m) => [nativeIndex[2 * m], nativeIndex[2 * m + 1]]));
    const gridRadians = slimPositions(grid, subset).map((arcseconds) => arcseconds * ARCSECOND);
    const expected = array("w_tilde_subset_direct");
    const direct = kernels.wTilde({ gridRadians, uvWavelengths, noiseMap });
    expect(relativeDifference(direct.values, expected)).toBeLessThan(1e-12);
    const wCompact = kernels.wCompact({ grid, uvWavelengths, noiseMap });
    const expanded = kernels.wTildeFromCompact({ wCompact, nativeIndex: subset });
    expect(relativeDifference(expanded.values, expected)).toBeLessThan(1e-12);
  });
});

describe("the rectangular case, from spec to evidence", () => {
  const open = async (path: string) => bytesSource(bytes, path);

  // 1e-8 of every term: chi^2 of 7e3 is what is left of c0 = 2e9, whose last digit is 5e-7.
  // The reference voice costs seconds a form at this size; test/equivalence holds it to WebAssembly.
  test.each(CURVATURE_FORMS)("every term through %s", async (curvature) => {
    const { likelihood } = await planSpec(parseSpec(SPEC, "golden.yaml"), { open, curvature });
    const [
      {
        terms,
        logEvidence,
        sources: [source],
      },
    ] = await likelihood.evaluate(new Float64Array(0));
    for (const name of ["rect_uniform_const_mapping_truth", "rect_uniform_const_sparse_truth"]) {
      const expected = golden[name];
      expect(terms.chiSquared / expected.fast_chi_squared).toBeCloseTo(1, 8);
      expect(terms.chiSquared / expected.chi_squared).toBeCloseTo(1, 8);
      expect(terms.regularizationTerm! / expected.regularization_term).toBeCloseTo(1, 8);
      expect(terms.logDetCurvatureRegMatrixTerm! / expected.log_det_curvature_reg_matrix_term).toBeCloseTo(1, 8);
      expect(terms.logDetRegularizationMatrixTerm! / expected.log_det_regularization_matrix_term).toBeCloseTo(1, 8);
      expect(terms.noiseNormalization / expected.noise_normalization).toBeCloseTo(1, 12);
      expect((logEvidence ?? 0) / expected.log_evidence).toBeCloseTo(1, 8);
    }
    // Conditioning of F + H, about 1e9.
    expect(relativeDifference(source.values, array("reconstruction_posneg"))).toBeLessThan(1e-7);
  });

  test("with a source that is nowhere negative", async () => {
    const positive = SPEC.replace("evidence: pyautolens", "evidence: pyautolens, positive_only: true");
    const { likelihood } = await planSpec(parseSpec(positive, "golden.yaml"), { open });
    const [
      {
        terms,
        logEvidence,
        sources: [source],
        positiveOnly,
        solveResidual,
      },
    ] = await likelihood.evaluate(new Float64Array(0));
    const expected = golden.rect_uniform_const_mapping_truth_positive;
    expect(terms.chiSquared / expected.fast_chi_squared).toBeCloseTo(1, 10);
    expect(terms.regularizationTerm! / expected.regularization_term).toBeCloseTo(1, 10);
    expect(terms.logDetCurvatureRegMatrixTerm! / expected.log_det_curvature_reg_matrix_term).toBeCloseTo(1, 8);
    expect(terms.logDetRegularizationMatrixTerm! / expected.log_det_regularization_matrix_term).toBeCloseTo(1, 8);
    expect((logEvidence ?? 0) / expected.log_evidence).toBeCloseTo(1, 10);
    expect(relativeDifference(source.values, Float64Array.from(expected.reconstruction))).toBeLessThan(1e-10);
    expect(positiveOnly!.pixelsAtZero).toBe(expected.reconstruction.filter((value: number) => value === 0).length);
    expect(positiveOnly!.kktResidual).toBeLessThan(kktTolerance(120));
    expect(solveResidual).toBeNull();
  });

  test.each(CURVATURE_FORMS)("F and D through %s", async (curvature) => {
    const { datasets, likelihood } = await planSpec(parseSpec(SPEC, "golden.yaml"), { open });
    const { compaction } = datasets[0] as InterferometerDataset;
    const [
      {
        sources: [source],
      },
    ] = await likelihood.evaluate(new Float64Array(0));
    const kernels = kernelsOf("wasm");
    const sparseMappingMatrix = kernels.sparseMappingMatrix({ mapping: source.mesh.mapping });
    const f = planCurvature(
      curvature,
      { wCompact: compaction.sums.wCompact, nativeIndex },
      kernels,
    )(sparseMappingMatrix);
    expect(relativeDifference(f.values, array("curvature_matrix"))).toBeLessThan(1e-12);
    const dirty = slim(compaction.sums.data.dirtyImage);
    const matrix = { rows: dirty.length, columns: 1, values: dirty };
    const d = kernels.sparseMappingMatrixTransposeTimes({ sparseMappingMatrix, matrix });
    expect(relativeDifference(d.values, array("data_vector"))).toBeLessThan(1e-12);
  });

  test("visibilities of the reconstruction", async () => {
    const { likelihood } = await planSpec(parseSpec(SPEC, "golden.yaml"), { open });
    const [
      {
        sources: [source],
      },
    ] = await likelihood.evaluate(new Float64Array(0));
    const kernels = kernelsOf("wasm");
    const t = kernels.sparseMappingMatrix({ mapping: source.mesh.mapping });
    const image = nativeFromSlim(sparseTimesVector(t, source.values), grid.shape, nativeIndex);
    const model = kernels.visibilities({ grid, image, uvWavelengths });
    const picked = model.filter((_, k) => Math.floor(k / 2) % 7 === 0);
    const expected = array("mapped_reconstructed_visibilities_posneg");
    expect(relativeDifference(picked, expected)).toBeLessThan(1e-9);
  });
});

describe("chi^2 of the true image", () => {
  const kernels = kernelsOf("wasm");
  let recentred: Compaction;
  let plain: Compaction;

  const compact = async (noise: string, referenceImage: Float64Array | null): Promise<Compaction> => {
    const open = (name: string) => openArray(bytesSource(bytes, "interferometer.npz"), name);
    const files = visibilityFiles(await open("visibilities"), await open(noise), await open("uv_wavelengths"));
    const sky = { visibilitiesSign: -1, xAxis: "east" } as const;
    return compactVisibilities(files, grid, sky, kernels.compaction, { referenceImage });
  };

  beforeAll(async () => {
    plain = await compact("noise_map_asym", null);
    // A reference image a per cent off: what an earlier fit would give.
    recentred = await compact(
      "noise_map_asym",
      truth.map((value, pixel) => value * (1 + 0.01 * Math.sin(pixel))),
    );
  });

  test("with equal noise, 1e-9 of c0", async () => {
    const compaction = await compact("noise_map", null);
    const difference = imageChiSquared(compaction, truth, kernels) - golden.parametric.chi_squared;
    expect(Math.abs(difference)).toBeLessThan(1e-9 * compaction.sums.data.chiSquared);
    expect(compaction.sums.noiseNormalization / golden.parametric.noise_normalization).toBeCloseTo(1, 12);
  });

  test("with unequal noise, 1e-9 of c0 without recentring", () => {
    const difference = imageChiSquared(plain, truth, kernels) - golden.parametric_asym_noise.chi_squared;
    expect(Math.abs(difference)).toBeLessThan(1e-9 * plain.sums.data.chiSquared);
  });

  test("with unequal noise, 1e-8 of itself with recentring", () => {
    const chiSquared = imageChiSquared(recentred, truth, kernels);
    expect(Math.abs(chiSquared / golden.parametric_asym_noise.chi_squared - 1)).toBeLessThan(1e-8);
  });

  test("with unequal noise, wrong by 1e8 where w_plus is left out", () => {
    const { sums } = plain;
    const equal = { ...plain, sums: { ...sums, wCompact: { ...sums.wCompact, plus: null } } };
    const difference = imageChiSquared(equal, truth, kernels) - golden.parametric_asym_noise.chi_squared;
    expect(Math.abs(difference)).toBeGreaterThan(1e8);
  });

  test("noise normalization of unequal noise", () => {
    expect(kernels.noiseNormalization({ noiseMap: noiseMapAsym })).toBeCloseTo(
      golden.parametric_asym_noise.noise_normalization,
      9,
    );
  });
});
