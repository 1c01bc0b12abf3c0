import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { slimPositions } from "../../src/grid.ts";
import { blurredMappingMatrix } from "../../src/inversion/blurred-mapping.ts";
import { type EvidenceTerms, invert, logEvidence } from "../../src/inversion/evidence.ts";
import { delaunayMesh } from "../../src/inversion/mesh/delaunay.ts";
import { imageMeshOverlay } from "../../src/inversion/mesh/image-mesh-overlay.ts";
import { constantRegularization, planConstantRegularization } from "../../src/inversion/regularization/constant.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { lensPlanes } from "../../src/lens/lens-planes.ts";
import { traceRaysTo } from "../../src/lens/trace-rays.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import {
  chiSquaredOf,
  noiseNormalizationOf,
  planBlurring,
  planCamera,
  weightedResidual,
} from "../../src/likelihood/imaging.ts";
import type { ImagingDataset } from "../../src/likelihood/imaging-dataset.ts";
import { referenceLight } from "../../src/likelihood/pixel-light.ts";
import { givenLight } from "../../src/likelihood/seen-light.ts";
import { stopwatch } from "../../src/likelihood/stopwatch.ts";
import { instantiate } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { sparseTimesVector } from "../../src/operators/matrix.ts";
import { relativeDifference } from "../equivalence/difference.ts";

// PyAutoLens' reconstructions of the source of imaging.npz, carried in imaging-pixelized.json: see README.md.
const bytes = readFileSync(new URL("imaging.npz", import.meta.url));
const { cases, overlay } = JSON.parse(readFileSync(new URL("imaging-pixelized.json", import.meta.url), "utf8"));
const OBSERVED = readFileSync(new URL("imaging.yaml", import.meta.url), "utf8");
const SPEC = OBSERVED.slice(0, OBSERVED.indexOf("    disk:")).concat(`    pixelization:
      mesh: { type: rectangular_uniform, shape: [14, 12], edges: extrapolate }
      regularization: { type: constant, coefficient: 2.0 }
`);

const open = async (path: string) => bytesSource(bytes, path);
const planned = (backend: "auto" | "reference" | "wasm" | "traced") => {
  return planSpec(parseSpec(SPEC, "imaging.yaml", ["datasets.hst.mask.radius=1.7"]), { open, backend });
};
const every = (values: ArrayLike<number>, step: number) => Float64Array.from(values).filter((_, m) => m % step === 0);
const numbers = (values: readonly number[] | readonly number[][]) => Float64Array.from(values.flat());

/**
 * The source moves by the condition number of F + H times rounding, and terms with it. The oracle's ln det H comes from
 * Cholesky's pivots, which lose digits of the 1e-8 on the diagonal: 2e-10 of it.
 */
function expectTerms(terms: EvidenceTerms, evidence: number, golden: Readonly<Record<string, number>>): void {
  const found = {
    log_evidence: evidence,
    chi_squared: terms.chiSquared,
    regularization_term: terms.regularizationTerm,
    log_det_curvature_reg_matrix_term: terms.logDetCurvatureRegMatrixTerm,
    log_det_regularization_matrix_term: terms.logDetRegularizationMatrixTerm,
    noise_normalization: terms.noiseNormalization,
  };
  for (const [name, value] of Object.entries(found)) {
    const tolerance = name === "log_det_regularization_matrix_term" ? 1e-9 : 1e-10;
    expect(Math.abs(value / golden[name] - 1), name).toBeLessThan(tolerance);
  }
}

test("an overlay of 16 x 16 cells over the mask", async () => {
  const { datasets } = await planned("reference");
  const { grid, mask } = datasets[0] as ImagingDataset;
  const positions = imageMeshOverlay(grid, mask, [16, 16]);
  expect(positions).toHaveLength(2 * 208);
  expect(relativeDifference(positions, numbers(overlay))).toBeLessThan(1e-14);
});

