import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { pixelGrid } from "../../src/grid.ts";
import { imageMeshOverlay } from "../../src/inversion/mesh/image-mesh-overlay.ts";
import { lensPlanes } from "../../src/lens/lens-planes.ts";
import { traceRaysTo } from "../../src/lens/trace-rays.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import type { ImagingDataset } from "../../src/likelihood/imaging-dataset.ts";
import type { PlanOptions } from "../../src/likelihood/plan.ts";
import { buildModel, instantiate } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { relativeDifference } from "../equivalence/difference.ts";
import { GALAXIES, SPEC as LIGHT, observationFile, opener, PSF, PSF_SHAPE } from "./imaging-observation.ts";

const [DISK] = GALAXIES.match(/disk:.*/) as RegExpMatchArray;
const [BULGE] = GALAXIES.match(/bulge:.*/) as RegExpMatchArray;
const WITH_BULGE = LIGHT.replace(
  DISK,
  `pixelization:
      mesh: { type: rectangular_uniform, shape: [4, 3] }
      regularization: { type: constant, coefficient: 2.0 }`,
);
const SPEC = WITH_BULGE.replace(BULGE, "");
const DELAUNAY = "galaxies.source.pixelization.mesh={ type: delaunay, image_mesh: { type: overlay, shape: [6, 5] } }";
const COEFFICIENT = "galaxies.source.pixelization.regularization.coefficient";
const RADIUS = "galaxies.lens.mass.einstein_radius";
const OVER_SAMPLED = "datasets.hst.over_sampling={ light: 2, source: 2 }";
const uniform = (lower: number, upper: number): string => `{ prior: uniform, lower: ${lower}, upper: ${upper} }`;

interface Choice extends PlanOptions {
  readonly psf?: Float64Array;
}

async function planned(text: string, overrides: readonly string[] = [], { psf = PSF, ...options }: Choice = {}) {
  const open = opener({ "hst.npz": observationFile({ psf }) });
  return planSpec(parseSpec(text, "lens.yaml", overrides), { open, ...options });
}

async function evaluated(...args: Parameters<typeof planned>) {
  const { likelihood, datasets } = await planned(...args);
  const [evaluation] = await likelihood.evaluate(new Float64Array(0));
  return { ...evaluation, dataset: datasets[0] as ImagingDataset };
}

/** Rows of (A | B) reduced to (1 | A^-1 B) by Gauss and Jordan, and ln det A, A positive definite. */
function eliminated(rows: Float64Array[], size: number): number {
  let logDeterminant = 0;
  for (let k = 0; k < size; k++) {
    const pivot = rows[k][k];
    logDeterminant += Math.log(pivot);
    rows[k] = rows[k].map((value) => value / pivot);
    for (let i = 0; i < size; i++) {
      const factor = rows[i][k];
      if (i !== k) rows[i] = rows[i].map((value, j) => value - factor * rows[k][j]);
    }
  }
  return logDeterminant;
}

/** (S, M) of A' = (P T)', by plain loops: the mean over 2 x 2 sub-pixels, then the PSF between the unmasked pixels. */
function blurredColumns({ nativeIndex, psf }: ImagingDataset, mapping: { indexes: Int32Array; weights: Float64Array }) {
  const M = nativeIndex.length / 2;
  const unblurred = Array.from({ length: 12 }, () => new Float64Array(M));
  mapping.indexes.forEach((p, entry) => {
    unblurred[p][Math.floor(entry / 16)] += mapping.weights[entry] / 4;
  });
  const weight = (m: number, n: number): number => {
    const [y, x] = [0, 1].map((axis) => nativeIndex[2 * m + axis] - nativeIndex[2 * n + axis] + (PSF_SHAPE[axis] >> 1));
    return y >= 0 && y < PSF_SHAPE[0] && x >= 0 && x < PSF_SHAPE[1] ? psf.values[y * PSF_SHAPE[1] + x] : 0;
  };
  return unblurred.map((column) =>
    column.map((_, m) => column.reduce((sum, value, n) => sum + weight(m, n) * value, 0)),
  );
}

