import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { buildModel } from "../../src/model/model.ts";
import { errorInSpec, parseSpec } from "../../src/model/parse-spec.ts";
import { valueFromUnit } from "../../src/model/prior.ts";
import { EXAMPLE } from "./example-spec.ts";

/** What parsing a text is refused with. */
function refusal(text: string, overrides: readonly string[] = []): InputError {
  try {
    parseSpec(text, "lens.yaml", overrides);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

const REGULARIZATION = "{ type: constant, coefficient: { prior: log_uniform, lower: 1.0e-3, upper: 1.0e+3 } }";

/** The example with one piece of its text replaced. */
function changed(from: string, to: string): string {
  const text = EXAMPLE.replace(from, to);
  if (text === EXAMPLE) throw new Error(`the example has no ${from}`);
  return text;
}

describe("a good spec", () => {
  test("is read in full", () => {
    const { places, ...spec } = parseSpec(EXAMPLE, "lens.yaml");
    expect(spec).toEqual({
      datasets: {
        alma: {
          type: "interferometer",
          data: {
            kind: "visibilities",
            visibilities: { format: "fits", path: "data.fits", hdu: undefined },
            noiseMap: { format: "fits", path: "noise.fits", hdu: 1 },
            uvWavelengths: { format: "npz", path: "uv.npz", array: "uv" },
            grid: { shape: [100, 90], pixelScale: 0.05, origin: [0.1, -0.2] },
            visibilitiesSign: -1,
            xAxis: "east",
          },
          mask: [{ type: "circular", radius: 2.5, centre: [0, 0] }],
          fitsRowZero: "bottom",
          primaryBeam: { fwhm: 30 },
          recentre: undefined,
        },
      },
      galaxies: {
        lens: {
          redshift: 0.5,
          pixelization: undefined,
          profiles: {
            bulge: {
              kind: "light",
              profile: "Sersic",
              parameters: {
                centre: [0, 0],
                ellComps: [0, 0],
                intensity: "linear",
                effectiveRadius: 0.8,
                sersicIndex: 4,
              },
            },
            mass: {
              kind: "mass",
              profile: "Isothermal",
              parameters: {
                centre: [{ prior: "gaussian", mean: 0, sigma: 0.05 }, 0.02],
                ellComps: [0.1, { prior: "uniform", lower: -0.2, upper: 0.3 }],
                einsteinRadius: { prior: "log_uniform", lower: 0.5, upper: 2.5 },
              },
            },
            shear: { kind: "mass", profile: "ExternalShear", parameters: { gamma1: 0.03, gamma2: -0.04 } },
          },
        },
        source: {
          redshift: 1,
          profiles: {},
          pixelization: {
            mesh: { type: "rectangular_uniform", shape: [30, 20], edges: "extrapolate" },
            regularization: {
              type: "constant",
              values: { coefficient: { prior: "log_uniform", lower: 1e-3, upper: 1e3 } },
              maximize: false,
            },
            shared: false,
            border: "keep",
            edgePixels: "free",
            adaptImage: undefined,
          },
        },
      },
      assertions: [],
      search: {
        method: "nested",
        options: { livePoints: 200 },
        stop: { evaluations: Infinity },
        meshes: 1,
      },
      settings: { evidence: "pyautolens", positiveOnly: true },
    });
    expect(places["galaxies.lens.mass.ell_comps.0"]).toBe("lens.yaml:18:19");
  });

  test("is plain data", () => {
    const spec = parseSpec(EXAMPLE, "lens.yaml");
    expect(structuredClone(spec)).toEqual(spec);
  });

  test("may say less", () => {
    const { datasets, settings, search } = parseSpec(
      "{datasets: {a: {type: interferometer, compact: a.npz}}, galaxies: {s: {redshift: 1}}}",
      "lens.yaml",
    );
    expect(datasets.a).toMatchObject({ data: { kind: "compact", compact: { path: "a.npz" } }, mask: [] });
    expect(settings).toEqual({ evidence: "exact", positiveOnly: false });
    expect(search).toBeUndefined();
  });

  test.each([
    ["{ type: annular, inner_radius: 0.5, outer_radius: 2, centre: [1, 2] }", { innerRadius: 0.5, outerRadius: 2 }],
    [
      "{ type: elliptical, major_axis_radius: 2, axis_ratio: 0.6, angle: 30 }",
      { majorAxisRadius: 2, axisRatio: 0.6, angle: 30, centre: [0, 0] },
    ],
    ["{ type: file, path: mask.fits, invert: true }", { path: { format: "fits", path: "mask.fits" }, invert: true }],
  ])("takes the mask %s", (mask, wanted) => {
    const spec = parseSpec(changed("{ type: circular, radius: 2.5 }", mask), "lens.yaml");
    expect(spec.datasets.alma.mask).toMatchObject([wanted]);
  });

  test.each([
    ["maximize", { type: "constant", values: {}, maximize: true }],
    ["3.5", { type: "constant", values: { coefficient: 3.5 }, maximize: false }],
  ])("takes the coefficient %s", (given, wanted) => {
    const text = changed("{ prior: log_uniform, lower: 1.0e-3, upper: 1.0e+3 }", given);
    expect(parseSpec(text, "lens.yaml").galaxies.source.pixelization?.regularization).toEqual(wanted);
  });

  test.each([
    ["{ type: zeroth, coefficient: maximize }", { type: "zeroth", values: {}, maximize: true }],
    [
      "{ type: constant_zeroth, coefficient: 2, coefficient_zeroth: 0.1 }",
      { type: "constant_zeroth", values: { coefficient: 2, coefficientZeroth: 0.1 }, maximize: false },
    ],
    [
      "{ type: gaussian_kernel, coefficient: 2, scale: 50 mas }",
      { type: "gaussian_kernel", values: { coefficient: 2, scale: 0.05 }, maximize: false },
    ],
    [
      "{ type: matern_kernel, coefficient: 2, scale: 0.1, nu: { prior: uniform, lower: 1, upper: 3 } }",
      {
        type: "matern_kernel",
        values: { coefficient: 2, scale: 0.1, nu: { prior: "uniform", lower: 1, upper: 3 } },
        maximize: false,
      },
    ],
    [
      "{ type: adaptive_brightness, inner_coefficient: 1, outer_coefficient: 100, signal_scale: 0.5 }\n      adapt_image: a.npy",
      {
        type: "adaptive_brightness",
        values: { innerCoefficient: 1, outerCoefficient: 100, signalScale: 0.5 },
        maximize: false,
      },
    ],
  ])("takes the regularization %s", (given, wanted) => {
    const { galaxies } = parseSpec(changed(REGULARIZATION, given), "lens.yaml");
    expect(galaxies.source.pixelization?.regularization).toEqual(wanted);
  });

  test.each([
    ["source.npz[arcs]", { file: { format: "npz", path: "source.npz", array: "arcs" } }],
    ["{ alma: a.npy }", { files: { alma: { format: "npy", path: "a.npy" } } }],
  ])("takes the adapt image %s", (given, wanted) => {
    const { galaxies } = parseSpec(
      changed(REGULARIZATION, `${REGULARIZATION}\n      adapt_image: ${given}`),
      "lens.yaml",
    );
    expect(galaxies.source.pixelization?.adaptImage).toEqual(wanted);
  });

  test("may be of imaging, and may use anchors", () => {
    const text = `
datasets:
  hst: { type: imaging, data: a.fits, noise_map: b.fits, psf: c.fit, pixel_scale: 0.05, over_sampling: { light: 4 } }
galaxies:
  lens: { redshift: 0.5, a: &mass { profile: Isothermal, einstein_radius: 1 }, b: *mass }
`;
    const spec = parseSpec(text, "lens.yaml");
    expect(spec.datasets.hst).toMatchObject({ xAxis: "west", overSampling: { light: 4, source: 1 } });
    expect(spec.galaxies.lens.profiles.b).toEqual(spec.galaxies.lens.profiles.a);
  });

  test("locates what shows only later", () => {
    const spec = parseSpec(EXAMPLE, "lens.yaml");
    const error = errorInSpec(spec, "galaxies.lens.bulge.intensity", "likelihood/linear", "linear", "give a number");
    expect(error.message).toBe("lens.yaml:14:42: linear; give a number");
    expect(errorInSpec(spec, "settings.nowhere.at.all", "a/b", "c", "d").where).toBe("lens.yaml:27:11");
  });
});

/** What replaces what, with ‸ where that is refused, and what the message must hold: the key, the value, the remedy. */
const WRONG: readonly [from: string, to: string, ...parts: string[]][] = [
  // Keys
  ["einstein_radius:", "‸einsten_radius:", "'einsten_radius'", "galaxies.lens.mass", "mean 'einstein_radius'"],
  ["redshift: 0.5", "‸redshfit: 0.5", "'redshfit'", "mean 'redshift'", "pixelization"],
  ["pixelization:", "‸pixelisation:", "'pixelisation'", "mean 'pixelization'"],
  ["search:", "‸serch:", "'serch'", "mean 'search'", "datasets, galaxies, search, settings"],
  ["radius: 2.5 }", "radius: 2.5, ‸size: 3 }", "'size'", "datasets.alma.mask", "type, radius, centre"],
  ["profile: Isothermal", "‸profle: Isothermal", "'profle'", "mean 'profile'"],
  ["upper: 0.3", "‸uper: 0.3", "'uper'", "mean 'upper'"],
  ["redshift: 1.0", "redshift: 1.0\n    ‸redshift: 2.0", "galaxies.source.redshift is given twice"],
  ["  source:", "  ‸so.urce:", '"so.urce"', "letters, digits"],
  ["    shear:", "    ‸she.ar:", '"she.ar"', "letters, digits"],
  ["search:", "? ‸[a]\n:", "not a plain word"],
  ["search:", "‸__proto__:", "not a plain word"],
  // Missing
  ["  source:\n    redshift: 1.0\n", "  ‸source:\n", "galaxies.source.redshift is missing"],
  [
    "bulge: { profile: Sersic, intensity: linear, effective_radius: 0.8, ",
    "bulge: ‸{ profile: Sersic, intensity: linear, ",
    ...["bulge.effective_radius is missing", "half of the light", "arcsec"],
  ],
  [
    "    mass:\n      profile: Isothermal\n",
    "    ‸mass:\n",
    "mass.profile is missing",
    "give one of Isothermal, IsothermalSph,",
  ],
  [
    "  alma:\n    type: interferometer\n    visibilities: data.fits\n",
    "  ‸alma:\n    type: interferometer\n",
    ...["datasets.alma.visibilities is missing", "file.fits[1]"],
  ],
  ["  alma:\n    type: interferometer\n", "  ‸alma:\n", "datasets.alma.type is missing", "imaging, interferometer"],
  ["grid: { shape: [100, 90], pixel_scale: 50 mas", "grid: ‸{ shape: [100, 90]", "grid.pixel_scale is missing"],
  // Words
  ["profile: Isothermal", "profile: ‸Isotermal", '"Isotermal"', "mean 'Isothermal'", "Sersic"],
  ["type: interferometer", "type: ‸interferometr", '"interferometr"', "mean 'interferometer'"],
  ["type: circular", "type: ‸round", '"round"', "circular, annular, elliptical, file"],
  ["type: rectangular_uniform", "type: ‸voronoi", '"voronoi"', "rectangular_uniform"],
  ["edges: extrapolate", "edges: ‸clip", '"clip"', "clamp, extrapolate"],
  ["evidence: pyautolens", "evidence: ‸exat", '"exat"', "mean 'exact'"],
  ["positive_only: true", "positive_only: ‸yes", '"yes"', "true or false"],
  ["prior: uniform", "prior: ‸flat", '"flat"', "uniform, log_uniform, gaussian"],
  ["intensity: linear", "intensity: ‸liner", '"liner"', "mean 'linear'"],
  ["    mask:", "    visibilities_sign: ‸2\n    mask:", "visibilities_sign is 2", "-1, 1"],
  ["    mask:", "    x_axis: ‸left\n    mask:", '"left"', "east, west"],
  ["    mask:", "    fits_row_zero: ‸up\n    mask:", '"up"', "bottom, top"],
  // Numbers and units
  ["radius: 2.5", "radius: ‸-1", "datasets.alma.mask.radius is -1", "positive"],
  ["radius: 2.5", "radius: ‸3 pixels", '"3 pixels"', "units arcsec, mas, arcmin"],
  ["radius: 2.5", "radius: ‸0.05 kpc", '"0.05 kpc"', "units arcsec, mas, arcmin"],
  ["radius: 2.5", "radius: ‸2 rad", '"2 rad"', "units arcsec, mas, arcmin"],
  ["radius: 2.5", "radius: ‸.nan", "NaN"],
  ["radius: 2.5", "radius: ‸.inf", "Infinity"],
  ["radius: 2.5", "radius: ‸1e400", "Infinity"],
  ["radius: 2.5 }", "radius: ‸}", "empty"],
  ["radius: 2.5", "radius: ‸[1]", "[1]"],
  ["sersic_index: 4.0", "sersic_index: ‸4 arcsec", '"4 arcsec"', "de Vaucouleurs"],
  ["redshift: 0.5", "redshift: ‸-0.5", "-0.5", "zero or more"],
  ["effective_radius: 0.8", "effective_radius: ‸0", "from 0.00001 to 1000 arcsec"],
  ["gamma_1: 0.03", "gamma_1: ‸3", "gamma_1 is 3", "from -1 to 1"],
  ["shape: [100, 90]", "shape: [100, ‸1.5]", "datasets.alma.grid.shape.1 is 1.5", "[rows, columns]"],
  ["shape: [100, 90]", "shape: [‸0, 90]", "shape.0 is 0"],
  ["shape: [100, 90]", "shape: ‸100", "shape is 100"],
  ["shape: [100, 90]", "shape: ‸[100, 90, 2]", "shape is [100,90,2]"],
  ["shape: [100, 90]", "shape: ‸[100000, 100000]", "16777216"],
  ["shape: [30, 20]", "shape: ‸[1000, 1000]", "10000"],
  [
    "{ prior: uniform, lower: -0.2, upper: 0.3",
    "‸{ prior: uniform, lower: -0.2, upper: -0.3",
    "upper larger than lower",
  ],
  ["upper: 0.3", "upper: ‸1.3", "from -1 to 1"],
  ["lower: 500 mas", "lower: ‸0", "above zero"],
  ["sigma: 50 mas", "sigma: ‸-50 mas", "positive sigma"],
  ["coefficient: { prior: log_uniform, lower: 1.0e-3, upper: 1.0e+3 }", "coefficient: ‸0", "above zero"],
  ["coefficient: { prior: log_uniform, lower: 1.0e-3, upper: 1.0e+3 }", "coefficient: ‸max", "maximize"],
  [REGULARIZATION, "{ type: ‸matern_kernal, coefficient: 1 }", "did you mean 'matern_kernel'"],
  [REGULARIZATION, "‸{ type: matern_kernel, coefficient: 1, scale: 1 }", "nu is missing", "smoothness"],
  [REGULARIZATION, "{ type: matern_kernel, coefficient: 1, scale: 1, nu: ‸0 }", "nu is 0", "from 0.01 to 100"],
  [REGULARIZATION, "{ type: gaussian_kernel, coefficient: 1, scale: ‸-1 }", "scale is -1", "above zero arcsec"],
  [REGULARIZATION, "{ type: gaussian_kernel, coefficient: 1, ‸nu: 1 }", "unknown key 'nu'"],
  [REGULARIZATION, "{ type: constant_zeroth, coefficient: ‸maximize, coefficient_zeroth: 1 }", '"maximize"'],
  [REGULARIZATION, "‸{ type: constant_split, coefficient: 1 }", "crosses"],
  [
    REGULARIZATION,
    "‸{ type: adaptive_brightness, inner_coefficient: 1, outer_coefficient: 1, signal_scale: 1 }",
    "give adapt_image beside it",
  ],
  [REGULARIZATION, "{ type: adaptive_brightness, ‸coefficient: 1 }", "unknown key 'coefficient'"],
  [REGULARIZATION, `${REGULARIZATION}\n      adapt_image: ‸source.txt`, "file.fits"],
  [REGULARIZATION, `${REGULARIZATION}\n      adapt_image: ‸{}`, "a map from datasets to files"],
  ["ell_comps: [0.1, {", "ell_comps: ‸[0.1, 0.1, {", "[e0, e1]"],
  ["ell_comps: [0.1, { prior: uniform, lower: -0.2, upper: 0.3 }]", "ell_comps: ‸[0.9, 0.9]", "shorter than 1"],
  ["centre: [{ prior: gaussian, mean: 0.0, sigma: 50 mas }, 0.02]", "centre: ‸0.1", "[y, x]"],
  ["{ type: circular, radius: 2.5 }", "‸{ type: annular, inner_radius: 2, outer_radius: 1 }", "larger than inner"],
  [
    "{ type: circular, radius: 2.5 }",
    "{ type: elliptical, major_axis_radius: 2, axis_ratio: ‸1.5 }",
    "minor to major axis",
  ],
  ["{ type: circular, radius: 2.5 }", "‸3", "mask is 3", "circular | annular | elliptical | file"],
  // Files
  ["data.fits", "‸data.txt", '"data.txt"', "file.npz[name]"],
  ["noise.fits[1]", "‸noise.fits[one]", '"noise.fits[one]"'],
  ["noise.fits[1]", "‸noise.fits[1", '"noise.fits[1"'],
  ["data.fits", '‸"da\\0ta.fits"', "\\u0000"],
  ["data.fits", "‸.fits", '".fits"'],
  [
    "visibilities: data.fits\n    noise_map: noise",
    "compact: alma.npz\n    noise_map: ‸noise",
    ...["noise_map", "remove it", "remove compact"],
  ],
  ["{ fwhm: 0.5 arcmin }", "{ ‸fwhm: 1, path: a.fits }", "'fwhm'"],
  // Sections
  [EXAMPLE.slice(EXAMPLE.indexOf("  alma:"), EXAMPLE.indexOf("galaxies:")), "  ‸{}\n", "at least one dataset"],
  // YAML
  ["redshift: 1.0", 'redshift: ‸"1.0', "not YAML", "quote"],
  ["redshift: 1.0", "redshift: ‸@1.0", "not YAML"],
  ["redshift: 1.0", "redshift: ‸*nowhere", "nowhere"],
  ["redshift: 1.0", "redshift: ‸!angle 1.0", "!angle"],
  ["search:", "‸---\nsearch:", "second document"],
];

describe("a wrong spec", () => {
  test.each(WRONG)("%s -> %s", (from, to, ...parts) => {
    const marked = changed(from, to);
    const before = marked.slice(0, marked.indexOf("‸")).split("\n");
    const { message } = refusal(marked.replace("‸", ""));
    expect(message.startsWith(`lens.yaml:${before.length}:${before.at(-1)!.length + 1}: `), message).toBe(true);
    for (const part of parts) expect(message).toContain(part);
    expect(message).not.toContain("\n");
    expect(message).not.toContain("nvalid input");
  });

  test.each([
    ["", "empty"],
    ["- 1", "[1]"],
    ["[".repeat(20_000), "deep"],
    ["{".repeat(20_000), "deep"],
    ["x".repeat(300_000), "300000 characters"],
    ["a: &a [*a]", "deep"],
    ["%YAML 1.1\n---\ndatasets: 2001-01-01", "object"],
    ["datasets: &a {b: {type: interferometer, compact: a.npz}}\ngalaxies: {<<: *a}", "letters, digits"],
  ])("%# is refused", (text, part) => {
    expect(refusal(text).message).toContain(part);
  });

  test("aliases do not unfold beyond measure", () => {
    const levels = Array.from({ length: 30 }, (_, i) => `k${i}: &a${i} [${`*a${i - 1},`.repeat(i === 0 ? 0 : 9)}1]`);
    expect(refusal(levels.join("\n")).message).toContain("more than 20000 values");
  });

  test("many keys take no quadratic time", () => {
    const started = performance.now();
    refusal(Array.from({ length: 19_000 }, (_, i) => `k${i}: 1`).join("\n"));
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe("overrides", () => {
  test("replace what the file says, the last one last", () => {
    const spec = parseSpec(EXAMPLE, "lens.yaml", [
      "galaxies.lens.mass.einstein_radius=0.5",
      "galaxies.lens.mass.einstein_radius=700 mas",
      "galaxies.lens.mass.ell_comps[1]={ prior: gaussian, mean: 0, sigma: 1 }",
      "galaxies.lens.mass.ell_comps.1.sigma=0.25",
      "settings.evidence=exact",
      "datasets.alma.mask={ type: file, path: m.fits }",
    ]);
    expect(spec.galaxies.lens.profiles.mass.parameters).toMatchObject({
      einsteinRadius: 0.7,
      ellComps: [0.1, { prior: "gaussian", mean: 0, sigma: 0.25 }],
    });
    expect(spec.settings.evidence).toBe("exact");
    expect(spec.datasets.alma.mask).toMatchObject([{ type: "file" }]);
  });

  test.each([
    [
      "galaxies.lens.mass.einstein_radis=1",
      "has no galaxies.lens.mass.einstein_radis",
      "is galaxies.lens.mass.einstein_radius;",
    ],
    ["galaxie.lens.mass.einstein_radius=1", "has no galaxie.lens", "is galaxies.lens.mass.einstein_radius;"],
    ["galaxies.source.bulge=1", "is galaxies.source;"],
    ["galaxies.lens.mass.ell_comps.2=1", "is galaxies.lens.mass.ell_comps"],
    ["galaxies.lens.mass.einstein_radius=-1", "galaxies.lens.mass.einstein_radius is -1", "from 0 to 1000"],
    ["galaxies.lens.mass.einstein_radius=", "galaxies.lens.mass.einstein_radius is empty"],
    ["galaxies.lens.mass={profile: Isothermal, einstein_radus: 1}", "unknown key 'einstein_radus'"],
    ["galaxies.lens.redshift=[1", "not YAML"],
    ["galaxies.lens.redshift", "not path=value"],
    ["=1", "not path=value"],
    ["zzzzzzzzzzz=1", "has no zzzzzzzzzzz"],
    ["toString=1", "has no toString"],
  ])("%s is refused", (override, ...parts) => {
    const { message } = refusal(EXAMPLE, [override]);
    for (const part of [`--set ${override}: `, ...parts]) expect(message).toContain(part);
    expect(message).not.toContain("\n");
  });
});

describe("whatever the text", () => {
  const settled = (text: string, overrides: readonly string[] = []) => {
    try {
      const { parameters } = buildModel(parseSpec(text, "lens.yaml", overrides));
      for (const { prior } of parameters) expect(Number.isFinite(valueFromUnit(prior, 0.5))).toBe(true);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      expect(error.message).not.toMatch(/[\n\r]/);
      expect(error.message).toMatch(/^(lens\.yaml:\d+:\d+|--set .*): /);
    }
  };
  /** Pieces that YAML and the schema care for. */
  const piece = fc.oneof(
    fc.constantFrom(
      ..."[]{}:,-#&*!|>'\"%@`?~ \n\t\r\0",
      "---",
      "...",
      "<<",
      "null",
      "true",
      ".nan",
      "1e999",
      "__proto__",
    ),
    fc.constantFrom(...new Set(EXAMPLE.match(/[\w.]+|[^\w\s]+|\s+/g))),
    fc.string({ maxLength: 6, unit: "binary" }),
    fc.constantFrom("constructor", "toString", "prior", "&a", "*a", "!!binary", "0x1f", "-0", "compact", "maximize"),
  );

  test("it is a spec or an InputError: random text", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => settled(pieces.join(""))),
      { numRuns: 600 },
    );
  });

  test("it is a spec or an InputError: a spec with pieces changed", () => {
    const change = fc.tuple(fc.nat(EXAMPLE.length), fc.nat(12), fc.oneof(piece, fc.constant("")));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        settled(changes.reduce((text, [at, drop, put]) => text.slice(0, at) + put + text.slice(at + drop), EXAMPLE));
      }),
      { numRuns: 600 },
    );
  });

  test("it is a spec or an InputError: any value at any path", () => {
    const paths = Object.keys(parseSpec(EXAMPLE, "lens.yaml").places).filter((path) => path !== "");
    const value = fc.oneof(fc.json(), piece, fc.double().map(String), fc.string());
    fc.assert(
      fc.property(fc.constantFrom(...paths), value, (path, text) => settled(EXAMPLE, [`${path}=${text}`])),
      { numRuns: 600 },
    );
  });
});
