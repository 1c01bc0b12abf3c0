import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gaussianPsf } from "../../src/dataset/psf.ts";
import { draws, normal, randomState } from "../../src/inference/rng.ts";
import { writeFits } from "../../src/io/fits.ts";
import { writeNpy } from "../../src/io/npy.ts";
import { runCollecting } from "../cli/collecting-io.ts";

// A spec, the datasets that it is simulated as, and the likelihood of the very same spec under them.
const example = resolve(import.meta.dirname, "../../examples/simulate-hst.yaml");
const folder = mkdtempSync(join(tmpdir(), "arclet-simulate-"));
const at = (...path: string[]) => join(folder, ...path);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function json(...argv: string[]) {
  const { code, stdout, stderr } = await runCollecting([...argv, "--json"]);
  // Of a small scene warnings are right: a mask that cuts arcs, a PSF that is no PSF.
  expect([code, stderr.replace(/^warning: .*\n/gm, "")]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

async function refused(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCollecting(["simulate", ...argv]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^arclet: [^\n]+; [^\n]{8,}\n$/);
  return stderr;
}

const MODEL = `
galaxies:
  lens:
    redshift: 0.5
    mass: { profile: Isothermal, ell_comps: [0.1, 0.05], einstein_radius: 0.9 }
    shear: { profile: ExternalShear, gamma_1: 0.05, gamma_2: -0.03 }
  source:
    redshift: 1.0
    disk: { profile: Sersic, centre: [0.1, -0.05], ell_comps: [0.2, 0.1], intensity: 2.0, effective_radius: 0.2, sersic_index: 1.0 }
`;

/** A camera and an interferometer, x toward east in both, with a mask, a lopsided PSF and baselines from files. */
const BOTH = `
datasets:
  hst:
    type: imaging
    data: hst.fits
    noise_map: hst.fits[1]
    psf: psf.fits
    pixel_scale: 0.1
    x_axis: east
    mask: { type: file, path: mask.npy }
    over_sampling: { light: 8 }
    simulate: { shape: [41, 43], exposure_time: 1000, background_sky_level: 0.5 }
  alma:
    type: interferometer
    visibilities: alma.fits
    noise_map: alma.fits[1]
    uv_wavelengths: uv.npy
    visibilities_sign: 1
    grid: { shape: [64, 64], pixel_scale: 0.08 }
    simulate: { noise_sigma: 20.0 }
${MODEL}`;

beforeAll(() => {
  writeFileSync(at("both.yaml"), BOTH);
  const { shape, values } = gaussianPsf(0.25, 0.1);
  const lopsided = values.map((value, k) => value * (1 + (k % 7) / 7 + k / values.length));
  writeFileSync(at("psf.fits"), writeFits([{ data: lopsided, shape }]));
  const mask = Float64Array.from({ length: 41 * 43 }, (_, k) =>
    Number(Math.hypot(Math.floor(k / 43) - 20, (k % 43) - 21) > 15),
  );
  writeFileSync(at("mask.npy"), writeNpy({ dtype: "f8", shape: [41, 43], data: mask }));
  const uv = draws(randomState(8), 2 * 1500, normal).map((value) => 1.5e5 * value);
  writeFileSync(at("uv.npy"), writeNpy({ dtype: "f8", shape: [1500, 2], data: uv }));
});

/** chi^2 over its expectation, in its standard deviations: of n data about n, with a scatter of sqrt(2 n). */
const excess = (chiSquared: number, count: number) => Math.abs(chiSquared - count) / Math.sqrt(2 * count);

describe("arclet simulate", () => {
  test("makes the example, which evaluates to chi^2 of one a pixel at the truth and to much more elsewhere", async () => {
    const made = await json("simulate", example, "--out", at("hst"), "--seed", "1");
    expect(made).toMatchObject({
      seed: 1,
      backend: "traced",
      datasets: { hst: { shape: [100, 100], psf_shape: [9, 9] } },
    });
    expect(readdirSync(at("hst")).toSorted()).toEqual([
      "hst.png",
      "image.fits",
      "noise.fits",
      "psf.fits",
      "simulate-hst.yaml",
    ]);
    const copy = at("hst", "simulate-hst.yaml");
    expect(readFileSync(copy, "utf8")).toBe(readFileSync(example, "utf8"));
    const truth = await json("evaluate", copy);
    expect(truth.warnings).toEqual([]);
    expect(excess(truth.terms.chi_squared, truth.datasets.hst.image_pixels)).toBeLessThan(4);
    const wrong = await json("evaluate", copy, "--set", "galaxies.lens.mass.einstein_radius=1.42");
    expect(wrong.terms.chi_squared).toBeGreaterThan(2 * truth.terms.chi_squared);
    const { stdout } = await runCollecting(["inspect", at("hst", "image.fits")]);
    expect(stdout).toContain('pixel scale 0.05" x 0.05"');
    expect(stdout).toContain("electron/s");
    const header = readFileSync(at("hst", "image.fits"), "latin1");
    for (const card of ["SEED    =                    1", "EXPTIME", "SKYLEVEL", "CRPIX1  =                 50.5"]) {
      expect(header).toContain(card);
    }
  });

  test("makes the example of an array, baselines and all", async () => {
    const alma = resolve(import.meta.dirname, "../../examples/simulate-alma.yaml");
    await json("simulate", alma, "--out", at("alma"));
    const copy = at("alma", "simulate-alma.yaml");
    const truth = await json("evaluate", copy);
    expect(excess(truth.terms.chi_squared, 2 * 9030)).toBeLessThan(4);
    const wrong = await json("evaluate", copy, "--set", "galaxies.lens.mass.einstein_radius=1.02");
    expect(wrong.terms.chi_squared).toBeGreaterThan(2 * truth.terms.chi_squared);
  });

  test("makes the same bytes of the same seed, others of another", async () => {
    const bytes = async (name: string, ...options: string[]) => {
      const { files } = await json("simulate", at("both.yaml"), "--out", at(name), ...options);
      return files.map((file: string) => readFileSync(file).toString("base64"));
    };
    const first = await bytes("a", "--seed", "5");
    expect(await bytes("b", "--seed", "5", "--threads", "2")).toEqual(first);
    expect(await bytes("c", "--seed", "6")).not.toEqual(first);
  });

  test("takes orientation, PSF, mask and baselines as an evaluation does", async () => {
    await json("simulate", at("both.yaml"), "--out", at("both"), "--seed", "2");
    const { datasets } = await json("evaluate", at("both", "both.yaml"));
    expect(excess(datasets.hst.terms.chi_squared, datasets.hst.image_pixels)).toBeLessThan(4);
    expect(excess(datasets.alma.terms.chi_squared, 2 * 1500)).toBeLessThan(4);
    for (const [path, value] of [
      ["mass.ell_comps", "[0.1, -0.05]"],
      ["mass.einstein_radius", "0.92"],
      ["shear.gamma_2", "0.03"],
    ]) {
      const wrong = (await json("evaluate", at("both", "both.yaml"), "--set", `galaxies.lens.${path}=${value}`))
        .datasets;
      expect(wrong.hst.terms.chi_squared, path).toBeGreaterThan(1.5 * datasets.hst.terms.chi_squared);
      expect(wrong.alma.terms.chi_squared, path).toBeGreaterThan(1.5 * datasets.alma.terms.chi_squared);
    }
  });

  test("puts --set into the copy of the spec, and may leave out the noise", async () => {
    const overrides = [
      "galaxies.lens.mass.einstein_radius=1.1",
      "datasets.hst.data=hst.npz",
      "datasets.hst.noise_map=hst.npz",
    ];
    // Beside an image of npz, which has its first row at the top, a PSF without a WCS lies as its spec says.
    const set = overrides.flatMap((override) => ["--set", override]);
    const made = await json("simulate", at("both.yaml"), "--out", at("set"), "--noiseless", ...set);
    expect(made.seed).toBe(null);
    const { datasets } = await json("evaluate", at("set", "both.yaml"));
    // What is left is what over-sampling of 8, and visibilities from the centres of pixels, are wrong by.
    expect(datasets.hst.terms.chi_squared).toBeLessThan(0.01 * datasets.hst.image_pixels);
    expect(datasets.alma.terms.chi_squared).toBeLessThan(0.01 * 3000);
  });

  test("tells people what it made", async () => {
    const { code, stdout, stderr } = await runCollecting(["simulate", at("both.yaml"), "--out", at("people")]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^hst: 41 x 43 pixels of 0.1 arcsec, signal to noise up to \d+/);
    expect(stdout).toContain("alma: 1500 visibilities with noise of 20\n");
    expect(stdout).toContain(`evaluate it with arclet evaluate ${at("people", "both.yaml")}`);
    expect(stdout).not.toMatch(/null|undefined|NaN/);
  });
});

describe("arclet simulate refuses", () => {
  test("to overwrite anything", async () => {
    await json("simulate", example, "--out", at("once"));
    const before = readFileSync(at("once", "image.fits"));
    expect(await refused(example, "--out", at("once"), "--seed", "9")).toContain("there is such a file already");
    expect(readFileSync(at("once", "image.fits"))).toEqual(before);
    copyFileSync(example, at("here.yaml"));
    expect(await refused(at("here.yaml"), "--out", folder)).toContain("there is such a file already");
    expect(readdirSync(folder)).not.toContain("image.fits");
  });

  test.each([
    ["names in folders", "datasets.hst.data=../image.fits", "the spec names ../image.fits, in a folder"],
    ["an output that is an input", "datasets.hst.data=psf.fits", "psf.fits is to be read and to be written"],
    ["two arrays in one place", "datasets.hst.data=alma.fits", "have one place in alma.fits"],
    ["HDUs with gaps", "datasets.alma.noise_map=alma.fits[2]", "nothing is HDU 1"],
    ["a file that is not there", "datasets.hst.psf=none.fits", "none.fits: there is no such file"],
    [
      "a compact dataset",
      "datasets.alma={type: interferometer, compact: a.npz, simulate: {noise_sigma: 1}}",
      "compacted afterwards",
    ],
    ["an unknown key", "datasets.alma.simulate={noise_sigmaa: 1}", "noise_sigma"],
    [
      "too many baselines",
      "datasets.alma.simulate={noise_sigma: 1, earth_rotation: {antennas: 1000, longest_baseline: 1.0e+6, declination: 0, hours: 1, integrations: 99}}",
      "at most 4194304 visibilities together",
    ],
    ["no exposure", "datasets.hst.simulate.exposure_time=0", "give the positive exposure time"],
    ["an enormous image", "datasets.hst.simulate.shape=[100000, 100000]", "at most 4194304 together"],
  ])("%s", async (name, set, message) => {
    const out = at(`refused-${name.replaceAll(" ", "-")}`);
    expect(await refused(at("both.yaml"), "--out", out, "--set", set)).toContain(message);
    expect(() => readdirSync(out)).toThrow();
  });
});
