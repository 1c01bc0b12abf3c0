import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeCompaction } from "../../src/dataset/compaction-file.ts";
import { writeFits } from "../../src/io/fits.ts";
import { readNpz, writeNpz } from "../../src/io/npz.ts";
import { compacted, observe } from "../likelihood/lensed-observation.ts";
import { runCollecting } from "./collecting-io.ts";
import { type Case, expectRefused, type Files, runsOn } from "./refusals.ts";

const OBSERVATION = observe({ count: 30 });
const COMPACTION = writeCompaction(await compacted(OBSERVATION));

const FILES = `visibilities: data.fits
    noise_map: noise.fits
    uv_wavelengths: uv.fits
    grid: { shape: [14, 15], pixel_scale: 0.2 }`;

const SPEC = `datasets:
  alma:
    type: interferometer
    ${FILES}
    mask: { type: circular, radius: 1.2 }
galaxies:
  lens:
    redshift: 0.5
    mass: { profile: Isothermal, ell_comps: [0.1, 0.05], einstein_radius: 0.9 }
  source:
    redshift: 1.0
    pixelization:
      mesh: { type: rectangular_uniform, shape: [6, 5] }
      regularization: { type: constant, coefficient: 2.0 }
`;

function fits(data: Float64Array, shape: readonly number[] = [data.length / 2, 2]): Uint8Array {
  return writeFits([{ data, shape }]);
}

const GOOD: Files = {
  "lens.yaml": SPEC,
  "data.fits": fits(OBSERVATION.visibilities),
  "noise.fits": fits(OBSERVATION.noiseMap),
  "uv.fits": fits(OBSERVATION.uvWavelengths),
  "alma.npz": COMPACTION,
};

const with7th = (array: Float64Array, value: number): Uint8Array =>
  fits(array.map((old, k) => (k === 13 ? value : old)));
const spec = (from: string, to: string): Files => {
  if (!SPEC.includes(from)) throw new Error(`the spec has no ${from}`);
  return { "lens.yaml": SPEC.replace(from, to) };
};
/** The spec of the compacted dataset, with more keys. */
const compact = (more = ""): Files => ({
  "lens.yaml": SPEC.replace(FILES, `compact: alma.npz${more}`),
});
const maskFile = (mask: Float64Array, shape: readonly number[]): Files => ({
  ...spec("{ type: circular, radius: 1.2 }", "{ type: file, path: mask.fits }"),
  "mask.fits": fits(mask, shape),
});

const { runOn, path: folderOf } = runsOn(GOOD);

test("what the cases below are made from is right", async () => {
  for (const command of ["evaluate", "compact"]) {
    const { code, stderr, written } = await runOn({}, command);
    expect([command, code, stderr]).toEqual([command, 0, ""]);
    expect(written).not.toEqual([]);
  }
  expect((await runOn(compact(), "evaluate")).stderr).toBe("");
});