/** Of a mesh of 4 x 3 pixels at coefficient 2: (H | 1). */
const H_AND_UNIT = Array.from({ length: 12 }, (_, i) =>
  Float64Array.from({ length: 24 }, (_, j) => {
    if (j >= 12) return i === j - 12 ? 1 : 0;
    const apart = Math.abs(Math.floor(i / 3) - Math.floor(j / 3)) + Math.abs((i % 3) - (j % 3));
    const neighbors = [i >= 3, i < 9, i % 3 > 0, i % 3 < 2].filter(Boolean).length;
    if (i === j) return 4 * neighbors + 1e-8;
    return apart === 1 ? -4 : 0;
  }),
);

// The source has a Gaussian prior of covariance H^-1, so the data are a Gaussian of covariance N + A H^-1 A'.
test.each(["reference", "wasm"] as const)("the evidence is the density of the data, %s", async (backend) => {
  const {
    dataset,
    logEvidence,
    sources: [source],
  } = await evaluated(SPEC, [OVER_SAMPLED], { backend });
  const { data, noiseMap } = dataset;
  const a = blurredColumns(dataset, source.mesh.mapping);
  const rows = H_AND_UNIT.map((row) => row.slice());
  eliminated(rows, 12);
  const covariance = Array.from(data, (value, m) => {
    const ofPixel = Float64Array.of(...new Float64Array(data.length), value);
    ofPixel[m] = noiseMap[m] ** 2;
    for (let p = 0; p < 12; p++) {
      const share = a.reduce((sum, column, q) => sum + rows[p][12 + q] * column[m], 0);
      for (let n = 0; n < data.length; n++) ofPixel[n] += share * a[p][n];
    }
    return ofPixel;
  });
  const logDeterminant = eliminated(covariance, data.length);
  const form = data.reduce((sum, value, m) => sum + value * covariance[m][data.length], 0);
  const logDensity = -0.5 * (form + logDeterminant + data.length * Math.log(2 * Math.PI));
  // The covariance has 1e7 for a constant source beside noise of 1e-3: the density by this way loses ten digits.
  expect(Math.abs(logDensity / (logEvidence as number) - 1)).toBeLessThan(1e-5);
});

test("a PSF of one pixel leaves the lensed source as it is", async () => {
  const delta = new Float64Array(15);
  delta[7] = 1;
  const { datasets } = await evaluated(SPEC, [], { psf: delta });
  expect(relativeDifference(datasets[0].image, datasets[0].lensed!)).toBeLessThan(1e-15);
  const blurred = await evaluated(SPEC);
  expect(relativeDifference(blurred.datasets[0].image, blurred.datasets[0].lensed!)).toBeGreaterThan(0.01);
});

test.each([
  ["rectangular", []],
  ["Delaunay", [DELAUNAY]],
])("voices agree, with light beside the source and over-sampled, on a %s mesh", async (_, mesh) => {
  const [first, ...others] = await Promise.all(
    (["reference", "wasm", "traced"] as const).map((backend) => {
      return evaluated(WITH_BULGE, [OVER_SAMPLED, ...mesh], { backend });
    }),
  );
  for (const other of others) {
    expect(Math.abs((other.logEvidence as number) / (first.logEvidence as number) - 1)).toBeLessThan(1e-11);
    expect(relativeDifference(other.datasets[0].image, first.datasets[0].image)).toBeLessThan(1e-10);
  }
  expect((await evaluated(WITH_BULGE)).backend).toBe("traced");
  expect((await evaluated(SPEC)).backend).toBe("traced");
  const { logEvidence } = await evaluated(WITH_BULGE, mesh);
  expect(logEvidence).not.toBe(first.logEvidence);
});

const KEPT = SPEC.replace("pixelization:", "pixelization:\n      border: keep");

test("a Delaunay mesh has its vertices where the lens brings an overlay of the mask", async () => {
  const {
    sources: [source],
    dataset,
    logEvidence,
  } = await evaluated(KEPT, [DELAUNAY]);
  const vertices = imageMeshOverlay(dataset.grid, dataset.mask, [6, 5]);
  const { galaxies } = instantiate(buildModel(parseSpec(SPEC, "lens.yaml")), []);
  const traced = traceRaysTo(lensPlanes(galaxies), 1, vertices);
  const { mesh } = source!;
  if (!("vertices" in mesh)) throw new Error("no Delaunay mesh");
  expect(relativeDifference(mesh.vertices, traced)).toBeLessThan(1e-13);
  expect(source.values).toHaveLength(vertices.length / 2);
  expect(logEvidence).toBeGreaterThan((await evaluated(KEPT, [DELAUNAY, `${RADIUS}=0.5`])).logEvidence as number);
});

