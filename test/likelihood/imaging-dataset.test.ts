import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import type { FitsCard } from "../../src/io/fits.ts";
import { writeFits } from "../../src/io/fits.ts";
import { writeNpz } from "../../src/io/npz.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { type ImagingDataset, readImaging } from "../../src/likelihood/imaging-dataset.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { DATA, NOISE_MAP, observationFile, opener, PSF, PSF_SHAPE, SHAPE, SPEC } from "./imaging-observation.ts";

async function read(files: Readonly<Record<string, Uint8Array>>, ...overrides: string[]): Promise<ImagingDataset> {
  const { hst } = parseSpec(SPEC, "lens.yaml", overrides).datasets;
  if (hst.type !== "imaging") throw new Error("another spec");
  return readImaging("hst", hst, { open: opener(files), kernels: kernelsOf("wasm") });
}

const FROM_NPZ = await read({ "hst.npz": observationFile() });

describe("the same image in whatever order its files hold it", () => {
  const turned = (values: Float64Array, [rows, columns]: readonly number[], upward: boolean, westward: boolean) =>
    values.map((_, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      return values[(upward ? rows - 1 - i : i) * columns + (westward ? columns - 1 - j : j)];
    });
  /** Steps of right ascension and declination with columns and rows, in pixels of 0.2 arcsec. */
  const wcs = (ra: number, dec: number): FitsCard[] =>
    [
      { keyword: "CTYPE1", value: "RA---TAN" },
      { keyword: "CTYPE2", value: "DEC--TAN" },
      { keyword: "CDELT1", value: (ra * 0.2) / 3600 },
      { keyword: "CDELT2", value: (dec * 0.2) / 3600 },
    ] as FitsCard[];
  const FILES = ["data: hst.npz", "noise_map: hst.npz", "psf: hst.npz"];

  async function fromFits(upward: boolean, westward: boolean, cards: FitsCard[], more = ""): Promise<ImagingDataset> {
    const file = (values: Float64Array, shape: readonly number[], own: FitsCard[] = []) => {
      return writeFits([{ data: turned(values, shape, upward, westward), shape, cards: own }]);
    };
    const text = FILES.reduce((spec, line) => spec.replace(line, line.replace(/(\w+): hst.npz/, "$1: $1.fits")), SPEC);
    const { hst } = parseSpec(text.replace("pixel_scale", `${more}pixel_scale`), "lens.yaml").datasets;
    if (hst.type !== "imaging") throw new Error("another spec");
    const files = {
      "data.fits": file(DATA, SHAPE, cards),
      "noise_map.fits": file(NOISE_MAP, SHAPE),
      "psf.fits": file(PSF, PSF_SHAPE),
    };
    return readImaging("hst", hst, { open: opener(files), kernels: kernelsOf("wasm") });
  }

  test("FITS from the bottom, as is the standard", async () => {
    expect(await fromFits(true, false, [])).toEqual(FROM_NPZ);
  });

  test("FITS from the top, as the spec says", async () => {
    expect(await fromFits(false, false, [], "fits_row_zero: top\n    ")).toEqual(FROM_NPZ);
  });

  test("the data's WCS is that of noise and PSF too, where they have none", async () => {
    expect(await fromFits(true, false, wcs(-1, 1), "fits_row_zero: top\n    ")).toEqual(FROM_NPZ);
    expect(await fromFits(false, false, wcs(-1, -1))).toEqual(FROM_NPZ);
    expect(await fromFits(true, true, wcs(1, 1))).toEqual(FROM_NPZ);
    expect(await fromFits(true, true, wcs(-1, 1), "x_axis: east\n    ")).toEqual(FROM_NPZ);
  });

  test("a header with another pixel scale is a warning, one that is rounded is none", async () => {
    const { warnings, ...rest } = await fromFits(true, false, wcs(-1.01, 1.01));
    expect(rest).toEqual((({ warnings: _, ...others }) => others)(FROM_NPZ));
    expect(warnings).toEqual(["pixel_scale is 0.2, the header of data.fits[0] says 0.202"]);
    expect((await fromFits(true, false, wcs(-1.0003, 1))).warnings).toEqual([]);
  });
});

