import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openArray } from "../../src/dataset/array-file.ts";
import { readMap } from "../../src/dataset/map.ts";
import { simulateImaging } from "../../src/dataset/simulate-imaging.ts";
import { ARCSECOND, pixelGrid } from "../../src/grid.ts";
import { draws, normal, randomState } from "../../src/inference/rng.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { writeNpy } from "../../src/io/npy.ts";
import { referenceLight } from "../../src/likelihood/pixel-light.ts";
import { type SimulateOptions, simulateSpec } from "../../src/likelihood/simulate.ts";
import type { SimulatedImaging } from "../../src/likelihood/simulated-imaging.ts";
import { convergedLight, lightOfPixels } from "../../src/likelihood/simulated-light.ts";
import type { SimulatedVisibilities } from "../../src/likelihood/simulated-visibilities.ts";
import { traceLight } from "../../src/likelihood/traced-light.ts";
import { buildModel } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { opener } from "./imaging-observation.ts";

const CAMERA = `
  hst:
    type: imaging
    data: data.fits
    noise_map: noise.fits
    psf: psf.fits
    pixel_scale: 0.1
    simulate: { shape: [31, 27], exposure_time: 500, background_sky_level: 0.2, psf_fwhm: 0.35 }`;

const ARRAY = `
  alma:
    type: interferometer
    visibilities: visibilities.npy
    noise_map: noise.npy
    uv_wavelengths: uv.npy
    grid: { shape: [50, 50], pixel_scale: 0.1, offset: [0.1, -0.2] }
    simulate: { noise_sigma: 0.5 }`;

/** A round Gaussian, of which everything is known. */
const gaussian = (y: number, x: number) => `
galaxies:
  source:
    redshift: 1.0
    light: { profile: Gaussian, centre: [${y}, ${x}], intensity: 3.0, sigma: 0.2 }
`;

const LENS = `
galaxies:
  lens:
    redshift: 0.5
    bulge: { profile: Sersic, ell_comps: [0.05, -0.1], intensity: 0.5, effective_radius: 0.4, sersic_index: 4.0 }
    mass: { profile: Isothermal, ell_comps: [0.1, 0.05], einstein_radius: 0.9 }
  source:
    redshift: 1.0
    disk: { profile: Sersic, centre: [0.1, 0.05], intensity: 1.0, effective_radius: 0.1, sersic_index: 1.0 }
`;

const uv = draws(randomState(5), 2 * 300, normal).map((value) => 2e5 * value);
const files = { "uv.npy": writeNpy({ dtype: "f8", shape: [300, 2], data: uv }) };

async function simulated(text: string, options: Partial<SimulateOptions> = {}) {
  return simulateSpec(parseSpec(text, "lens.yaml"), { open: opener(files), seed: 1, ...options });
}

async function image(text: string, options: Partial<SimulateOptions> = {}): Promise<SimulatedImaging> {
  return (await simulated(`datasets:${CAMERA}${text}`, options)).datasets[0] as SimulatedImaging;
}

async function array(text: string, options: Partial<SimulateOptions> = {}, dataset = ARRAY) {
  return (await simulated(`datasets:${dataset}${text}`, options)).datasets[0] as SimulatedVisibilities;
}

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const differences = (a: Float64Array, b: Float64Array) => largest(a.map((value, at) => value - b[at]));

