import { expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { readImaging } from "../../src/likelihood/imaging-dataset.ts";
import { lightSamplingError } from "../../src/likelihood/light-sampling.ts";
import { buildModel, instantiate } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { observationFile, opener, SPEC } from "./imaging-observation.ts";

const open = opener({ "hst.npz": observationFile() });

async function seen(light: number) {
  const spec = parseSpec(SPEC, "lens.yaml", [`datasets.hst.over_sampling={ light: ${light} }`]);
  const { hst } = spec.datasets;
  if (hst.type !== "imaging") throw new Error("another spec");
  const dataset = await readImaging("hst", hst, { open, kernels: kernelsOf("wasm") });
  const [evaluation] = await (await planSpec(spec, { open })).likelihood.evaluate(new Float64Array(0));
  const { galaxies } = instantiate(buildModel(spec), []);
  return {
    dataset,
    image: evaluation.datasets[0].image,
    error: lightSamplingError(dataset, galaxies, kernelsOf("wasm")),
  };
}

test("what finer sub-pixels change is the difference of the two images, and falls with the square of their size", async () => {
  const [two, four, eight] = [await seen(2), await seen(4), await seen(8)];
  const changes = four.image.map((value, m) => Math.abs(value - two.image[m]) / two.dataset.noiseMap[m]);
  // The pixels around the mask have one sub-pixel in an evaluation, and four here, so that its rim differs a little.
  expect(two.error / Math.max(...changes)).toBeCloseTo(1, 2);
  expect(two.error / four.error).toBeGreaterThan(2.5);
  expect(four.error / eight.error).toBeGreaterThan(2.5);
});
