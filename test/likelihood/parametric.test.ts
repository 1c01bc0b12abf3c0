import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { writeCompaction } from "../../src/dataset/compaction-file.ts";
import { nativeFromSlim } from "../../src/dataset/mask.ts";
import { InputError } from "../../src/errors.ts";
import { imageChiSquared } from "../../src/likelihood/chi-squared.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { planBlurring } from "../../src/likelihood/imaging.ts";
import type { ImagingDataset } from "../../src/likelihood/imaging-dataset.ts";
import type { InterferometerDataset } from "../../src/likelihood/interferometer-dataset.ts";
import type { BackendChoice } from "../../src/likelihood/plan.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { relativeDifference } from "../equivalence/difference.ts";
import { GALAXIES, observationFile, opener, SPEC } from "./imaging-observation.ts";
import { compacted, observe } from "./lensed-observation.ts";

const FILES = { "hst.npz": observationFile(), "alma.npz": writeCompaction(await compacted(observe({ count: 60 }))) };
const [HST] = SPEC.split("galaxies:");
const RED = HST.replace("datasets:\n", "").replace("hst:", "red:").replace("radius: 1.5", "radius: 1.1");
const ALMA = "  alma: { type: interferometer, compact: alma.npz, mask: { type: circular, radius: 1.3 } }\n";
const THREE = `${HST}${RED}${ALMA}${GALAXIES}`;
const RADIUS = "galaxies.lens.mass.einstein_radius";
const PRIOR = `${RADIUS}={ prior: uniform, lower: 0.1, upper: 2 }`;

async function planned(text: string, overrides: string[] = [], backend: BackendChoice = "auto") {
  return planSpec(parseSpec(text, "lens.yaml", overrides), { open: opener(FILES), backend });
}

async function evaluated(text: string, overrides: string[] = [], backend: BackendChoice = "auto") {
  const { likelihood } = await planned(text, overrides, backend);
  const [evaluation] = await likelihood.evaluate(new Float64Array(0));
  return evaluation;
}

describe("several datasets", () => {
  test("add, each with its own terms", async () => {
    const all = await evaluated(THREE);
    const alone = await Promise.all(
      [HST, `datasets:\n${RED}`, `datasets:\n${ALMA}`].map((dataset) => evaluated(`${dataset}${GALAXIES}`)),
    );
    expect(all.datasets.map(({ name, type }) => [name, type])).toEqual([
      ["hst", "imaging"],
      ["red", "imaging"],
      ["alma", "interferometer"],
    ]);
    expect(all.datasets).toEqual(alone.flatMap(({ datasets }) => datasets));
    const sum = alone.reduce((total, { logLikelihood }) => total + logLikelihood, 0);
    expect(all.logLikelihood / sum).toBeCloseTo(1, 14);
    expect(all.logLikelihoodErrorBound).toBe(alone[2].logLikelihoodErrorBound);
    expect(all).toMatchObject({ logEvidence: null, sources: [], curvatureForm: null, solveResidual: null });
    expect(all.terms.regularizationTerm).toBeNull();
  });

  test("chi^2 of the true model is about its number of pixels", async () => {
    const { datasets } = await evaluated(`${HST}${GALAXIES}`, ["datasets.hst.psf=hst.npz"]);
    // The simulation has no PSF: with it, chi^2 is far off, so this sees that the PSF is applied.
    expect(datasets[0].chiSquared).toBeGreaterThan(3 * datasets[0].image.length);
    const sharp = observationFile({ psf: Float64Array.from({ length: 15 }, (_, k) => (k === 7 ? 1 : 0)) });
    const spec = parseSpec(SPEC, "lens.yaml", ["datasets.hst.over_sampling.light=1"]);
    const { likelihood } = await planSpec(spec, { open: opener({ "hst.npz": sharp }) });
    const [truth] = await likelihood.evaluate(new Float64Array(0));
    const pixels = truth.datasets[0].image.length;
    expect(Math.abs(truth.terms.chiSquared - pixels)).toBeLessThan(4 * Math.sqrt(2 * pixels));
  });

  test("the voices agree", async () => {
    const [reference, wasm] = [await evaluated(THREE, [], "reference"), await evaluated(THREE, [], "wasm")];
    // chi^2 of the visibilities cancels three digits.
    expect(wasm.logLikelihood / reference.logLikelihood).toBeCloseTo(1, 11);
    expect([reference.backend, wasm.backend]).toEqual(["reference", "wasm"]);
  });
});

test("visibilities are those of the light through the primary beam", async () => {
  const beamed = await planned(`datasets:\n${ALMA.replace("mask:", "primary_beam: { fwhm: 2 }, mask:")}${GALAXIES}`);
  const [{ datasets }] = await beamed.likelihood.evaluate(new Float64Array(0));
  const [plain] = (await evaluated(`datasets:\n${ALMA}${GALAXIES}`)).datasets;
  const { compaction, nativeIndex, positions } = beamed.datasets[0] as InterferometerDataset;
  const attenuated = plain.image.map((light, m) => light * 0.5 ** (positions[2 * m] ** 2 + positions[2 * m + 1] ** 2));
  expect(Math.max(...attenuated.map((light, m) => Math.abs(light / datasets[0].image[m] - 1)))).toBeLessThan(1e-14);
  const native = nativeFromSlim(attenuated, compaction.grid.shape, nativeIndex);
  const chiSquared = imageChiSquared(compaction, native, kernelsOf("wasm"));
  expect(datasets[0].chiSquared / chiSquared).toBeCloseTo(1, 11);
  expect(chiSquared).not.toBeCloseTo(plain.chiSquared, 0);
});

