import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { InputError } from "../../src/errors.ts";
import { specJsonSchema } from "../../src/model/json-schema.ts";
import { locatedTree, yamlTree } from "../../src/model/located-tree.ts";
import { buildModel, valuesByPath } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { type PhaseResults, priorFrom } from "../../src/model/passed-on.ts";
import { patched } from "../../src/model/phase-patch.ts";
import { type Phases, parsePhases, phaseSpec } from "../../src/model/phases.ts";
import { valueFromUnit } from "../../src/model/prior.ts";
import type { Spec } from "../../src/model/spec.ts";

const TOP = `datasets:
  hst: { type: imaging, data: d.fits, noise_map: n.fits, psf: p.fits, pixel_scale: 0.05, mask: { type: circular, radius: 2 } }
galaxies:
  lens:
    redshift: 0.5
    bulge:
      profile: MultiGaussian
      centre: { prior: gaussian, mean: 0.0, sigma: 0.1 }
      sigmas: [0.1, 0.5]
      intensity: linear
    mass:
      profile: Isothermal
      priors: default
      centre: { same_as: galaxies.lens.bulge.centre }
      einstein_radius: { prior: uniform, lower: 0.5, upper: 2.5 }
    shear: { profile: ExternalShear, priors: default }
  source:
    redshift: 1.0
    disk: { profile: Exponential, priors: default, centre: [0.1, { prior: uniform, lower: -1.0, upper: 1.0 }], intensity: linear }
search: { method: nested, live_points: 200 }
`;
const PIXELIZED = `  pixelized:
    galaxies:
      lens: { fixed: parametric }
      source:
        disk: null
        pixelization:
          mesh: { type: delaunay, image_mesh: { type: hilbert, pixels: 100 } }
          regularization: { type: constant, coefficient: maximize }
          adapt_image: { from: parametric }
    search: { live_points: 50 }
`;
const TOTAL = `  total:
    galaxies:
      lens:
        fixed: parametric
        mass: { profile: PowerLaw, from: parametric, slope: { prior: uniform, lower: 1.5, upper: 2.5 } }
        shear: { from: parametric, widen: 2 }
      source: { fixed: pixelized }
    search: { method: nuts }
`;
const SLAM = `${TOP}phases:\n  parametric: {}\n${PIXELIZED}${TOTAL}`;

const phasesOf = (text: string): Phases => {
  const phases = parsePhases(text, "slam.yaml");
  if (phases === null) throw new Error("no phases");
  return phases;
};

/** Results of a phase: a little to the right of its prior's middle, known to 0.01. */
function resultsOf(spec: Spec, solved: PhaseResults["solved"] = {}): PhaseResults {
  const { parameters } = buildModel(spec);
  const vector = parameters.map(({ prior }) => valueFromUnit(prior, 0.6));
  const posteriors = parameters.map(({ path, prior }, p) => {
    const mean = prior.prior.startsWith("log") ? Math.log(vector[p]) : vector[p];
    return [path, { mean, standardDeviation: 0.01 }] as const;
  });
  return { posteriors: Object.fromEntries(posteriors), best: valuesByPath(spec, vector), solved };
}

const SOLVED = { "galaxies.lens.bulge.intensity.0": 3, "galaxies.lens.bulge.intensity.1": -0.5 };

function slam() {
  const phases = phasesOf(SLAM);
  const parametric = resultsOf(phaseSpec(phases, "parametric", {}).spec, {
    ...SOLVED,
    "galaxies.source.disk.intensity": 2,
  });
  const second = phaseSpec(phases, "pixelized", { parametric });
  const pixelized = resultsOf(second.spec, { "galaxies.source.pixelization.regularization.coefficient": 7 });
  return { phases, parametric, second, third: phaseSpec(phases, "total", { parametric, pixelized }) };
}

const galaxiesOf = ({ text }: { readonly text: string }) => parse(text).galaxies;