test("the unmasked pixels, with the region around them that the PSF reaches", () => {
  const { nativeIndex, blurringRegion, data, noiseMap, psf, grid } = FROM_NPZ;
  expect(data).toEqual(
    Float64Array.from({ length: nativeIndex.length / 2 }, (_, m) => {
      return DATA[nativeIndex[2 * m] * 23 + nativeIndex[2 * m + 1]];
    }),
  );
  expect([noiseMap.length, grid.shape, psf.shape]).toEqual([data.length, SHAPE, PSF_SHAPE]);
  const kept = (i: number, j: number): boolean => Math.hypot(i - 10, j - 11) < 7.5;
  const reached = Array.from(DATA.keys()).flatMap((pixel) => {
    const [i, j] = [Math.floor(pixel / 23), pixel % 23];
    const near = [-2, -1, 0, 1, 2].some((up) => [-1, 0, 1].some((right) => kept(i + up, j + right)));
    return near && !kept(i, j) ? [i, j] : [];
  });
  expect([...blurringRegion]).toEqual(reached);
});

test("a PSF is divided by its sum unless told otherwise", async () => {
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  expect(sum(FROM_NPZ.psf.values)).toBeCloseTo(1, 15);
  const text = SPEC.replace("psf: hst.npz", "psf: hst.npz\n    normalize_psf: false");
  const { hst } = parseSpec(text, "lens.yaml").datasets;
  if (hst.type !== "imaging") throw new Error("another spec");
  const options = { open: opener({ "hst.npz": observationFile() }), kernels: kernelsOf("wasm") };
  expect((await readImaging("hst", hst, options)).psf.values).toEqual(PSF);
});

describe("pixels with noise of ten million times the median", () => {
  // One inside the mask on the median's side of the limit, two beyond it, one beyond it under the mask.
  const centre = 10 * 23 + 11;
  const noiseMap = NOISE_MAP.slice();
  noiseMap[centre] = 1e5;
  noiseMap[centre + 1] = Number.POSITIVE_INFINITY;
  noiseMap[centre - 1] = 1e8;
  noiseMap[0] = 1e9;
  const data = DATA.slice();
  data[centre + 1] = Number.NaN;

  test("are masked, counted and mentioned, whatever their data", async () => {
    const dataset = await read({ "hst.npz": observationFile({ data, noiseMap }) });
    expect(dataset.flagged).toBe(2);
    expect(dataset.data).toHaveLength(FROM_NPZ.data.length - 2);
    expect(Math.max(...dataset.noiseMap)).toBe(1e5);
    expect(dataset.warnings).toEqual(["2 pixels inside the mask flagged by very large noise, and ignored"]);
    // Their light still reaches their neighbours.
    expect(dataset.blurringRegion).toHaveLength(FROM_NPZ.blurringRegion.length + 4);
  });
});

test("under the mask anything may stand", async () => {
  const outside = (values: Float64Array, value: number) => values.map((old, pixel) => (pixel < 40 ? value : old));
  const file = observationFile({ data: outside(DATA, Number.NaN), noiseMap: outside(NOISE_MAP, -1) });
  expect(await read({ "hst.npz": file })).toEqual(FROM_NPZ);
});

describe("a mask file", () => {
  /** Bad pixels: rows 6 to 8 of columns 9 to 12, around which the mask has a hole. */
  const inHole = (pixel: number, down: number) => {
    const [row, column] = [Math.floor(pixel / 23) - down, pixel % 23];
    return row >= 6 && row < 9 && column >= 9 && column < 13;
  };
  const marked = (array: Float64Array, value: number) => array.map((old, pixel) => (inHole(pixel, 0) ? value : old));

  async function readMasked(down: number, observation: Uint8Array): Promise<ImagingDataset> {
    const outside = (pixel: number) => Math.hypot(Math.floor(pixel / 23) - 10, (pixel % 23) - 11) > 7.5;
    const masked = DATA.map((_, pixel) => (inHole(pixel, down) || outside(pixel) ? 1 : 0));
    const text = SPEC.replace("{ type: circular, radius: 1.5 }", "{ type: file, path: mask.fits }");
    const { hst } = parseSpec(text.replace("pixel_scale", "fits_row_zero: top\n    pixel_scale"), "lens.yaml").datasets;
    if (hst.type !== "imaging") throw new Error("another spec");
    const files = { "hst.npz": observation, "mask.fits": writeFits([{ data: masked, shape: SHAPE }]) };
    return readImaging("hst", hst, { open: opener(files), kernels: kernelsOf("wasm") });
  }

  test("that hides the bad pixels raises no warning", async () => {
    const dataset = await readMasked(0, observationFile({ noiseMap: marked(NOISE_MAP, 1e9) }));
    expect([dataset.flagged, dataset.warnings]).toEqual([0, []]);
  });

  test("that is a row too low keeps a row of flagged pixels, and a warning says what is wrong", async () => {
    const { flagged, warnings } = await readMasked(1, observationFile({ noiseMap: marked(NOISE_MAP, 1e9) }));
    expect(flagged).toBe(4);
    expect(warnings).toEqual([
      "4 pixels inside the mask flagged by very large noise, and ignored",
      "the mask keeps 4 bad pixels, all of which it would hide if it were one row up: is it shifted?",
    ]);
  });

  test.each([
    [
      "NaN data",
      { data: marked(DATA, Number.NaN) },
      /^the mask keeps 4 bad .* is it shifted\?: hst.npz\[data\]: the data are NaN/,
    ],
    [
      "zero noise",
      { noiseMap: marked(NOISE_MAP, 0) },
      /^the mask keeps 4 bad .* shifted\?: hst.npz\[noise_map\]: the noise is 0/,
    ],
  ])("that is a row too low is blamed for %s", async (_, changes, message) => {
    await expect(readMasked(1, observationFile(changes))).rejects.toThrow(message);
    await expect(readMasked(0, observationFile(changes))).resolves.toMatchObject({ warnings: [] });
  });
});