describe("an image", () => {
  // The second is centred beyond the top left corner: what is seen of it is its wing, and the PSF brings light over the rim.
  test.each([
    [0.12, -0.2],
    [1.65, -1.45],
  ])("of a Gaussian at (%s, %s) is the Gaussian that the PSF makes of it", async (y, x) => {
    const { grid, image: seen, psf } = await image(gaussian(y, x), { noiseless: true });
    expect(psf.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 14);
    const variance = 0.2 ** 2 + 0.35 ** 2 / (8 * Math.LN2);
    const places = 10;
    const expected = seen.map((_, pixel) => {
      const [i, j] = [Math.floor(pixel / 27), pixel % 27];
      let mean = 0;
      for (let k = 0; k < places * places; k++) {
        const dy = (15 - i + ((k % places) + 0.5) / places - 0.5) * grid.pixelScale - y;
        const dx = (j - 13 + (Math.floor(k / places) + 0.5) / places - 0.5) * grid.pixelScale - x;
        mean += Math.exp((-0.5 * (dy * dy + dx * dx)) / variance) / places ** 2;
      }
      return (3 * 0.2 ** 2 * mean) / variance;
    });
    // The PSF ends at four standard deviations, where a Gaussian has 3e-4 of its light.
    expect(differences(seen, expected) / largest(expected)).toBeLessThan(1e-3);
  });

  test("has the light of as many sub-pixels as it takes, in every voice", async () => {
    const model = buildModel(parseSpec(`datasets:${CAMERA}${LENS}`, "lens.yaml"));
    const grid = pixelGrid([15, 17], 0.15);
    const converged = convergedLight(traceLight(model), grid);
    const everyPixel = Int32Array.from(converged, (_, pixel) => pixel);
    const finest = lightOfPixels(traceLight(model), grid, everyPixel, 64);
    const reference = convergedLight(referenceLight(model), grid);
    converged.forEach((value, pixel) => {
      // Some times what a pixel may still move. In the middle, at a cusp, 64 x 64 sub-pixels alone miss 6e-4.
      expect(Math.abs(value / finest[pixel] - 1), `pixel ${pixel}`).toBeLessThan(pixel === 127 ? 1e-3 : 3e-4);
      // A pixel may have converged earlier in one voice, or else differs by rounding.
      expect(value / reference[pixel], `pixel ${pixel}`).toBeCloseTo(1, 4);
    });
  });

  test("has the noise that its noise map says", async () => {
    const { image: seen, data, noiseMap } = await image(LENS, { seed: 3 });
    expect((await image(LENS, { seed: 3 })).data).toEqual(data);
    expect((await image(LENS, { seed: 4 })).data).not.toEqual(data);
    seen.forEach((value, pixel) => {
      expect(noiseMap[pixel]).toBeCloseTo(Math.sqrt((value + 0.2) / 500), 12);
      // Nothing but whole electrons.
      const counts = (data[pixel] + 0.2) * 500;
      expect(Math.abs(counts - Math.round(counts))).toBeLessThan(1e-8);
    });
    const chiSquared = data.reduce((sum, value, pixel) => sum + ((value - seen[pixel]) / noiseMap[pixel]) ** 2, 0);
    expect(Math.abs(chiSquared - data.length)).toBeLessThan(5 * Math.sqrt(2 * data.length));
    const noiseless = await image(LENS, { noiseless: true });
    expect(noiseless.noiseMap).toEqual(noiseMap);
    expect(differences(noiseless.data, noiseless.image)).toBeLessThan(1e-14);
  });

  test("has no counts below zero", () => {
    const exposure = { exposureTime: 10, backgroundSkyLevel: 0.5, readNoise: 4 };
    const dark = Float64Array.of(0, -0.6);
    expect(() => simulateImaging(dark, exposure, null)).toThrow(/-0.99.* electrons are expected in pixel 1; give more/);
  });

  test("counts read noise too", () => {
    const exposure = { exposureTime: 10, backgroundSkyLevel: 0.5, readNoise: 4 };
    const { data, noiseMap } = simulateImaging(new Float64Array(20_000).fill(1), exposure, randomState(2));
    expect(noiseMap[0]).toBeCloseTo(Math.sqrt(15 + 16) / 10, 14);
    const scatter = data.reduce((sum, value) => sum + ((value - 1) / noiseMap[0]) ** 2, 0) / data.length;
    expect(scatter).toBeCloseTo(1, 1);
  });
});

describe("visibilities", () => {
  test.each([
    [-1, "east"],
    [1, "west"],
  ] as const)("of a Gaussian are a Gaussian with its phase, for sign %s and x toward %s", async (sign, xAxis) => {
    const dataset = `${ARRAY}\n    visibilities_sign: ${sign}\n    x_axis: ${xAxis}`;
    const { visibilities } = await array(gaussian(0.3, -0.4), { noiseless: true }, dataset);
    const sigma = 0.2 * ARCSECOND;
    const flux = (3 * 2 * Math.PI * 0.2 ** 2) / 0.1 ** 2;
    const expected = uv.map((_, at) => {
      const [u, v] = [uv[at & ~1], uv[at | 1]];
      const east = (xAxis === "east" ? -0.4 : 0.4) * ARCSECOND;
      const phase = sign * 2 * Math.PI * (u * east + v * 0.3 * ARCSECOND);
      const amplitude = flux * Math.exp(-2 * (Math.PI * sigma) ** 2 * (u * u + v * v));
      return amplitude * (at % 2 === 0 ? Math.cos(phase) : Math.sin(phase));
    });
    // Beyond the grid, nine standard deviations away, there is nothing; between its points aliases are as small.
    expect(differences(visibilities, expected) / flux).toBeLessThan(1e-12);
  });

  test("through a primary beam, in the reference voice and with noise", async () => {
    const beam = `${ARRAY}\n    primary_beam: { fwhm: 3.0 }`;
    const plain = await array(gaussian(0, 0), { noiseless: true });
    const dimmed = await array(gaussian(0, 0), { noiseless: true, backend: "reference" }, beam);
    // The product of two Gaussians is one, of inverse variances that add up.
    const [a, b] = [1 / 0.2 ** 2, (8 * Math.LN2) / 3 ** 2];
    const scale = Math.sqrt(a / (a + b));
    const stretched = uv.map((value) => value * scale);
    const narrow = { "uv.npy": writeNpy({ dtype: "f8", shape: [300, 2], data: stretched }) };
    const expected = await array(gaussian(0, 0), { noiseless: true, open: opener(narrow) });
    expect(
      differences(
        dimmed.visibilities,
        expected.visibilities.map((value) => value * scale * scale),
      ),
    ).toBeLessThan(1e-9);
    const noisy = await array(gaussian(0, 0));
    expect(noisy.noiseMap).toEqual(new Float64Array(600).fill(0.5));
    const scatter = noisy.visibilities.reduce((sum, value, k) => sum + ((value - plain.visibilities[k]) / 0.5) ** 2, 0);
    expect(Math.abs(scatter - 600)).toBeLessThan(5 * Math.sqrt(2 * 600));
  });
});