describe("a search may start from", () => {
  const START = "{ from: parametric }";
  const [SHEAR, RADIUS] = ["galaxies.lens.shear.gamma_1", "galaxies.lens.mass.einstein_radius"];
  const started = (start: string) =>
    `${TOP}phases:
  parametric: {}
  again:
    galaxies: { lens: { bulge: { fixed: parametric }, shear: { gamma_1: 0.02 } } }
    search: { method: importance, start: ${start} }
`;

  test("the best point of an earlier phase, in what it searches for", () => {
    const phases = phasesOf(started(START));
    const parametric = resultsOf(phaseSpec(phases, "parametric", {}).spec, SOLVED);
    const { spec, text } = phaseSpec(phases, "again", { parametric });
    const paths = buildModel(spec).parameters.map(({ path }) => path);
    expect(paths).toContain(RADIUS);
    expect(paths).not.toContain(SHEAR);
    // The bulge is held, the shear a number: there is nothing to begin at.
    expect(spec.search?.start).toEqual(Object.fromEntries(paths.map((path) => [path, parametric.best[path]])));
    expect(parseSpec(text, "again.yaml").search).toEqual(spec.search);
    // Its priors are its own.
    expect(buildModel(spec).parameters.find(({ path }) => path === RADIUS)?.prior).toMatchObject({ prior: "uniform" });
  });

  test("numbers", () => {
    const { search } = phasesOf(started(`{ ${RADIUS}: 1.2 }`)).specs.again;
    expect(search).toMatchObject({ method: "importance", start: { [RADIUS]: 1.2 }, options: {} });
  });

  test.each([
    [START, "{ from: parametic }", "there is no phase 'parametic'"],
    [START, "{ fixed: parametric }", "search.start is fixed"],
    [START, `{ ${RADIUS.replace("radius", "radios")}: 1 }`, `did you mean '${RADIUS}'`],
    [START, `{ ${SHEAR}: 0.01 }`, `there is no free parameter '${SHEAR}'`],
    [START, `{ ${RADIUS}: wide }`, "give a number, by the path of a free parameter"],
    [START, "[1]", "give a map from free parameters to their values"],
    [`importance, start: ${START}`, `nested, start: ${START}`, "unknown key 'start'"],
  ])("%s as %s: %s", (from, to, message) => {
    const text = started(START);
    expect(text).toContain(from);
    expect(() => parsePhases(text.replace(from, to), "slam.yaml")).toThrow(message);
  });
});

describe("patches", () => {
  const patchedBy = (patch: string) => parse(phaseSpec(phasesOf(`${TOP}phases:\n  one: ${patch}\n`), "one", {}).text);

  test("change nothing where they say nothing", () => {
    expect(patchedBy("{}")).toEqual(parse(TOP));
  });

  test("merge maps, replace lists and numbers, remove by null", () => {
    const lens = "lens: { shear: null, bulge: { sigmas: [0.2] } }, source: { redshift: 2.0 }";
    const { galaxies } = patchedBy(`{ galaxies: { ${lens} } }`);
    expect(galaxies.source.redshift).toBe(2);
    expect(galaxies.source.disk).toEqual(parse(TOP).galaxies.source.disk);
    expect(galaxies.lens.bulge).toEqual({ ...parse(TOP).galaxies.lens.bulge, sigmas: [0.2] });
    expect(Object.keys(galaxies.lens)).toEqual(["redshift", "bulge", "mass"]);
  });

  test.each([
    ["another profile", "mass: { profile: PointMass, einstein_radius: 1.0 }", "mass"],
    ["a prior of the same kind", "mass: { einstein_radius: { prior: gaussian, mean: 1.0, sigma: 0.1 } }", "mass"],
    ["a number in the place of a prior", "mass: { einstein_radius: 1.1 }", "mass"],
  ])("with %s leave nothing of the old", (_, patch, component) => {
    const { lens } = patchedBy(`{ galaxies: { lens: { ${patch} } } }`).galaxies;
    const given = parse(`{ ${patch} }`)[component];
    expect(lens[component]).toEqual("profile" in given ? given : { ...parse(TOP).galaxies.lens.mass, ...given });
  });

  test("keep what a search of the same method was told, and nothing of another's", () => {
    expect(patchedBy("{ search: { live_points: 50 } }").search).toEqual({ method: "nested", live_points: 50 });
    expect(patchedBy("{ search: { method: nuts } }").search).toEqual({ method: "nuts" });
  });

  test("have of every path what the last says that speaks of it", () => {
    const leaf = fc.oneof(fc.integer(), fc.constantFrom("a", "b"), fc.array(fc.integer(), { maxLength: 2 }));
    const tree = fc.letrec<{ map: Record<string, unknown>; any: unknown }>((tie) => ({
      map: fc.dictionary(fc.constantFrom("x", "y", "z"), tie("any"), { maxKeys: 3 }),
      any: fc.oneof({ maxDepth: 3 }, leaf, tie("map")),
    })).map;
    const located = (value: unknown) => locatedTree({ value, places: {}, keyPlaces: {} });
    const isMap = (value: unknown): value is Record<string, unknown> =>
      typeof value === "object" && value !== null && !Array.isArray(value);
    const merged = (base: unknown, patch: unknown): unknown => {
      if (!isMap(base) || !isMap(patch)) return patch;
      const values = Object.entries(patch).map(([key, value]) => [key, key in base ? merged(base[key], value) : value]);
      return { ...base, ...Object.fromEntries(values) };
    };
    fc.assert(
      fc.property(tree, tree, (base, patch) => {
        expect(yamlTree(patched(located(base), located(patch))).value).toEqual(merged(base, patch));
      }),
    );
  });
});

