import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { nativeFromSlim } from "../../src/dataset/mask.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { type FitsCard, openFits, writeFits } from "../../src/io/fits.ts";
import { toFloat64 } from "../../src/io/ndarray.ts";
import { readNpz } from "../../src/io/npz.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import type { InterferometerDataset } from "../../src/likelihood/interferometer-dataset.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { dirtyImage } from "../../src/operators/dirty-image.ts";
import { visibilities as visibilitiesOf } from "../../src/operators/visibilities.ts";
import { relativeDifference } from "../equivalence/difference.ts";
import { DATA, GALAXIES, NOISE_MAP, observationFile, opener, SHAPE, SPEC } from "../likelihood/imaging-observation.ts";
import { runCollecting } from "./collecting-io.ts";
import { expectRefused, runsOn } from "./refusals.ts";

const [ROWS, COLUMNS] = SHAPE;
const WCS: FitsCard[] = [
  { keyword: "CTYPE1", value: "RA---TAN" },
  { keyword: "CTYPE2", value: "DEC--TAN" },
  { keyword: "CRVAL1", value: 51.25 },
  { keyword: "CRVAL2", value: -52.5 },
  { keyword: "CRPIX1", value: 3.5 },
  { keyword: "CRPIX2", value: 8 },
  // Columns against the x of the grid, which points west, and rows from the top: both are turned.
  { keyword: "CD1_1", value: 0.2 / 3600 },
  { keyword: "CD1_2", value: 0 },
  { keyword: "CD2_1", value: 0 },
  { keyword: "CD2_2", value: -0.2 / 3600 },
];
const columnsTurned = (map: Float64Array): Float64Array =>
  map.map((_, at) => map[Math.floor(at / COLUMNS) * COLUMNS + COLUMNS - 1 - (at % COLUMNS)]);
const dataFile = writeFits([
  { data: columnsTurned(DATA), shape: SHAPE, cards: [...WCS, { keyword: "BUNIT", value: "electron/s" }] },
]);
/** A sharp PSF, so that a model is the sum of its parts without any. */
const archive = observationFile({ psf: Float64Array.from({ length: 15 }, (_, k) => (k === 7 ? 1 : 0)) });
const FITS_SPEC = SPEC.replace("data: hst.npz", "data: data.fits");
const [DISK] = GALAXIES.match(/disk:.*/) as RegExpMatchArray;
const sourceOn = (mesh: string): string =>
  FITS_SPEC.replace(
    DISK,
    `pixelization:
      mesh: ${mesh}
      regularization: { type: constant, coefficient: 2.0 }`,
  ).replace("intensity: 0.5", "intensity: linear");
const OVERLAY = "image_mesh: { type: overlay, shape: [7, 7] }";

const { runOn, path } = runsOn({ "lens.yaml": FITS_SPEC, "hst.npz": archive, "data.fits": dataFile });