test("maximize finds the coefficient of largest evidence", async () => {
  const {
    sources: [source],
    logEvidence,
  } = await evaluated(SPEC, [`${COEFFICIENT}=maximize`]);
  for (const factor of [0.9, 1.1]) {
    const beside = await evaluated(SPEC, [`${COEFFICIENT}=${factor * source.regularization.coefficient}`]);
    expect(beside.logEvidence).toBeLessThan(logEvidence as number);
  }
});

test.each([
  ["rectangular", []],
  ["Delaunay", [DELAUNAY]],
])(
  "a batch gives each vector what the same numbers give, and -Infinity with a reason where one fails, on a %s mesh",
  async (_, mesh) => {
    const free = [`${RADIUS}=${uniform(0.1, 2)}`, `${COEFFICIENT}=${uniform(0.1, 9)}`, ...mesh];
    const { likelihood } = await planned(WITH_BULGE, free);
    const vectors = [
      [0.9, 2],
      [Number.NaN, 2],
      [0.9, Number.POSITIVE_INFINITY],
      [1e308, 2],
      [0.8, 3],
    ];
    const [first, ...others] = await likelihood.evaluate(Float64Array.from(vectors.flat()));
    const last = others.pop();
    // Free parameters are inputs of the compiled light, fixed ones its constants: roundings differ.
    const alone = await evaluated(WITH_BULGE, [`${RADIUS}=0.8`, `${COEFFICIENT}=3`, ...mesh]);
    expect(Math.abs((last!.logEvidence as number) / (alone.logEvidence as number) - 1)).toBeLessThan(1e-12);
    expect(first.failure).toBeNull();
    for (const { failure, logEvidence, logLikelihood } of others) {
      expect(failure).toMatch(/finite|definite/);
      expect([logEvidence, logLikelihood]).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    }
  },
);

describe("what is not there is said", () => {
  test("once the data are read", async () => {
    await expect(planned(SPEC, [], { curvature: "w_tilde_dense" })).rejects.toThrow(/forms for visibilities/);
    const ring = Uint8Array.from({ length: 9 }, (_, pixel) => (pixel === 4 ? 1 : 0));
    expect(() => imageMeshOverlay(pixelGrid([3, 3], 1), { shape: [3, 3], masked: ring }, [1, 1])).toThrow(InputError);
    const { likelihood } = await planned(SPEC, [], { backend: "reference" });
    await expect(likelihood.evaluate(new Float64Array(0), { gradient: true })).rejects.toThrow(
      /reference backend has no/,
    );
  });
});

test.each([[], [DELAUNAY]])("a source that is nowhere negative, on either mesh", async (...overrides) => {
  // So little smoothing that the free source follows the noise below zero.
  const rough = [...overrides, `${COEFFICIENT}=0.01`];
  const free = await evaluated(SPEC, rough);
  expect(Math.min(...free.sources[0].values)).toBeLessThan(0);
  expect(free.positiveOnly).toBeNull();
  for (const backend of ["reference", "auto"] as const) {
    const held = await evaluated(`${SPEC}settings: { positive_only: true }\n`, rough, { backend });
    const { values } = held.sources[0];
    expect(Math.min(...values)).toBe(0);
    expect(held.positiveOnly!.pixelsAtZero).toBe(values.filter((value) => value === 0).length);
    expect(held.positiveOnly!.kktResidual).toBeLessThan(1e-13);
    // The free source minimizes what the held one is held from.
    const cost = ({ terms }: typeof free) => terms.chiSquared + terms.regularizationTerm!;
    expect(cost(held)).toBeGreaterThan(cost(free));
    expect(held.terms.logDetCurvatureRegMatrixTerm).toBeCloseTo(free.terms.logDetCurvatureRegMatrixTerm!, 8);
  }
});