const { visibilities, noiseMap, uvWavelengths } = OBSERVATION;
const OF_DATA: Readonly<Record<string, Case>> = {
  "a visibility is NaN": [{ "data.fits": with7th(visibilities, Number.NaN) }, "data.fits", "visibility 6 is NaN"],
  "a visibility is infinite": [
    { "data.fits": with7th(visibilities, Number.NEGATIVE_INFINITY) },
    "data.fits",
    "visibility 6 is -Infinity",
  ],
  "a visibility whose square is no number": [{ "data.fits": with7th(visibilities, 1e200) }, "data.fits", "1e+200"],
  "a baseline is NaN": [{ "uv.fits": with7th(uvWavelengths, Number.NaN) }, "uv.fits", "baseline 6 is NaN"],
  "noise is zero": [{ "noise.fits": with7th(noiseMap, 0) }, "noise.fits", "noise of visibility 6 is 0", "flagged"],
  "noise is negative": [{ "noise.fits": with7th(noiseMap, -0.5) }, "noise.fits", "noise of visibility 6 is -0.5"],
  "noise is NaN": [{ "noise.fits": with7th(noiseMap, Number.NaN) }, "noise.fits", "noise of visibility 6 is NaN"],
  "noise is infinite": [{ "noise.fits": with7th(noiseMap, Number.POSITIVE_INFINITY) }, "noise.fits", "is Infinity"],
  "noise whose inverse square is no number": [{ "noise.fits": with7th(noiseMap, 1e-200) }, "noise.fits", "1e-200"],
  "noise whose square is no number": [{ "noise.fits": with7th(noiseMap, 1e200) }, "noise.fits", "1e+200"],
  "lengths differ": [{ "uv.fits": fits(uvWavelengths.slice(2)) }, "uv.fits", "29 rows", "data.fits[0] has 30"],
  "uv of the wrong shape": [{ "uv.fits": fits(uvWavelengths, [2, 30]) }, "uv.fits", "(2, 30)", "(K, 2)"],
  "visibilities of one part": [
    { "data.fits": fits(visibilities.slice(30), [30]) },
    "data.fits[0]: has shape (30)",
    "imaginary",
  ],
  "noise of three axes": [{ "noise.fits": fits(noiseMap, [30, 1, 2]) }, "noise.fits[0]: has shape (30, 1, 2)"],
  "no visibilities": [
    Object.fromEntries(["data.fits", "noise.fits", "uv.fits"].map((name) => [name, fits(new Float64Array(0), [0, 2])])),
    "data.fits",
  ],
  "FITS cut short": [
    { "noise.fits": (GOOD["noise.fits"] as Uint8Array).subarray(0, 2999) },
    "noise.fits",
    "need 480 bytes but 119 are there",
  ],
  "neither FITS nor npz": [{ "data.fits": "u,v,re,im\n1,2,3,4\n" }, "data.fits", "not a FITS, npy or npz file"],
  "an empty file": [{ "uv.fits": "" }, "uv.fits"],
  "npz without the array": [
    {
      ...spec("uv.fits", "uv.npz[uv]"),
      "uv.npz": writeNpz({ wavelengths: { dtype: "f8", shape: [30, 2], data: uvWavelengths } }),
    },
    "uv.npz",
    "no array 'uv'",
    "wavelengths",
  ],
  "npz that is damaged": [{ ...spec("uv.fits", "uv.npz"), "uv.npz": COMPACTION.slice(0, 200) }, "uv.npz"],
  "a file that is not there": [spec("noise.fits", "nose.fits"), "nose.fits", "no such file"],
  "an HDU that is not there": [spec("noise.fits", "noise.fits[3]"), "noise.fits", "none with number 3"],
  "a grid too coarse for the baselines": [
    spec("pixel_scale: 0.2", "pixel_scale: 0.9"),
    "uv.fits",
    "not 0.9",
    Math.max(...uvWavelengths.map(Math.abs)).toPrecision(6),
    "finer grid",
  ],
  "a reference image of another shape": [
    { ...spec("mask:", "recentre: image.fits\n    mask:"), "image.fits": fits(new Float64Array(6), [2, 3]) },
    "image.fits[0]: has shape (2, 3)",
    "(14, 15)",
  ],
};

const OF_SPEC: Readonly<Record<string, Case>> = {
  "an unknown key": [spec("noise_map", "noise_mop"), "lens.yaml:5:5", "noise_mop", "noise_map"],
  "a wrong unit": [spec("pixel_scale: 0.2", "pixel_scale: 0.2 parsec"), "lens.yaml:7:", "pixel_scale", "0.2 parsec"],
  "a key twice": [
    spec("    noise_map: noise.fits\n", "    noise_map: a.fits\n    noise_map: b.fits\n"),
    "lens.yaml:6:5",
  ],
  "no YAML": [spec("redshift: 0.5", "redshift: [0.5"), "lens.yaml:"],
  "an empty spec": [{ "lens.yaml": "" }, "lens.yaml", "datasets"],
  "a sign that is none": [spec("mask:", "visibilities_sign: 2\n    mask:"), "lens.yaml:8:", "visibilities_sign", "2"],
  "a grid without pixels": [spec("[14, 15]", "[0, 15]"), "lens.yaml:7:", "shape", "0"],
  "a grid beyond memory": [spec("[14, 15]", "[1000000, 1000000]"), "lens.yaml:7:", "1000000"],
};