async function hdusOf(file: string) {
  const fits = await openFits(bytesSource(readFileSync(join(path(), "out", file)), file));
  const entries = fits.hdus.map(async ({ header }, index) => {
    return [String(header.get("EXTNAME")), { header, ...(await fits.image(index)) }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function colorsIn(file: string): number {
  const { data, channels } = decode(readFileSync(join(path(), "out", file)));
  const colors = new Set<number>();
  for (let at = 0; at < data.length; at += channels) {
    colors.add(data[at] * 65_536 + data[at + 1] * 256 + data[at + 2]);
  }
  return colors.size;
}

async function evaluated(spec: string) {
  const open = opener({ "hst.npz": archive, "data.fits": dataFile });
  const { datasets, likelihood } = await planSpec(parseSpec(spec, "lens.yaml"), { once: true, open });
  const [evaluation] = await likelihood.evaluate(new Float64Array(0), { errors: true });
  return { dataset: datasets[0], evaluation };
}

/** The unmasked pixels of a map in the file's order, in the data's. */
function slimOf(file: Float64Array, nativeIndex: Int32Array): Float64Array {
  const native = columnsTurned(file);
  return Float64Array.from({ length: nativeIndex.length / 2 }, (_, m) => {
    return native[nativeIndex[2 * m] * COLUMNS + nativeIndex[2 * m + 1]];
  });
}

const IMAGING = ["DATA", "NOISE", "MODEL", "RESIDUAL", "NORMALIZED_RESIDUAL", "LENSED_SOURCE", "LENS_LIGHT"];

describe.each([
  ["light profiles", FITS_SPEC],
  ["a Delaunay source and linear light", sourceOn(`{ type: delaunay, ${OVERLAY} }`)],
])("maps of an image under %s", (_, spec) => {
  test("are the evaluation's numbers, laid and placed as the data are", async () => {
    const { code, stdout } = await runOn({ "lens.yaml": spec }, "evaluate", ["--maps", "--json"]);
    expect(code).toBe(0);
    const { files, terms } = JSON.parse(stdout);
    expect(files).toEqual(expect.arrayContaining([expect.stringMatching(/out.hst-maps\.fits$/)]));
    expect(files).toEqual(expect.arrayContaining([expect.stringMatching(/out.hst-maps\.png$/)]));
    const hdus = await hdusOf("hst-maps.fits");
    expect(Object.keys(hdus)).toEqual(IMAGING);
    const { dataset, evaluation } = await evaluated(spec);
    const { nativeIndex } = dataset;
    const maps = Object.fromEntries(Object.entries(hdus).map(([name, { data }]) => [name, slimOf(data, nativeIndex)]));
    for (const [name, { header, shape, data }] of Object.entries(hdus)) {
      expect(shape).toEqual(SHAPE);
      for (const { keyword, value } of WCS) expect(header.get(keyword), keyword).toBe(value);
      expect(header.get("BUNIT")).toBe(name === "NORMALIZED_RESIDUAL" ? undefined : "electron/s");
      expect(data.filter(Number.isNaN).length, name).toBe(ROWS * COLUMNS - nativeIndex.length / 2);
      expect(maps[name].some(Number.isNaN), name).toBe(false);
    }
    // Pixel by pixel those of the data's file.
    const inData = columnsTurned(DATA);
    hdus.DATA.data.forEach((value, pixel) => {
      if (!Number.isNaN(value)) expect(value).toBe(inData[pixel]);
    });
    const [{ image }] = evaluation.datasets;
    expect(maps.MODEL).toEqual(image);
    expect(maps.NOISE).toEqual(slimOf(columnsTurned(NOISE_MAP), nativeIndex));
    expect(maps.RESIDUAL).toEqual(maps.DATA.map((value, m) => value - image[m]));
    const chiSquared = maps.NORMALIZED_RESIDUAL.reduce((sum, value) => sum + value * value, 0);
    expect(chiSquared / terms.chi_squared).toBeCloseTo(1, 12);
    const sum = maps.LENS_LIGHT.map((value, m) => value + maps.LENSED_SOURCE[m]);
    // A sharp PSF by FFT, and voices that differ.
    expect(relativeDifference(sum, image)).toBeLessThan(1e-9);
    expect(colorsIn("hst-maps.png")).toBeGreaterThan(300);
  });
});

describe("maps of datasets that see different light", () => {
  const second = FITS_SPEC.slice(FITS_SPEC.indexOf("  hst:"), FITS_SPEC.indexOf("galaxies:"))
    .replace("hst:", "jwst:")
    .replace("pixel_scale", "flux_scale: 2.5\n    pixel_scale");
  const joint = (galaxies: string) => galaxies.replace("galaxies:", `${second}galaxies:`);
  test.each([
    // A profile of each dataset's own, intensities that each solves for, and light that both see.
    [
      "profiles",
      joint(FITS_SPEC)
        .replace("intensity: 0.5", "datasets: [hst], intensity: linear")
        .replace(
          /disk:.*/,
          (disk) => `${disk}\n    clump: { profile: Gaussian, intensity: linear, sigma: 0.3, datasets: [jwst] }`,
        )
        .replace("    mass:", "    halo: { profile: Gaussian, intensity: 0.2, sigma: 0.5 }\n    mass:"),
    ],
    ["a pixelized source", joint(sourceOn("{ type: rectangular_uniform, shape: [8, 8] }"))],
  ])("%s", async (_, spec) => {
    const { code } = await runOn({ "lens.yaml": spec }, "evaluate", ["--maps", "--json"]);
    expect(code).toBe(0);
    const { dataset, evaluation } = await evaluated(spec);
    for (const { name, image } of evaluation.datasets) {
      const hdus = await hdusOf(`${name}-maps.fits`);
      const [lens, source] = ["LENS_LIGHT", "LENSED_SOURCE"].map((map) => slimOf(hdus[map].data, dataset.nativeIndex));
      const sum = lens.map((value, m) => value + source[m]);
      // As above; NaN is no number below it.
      expect(relativeDifference(sum, image), name).toBeLessThan(1e-9);
    }
  });
});

describe("maps of a source", () => {
  test.each(["delaunay", "voronoi_nearest", "voronoi_natural_neighbor"])("on a mesh %s", async (type) => {
    const spec = sourceOn(`{ type: ${type}, ${OVERLAY} }`);
    expect((await runOn({ "lens.yaml": spec }, "evaluate", ["--maps"])).written).toContain("source-source.fits");
    const { SOURCE, VERTICES, VALUES, ERRORS } = await hdusOf("source-source.fits");
    const { sources } = (await evaluated(spec)).evaluation;
    expect(VERTICES.data).toEqual(sources[0].vertices);
    expect(VALUES.data).toEqual(sources[0].values);
    expect(ERRORS.data).toEqual(sources[0].errors);
    expect(ERRORS.data.every((error) => error > 0)).toBe(true);
    // Interpolation of any kind is a mean: it stays within its vertices, and a vertex shows in the pixel that it is in.
    const finite = SOURCE.data.filter((value) => !Number.isNaN(value));
    expect(finite.length).toBeGreaterThan(SOURCE.data.length / 2);
    expect(Math.max(...finite)).toBeLessThanOrEqual(Math.max(...VALUES.data) + 1e-12);
    const brightest = VALUES.data.indexOf(Math.max(...VALUES.data));
    const place = ([1, 2] as const).map((axis) => {
      const [reference, from, step] = ["CRPIX", "CRVAL", "CDELT"].map((key) => Number(SOURCE.header.get(key + axis)));
      return Math.round((VERTICES.data[2 * brightest + 2 - axis] - from) / step + reference) - 1;
    });
    const value = SOURCE.data[place[1] * SOURCE.shape[1] + place[0]];
    expect(value / VALUES.data[brightest]).toBeGreaterThan(0.9);
  });

  test("on a rectangular mesh are its pixels, the bottom row first, with their places", async () => {
    for (const mesh of ["rectangular_uniform", "rectangular_adapt_density"]) {
      const spec = sourceOn(`{ type: ${mesh}, shape: [5, 4] }`);
      await runOn({ "lens.yaml": spec }, "evaluate", ["--maps"]);
      const { SOURCE, ERRORS, Y, X } = await hdusOf("source-source.fits");
      const [{ vertices, values, errors }] = (await evaluated(spec)).evaluation.sources;
      expect(SOURCE.shape).toEqual([5, 4]);
      expect(SOURCE.header.get("BUNIT")).toBe("electron/s");
      for (let i = 0; i < 5; i++) {
        for (let j = 0; j < 4; j++) {
          const pixel = (4 - i) * 4 + j;
          expect([Y.data[i], X.data[j]]).toEqual([...vertices.slice(2 * pixel, 2 * pixel + 2)]);
          expect(SOURCE.data[i * 4 + j]).toBe(values[pixel]);
          expect(ERRORS.data[i * 4 + j]).toBe(errors![pixel]);
        }
      }
      // Pixels of many sizes have no linear WCS.
      expect(SOURCE.header.get("CDELT1") !== undefined).toBe(mesh === "rectangular_uniform");
      expect(colorsIn("hst-maps.png")).toBeGreaterThan(300);
    }
  });
});

const oracle = resolve(import.meta.dirname, "../oracle");

test("maps of visibilities: what the instrument sees of data, model and residual", async () => {
  const spec = join(oracle, "interferometer.yaml");
  const { code } = await runCollecting(["evaluate", spec, "--maps", "--out", join(path(), "out")]);
  expect(code).toBe(0);
  const hdus = await hdusOf("alma-maps.fits");
  expect(Object.keys(hdus)).toEqual(["DIRTY_DATA", "DIRTY_MODEL", "DIRTY_RESIDUAL", "MODEL", "LENSED_SOURCE"]);
  const { header, shape } = hdus.DIRTY_DATA;
  expect(shape).toEqual([80, 80]);
  // x points east: right ascension grows with the columns, declination with the rows.
  expect(Number(header.get("CDELT1"))).toBeCloseTo(0.05 / 3600, 15);
  expect(Number(header.get("CDELT2"))).toBeCloseTo(0.05 / 3600, 15);
  expect([header.get("CRPIX1"), header.get("CRPIX2")]).toEqual([40.5, 40.5]);
  const topFirst = (map: Float64Array) => map.map((_, at) => map[(79 - Math.floor(at / 80)) * 80 + (at % 80)]);
  const open = async (name: string) => bytesSource(readFileSync(join(oracle, name)), name);
  const { datasets, likelihood } = await planSpec(parseSpec(readFileSync(spec, "utf8"), "alma.yaml"), {
    once: true,
    open,
  });
  const [{ datasets: seen }] = await likelihood.evaluate(new Float64Array(0));
  const { compaction, nativeIndex } = datasets[0] as InterferometerDataset;
  const image = nativeFromSlim(seen[0].image, [80, 80], nativeIndex);
  const model = topFirst(hdus.MODEL.data);
  expect(model.map((value) => (Number.isNaN(value) ? 0 : value))).toEqual(image);
  expect(model.filter(Number.isNaN).length).toBe(6400 - nativeIndex.length / 2);
  // Term by term, from the visibilities themselves.
  const arrays = await readNpz(readFileSync(join(oracle, "interferometer.npz")), "interferometer.npz");
  const [visibilities, noiseMap, uv] = ["visibilities", "noise_map", "uv_wavelengths"].map((name) => {
    return toFloat64(arrays.get(name)!);
  });
  const args = { grid: compaction.grid, uvWavelengths: uv, noiseMap };
  const perWeight = (values: Float64Array) => values.map((value) => value / compaction.sums.weightSum);
  const modelVisibilities = visibilitiesOf({ grid: compaction.grid, image, uvWavelengths: uv });
  const residual = visibilities.map((value, k) => value - modelVisibilities[k]);
  const largest = compaction.largestAmplitude;
  for (const [name, d] of [
    ["DIRTY_DATA", visibilities],
    ["DIRTY_MODEL", modelVisibilities],
    ["DIRTY_RESIDUAL", residual],
  ] as const) {
    const direct = perWeight(dirtyImage({ ...args, visibilities: d }));
    topFirst(hdus[name].data).forEach((value, pixel) => {
      // Rounding is of the visibilities' size, also in the small difference that the residual is.
      expect(Math.abs(value - direct[pixel]) / largest, name).toBeLessThan(1e-11);
    });
  }
  expect(colorsIn("alma-maps.png")).toBeGreaterThan(300);
});

test("--maps without --out is refused before anything is read", async () => {
  const { code, stdout, stderr } = await runCollecting(["evaluate", join(oracle, "interferometer.yaml"), "--maps"]);
  expectRefused({ code, stdout, stderr, written: [] }, ["--maps writes files", "add --out DIR"]);
});

describe("a source in each of two datasets", () => {
  const of = (spec: string) => runOn({ "lens.yaml": spec }, "evaluate", ["--maps"]);
  const two = sourceOn(`{ type: delaunay, ${OVERLAY} }`).replace(/ {2}hst:[\s\S]*?(?=\ngalaxies)/, (one) => {
    return ["hst-b:", "b:"].map((name) => one.replace("hst:", name)).join("\n");
  });

  test("has a file for each", async () => {
    const { written } = await of(two);
    expect(written.filter((name) => name.endsWith("fits"))).toEqual([
      "b-lens.fits",
      "b-maps.fits",
      "hst-b-lens.fits",
      "hst-b-maps.fits",
      "source-b-source.fits",
      "source-hst-b-source.fits",
    ]);
  });

  test("keeps its files apart from those of a galaxy that is called like one of them", async () => {
    const [source] = two.match(/ {2}source:[\s\S]*$/) as RegExpMatchArray;
    const { written } = await of(`${two}${source.replace("source:", "source-hst:")}`);
    expect(written.filter((name) => name.endsWith("-source.fits"))).toEqual([
      "source-hst.b-source.fits",
      "source-hst.hst-b-source.fits",
      "source.b-source.fits",
      "source.hst-b-source.fits",
    ]);
  });
});

test("an input is never overwritten", async () => {
  const link = FITS_SPEC.replace("data.fits", "out/hst-maps.fits");
  await runOn({}, "evaluate", ["--maps"]);
  const { code, stderr } = await runOn({ "lens.yaml": link }, "evaluate", ["--maps"]);
  expect(code).toBe(2);
  expect(stderr).toContain("would overwrite an input");
});
