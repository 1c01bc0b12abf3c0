import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decode } from "fast-png";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ARCSECOND } from "../../src/grid.ts";
import { type FitsOutput, writeFits } from "../../src/io/fits.ts";
import { writeNpy } from "../../src/io/npy.ts";
import { writeNpz } from "../../src/io/npz.ts";
import { runCollecting } from "./collecting-io.ts";

let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "arclet-inspect-"));
});

afterEach(() => rm(directory, { recursive: true }));

async function fits(name: string, ...hdus: FitsOutput[]): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, writeFits(hdus));
  return path;
}

/** What --json reports; that it is one JSON object and that standard error holds no error is checked here. */
// biome-ignore lint/suspicious/noExplicitAny: the shape of the report is what the tests are about.
async function report(...argv: string[]): Promise<any> {
  const { code, stdout, stderr } = await runCollecting(["inspect", "--json", ...argv]);
  expect(stderr).not.toContain("arclet:");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\{.*\}\n$/);
  return JSON.parse(stdout);
}

describe("images", () => {
  test("shape, type, unit, pixel scale and statistics of the finite values", async () => {
    const cards = [
      { keyword: "BUNIT", value: "e-/s" },
      { keyword: "CTYPE1", value: "RA---TAN" },
      { keyword: "CTYPE2", value: "DEC--TAN" },
      { keyword: "CD1_1", value: -0.03 / 3600 },
      { keyword: "CD1_2", value: 0 },
      { keyword: "CD2_1", value: 0.04 / 3600 },
      { keyword: "CD2_2", value: 0.06 / 3600 },
    ];
    const data = Float32Array.of(1, 2, 3, 10, Number.NaN, Number.NEGATIVE_INFINITY);
    const path = await fits("galaxy_data.fits", { data, shape: [2, 3], cards });
    const { arrays, imaging, interferometer } = await report(path);
    expect([imaging, interferometer]).toEqual([[], []]);
    expect(arrays).toHaveLength(1);
    expect(arrays[0]).toMatchObject({ file: path, name: null, role: "data", dtype: "f4", shape: [2, 3], unit: "e-/s" });
    expect(arrays[0]).toMatchObject({ nan: 1, infinite: 1, min: 1, median: 2.5, max: 10 });
    // Columns of the matrix: (-0.03, 0.04) along x and (0, 0.06) along y.
    expect(arrays[0].pixel_scale[0]).toBeCloseTo(0.06, 12);
    expect(arrays[0].pixel_scale[1]).toBeCloseTo(0.05, 12);
    expect(arrays[0].warnings).toEqual(["1 value of 6 NaN: mask them", "1 value of 6 infinite: mask them"]);
  });

  test("signal to noise, without the pixels whose noise cannot be one or marks them as masked", async () => {
    const data = Float64Array.of(1, 100, 50, 60, -7, 8);
    const noise = Float64Array.of(1, 5, 0, 1e9, 1, 2);
    const paths = [
      await fits("image.fits", { data, shape: [2, 3] }),
      await fits("noise.fits", { data: noise, shape: [2, 3] }),
    ];
    const { arrays, imaging } = await report(...paths);
    expect(imaging).toEqual([
      { data: paths[0], noise_map: paths[1], pixels: 4, largest_signal_to_noise: 20, pixels_above_three: 2 },
    ]);
    expect(arrays[1].role).toBe("noise_map");
    expect(arrays[1].warnings).toEqual([
      "noise is zero or negative in 1 value: mask them",
      "noise is more than 1e6 times its median in 1 value: masked pixels, it seems",
    ]);
  });

  test("bands are paired within their directory and by their names", async () => {
    for (const band of ["f150w", "f277w"]) await mkdir(join(directory, band));
    const image: FitsOutput = { data: Float64Array.of(1, 2, 3), shape: [1, 3] };
    const names = ["f150w/data.fits", "f277w/data.fits", "f150w/noise_map.fits", "f277w/noise_map.fits"];
    const also = ["hst_image.fits", "jwst_image.fits", "jwst_noise.fits", "hst_noise.fits"];
    const paths = [];
    for (const name of [...names, ...also]) paths.push(await fits(name, image));
    const { imaging } = await report(...paths);
    expect(imaging.map((pair: { data: string; noise_map: string }) => [pair.data, pair.noise_map])).toEqual([
      [paths[0], paths[2]],
      [paths[1], paths[3]],
      [paths[4], paths[7]],
      [paths[5], paths[6]],
    ]);
  });

  test("a PSF that is even, not normalized, negative or off centre is warned of; a good one is not", async () => {
    const good = new Float64Array(9).fill(0.05);
    good[4] = 0.6;
    const bad = Float64Array.of(0.9, 0.1, -0.1, 0.05);
    const paths = [
      await fits("psf.fits", { data: good, shape: [3, 3] }),
      await fits("psf_even.fits", { data: bad, shape: [2, 2] }),
    ];
    const { arrays } = await report(...paths);
    expect(arrays[0].warnings).toEqual([]);
    expect(arrays[1].warnings.join("\n")).toMatch(/even side.*sums to 0\.95.*negative in 1 pixel/s);
    const shifted = await fits("psf_shifted.fits", { data: Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0), shape: [3, 3] });
    expect((await report(shifted)).arrays[0].warnings).toEqual(["the PSF peaks in row 0, column 0, not in its centre"]);
  });

  test("every HDU and every array of an npz is listed, and an npy", async () => {
    const image: FitsOutput = { data: Int16Array.of(1, 2), shape: [2] };
    const paths = [
      await fits("all.fits", { ...image, name: "SCI" }, { ...image, name: "ERR" }, image),
      join(directory, "some.npz"),
      join(directory, "mask.npy"),
    ];
    const array = { dtype: "u1", shape: [2, 1], data: Uint8Array.of(0, 1) } as const;
    await writeFile(paths[1]!, writeNpz({ psf: array, other: array }));
    await writeFile(paths[2]!, writeNpy(array));
    const { arrays } = await report(...paths);
    const listed = arrays.map(({ name, role, dtype }: Record<string, string>) => [name, role, dtype]);
    expect(listed).toEqual([
      ["SCI", "data", "i2"],
      ["ERR", "noise_map", "i2"],
      ["HDU 2", null, "i2"],
      ["psf", "psf", "u1"],
      ["other", null, "u1"],
      [null, "mask", "u1"],
    ]);
    const { stdout } = await runCollecting(["inspect", ...paths]);
    for (const word of ["SCI", "ERR", "some.npz", "psf", "2 x 1"]) expect(stdout).toContain(word);
  });

  test("a file that is none, or cut short, is wrong input", async () => {
    const whole = writeFits([{ data: new Float64Array(1000), shape: [10, 100] }]);
    for (const [name, bytes] of [
      ["short.fits", whole.subarray(0, 4000)],
      ["text.fits", new TextEncoder().encode("hello")],
      ["empty.npz", new Uint8Array(0)],
      ["packed.fits.gz", Uint8Array.of(0x1f, 0x8b, 8, 0)],
    ] as const) {
      const path = join(directory, name);
      await writeFile(path, bytes);
      const { code, stdout, stderr } = await runCollecting(["inspect", "--json", path]);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^arclet: [^\n]+\n$/);
      expect(stderr).toContain(name);
    }
  });
});

