import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { fixedSubSizes, subPixelPositions } from "../../src/dataset/oversampling.ts";
import { InputError } from "../../src/errors.ts";
import { slimPositions } from "../../src/grid.ts";
import { modelImage } from "../../src/lens/model-image.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { type ImagingDataset, readImaging } from "../../src/likelihood/imaging-dataset.ts";
import { lightSubSizes } from "../../src/likelihood/sub-sizes.ts";
import { instantiate } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { observationFile, opener, SPEC } from "./imaging-observation.ts";

const SHARP = Float64Array.from({ length: 15 }, (_, k) => (k === 7 ? 1 : 0));
const open = opener({ "hst.npz": observationFile({ psf: SHARP }) });
const withLight = (light: string) => parseSpec(SPEC, "lens.yaml", [`datasets.hst.over_sampling={ light: ${light} }`]);

async function read(light: string): Promise<ImagingDataset> {
  const { hst } = withLight(light).datasets;
  if (hst.type !== "imaging") throw new Error("another spec");
  return readImaging("hst", hst, { open, kernels: kernelsOf("wasm") });
}

test("one number is of every pixel", async () => {
  const dataset = await read("3");
  expect(lightSubSizes(dataset)).toEqual(fixedSubSizes(dataset.data.length, 3));
});

test("by radius: the largest that any centre asks for", async () => {
  const dataset = await read(
    "{ sub_size_list: [8, 4, 1], radial_list: [0.3, 600 mas], centre_list: [[0, 0], [1, 0.5]] }",
  );
  const positions = slimPositions(dataset.grid, dataset.nativeIndex);
  const expected = dataset.data.map((_, m) => {
    const [y, x] = [positions[2 * m], positions[2 * m + 1]];
    const nearest = Math.min(Math.hypot(y, x), Math.hypot(y - 1, x - 0.5));
    return nearest < 0.3 ? 8 : nearest < 0.6 ? 4 : 1;
  });
  expect([...lightSubSizes(dataset)]).toEqual([...expected]);
  expect(new Set(expected).size).toBe(3);
  const centred = await read("{ sub_size_list: [8, 4, 1], radial_list: [0.3, 0.6] }");
  const outside = await read("{ sub_size_list: [8, 4, 1], radial_list: [0.3, 0.6], centre_list: [[0, 0]] }");
  expect(lightSubSizes(centred)).toEqual(lightSubSizes(outside));
});

test("by signal to noise, the cut at most half of the largest", async () => {
  const by = async (cut: number) => {
    const dataset = await read(`{ signal_to_noise_cut: ${cut}, sub_size_lower: 2, sub_size_upper: 4 }`);
    return { ratios: dataset.data.map((value, m) => value / dataset.noiseMap[m]), sizes: lightSubSizes(dataset) };
  };
  const { ratios, sizes } = await by(5);
  expect([...sizes]).toEqual([...ratios.map((ratio) => (ratio < 5 ? 2 : 4))]);
  const faint = await by(1e9);
  const half = Math.max(...ratios) / 2;
  expect([...faint.sizes]).toEqual([...ratios.map((ratio) => (ratio < half ? 2 : 4))]);
});

test("the model image is the mean over each pixel's own sub-pixels", async () => {
  const spec = withLight("{ sub_size_list: [6, 3, 1], radial_list: [0.5, 1.0] }");
  const { datasets, likelihood, model } = await planSpec(spec, { open });
  const [{ datasets: seen }] = await likelihood.evaluate(new Float64Array(0));
  const { grid, nativeIndex } = datasets[0] as ImagingDataset;
  const sizes = lightSubSizes(datasets[0] as ImagingDataset);
  const { galaxies } = instantiate(model, []);
  sizes.forEach((size, m) => {
    const one = Int32Array.of(size);
    const positions = subPixelPositions(grid, nativeIndex.subarray(2 * m, 2 * m + 2), one);
    // The PSF is of one pixel. Light is summed in another order where it is compiled.
    expect(seen[0].image[m] / modelImage(galaxies, positions, one)[0]).toBeCloseTo(1, 12);
  });
  expect(new Set(sizes).size).toBe(3);
});

describe("what is no over-sampling is refused, with its place", () => {
  const RADII = "radial_list: [0.3, 0.6]";
  test.each([
    ["1.5", "over_sampling.light is 1.5", "an integer from 1 to 64", "sub_size_list"],
    ["0", "over_sampling.light is 0"],
    ["[4, 2]", "over_sampling.light is [4,2]"],
    [`{ ${RADII}, sub_size_list: [8, 4.5, 1] }`, "light.sub_size_list.1 is 4.5", "an integer from 1 to 64"],
    [`{ ${RADII}, sub_size_list: [8, 4, 65] }`, "light.sub_size_list.2 is 65"],
    [`{ ${RADII}, sub_size_list: [8, 4] }`, "over_sampling.light is {", "sub_size_list one number more"],
    [`{ ${RADII} }`, "light.sub_size_list is missing"],
    ["{ radial_list: [0.6, 0.6], sub_size_list: [8, 4, 1] }", "radial_list is [0.6,0.6]", "give radii that rise"],
    ["{ radial_list: [], sub_size_list: [8] }", "give a list of 1 to 100 rising radii"],
    ["{ radial_list: [-1], sub_size_list: [8, 1] }", "radial_list.0 is -1", "a positive radius"],
    [`{ ${RADII}, sub_size_list: [8, 4, 1], centre_list: [0, 0] }`, "centre_list.0 is 0", "[y, x]"],
    [`{ ${RADII}, sub_size_list: [8, 4, 1], centre: [0, 0] }`, "unknown key 'centre'", "centre_list"],
    ["{ signal_to_noise_cut: 0, sub_size_lower: 2, sub_size_upper: 4 }", "signal_to_noise_cut is 0"],
    ["{ signal_to_noise_cut: 5, sub_size_lower: 2.5, sub_size_upper: 4 }", "sub_size_lower is 2.5", "below the cut"],
    ["{ signal_to_noise_cut: 5 }", "sub_size_lower is missing"],
  ])("%s", (light, ...parts) => {
    try {
      withLight(light);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      for (const part of parts) expect(error.message).toContain(part);
    }
  });
});