describe("a pipeline of source, light and mass", () => {
  test("fixes a galaxy whole, with what was solved for, defaults and ties written out", () => {
    const { parametric, second } = slam();
    const { lens, source } = galaxiesOf(second);
    const centre = [parametric.best["galaxies.lens.bulge.centre.0"], parametric.best["galaxies.lens.bulge.centre.1"]];
    expect(lens.bulge).toEqual({
      profile: "MultiGaussian",
      centre,
      ell_comps: [0, 0],
      sigmas: [0.1, 0.5],
      intensity: [3, -0.5],
    });
    expect(lens.mass).toMatchObject({ profile: "Isothermal", centre });
    expect(lens.mass.einstein_radius).toBeCloseTo(0.5 + 0.6 * 2, 12);
    expect(lens.mass).not.toHaveProperty("priors");
    expect(Object.keys(source)).toEqual(["redshift", "pixelization"]);
    expect(buildModel(second.spec).parameters).toEqual([]);
  });

  test("takes the lensed source as an adapt image", () => {
    const { phases, parametric } = slam();
    expect(phases.adaptImages).toEqual([{ phase: "parametric", galaxy: "source", dataset: "hst" }]);
    const { text } = phaseSpec(
      phases,
      "pixelized",
      { parametric },
      {
        adaptImagePath: ({ phase, galaxy, dataset }) => `out/${phase}/${galaxy}-${dataset}.npy`,
      },
    );
    expect(parse(text).galaxies.source.pixelization.adapt_image).toEqual({ hst: "out/parametric/source-hst.npy" });
  });

  test("gives another profile the parameters that it shares, and takes over a source of a phase that took over others", () => {
    const { parametric, third } = slam();
    const { lens, source } = galaxiesOf(third);
    const { mean } = parametric.posteriors["galaxies.lens.mass.einstein_radius"];
    expect(lens.mass).toEqual({
      profile: "PowerLaw",
      centre: { same_as: "galaxies.lens.bulge.centre" },
      ell_comps: [expect.objectContaining({ prior: "gaussian" }), expect.objectContaining({ prior: "gaussian" })],
      einstein_radius: { prior: "gaussian", mean, sigma: expect.any(Number) },
      slope: { prior: "uniform", lower: 1.5, upper: 2.5 },
    });
    expect(source.pixelization.regularization).toEqual({ type: "constant", coefficient: 7 });
    expect(parse(third.text).search).toEqual({ method: "nuts" });
  });

  test("is checked as it will be run: the same parameters but for those that will be fixed", () => {
    const { phases, third } = slam();
    const paths = (spec: Spec) => buildModel(spec).parameters.map(({ path }) => path);
    const before = paths(phases.specs.total);
    expect(before).toEqual(expect.arrayContaining(paths(third.spec)));
    expect(phases.specs.total.galaxies.lens.profiles.bulge.members).toHaveLength(2);
    expect(paths(third.spec)).toContain("galaxies.lens.mass.slope");
  });

  test("gives every phase a text that is the same spec alone", () => {
    const { second, third } = slam();
    for (const { spec, text } of [second, third]) {
      const { places: _, ...read } = parseSpec(text, "phase.yaml");
      const { places: __, ...resolved } = spec;
      expect(read).toEqual(resolved);
    }
  });
});