describe("visibilities", () => {
  const SOURCE = { y: 0.8, x: -0.5, flux: 3 };
  const COUNT = 300;

  /** A point source as seen with V = flux exp(sign 2 pi i (u x + v y)), on a spiral of baselines up to 100 kilolambda. */
  function pointSource(sign: -1 | 1) {
    const uv = new Float64Array(2 * COUNT);
    const visibilities = new Float64Array(2 * COUNT);
    for (let k = 0; k < COUNT; k++) {
      const length = (100_000 * (k + 1)) / COUNT;
      uv.set([length * Math.cos(2.4 * k), length * Math.sin(2.4 * k)], 2 * k);
      const phase = sign * 2 * Math.PI * ARCSECOND * (uv[2 * k]! * SOURCE.x + uv[2 * k + 1]! * SOURCE.y);
      visibilities.set([SOURCE.flux * Math.cos(phase), SOURCE.flux * Math.sin(phase)], 2 * k);
    }
    return { uv, visibilities, noise: new Float64Array(2 * COUNT).fill(0.5) };
  }

  async function fitsSet(sign: -1 | 1): Promise<string[]> {
    const { uv, visibilities, noise } = pointSource(sign);
    const shape = [COUNT, 2];
    const cards = [{ keyword: "BUNIT", value: "Jy" }];
    return [
      await fits("cont_data.fits", { data: visibilities, shape, cards }),
      await fits("cont_noise_map.fits", { data: noise, shape, cards }),
      await fits("cont_uv_wavelengths.fits", { data: uv, shape }),
    ];
  }

  test.each([-1, 1] as const)("a point source taken with sign %i is where it is, under that sign", async (sign) => {
    const { interferometer } = await report(...(await fitsSet(sign)));
    expect(interferometer).toHaveLength(1);
    const { count, used, uv_range, resolution, largest_pixel_scale, dirty_map } = interferometer[0];
    expect([count, used]).toEqual([COUNT, COUNT]);
    expect(uv_range[1]).toBeCloseTo(100_000, 6);
    expect(resolution).toBeCloseTo(206_264.806 / 100_000, 5);
    expect(largest_pixel_scale).toBeGreaterThanOrEqual(206_264.806 / 200_000);
    // Every baseline in phase: the flux itself, and a noise of 0.5 / sqrt(300).
    expect(dirty_map.peak).toBeGreaterThan(0.9 * SOURCE.flux);
    expect(dirty_map.peak).toBeLessThanOrEqual(SOURCE.flux);
    expect(dirty_map.noise).toBeCloseTo(0.5 / Math.sqrt(COUNT), 12);
    expect(dirty_map.peak_over_noise).toBeCloseTo(dirty_map.peak / dirty_map.noise, 9);
    const [minus, plus] = dirty_map.signs;
    expect([minus.visibilities_sign, plus.visibilities_sign]).toEqual([-1, 1]);
    const spot = (sign === -1 ? minus : plus).spots[0];
    expect(Math.abs(spot.y - SOURCE.y)).toBeLessThan(dirty_map.pixel_scale / 2 + 1e-9);
    expect(Math.abs(spot.x - SOURCE.x)).toBeLessThan(dirty_map.pixel_scale / 2 + 1e-9);
    const mirrored = (sign === -1 ? plus : minus).spots[0];
    expect([mirrored.y, mirrored.x]).toEqual([-spot.y, -spot.x]);
    expect(dirty_map.note).toContain("outside fact");
  });

  test("an npz with complex arrays, or one noise a visibility, gives the same", async () => {
    const { uv, visibilities, noise } = pointSource(-1);
    const expected = (await report(...(await fitsSet(-1)))).interferometer[0];
    const archive = {
      model_visibilities: { dtype: "c16", shape: [COUNT], data: visibilities.map((value) => -value) },
      visibilities: { dtype: "c16", shape: [COUNT], data: visibilities },
      uv_wavelengths: { dtype: "f8", shape: [COUNT, 2], data: uv },
    } as const;
    const complexNoise = { dtype: "c16", shape: [COUNT], data: noise } as const;
    const realNoise = { dtype: "f8", shape: [COUNT], data: noise.slice(0, COUNT) } as const;
    for (const noise_map of [complexNoise, realNoise]) {
      const path = join(directory, "set.npz");
      await writeFile(path, writeNpz({ ...archive, noise_map }));
      const [found] = (await report(path)).interferometer;
      expect(found.visibilities).toBe(`${path}: visibilities`);
      expect(found.dirty_map).toEqual(expected.dirty_map);
    }
  });

  test("flagged visibilities are left out and counted", async () => {
    const { uv, visibilities, noise } = pointSource(-1);
    visibilities[10] = Number.NaN;
    noise[20] = 0;
    noise[41] = Number.POSITIVE_INFINITY;
    uv[61] = Number.NaN;
    const shape = [COUNT, 2];
    const paths = [
      await fits("data.fits", { data: visibilities, shape }),
      await fits("noise.fits", { data: noise, shape }),
      await fits("uv.fits", { data: uv, shape }),
    ];
    const [{ count, used, dirty_map }] = (await report(...paths)).interferometer;
    expect([count, used]).toEqual([COUNT, COUNT - 4]);
    expect(dirty_map.peak).toBeGreaterThan(0.9 * SOURCE.flux);
  });

  test("--shape and --pixel-scale set the map, and need visibilities", async () => {
    const paths = await fitsSet(-1);
    const [{ dirty_map, warnings }] = (await report("--shape", "20x30", "--pixel-scale", "2.5", ...paths))
      .interferometer;
    expect([dirty_map.shape, dirty_map.pixel_scale]).toEqual([[20, 30], 2.5]);
    expect(warnings).toEqual([expect.stringContaining("wider than the longest baselines resolve")]);
    const without = await runCollecting(["inspect", "--shape", "20", paths[0]!]);
    expect(without.code).toBe(2);
    expect(without.stderr).toMatch(/^arclet: --shape is for a dirty map and these files hold no visibilities; .*\n$/);
  });

  test("--out writes both maps, the second turned by 180 degrees", async () => {
    const out = join(directory, "out");
    const { files } = await report("--out", out, "--shape", "32", ...(await fitsSet(-1)));
    expect(files).toEqual([join(out, "dirty-map.png")]);
    const { width, height, data } = decode(await readFile(files[0]));
    expect([width, height]).toEqual([256 + 8 + 256, 256 + 18]);
    const at = (row: number, column: number) => [
      ...data.slice(3 * (row * width + column), 3 * (row * width + column) + 3),
    ];
    for (const [row, column] of [
      [0, 0],
      [100, 20],
      [250, 131],
    ] as const) {
      expect(at(18 + row, column)).toEqual(at(18 + 255 - row, 264 + 255 - column));
    }
  });

  test("baselines in metres and zero baselines are warned of", async () => {
    const { uv, visibilities, noise } = pointSource(-1);
    const shape = [COUNT, 2];
    const metres = uv.map((value) => value / 100);
    metres.set([0, 0], 0);
    const paths = [
      await fits("data.fits", { data: visibilities, shape }),
      await fits("noise.fits", { data: noise, shape }),
      await fits("uv.fits", { data: metres, shape }),
    ];
    const [{ warnings }] = (await report(...paths)).interferometer;
    expect(warnings.join("\n")).toMatch(/baselines of length zero: 1 .*in metres\?/s);
    const nothing = await fits("uv.fits", { data: new Float64Array(2 * COUNT), shape });
    expect((await report(paths[0]!, paths[1]!, nothing)).interferometer[0].dirty_map).toBeNull();
  });
});

const ALMA = fileURLToPath(new URL("../../../shared/data/alma/spt0346-52/", import.meta.url));

describe.skipIf(!existsSync(ALMA))("SPT0346-52 as ALMA saw it (skipped where ../shared/data is not there)", () => {
  test("the published images are found under visibilities_sign +1 with x to the east", async () => {
    const paths = ["data", "noise_map", "uv_wavelengths"].map((name) => `${ALMA}cont_${name}.fits`);
    const [{ count, dirty_map, uv_range }] = (await report(...paths)).interferometer;
    expect(count).toBe(21_669);
    expect(uv_range[0] / 1000).toBeCloseTo(14.6, 1);
    expect(uv_range[1] / 1000).toBeCloseTo(750, 0);
    expect(dirty_map.peak * 1000).toBeCloseTo(3.6, 1);
    expect(dirty_map.noise * 1000).toBeCloseTo(0.0283, 4);
    const published = [
      [0.95, 0.2],
      [-0.5, 1.1],
      [-1.05, 0],
    ] as const;
    dirty_map.signs[1].spots.forEach((spot: { y: number; x: number }, index: number) => {
      expect(Math.hypot(spot.y - published[index]![0], spot.x - published[index]![1])).toBeLessThan(0.1);
    });
  });
});