const OF_EVALUATION: Readonly<Record<string, Case>> = {
  "a mask that keeps no pixel": [spec("radius: 1.2", "radius: 0.01"), "datasets.alma", "none of the 14 x 15 pixels"],
  "a mask file that keeps no pixel": [maskFile(new Float64Array(210).fill(1), [14, 15]), "none of the 14 x 15 pixels"],
  "a mask file of another shape": [
    maskFile(new Float64Array(210), [15, 14]),
    "mask.fits[0]: has shape (15, 14)",
    "(14, 15)",
  ],
  "a mask file that is not there": [spec("{ type: circular, radius: 1.2 }", "{ type: file, path: m.fits }"), "m.fits"],
  "a primary beam with a negative value": [
    {
      ...spec("mask:", "primary_beam: { path: beam.fits }\n    mask:"),
      "beam.fits": fits(new Float64Array(210).fill(-2), [14, 15]),
    },
    "beam.fits",
    "-2",
  ],
  "a prior": [
    spec("einstein_radius: 0.9", "einstein_radius: { prior: uniform, lower: 0.5, upper: 2 }"),
    "lens.yaml:12:",
    "galaxies.lens.mass.einstein_radius",
    "--set",
  ],
  "x_axis other than that of the compaction": [compact("\n    x_axis: west"), "alma.npz", "x_axis: east", "west"],
  "a reference image for a compaction without": [compact("\n    recentre: image.fits"), "alma.npz", "recentre"],
  "a grid beside a compaction": [compact("\n    grid: { shape: [14, 15], pixel_scale: 0.2 }"), "lens.yaml:5:", "grid"],
  "a compaction that is cut short": [{ ...compact(), "alma.npz": COMPACTION.slice(0, -99) }, "alma.npz"],
  "a compaction with a byte changed": [
    { ...compact(), "alma.npz": COMPACTION.map((byte, i) => (i === COMPACTION.length >> 1 ? byte ^ 1 : byte)) },
    "alma.npz",
  ],
  "an npz that is no compaction": [
    { ...compact(), "alma.npz": writeNpz({ a: { dtype: "f8", shape: [1], data: new Float64Array(1) } }) },
    "alma.npz",
    "made_for",
    "arclet compact",
  ],
  "a compaction that is not finite": [
    {
      ...compact(),
      "alma.npz": writeNpz({
        ...Object.fromEntries(readNpz(COMPACTION, "alma.npz")),
        weight_sum: { dtype: "f8", shape: [], data: Float64Array.of(Number.NaN) },
      }),
    },
    "alma.npz",
    "weight_sum",
  ],
};

describe("evaluate and compact refuse, and write nothing", () => {
  test.each(Object.entries({ ...OF_DATA, ...OF_SPEC }))("%s", async (_, [files, ...words]) => {
    for (const command of ["evaluate", "compact"]) expectRefused(await runOn(files, command), words);
    expectRefused(await runOn(files, "evaluate", ["--json"]), words);
  });
});

describe("evaluate refuses, and writes nothing", () => {
  test.each(Object.entries(OF_EVALUATION))("%s", async (_, [files, ...words]) => {
    expectRefused(await runOn(files, "evaluate"), words);
  });
});

describe("options", () => {
  const OPTIONS: readonly (readonly string[])[] = [
    ["--threads", "1000"],
    ["--data", "no-such-folder"],
    ["--set", "galaxies.lens.mass.einstein_radus=1"],
    ["--set", "galaxies.lens.mass.einstein_radius=big"],
    ["--set", "nothing"],
  ];
  test.each(OPTIONS)("%s %s", async (option, value) => {
    for (const command of ["evaluate", "compact"]) {
      expectRefused(await runOn({}, command, [option, value]), [value.split("=").at(-1) as string]);
    }
  });

  test("--curvature in a form that nobody knows", async () => {
    expectRefused(await runOn({}, "evaluate", ["--curvature", "dense"]), ["--curvature dense", "w_tilde_dense"]);
  });

  test("a spec that is not there, or is a directory", async () => {
    for (const path of [join(folderOf(), "nothing.yaml"), folderOf()]) {
      for (const command of ["evaluate", "compact"]) {
        const { code, stdout, stderr } = await runCollecting([command, path]);
        expect([code, stdout]).toEqual([2, ""]);
        expect(stderr).toMatch(/^arclet: [^\n]+; [^\n]+\n$/);
        expect(stderr).toContain(path);
      }
    }
  });

  test("compacting what is compacted", async () => {
    expectRefused(await runOn(compact(), "compact"), ["datasets.alma", "alma.npz", "compacted already"]);
  });
});