test("light profiles shine into a stamp from beyond its rim: a smaller one has the same likelihood", async () => {
  // Two rows and three columns less at each side: the mask stays, what the PSF reaches around it does not.
  const inside = (pixel: number): boolean => {
    const [row, column] = [Math.floor(pixel / 23), pixel % 23];
    return row >= 2 && row < 19 && column >= 3 && column < 20;
  };
  const cropped = (values: Float64Array) => ({
    dtype: "f8" as const,
    shape: [17, 17],
    data: values.filter((_, pixel) => inside(pixel)),
  });
  const psf = { dtype: "f8" as const, shape: [...PSF_SHAPE], data: PSF };
  const small = writeNpz({ data: cropped(DATA), noise_map: cropped(NOISE_MAP), psf });
  const [whole, part] = await Promise.all(
    [observationFile(), small].map(async (file) => {
      const { datasets, likelihood } = await planSpec(parseSpec(SPEC, "lens.yaml"), {
        open: opener({ "hst.npz": file }),
      });
      const [{ logLikelihood }] = await likelihood.evaluate(new Float64Array(0));
      return { logLikelihood, warnings: (datasets[0] as ImagingDataset).warnings };
    }),
  );
  expect(whole.warnings).toEqual([]);
  expect(part.warnings).toContainEqual(expect.stringContaining("a stamp smaller than mask + PSF"));
  // Positions are rounded otherwise about another shape.
  expect(Math.abs(part.logLikelihood / whole.logLikelihood - 1)).toBeLessThan(1e-12);
});

test("several masks keep what all of them keep", async () => {
  const circle = (x: number) => `{ type: circular, radius: 1.2, centre: [0.0, ${x}] }`;
  const file = { "hst.npz": observationFile() };
  const [left, right] = await Promise.all([-0.3, 0.3].map((x) => read(file, `datasets.hst.mask=${circle(x)}`)));
  const both = await read(file, `datasets.hst.mask=[${circle(-0.3)}, ${circle(0.3)}]`);
  expect(both.mask.masked).toEqual(left.mask.masked.map((masked, pixel) => masked | right.mask.masked[pixel]));
  expect(both.data.length).toBeLessThan(left.data.length);
});

test("an offset moves everything that is in arcseconds, the mask too", async () => {
  const file = { "hst.npz": observationFile() };
  const moved = SPEC.replace("pixel_scale:", "offset: [0.4, -0.2]\n    pixel_scale:")
    .replace("radius: 1.5 }", "radius: 1.5, centre: [0.4, -0.2] }")
    .replace(
      /centre: \[([-.\d]+), ([-.\d]+)\], (ell|int)/g,
      (_, y, x, rest) => `centre: [${+y + 0.4}, ${x - 0.2}], ${rest}`,
    )
    .replace("bulge: { profile: Sersic,", "bulge: { profile: Sersic, centre: [0.4, -0.2],");
  const likelihoods = await Promise.all(
    [SPEC, moved].map(async (text) => {
      const { likelihood } = await planSpec(parseSpec(text, "lens.yaml"), { open: opener(file) });
      return (await likelihood.evaluate(new Float64Array(0)))[0].logLikelihood;
    }),
  );
  expect(likelihoods[1] / likelihoods[0]).toBeCloseTo(1, 10);
});