describe.each(["auto", "reference", "wasm", "traced"] as const)("the rectangular mesh, %s", async (backend) => {
  const { likelihood } = await planned(backend);
  const [
    {
      terms,
      logEvidence,
      sources: [source],
      datasets,
      solveResidual,
    },
  ] = await likelihood.evaluate(new Float64Array(0));
  const golden = cases.rect_uniform_const;

  test("every term of the evidence", () => {
    expectTerms(terms as EvidenceTerms, logEvidence as number, golden.terms);
    expect(solveResidual).toBeLessThan(1e-12);
  });

  test("the reconstruction", () => {
    expect(relativeDifference(source.values, numbers(golden.reconstruction))).toBeLessThan(1e-9);
    expect(datasets[0].image).toHaveLength(3640);
  });
});

describe.each(["reference", "wasm"] as const)("the Delaunay mesh, %s", async (voice) => {
  const kernels = kernelsOf(voice);
  const { datasets, model } = await planned("reference");
  const dataset = datasets[0] as ImagingDataset;
  const { data, noiseMap } = dataset;
  const golden = cases.delaunay_const;
  const { galaxies } = instantiate(model, []);
  const positions = traceRaysTo(lensPlanes(galaxies), 1, slimPositions(dataset.grid, dataset.nativeIndex));
  const { mapping, neighbors } = delaunayMesh({ positions, vertices: numbers(golden.vertices) });
  const sparseMappingMatrix = kernels.sparseMappingMatrix({ mapping });
  const { blur, adjoint, convolution } = planBlurring({ ...dataset, blurringRegion: new Int32Array(0) }, kernels);
  const { instrument, positions: places, subSizes } = planCamera(dataset, kernels);
  const light = givenLight(referenceLight(model)).seenBy(instrument, places, subSizes);
  const lens = light.at(new Float64Array(0), false, stopwatch()).image;
  const matrix = { rows: lens.length, columns: 1, values: adjoint(weightedResidual(data, lens, noiseMap)) };
  const problem = {
    ...constantRegularization(planConstantRegularization(neighbors), golden.coefficient),
    curvatureMatrix: kernels.curvatureMatrixViaBlurredMapping({ convolution, noiseMap, sparseMappingMatrix }),
    dataVector: kernels.sparseMappingMatrixTransposeTimes({ sparseMappingMatrix, matrix }).values,
    chiSquaredOfData: chiSquaredOf(data, lens, noiseMap),
    noiseNormalization: noiseNormalizationOf(noiseMap),
  };
  const { terms: found, reconstruction } = invert(problem, kernels);

  test("the blurred mapping matrix, the curvature matrix and the data vector", () => {
    const { rowStart, columnIndex, values, columns } = blurredMappingMatrix({ convolution, sparseMappingMatrix });
    const dense = golden.blurred_mapping_matrix.map((_: unknown, k: number) => {
      const row = new Array(columns).fill(0);
      for (let e = rowStart[1213 * k]; e < rowStart[1213 * k + 1]; e++) row[columnIndex[e]] = values[e];
      return row;
    });
    expect(relativeDifference(numbers(dense), numbers(golden.blurred_mapping_matrix))).toBeLessThan(1e-13);
    const rows = golden.curvature_matrix.map((_: unknown, k: number) =>
      problem.curvatureMatrix.values.slice(17 * k * columns, (17 * k + 1) * columns),
    );
    expect(
      relativeDifference(
        Float64Array.from(rows.flatMap((row: Float64Array) => [...row])),
        numbers(golden.curvature_matrix),
      ),
    ).toBeLessThan(1e-12);
    expect(relativeDifference(problem.dataVector, numbers(golden.data_vector))).toBeLessThan(1e-12);
  });

  test("every term of the evidence", () => {
    const image = blur(sparseTimesVector(sparseMappingMatrix, reconstruction.values)).map((seen, m) => seen + lens[m]);
    const terms = { ...found, chiSquared: chiSquaredOf(data, image, noiseMap) };
    expectTerms(terms, logEvidence(terms), golden.terms);
    expect(relativeDifference(reconstruction.values, numbers(golden.reconstruction))).toBeLessThan(1e-9);
    const source = image.map((value, m) => value - lens[m]);
    expect(relativeDifference(every(source, 29), numbers(golden.image))).toBeLessThan(1e-10);
  });
});