describe("a batch", () => {
  test("gives each vector what the same numbers in the spec give", async () => {
    const { likelihood } = await planned(THREE, [PRIOR]);
    const evaluations = await likelihood.evaluate(Float64Array.of(0.8, 0.95));
    for (const [index, radius] of [0.8, 0.95].entries()) {
      const alone = await evaluated(THREE, [`${RADIUS}=${radius}`]);
      // What is fixed is folded, a rounding here or there.
      for (const [d, { image }] of evaluations[index].datasets.entries()) {
        expect(relativeDifference(image, alone.datasets[d].image)).toBeLessThan(1e-13);
      }
    }
    await expect((await planned(THREE)).likelihood.evaluate(new Float64Array(2))).rejects.toThrow(InputError);
  });

  test("an evaluation that fails is -Infinity with its reason, and spoils no other", async () => {
    const { likelihood } = await planned(THREE, [PRIOR]);
    const [bad, good] = await likelihood.evaluate(Float64Array.of(Number.NaN, 0.9));
    expect(bad.logLikelihood).toBe(Number.NEGATIVE_INFINITY);
    expect(bad.failure).toBe("chi^2 of 'hst' is not finite");
    expect(good.failure).toBeNull();
    const [alone] = await likelihood.evaluate(Float64Array.of(0.9));
    expect(good.logLikelihood).toBe(alone.logLikelihood);
  });
});

test("a PSF is applied by sum or by FFT, whichever is picked, to the same effect", async () => {
  const { datasets } = await planned(SPEC);
  const dataset = datasets[0] as ImagingDataset;
  const kernels = kernelsOf("wasm");
  const small = planBlurring(dataset, kernels);
  // The same PSF with zeros around it, past the size where the FFT wins.
  const values = new Float64Array(41 * 39);
  dataset.psf.values.forEach((value, k) => {
    values[(18 + Math.floor(k / 3)) * 39 + 18 + (k % 3)] = value;
  });
  const large = planBlurring({ ...dataset, psf: { shape: [41, 39], values } }, kernels);
  expect([small.pick.picked, large.pick.picked]).toEqual(["direct", "fft"]);
  const image = Float64Array.from({ length: dataset.data.length + dataset.blurringRegion.length / 2 }, (_, n) => {
    return 1 + Math.sin(n);
  });
  const [direct, viaFft] = [small.blur(image), large.blur(image)];
  expect(Math.max(...direct.map((value, m) => Math.abs(value - viaFft[m])))).toBeLessThan(1e-14);
});

describe("what cannot be planned is said, with its place and what to do", () => {
  const [LIGHT] = GALAXIES.match(/disk:.*/) as RegExpMatchArray;
  const [BULGE] = GALAXIES.match(/bulge:.*/) as RegExpMatchArray;
  const WRONG: Readonly<Record<string, readonly [text: string, message: RegExp]>> = {
    "no light": [SPEC.replace(LIGHT, "").replace(BULGE, ""), /^lens\.yaml:\d+:\d+: no galaxy has light/],
    "a mass with nothing behind it": [
      `${SPEC}  other: { redshift: 2.0, mass: { profile: IsothermalSph, einstein_radius: 1.0 } }\n`,
      /^lens\.yaml:\d+:\d+: .*no galaxy lies behind the mass of 'other' at redshift 2/,
    ],
  };

  test.each(Object.entries(WRONG))("%s, before a file is read", async (_, [text, message]) => {
    const spec = parseSpec(text, "lens.yaml");
    await expect(planSpec(spec, { open: opener({}) })).rejects.toThrow(message);
    await expect(planSpec(spec, { open: opener({}) })).rejects.toThrow(InputError);
  });
});

describe("what each dataset sees", () => {
  test("is the light that is for it, times its flux scale", async () => {
    const [bulge] = GALAXIES.match(/bulge:.*/) as RegExpMatchArray;
    const restricted = GALAXIES.replace(bulge, bulge.replace(" }", ", datasets: [hst] }"));
    const scaled = ALMA.replace("compact:", "flux_scale: 2.0, compact:");
    const both = await evaluated(`${HST}${scaled}${restricted}`);
    const hst = await evaluated(`${HST}${GALAXIES}`);
    const alma = await evaluated(`datasets:\n${ALMA}${GALAXIES.replace(bulge, "")}`);
    expect(both.datasets[0].chiSquared).toBe(hst.datasets[0].chiSquared);
    expect(
      relativeDifference(
        both.datasets[1].image,
        alma.datasets[0].image.map((light) => 2 * light),
      ),
    ).toBeLessThan(1e-14);
    const reference = await evaluated(`${HST}${scaled}${restricted}`, [], "reference");
    expect(both.logLikelihood / reference.logLikelihood).toBeCloseTo(1, 11);
  });

  test("is something, of datasets that there are, and light", async () => {
    const said = async (galaxies: string, message: RegExp) => {
      await expect(planned(`${HST}${ALMA}${galaxies}`)).rejects.toThrow(message);
    };
    await said(
      GALAXIES.replace(/sersic_index: (\S+) }/g, "sersic_index: $1, datasets: [hst] }"),
      /'alma' sees no light/,
    );
    await said(GALAXIES.replace("sersic_index: 1.0 }", "sersic_index: 1.0, datasets: [hts] }"), /did you mean 'hst'/);
    await said(GALAXIES.replace("einstein_radius: 0.9 }", "einstein_radius: 0.9, datasets: [hst] }"), /mass deflects/);
  });
});