describe("what cannot be simulated is refused with its place:", () => {
  const pixelization = `
    pixelization:
      mesh: { type: rectangular_uniform, shape: [5, 5] }
      regularization: { type: constant, coefficient: 1.0 }
`;
  const free = "{ prior: uniform, lower: 0.5, upper: 1.5 }";
  test.each([
    ["a pixelized source", LENS.replace(/\n {4}disk.*\n/, pixelization), /yaml:\d+:\d+: a pixelized source/],
    [
      "a free parameter",
      LENS.replace("einstein_radius: 0.9", `einstein_radius: ${free}`),
      /einstein_radius has no value/,
    ],
    ["a linear intensity", LENS.replace("intensity: 1.0", "intensity: linear"), /source.disk.intensity has no value/],
    [
      "no light",
      gaussian(0, 0).replace(/light:.*/, "mass: { profile: Isothermal, einstein_radius: 1.0 }"),
      /no galaxy has light/,
    ],
    ["more than can be counted", gaussian(0, 0).replace("3.0", "1e30"), /give a fainter model/],
  ])("%s", async (_, text, message) => {
    await expect(image(text)).rejects.toThrow(message);
  });

  test("a dataset that does not say how, and one without noise", async () => {
    const without = CAMERA.replace(/\n {4}simulate.*/, "");
    await expect(simulated(`datasets:${without}${LENS}`)).rejects.toThrow(
      /lens.yaml:2:3: dataset 'hst' has no simulate/,
    );
    const dark = CAMERA.replace("background_sky_level: 0.2", "background_sky_level: 0");
    const nothing = gaussian(0, 0).replace("3.0", "0.0");
    await expect(simulated(`datasets:${dark}${nothing}`)).rejects.toThrow(/its noise is zero/);
    const huge = ARRAY.replace("[50, 50]", "[4096, 4096]");
    await expect(simulated(`datasets:${huge}${LENS}`)).rejects.toThrow(/alma: a grid of 4096 x 4096 pixels/);
    const wide = CAMERA.replace("0.35", "3500");
    await expect(simulated(`datasets:${wide}${LENS}`)).rejects.toThrow(/hst: a PSF with/);
  });
});

const peer = join(import.meta.dirname, "../../../shared/data/sim/imaging_simple");
describe.skipIf(!existsSync(peer))("PyAutoLens' image of a lens (not in this repository)", () => {
  const spec = `
datasets:
  hst:
    type: imaging
    data: image.fits
    noise_map: noise.fits
    psf: psf.fits
    pixel_scale: 0.1
    simulate: { shape: [100, 100], exposure_time: 300, background_sky_level: 0.1 }
galaxies:
  lens:
    redshift: 0.5
    bulge: { profile: Sersic, ell_comps: [0.05263157894736841, 0.0], intensity: 2.0, effective_radius: 0.6, sersic_index: 3.0 }
    mass: { profile: Isothermal, ell_comps: [0.05263157894736841, 0.0], einstein_radius: 1.6 }
    shear: { profile: ExternalShear, gamma_1: 0.05, gamma_2: 0.05 }
  source:
    redshift: 1.0
    bulge: { profile: SersicCore, ell_comps: [0.0962250448649376, -0.05555555555555551], intensity: 4.0, effective_radius: 0.1, sersic_index: 1.0, radius_break: 0.025, gamma: 0.25, alpha: 3.0 }
`;
  const open = async (path: string) => bytesSource(readFileSync(join(peer, path)), path);

  test("is ours but for its noise", async () => {
    const { datasets } = await simulateSpec(parseSpec(spec, "lens.yaml"), { open, seed: 1, noiseless: true });
    const { image: ours, noiseMap } = datasets[0] as SimulatedImaging;
    const file = await openArray(await open("data.fits"), "data");
    const theirs = await readMap(file, [100, 100], { fitsRowZero: "bottom", xAxis: "west" });
    const chiSquared = theirs.reduce((sum, value, pixel) => sum + ((value - ours[pixel]) / noiseMap[pixel]) ** 2, 0);
    expect(Math.abs(chiSquared - 1e4)).toBeLessThan(3 * Math.sqrt(2e4));
    // Its noise is drawn counts turned over: what they were is whole, up to the rim, where our images are one.
    ours.forEach((value, pixel) => {
      const [i, j] = [Math.floor(pixel / 100), pixel % 100];
      // Further in, its over-sampling is coarser.
      if (Math.hypot(i - 49.5, j - 49.5) < 30) return;
      const counts = 300 * (2 * value - theirs[pixel] + 0.1);
      expect(Math.abs(counts - Math.round(counts)), `pixel ${pixel}`).toBeLessThan(0.005);
    });
  });
});
