import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { draws, normal, randomState, uniform } from "../../src/inference/rng.ts";
import { constantRegularizationMatrix } from "../../src/inversion/regularization/constant.ts";
import type { SourceReconstruction } from "../../src/likelihood/evaluation.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import type { ImagingDataset } from "../../src/likelihood/imaging-dataset.ts";
import { sourceErrors } from "../../src/likelihood/source-errors.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import type { Matrix } from "../../src/operators/matrix.ts";
import { GALAXIES, SPEC as LIGHT, observationFile, opener } from "./imaging-observation.ts";

/** A^-1 of the rows and columns `kept`, by Gauss and Jordan. */
function inverse({ values, rows: size }: Matrix, kept: readonly number[]): Float64Array[] {
  const n = kept.length;
  const rows = kept.map((i, a) =>
    Float64Array.from({ length: 2 * n }, (_, b) => (b < n ? values[i * size + kept[b]] : b - n === a ? 1 : 0)),
  );
  for (let k = 0; k < n; k++) {
    const pivot = rows[k][k];
    rows[k] = rows[k].map((value) => value / pivot);
    for (let i = 0; i < n; i++) {
      const factor = rows[i][k];
      if (i !== k) rows[i] = rows[i].map((value, j) => value - factor * rows[k][j]);
    }
  }
  return rows.map((row) => row.slice(n));
}

function expectErrors(errors: ArrayLike<number>, matrix: Matrix, kept: readonly number[]): void {
  const covariance = inverse(matrix, kept);
  // Condition numbers are below 1e4.
  kept.forEach((place, i) => {
    expect(errors[place] / Math.sqrt(covariance[i][i])).toBeCloseTo(1, 10);
  });
}

const random = randomState(7);
/** 40 data of noise sigma that draw on 6 unknowns. */
const [DATA, UNKNOWNS] = [40, 6];
const a = draws(random, DATA * UNKNOWNS, uniform);
const sigma = draws(random, DATA, (state) => 0.5 + uniform(state));
const F = {
  rows: UNKNOWNS,
  columns: UNKNOWNS,
  values: Float64Array.from({ length: UNKNOWNS ** 2 }, (_, at) => {
    const [i, j] = [Math.floor(at / UNKNOWNS), at % UNKNOWNS];
    return sigma.reduce((sum, s, m) => sum + (a[m * UNKNOWNS + i] * a[m * UNKNOWNS + j]) / (s * s), 0);
  }),
};

describe.each(["reference", "wasm"] as const)("errors in the %s voice", (voice) => {
  test("are those of the dense inverse, of the free unknowns alone", () => {
    expectErrors(sourceErrors(F, Int32Array.of(0, 1, 2, 3, 4, 5), kernelsOf(voice)), F, [0, 1, 2, 3, 4, 5]);
    const some = sourceErrors(F, Int32Array.of(0, 2, 3), kernelsOf(voice));
    expectErrors(some, F, [0, 2, 3]);
    expect([1, 4, 5].map((held) => some[held])).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test("are NaN where the matrix is not positive definite", () => {
    const matrix = { rows: 2, columns: 2, values: Float64Array.of(1, 2, 2, 1) };
    expect([...sourceErrors(matrix, Int32Array.of(0, 1), kernelsOf(voice))]).toEqual([Number.NaN, Number.NaN]);
  });
});

test("without a prior the solution scatters by its errors from one draw of the noise to the next", () => {
  const draw = randomState(8);
  const covariance = inverse(F, [0, 1, 2, 3, 4, 5]);
  const rounds = 4000;
  const squares = new Float64Array(UNKNOWNS);
  for (let round = 0; round < rounds; round++) {
    const d = new Float64Array(UNKNOWNS);
    for (let m = 0; m < DATA; m++) {
      const weighted = normal(draw) / sigma[m];
      for (let i = 0; i < UNKNOWNS; i++) d[i] += a[m * UNKNOWNS + i] * weighted;
    }
    covariance.forEach((row, i) => {
      squares[i] += row.reduce((sum, entry, j) => sum + entry * d[j], 0) ** 2;
    });
  }
  const errors = sourceErrors(F, Int32Array.of(0, 1, 2, 3, 4, 5), kernelsOf("wasm"));
  // A standard deviation of 4000 draws is known to 1.1 %: five times that.
  for (let i = 0; i < UNKNOWNS; i++)
    expect(Math.abs(Math.sqrt(squares[i] / rounds) / errors[i] - 1)).toBeLessThan(0.056);
});

describe("errors of an evaluation", () => {
  const [DISK] = GALAXIES.match(/disk:.*/) as RegExpMatchArray;
  const [BULGE] = GALAXIES.match(/bulge:.*/) as RegExpMatchArray;
  const PIXELIZED = `pixelization:
      mesh: { type: rectangular_uniform, shape: [4, 3] }
      regularization: { type: constant, coefficient: 2.0 }`;
  const SPEC = LIGHT.replace(DISK, PIXELIZED).replace(BULGE, "");
  const sharp = Float64Array.from({ length: 15 }, (_, k) => (k === 7 ? 1 : 0));

  async function evaluated(spec: string, errors: boolean) {
    const open = opener({ "hst.npz": observationFile({ psf: sharp }) });
    const { likelihood, datasets } = await planSpec(parseSpec(spec, "lens.yaml"), { open });
    const [{ sources }] = await likelihood.evaluate(new Float64Array(0), { errors });
    return { source: sources[0], dataset: datasets[0] as ImagingDataset };
  }

  /** F + H of a sharp PSF: A is the mapping. */
  function dense({ mesh }: SourceReconstruction, { noiseMap }: ImagingDataset): Matrix {
    const matrix = constantRegularizationMatrix({ coefficient: 2, neighbors: mesh.neighbors });
    const { indexes, weights, mappingsPerPixel: width, sourcePixels } = mesh.mapping;
    noiseMap.forEach((noise, m) => {
      for (let e = m * width; e < (m + 1) * width; e++) {
        for (let f = m * width; f < (m + 1) * width; f++) {
          matrix.values[indexes[e] * sourcePixels + indexes[f]] += (weights[e] * weights[f]) / (noise * noise);
        }
      }
    });
    return matrix;
  }

  test("are on request alone", async () => {
    expect((await evaluated(SPEC, false)).source.errors).toBeNull();
  });

  test("are those of (F + H)^-1", async () => {
    const { source, dataset } = await evaluated(SPEC, true);
    expectErrors(source.errors!, dense(source, dataset), Array.from(source.values.keys()));
  });

  test("of a source that is nowhere negative, its edge dark, are those of what is not held at zero", async () => {
    const positive = SPEC.replace("pixelization:", "pixelization:\n      edge_pixels: zero");
    const settings = "settings: { evidence: exact, positive_only: true }\n";
    for (const spec of [positive, `${SPEC}${settings}`, `${positive}${settings}`]) {
      const { source, dataset } = await evaluated(spec, true);
      const free = Array.from(source.values.keys()).filter((pixel) => source.values[pixel] !== 0);
      expect(free.length).toBeLessThan(12);
      expect(Array.from(source.errors!.keys()).filter((pixel) => !Number.isNaN(source.errors![pixel]))).toEqual(free);
      expectErrors(source.errors!, dense(source, dataset), free);
    }
  });
});
