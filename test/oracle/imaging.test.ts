import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { fixedSubSizes, subPixelPositions } from "../../src/dataset/oversampling.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { toFloat64 } from "../../src/io/ndarray.ts";
import { readNpz } from "../../src/io/npz.ts";
import { modelImage } from "../../src/lens/model-image.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import type { ImagingDataset } from "../../src/likelihood/imaging-dataset.ts";
import type { PlanOptions } from "../../src/likelihood/plan.ts";
import { instantiate } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { planConvolution, planConvolutionViaFft } from "../../src/operators/convolve.ts";
import { relativeDifference } from "../equivalence/difference.ts";

// PyAutoLens' imaging values, carried in imaging.npz: see README.md.
const bytes = readFileSync(new URL("imaging.npz", import.meta.url));
const arrays = readNpz(bytes, "imaging.npz");
const golden = JSON.parse(readFileSync(new URL("imaging.json", import.meta.url), "utf8"));
const SPEC = readFileSync(new URL("imaging.yaml", import.meta.url), "utf8");
const PROFILES = { lens_light: "lens.bulge", mass: "lens.mass", shear: "lens.shear", source_light: "source.disk" };

function array(name: string): Float64Array {
  const found = arrays.get(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return toFloat64(found);
}

/** The spec with the oracle's parameters of a model, as `--set` would have them; JSON is YAML. */
function planned(model: string, overSampling: number, options: PlanOptions = {}) {
  const profiles = Object.entries<object>(golden.params[model]).map(([key, values]) => {
    const [galaxy, name] = PROFILES[key as keyof typeof PROFILES].split(".");
    const profile = { lens_light: "Sersic", mass: "Isothermal", shear: "ExternalShear", source_light: "Sersic" }[key];
    return `galaxies.${galaxy}.${name}=${JSON.stringify({ profile, ...values })}`;
  });
  const spec = parseSpec(SPEC, "imaging.yaml", [...profiles, `datasets.hst.over_sampling.light=${overSampling}`]);
  return planSpec(spec, { open: async (path) => bytesSource(bytes, path), ...options });
}

const FITS = [1, 4].flatMap((sub) => ["truth", "wrong1", "wrong2"].map((model) => [sub, model] as const));

// Both are f64 and sum some thousand terms; chi^2 of a wrong model moves by d(data - image), 1e-13 of each.
test.each(FITS)("log likelihood at over-sampling %d, %s", async (sub, model) => {
  const expected = golden.fits[`r2.0_os${sub}_${model}`];
  const { likelihood } = await planned(model, sub);
  const [{ logLikelihood, logEvidence, terms, datasets }] = await likelihood.evaluate(new Float64Array(0));
  expect(Math.abs(logLikelihood / expected.log_likelihood - 1)).toBeLessThan(1e-12);
  expect(Math.abs(terms.chiSquared / expected.chi_squared - 1)).toBeLessThan(1e-12);
  expect(Math.abs(terms.noiseNormalization / expected.noise_normalization - 1)).toBeLessThan(1e-14);
  expect(logEvidence).toBeNull();
  expect(datasets[0].image).toHaveLength(expected.pixels);
});

test.each(["r2.0_os1_truth", "r2.0_os4_truth", "r2.0_os4_wrong1"])("the blurred image of %s", async (name) => {
  const [, sub, model] = name.split("_");
  const { likelihood } = await planned(model, Number(sub.slice(2)));
  const [{ datasets }] = await likelihood.evaluate(new Float64Array(0));
  const image = datasets[0].image.filter((_, m) => m % 29 === 0);
  expect(relativeDifference(image, array(`${name}/blurred_image_slim`))).toBeLessThan(1e-13);
});

test("in the reference voice", async () => {
  const { likelihood } = await planned("truth", 4, { backend: "reference" });
  const [{ logLikelihood, backend }] = await likelihood.evaluate(new Float64Array(0));
  expect(backend).toBe("reference");
  expect(Math.abs(logLikelihood / golden.fits["r2.0_os4_truth"].log_likelihood - 1)).toBeLessThan(1e-12);
});

describe("the steps of it", async () => {
  const { datasets, model } = await planned("truth", 4);
  const { grid, nativeIndex, blurringRegion, psf } = datasets[0] as ImagingDataset;
  const { galaxies } = instantiate(model, []);
  const lightOf = (pixels: Int32Array, subSize: number): Float64Array => {
    const subSizes = fixedSubSizes(pixels.length / 2, subSize);
    return modelImage(galaxies, subPixelPositions(grid, pixels, subSizes), subSizes);
  };
  const [inside, around] = [lightOf(nativeIndex, 4), lightOf(blurringRegion, 1)];

  test("the blurring region", () => {
    const outside = array("blurring_mask");
    const expected = [...outside.keys()].filter((pixel) => outside[pixel] === 0);
    const found = Array.from({ length: blurringRegion.length / 2 }, (_, b) => {
      return 100 * blurringRegion[2 * b] + blurringRegion[2 * b + 1];
    });
    expect(found).toEqual(expected);
  });

  test("the light before the PSF, over-sampled inside, not over-sampled around", () => {
    const every29th = (values: Float64Array) => values.filter((_, m) => m % 29 === 0);
    const name = "r2.0_os4_truth";
    expect(relativeDifference(every29th(inside), array(`${name}/unblurred_image_slim`))).toBeLessThan(1e-13);
    expect(relativeDifference(every29th(around), array(`${name}/blurring_image_slim`))).toBeLessThan(1e-13);
  });

  test.each(["reference", "wasm"] as const)("the PSF by sum and by FFT, %s", (voice) => {
    const kernels = kernelsOf(voice);
    const direct = planConvolution(psf, Int32Array.of(...nativeIndex, ...blurringRegion), nativeIndex);
    const image = Float64Array.of(...inside, ...around);
    const expected = array("r2.0_os4_truth/blurred_image_slim");
    for (const blurred of [
      kernels.convolution({ convolution: direct, image }),
      kernels.convolutionViaFft({ convolution: planConvolutionViaFft(direct), image }),
    ]) {
      expect(
        relativeDifference(
          blurred.filter((_, m) => m % 29 === 0),
          expected,
        ),
      ).toBeLessThan(1e-13);
    }
  });
});