describe("priors about a posterior", () => {
  const uniform = { prior: "uniform", lower: 0, upper: 1 } as const;

  test("are three standard deviations wide, or a tenth of the old prior's", () => {
    expect(priorFrom(uniform, { mean: 0.4, standardDeviation: 0.05 }, 1)).toEqual({
      prior: "gaussian",
      mean: 0.4,
      sigma: 3 * 0.05,
    });
    // The half of 0.84 - 0.16.
    expect(priorFrom(uniform, { mean: 0.4, standardDeviation: 0 }, 1).prior).toBe("gaussian");
    expect(priorFrom(uniform, { mean: 0.4, standardDeviation: 0 }, 2)).toMatchObject({
      sigma: expect.closeTo(0.068, 12),
    });
  });

  test("are in the logarithm where the old one is", () => {
    const prior = priorFrom({ prior: "log_uniform", lower: 1e-3, upper: 1e3 }, { mean: 2, standardDeviation: 1 }, 1);
    expect(prior).toEqual({ prior: "log_gaussian", mean: 2, sigma: 3 });
  });

  test("end where the parameter does", () => {
    const text = `${TOP}phases:\n  one: {}\n  two: { galaxies: { source: { disk: { from: one } } } }\n`;
    const phases = phasesOf(text);
    const { spec } = phaseSpec(phases, "two", { one: resultsOf(phaseSpec(phases, "one", {}).spec) });
    const free = buildModel(spec).parameters.find(({ path }) => path === "galaxies.source.disk.ell_comps.0");
    expect(free?.prior).toMatchObject({ prior: "gaussian", lower: -1, upper: 1 });
  });
});

describe("what has no number of its own", () => {
  const TWO = TOP.replace(
    "galaxies:",
    "  jwst: { type: imaging, data: d.fits, noise_map: n.fits, psf: p.fits, pixel_scale: 0.03 }\ngalaxies:",
  );
  const text = (top: string) =>
    `${top}phases:\n  one: {}\n  two: { galaxies: { lens: { fixed: one }, source: { fixed: one } } }\n`;
  const second = (top: string, solved: PhaseResults["solved"]) => {
    const phases = phasesOf(text(top));
    return galaxiesOf(phaseSpec(phases, "two", { one: resultsOf(phases.specs.one, solved) }));
  };

  test("stays linear: intensities of several datasets, and below zero", () => {
    expect(second(TWO, {}).lens.bulge.intensity).toBe("linear");
    expect(second(TOP, SOLVED).lens.bulge.intensity).toEqual([3, -0.5]);
    expect(second(TOP, { "galaxies.source.disk.intensity": -1 }).source.disk.intensity).toBe("linear");
    expect(second(TOP, { "galaxies.source.disk.intensity": 1 }).source.disk.intensity).toBe(1);
  });

  test("is expected so before anything runs", () => {
    expect(phasesOf(text(TWO)).specs.two.galaxies.source.profiles.disk.parameters.intensity).toBe("linear");
    expect(phasesOf(text(TOP)).specs.two.galaxies.source.profiles.disk.parameters.intensity).toBe(1);
  });
});

