import { describe, expect, test } from "vitest";
import { writeCompaction } from "../../src/dataset/compaction-file.ts";
import { writeFits } from "../../src/io/fits.ts";
import { DATA, NOISE_MAP, observationFile, PSF, SHAPE, SPEC } from "../likelihood/imaging-observation.ts";
import { compacted, observe } from "../likelihood/lensed-observation.ts";
import { type Case, expectRefused, type Files, runsOn } from "./refusals.ts";

const GOOD: Files = { "lens.yaml": SPEC, "hst.npz": observationFile() };
const { runOn } = runsOn(GOOD);

const spec = (from: string, to: string): Files => {
  if (!SPEC.includes(from)) throw new Error(`the spec has no ${from}`);
  return { "lens.yaml": SPEC.replace(from, to) };
};
/** Row 10, column 12: inside the mask. */
const with242nd = (array: Float64Array, value: number): Float64Array =>
  array.map((old, pixel) => (pixel === 242 ? value : old));
const data = (value: number): Files => ({ "hst.npz": observationFile({ data: with242nd(DATA, value) }) });
const noise = (value: number): Files => ({ "hst.npz": observationFile({ noiseMap: with242nd(NOISE_MAP, value) }) });
const psf = (values: Float64Array, shape: readonly number[]): Files => ({
  ...spec("psf: hst.npz", "psf: psf.fits"),
  "psf.fits": writeFits([{ data: values, shape }]),
});
const compact = writeCompaction(await compacted(observe({ count: 30 })));

test("what the cases below are made from is right", async () => {
  const { code, stderr, written } = await runOn({}, "evaluate");
  expect([code, stderr]).toEqual([0, ""]);
  expect(written).toEqual(["evaluation.json", "evaluation.png"]);
});

const CASES: Readonly<Record<string, Case>> = {
  "data that are NaN": [data(Number.NaN), "hst.npz[data]", "the data are NaN", "row 10, column 12", "mask"],
  "data whose square is no number": [data(1e200), "hst.npz[data]", "1e+200"],
  "noise of zero": [noise(0), "hst.npz[noise_map]", "the noise is 0 in row 10, column 12"],
  "negative noise": [noise(-0.1), "hst.npz[noise_map]", "the noise is -0.1"],
  "noise that is NaN": [noise(Number.NaN), "hst.npz[noise_map]", "the noise is NaN"],
  "noise whose inverse square is no number": [noise(1e-200), "hst.npz[noise_map]", "1e-200"],
  "noise that is all infinite": [
    { "hst.npz": observationFile({ noiseMap: NOISE_MAP.map(() => Number.POSITIVE_INFINITY) }) },
    "none of the 21 x 23 pixels",
  ],
  "noise of another shape": [
    { ...spec("noise_map: hst.npz", "noise_map: n.fits"), "n.fits": writeFits([{ data: NOISE_MAP, shape: [23, 21] }]) },
    "n.fits[0]: has shape (23, 21)",
    "(21, 23)",
  ],
  "data of three axes": [
    { ...spec("data: hst.npz", "data: d.fits"), "d.fits": writeFits([{ data: DATA, shape: [1, ...SHAPE] }]) },
    "d.fits[0]: has shape (1, 21, 23)",
    "2-D",
  ],
  "data without pixels": [
    { ...spec("data: hst.npz", "data: d.fits"), "d.fits": writeFits([{ data: new Float64Array(0), shape: [0, 3] }]) },
    "d.fits",
    "has no image",
  ],
  "an even PSF": [psf(PSF.slice(1), [7, 2]), "psf.fits[0]", "7 x 2 pixels", "odd number"],
  "a PSF of one axis": [psf(PSF, [15]), "psf.fits[0]: has shape (15)"],
  "a PSF with a NaN": [psf(with242nd(PSF, 0).fill(Number.NaN, 4, 5), [5, 3]), "psf.fits[0]", "NaN in row 3, column 1"],
  "a PSF whose sum is zero": [
    psf(
      PSF.map(() => 0),
      [5, 3],
    ),
    "psf.fits[0]",
    "sum is 0",
    "normalize_psf: false",
  ],
  "a PSF beyond memory": [psf(new Float64Array(1025).fill(1), [1, 1025]), "psf.fits[0]", "1025", "crop"],
  "a mask that keeps no pixel": [spec("radius: 1.5", "radius: 0.01, centre: [0.1, 0.1]"), "none of the 21 x 23 pixels"],
  "a file that is not there": [spec("data: hst.npz", "data: nothing.fits"), "nothing.fits", "no such file"],
  "no PSF": [spec("    psf: hst.npz\n", ""), "lens.yaml:2:", "psf is missing"],
  "an unknown key": [spec("noise_map", "noise_mop"), "lens.yaml:5:5", "noise_map"],
  "a pixel scale of zero": [spec("pixel_scale: 0.2", "pixel_scale: 0"), "lens.yaml:7:", "pixel_scale is 0"],
  "normalize_psf that is no truth": [
    spec("pixel_scale", "normalize_psf: 1\n    pixel_scale"),
    "lens.yaml:7:",
    "normalize_psf is 1",
    "give true",
  ],
  "over-sampling of zero": [spec("light: 2", "light: 0"), "lens.yaml:9:", "over_sampling.light is 0", "from 1 to 64"],
  "over-sampling by halves": [spec("light: 2", "light: 1.5"), "over_sampling.light is 1.5"],
  "over-sampling beyond memory": [spec("light: 2", "light: 1000000"), "over_sampling.light is 1000000", "from 1 to 64"],
  "a second dataset that is not right": [
    {
      ...spec("galaxies:", "  alma: { type: interferometer, compact: alma.npz }\ngalaxies:"),
      "alma.npz": compact.slice(0, -99),
    },
    "datasets.alma",
    "alma.npz",
  ],
  "light and mass whose intensity is to be solved for": [
    spec(
      "profile: Sersic, ell_comps: [0.05, -0.1], intensity: 0.5",
      "profile: SersicLightMass, mass_to_light_ratio: 1, intensity: linear",
    ),
    "lens.yaml:13:",
    "galaxies.lens.bulge.intensity",
    "take light and mass apart",
  ],
  "a prior": [
    spec("einstein_radius: 0.9", "einstein_radius: { prior: uniform, lower: 0.5, upper: 2 }"),
    "galaxies.lens.mass.einstein_radius",
    "--set",
  ],
};

