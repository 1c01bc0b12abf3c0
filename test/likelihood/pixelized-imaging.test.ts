import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import type { ImagingDataset } from "../../src/likelihood/imaging-dataset.ts";
import { type PlanOptions, plan } from "../../src/likelihood/plan.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { relativeDifference } from "../equivalence/difference.ts";
import { GALAXIES, SPEC as LIGHT, observationFile, opener, PSF_SHAPE } from "./imaging-observation.ts";

const [DISK] = GALAXIES.match(/disk:.*/) as RegExpMatchArray;
const MESH = `pixelization:
      mesh: { type: rectangular_uniform, shape: [4, 3] }
      regularization: { type: constant, coefficient: 2.0 }`;
const SPEC = LIGHT.replace(DISK, MESH);
const BULGE = /bulge:.*\n/;
const COEFFICIENT = "galaxies.source.pixelization.regularization.coefficient";
const RADIUS = "galaxies.lens.mass.einstein_radius";

async function planned(text: string, overrides: readonly string[] = [], options: PlanOptions = {}, psf?: Float64Array) {
  const open = opener({ "hst.npz": observationFile(psf === undefined ? {} : { psf }) });
  return planSpec(parseSpec(text, "lens.yaml", overrides), { open, ...options });
}

async function evaluated(...args: Parameters<typeof planned>) {
  const { likelihood, datasets } = await planned(...args);
  const [evaluation] = await likelihood.evaluate(new Float64Array(0));
  return { ...evaluation, dataset: datasets[0] as ImagingDataset };
}

/** ln det and the quadratic form of the inverse, of a symmetric positive definite matrix, by elimination. */
function gaussian(matrix: Float64Array[], vector: Float64Array): number {
  const size = vector.length;
  const rows = matrix.map((row, i) => Float64Array.of(...row, vector[i]));
  let [logDeterminant, form] = [0, 0];
  for (let k = 0; k < size; k++) {
    const pivot = rows[k];
    logDeterminant += Math.log(pivot[k]);
    form += pivot[size] ** 2 / pivot[k];
    for (let i = k + 1; i < size; i++) {
      const factor = rows[i][k] / pivot[k];
      for (let j = k; j <= size; j++) rows[i][j] -= factor * pivot[j];
    }
  }
  return -0.5 * (form + logDeterminant + size * Math.log(2 * Math.PI));
}

/**
 * With a Gaussian prior of covariance H^-1 for the source, data are a Gaussian of covariance N + A H^-1 A', whose density
 * is the evidence. A is asked of the likelihood itself, one source pixel at a time, by images that are linear in it.
 */
describe.each(["reference", "wasm", "traced"] as const)("%s", (backend) => {
  test("the evidence is the density of the data under the prior of the source", async () => {
    const { dataset, logEvidence, source } = await evaluated(SPEC, [`datasets.hst.over_sampling.source=2`], {
      backend,
    });
    const { data, noiseMap, nativeIndex, psf } = dataset;
    const { mapping } = source!.mesh;
    const [M, S] = [data.length, mapping.sourcePixels];
    // Column by column with plain loops: the mean over 2 x 2 sub-pixels, then the PSF between the unmasked pixels.
    const t = Array.from({ length: S }, () => new Float64Array(M));
    mapping.indexes.forEach((p, e) => {
      t[p][Math.floor(e / (4 * mapping.mappingsPerPixel))] += mapping.weights[e] / 4;
    });
    const blur = (image: Float64Array) =>
      Float64Array.from({ length: M }, (_, m) => {
        let sum = 0;
        for (let n = 0; n < M; n++) {
          const [y, x] = [0, 1].map(
            (axis) => nativeIndex[2 * m + axis] - nativeIndex[2 * n + axis] + (PSF_SHAPE[axis] >> 1),
          );
          if (y >= 0 && y < PSF_SHAPE[0] && x >= 0 && x < PSF_SHAPE[1])
            sum += psf.values[y * PSF_SHAPE[1] + x] * image[n];
        }
        return sum;
      });
    const a = t.map(blur);
    // H of a mesh of 4 x 3 pixels at coefficient 2, inverted by elimination.
    const h = Array.from({ length: S }, (_, i) =>
      Float64Array.from({ length: S }, (_, j) => {
        const apart = Math.abs(Math.floor(i / 3) - Math.floor(j / 3)) + Math.abs((i % 3) - (j % 3));
        const degree = [i >= 3, i < S - 3, i % 3 > 0, i % 3 < 2].filter(Boolean).length;
        return i === j ? 4 * degree + 1e-8 : apart === 1 ? -4 : 0;
      }),
    );
    const covariance = Array.from({ length: M }, (_, m) => {
      return Float64Array.from({ length: M }, (_, n) => (m === n ? noiseMap[m] ** 2 : 0));
    });
    // H^-1 A' by solving for each image pixel: H = 1e-8 on a constant source, so that it is taken by eigen-free elimination.
    const inverse = inverseOf(h);
    for (let m = 0; m < M; m++) {
      const weights = Float64Array.from({ length: S }, (_, p) =>
        inverse[p].reduce((sum, v, q) => sum + v * a[q][m], 0),
      );
      for (let n = 0; n < M; n++) for (let p = 0; p < S; p++) covariance[m][n] += a[p][n] * weights[p];
    }
    const { datasets } = await evaluated(
      SPEC.replace(MESH, "disk: { profile: Sersic, intensity: 0, effective_radius: 1, sersic_index: 1 }"),
    );
    const residual = data.map((value, m) => value - datasets[0].image[m]);
    // H^-1 is 1e8 / S of a constant source beside noise of 1e-3: its digits below 1e-8 of that are lost.
    expect(Math.abs(gaussian(covariance, residual) / (logEvidence as number) - 1)).toBeLessThan(1e-4);
  });
});