describe("mistakes are found before the first phase runs, where they are", () => {
  const refusal = (text: string): InputError => {
    try {
      parsePhases(text, "slam.yaml");
    } catch (error) {
      if (error instanceof InputError) return error;
      throw error;
    }
    throw new Error(`accepted: ${text}`);
  };
  /** Line and column of a piece of text. */
  const placeIn = (text: string, piece: string) => {
    const lines = text.slice(0, text.indexOf(piece)).split("\n");
    return `slam.yaml:${lines.length}:${(lines.at(-1) as string).length + 1}`;
  };

  test.each([
    [
      "fixed: pixelized",
      "fixed: pixelised",
      "pixelised }",
      "there is no phase 'pixelised'",
      "did you mean 'pixelized'",
    ],
    [
      "{ from: parametric, widen",
      "{ from: total, widen",
      "total, widen",
      "does not come before",
      "parametric, pixelized",
    ],
    [
      "shear: { from: parametric, ",
      "sheer: { from: parametric, ",
      "parametric, widen",
      "no galaxies.lens.sheer",
      "shear",
    ],
    ["disk: null", "dsk: null", "dsk: null", "no 'dsk' to remove", "did you mean 'disk'"],
    ["widen: 2", "widen: -2", "-2 }", "no factor", "above zero"],
    ["widen: 2", "fixed: pixelized", "pixelized }\n      source", "both from and fixed", "keep one"],
    ["fixed: pixelized }", "fixed: pixelized, widen: 3 }", "3 }", "widen beside fixed", "beside from"],
    ["slope:", "slop:", "slop:", "unknown key 'slop' in galaxies.lens.mass", "did you mean 'slope'"],
    [
      "upper: 2.5 } }\n        shear: { from",
      "upper: 1.0 } }\n        shear: { from",
      "{ prior: uniform, lower: 1.5",
      "slope is",
      "larger",
    ],
    [
      "    search: { live",
      "    serch: { live",
      "serch:",
      "unknown key 'serch' in phases.pixelized",
      "did you mean 'search'",
    ],
    [
      "adapt_image: { from: parametric }",
      "adapt_image: { fixed: parametric }",
      "parametric }\n    search",
      "is fixed",
      "give from: parametric",
    ],
  ])("%s as %s", (from, to, piece, what, remedy) => {
    expect(SLAM).toContain(from);
    const text = SLAM.replace(from, to);
    const error = refusal(text);
    expect(error.where).toBe(placeIn(text, piece));
    expect(error.message).toContain(what);
    expect(error.message).toContain(remedy);
  });

  test.each([
    ["{ one: { galaxies: { lens: { mass: { from: one } } } } }", "nothing comes before the first phase"],
    ["{}", "map from names of phases"],
    ["[1]", "map from names of phases"],
    ["{ one: 3 }", "give a map of datasets"],
    ["{ one: { galaxies: 3 } }", "give a map of galaxies"],
    [`{ ${Array.from({ length: 21 }, (_, i) => `p${i}: {}`).join(", ")} }`, "at most 20"],
  ])("phases: %s", (phases, message) => {
    expect(refusal(`${TOP}phases: ${phases}\n`).message).toContain(message);
  });

  test("an adapt image of what a phase did not see", () => {
    const text = SLAM.replace(
      "  parametric: {}",
      "  parametric: { galaxies: { source: null, other: { redshift: 1.0 } } }",
    );
    expect(refusal(text).message).toContain("phase 'parametric' has no light of 'source' in dataset 'hst'");
  });

  test("never by anything but an InputError", () => {
    const places = [...SLAM.matchAll(/[\w.]+|[{}:,]/g)].map(({ index, 0: word }) => [index, word.length] as const);
    const words = [
      "from",
      "fixed",
      "parametric",
      "total",
      "null",
      "3",
      "{}",
      "[1, 2]",
      "{ from: parametric }",
      "linear",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(...words), ([index, length], word) => {
        try {
          parsePhases(SLAM.slice(0, index) + word + SLAM.slice(index + length), "slam.yaml");
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("JSON Schema", () => {
  const schema = z.fromJSONSchema(specJsonSchema() as never);
  const accepts = (text: string) => schema.safeParse(parse(text)).success;

  test("accepts phases", () => {
    expect(accepts(SLAM)).toBe(true);
  });

  test.each([
    ["disk: null", "disk: 3"],
    ["galaxies:\n      lens: { fixed", "galxies:\n      lens: { fixed"],
    ["lens: { fixed: parametric }", "lens: { fixed: 3 }"],
    ["widen: 2", "widen: 0"],
  ])("refuses %s as %s", (from, to) => {
    expect(SLAM).toContain(from);
    expect(accepts(SLAM.replace(from, to))).toBe(false);
  });
});

test("a spec without phases has none", () => {
  expect(parsePhases(TOP, "lens.yaml")).toBeNull();
});

test("a phase that is not there, and one that lacks results, are refused", () => {
  const { phases } = slam();
  expect(() => phaseSpec(phases, "light", {})).toThrow("there is no phase 'light'");
  expect(() => phaseSpec(phases, "pixelized", {})).toThrow("there are no results of phase 'parametric'");
});