describe("evaluate refuses, and writes nothing", () => {
  test.each(Object.entries(CASES))("%s", async (_, [files, ...words]) => {
    expectRefused(await runOn(files, "evaluate"), words);
  });
});

test("compact refuses a spec of images alone, and passes over them in one with visibilities", async () => {
  expectRefused(await runOn({}, "compact"), ["lens.yaml:3:", "dataset 'hst' is imaging"]);
  const both = spec("galaxies:", "  alma: { type: interferometer, compact: alma.npz }\ngalaxies:");
  expectRefused(await runOn({ ...both, "alma.npz": compact }, "compact"), ["datasets.alma", "compacted already"]);
});

test("what may not be meant is a warning on standard error, and in the JSON", async () => {
  const files = noise(Number.POSITIVE_INFINITY);
  const warning = "datasets.hst: 1 pixel inside the mask flagged by very large noise, and ignored";
  const { code, stdout, stderr } = await runOn(files, "evaluate", ["--json"]);
  expect([code, stderr]).toEqual([0, `warning: ${warning}\n`]);
  expect(JSON.parse(stdout)).toMatchObject({ warnings: [warning], datasets: { hst: { flagged_pixels: 1 } } });
});

test.each([
  ["a mask near the rim", spec("radius: 1.5", "radius: 2.0"), 18],
  ["no mask", spec("    mask: { type: circular, radius: 1.5 }\n", ""), 2 * 21 + 4 * 23 - 8],
])("a stamp smaller than mask and PSF is evaluated, and says so: %s", async (_, files, count) => {
  const { code, stdout, stderr } = await runOn(files, "evaluate", ["--json"]);
  expect(stderr).toMatch(
    new RegExp(
      `^warning: datasets.hst: a stamp smaller than mask \\+ PSF: ${count} unmasked pixels are closer to the rim of the 21 x 23 ` +
        "array than half of the 5 x 3 PSF, [^\n]*; give a larger cutout or a smaller mask\n$",
    ),
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout).log_likelihood).toBeTypeOf("number");
});
