import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { lensedImage } from "../../src/lens/trace-rays.ts";
import { lightSetSchemas } from "../../src/model/light-set-schema.ts";
import { buildModel, instantiate } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { lightProfiles, massProfiles } from "../../src/profiles/index.ts";
import { lightAndMassProfiles } from "../../src/profiles/light-and-mass.ts";

const around = (entry: string) => `
datasets: { hst: { type: imaging, data: a.fits, noise_map: b.fits, psf: c.fits, pixel_scale: 0.05 } }
galaxies:
  lens: { redshift: 0.5, bulge: ${entry} }
`;
const modelOf = (entry: string) => buildModel(parseSpec(around(entry), "lens.yaml"));
const lightsOf = (entry: string, vector: number[] = []) => instantiate(modelOf(entry), vector).galaxies[0].lights;

describe("a set of light profiles", () => {
  test("is its members, which share what is not their own", () => {
    const ellipse = "centre: [0.1, { prior: gaussian, mean: 0, sigma: 0.1 }], ell_comps: [0.2, 0.0]";
    const entry = `{ profile: MultiGaussian, ${ellipse}, sigmas: { lower: 10 mas, upper: 1, count: 3 }, intensity: linear }`;
    const model = modelOf(entry);
    expect(model.parameters.map(({ path }) => path)).toEqual(["galaxies.lens.bulge.centre.1"]);
    const lights = lightsOf(entry, [0.3]);
    expect(lights.map(({ profile, linear }) => [profile.name, linear])).toEqual(
      [0, 1, 2].map((member) => ["Gaussian", `galaxies.lens.bulge.intensity.${member}`]),
    );
    for (const [i, { values }] of lights.entries()) {
      expect(values).toMatchObject({ centre: [0.1, 0.3], ellComps: [0.2, 0], intensity: 1 });
      expect(values.sigma).toBeCloseTo(10 ** (i - 2), 14);
    }
  });

  test("shines as the sum of its members do", () => {
    const given = "centre: [0.1, 0.2], ell_comps: [0.2, 0.0]";
    const together = `{ profile: MultiGaussian, ${given}, sigmas: [0.2, 900 mas], intensity: [3, 0.5] }`;
    const apart = (sigma: number, intensity: number) =>
      `{ profile: Gaussian, ${given}, sigma: ${sigma}, intensity: ${intensity} }`;
    const image = (entry: string) =>
      lensedImage(instantiate(modelOf(entry), []).galaxies, Float64Array.of(0, 0, 0.5, -0.3, 1, 1));
    const [narrow, wide] = [image(apart(0.2, 3)), image(apart(0.9, 0.5))];
    expect(image(together)).toEqual(narrow.map((value, m) => value + wide[m]));
  });

  test("of shapelets has those up to its order", () => {
    const lights = lightsOf("{ profile: Shapelets, beta: 0.3, order: 2, intensity: [1, 2, -3, 4, 5, 6] }");
    expect(lights.map(({ values }) => [values.nY, values.nX, values.intensity, values.beta])).toEqual([
      [0, 0, 1, 0.3],
      [0, 1, 2, 0.3],
      [1, 0, -3, 0.3],
      [0, 2, 4, 0.3],
      [1, 1, 5, 0.3],
      [2, 0, 6, 0.3],
    ]);
  });
});

test.each([
  ["{ profile: MultiGaussian, intensity: linear }", "bulge.sigmas is missing", "lower, upper, count"],
  ["{ profile: MultiGaussian, sigmas: [], intensity: linear }", "1 to 1000 standard deviations"],
  ["{ profile: MultiGaussian, sigmas: [1, -1], intensity: linear }", "sigmas.1 is -1", "from 0.00001 to 1000 arcsec"],
  ["{ profile: MultiGaussian, sigmas: 1, intensity: linear }", "1 to 1000 standard deviations"],
  [
    "{ profile: MultiGaussian, sigmas: { lower: 1, upper: 1, count: 3 }, intensity: linear }",
    "upper larger than lower",
  ],
  ["{ profile: MultiGaussian, sigmas: { lower: 1, upper: 2, count: 1e9 }, intensity: linear }", "from 1 to 1000"],
  ["{ profile: MultiGaussian, sigmas: [1, 2], intensity: [1] }", "bulge.intensity is [1]", "or 2 numbers"],
  ["{ profile: MultiGaussian, sigmas: [1, 2], intensity: 1 }", "give linear, or a list of numbers"],
  ["{ profile: MultiGaussian, sigmas: [1, 2], intensity: linaer }", "mean 'linear'"],
  ["{ profile: MultiGaussian, sigmas: [1, 2] }", "bulge.intensity is missing"],
  ["{ profile: MultiGaussian, sigma: 1, intensity: linear }", "unknown key 'sigma'"],
  ["{ profile: Shapelets, beta: 1, order: 41, intensity: linear }", "whole number from 0 to 40"],
  ["{ profile: Shapelets, beta: 1, order: 1.5, intensity: linear }", "whole number from 0 to 40"],
  ["{ profile: ShapeletCartesian, beta: 1, n_y: { prior: uniform, lower: 0, upper: 3 }, n_x: 0, intensity: 1 }", "n_y"],
])("%s is refused", (entry, ...parts) => {
  try {
    modelOf(entry);
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const part of ["lens.yaml:", ...parts]) expect(error.message).toContain(part);
  }
});

test("a name in a file is that of one profile, of light or of mass", () => {
  const registries = [massProfiles, lightProfiles, lightAndMassProfiles].flatMap((profiles) => [...profiles.keys()]);
  const names = [...registries, ...Object.keys(lightSetSchemas)];
  expect(names.filter((name, i) => names.indexOf(name) < i)).toEqual([]);
});

test("whatever is written in a set, it is a spec or an InputError", () => {
  const value = fc.oneof(fc.json(), fc.double().map(String), fc.constantFrom("linear", "[1]", "[1, 2]", "{}", "[]"));
  const set = fc.constantFrom("MultiGaussian", "Shapelets");
  fc.assert(
    fc.property(set, value, value, value, (name, sigmas, order, intensity) => {
      const key = name === "Shapelets" ? `beta: 1, order: ${order}` : `sigmas: ${sigmas}`;
      try {
        modelOf(`{ profile: ${name}, ${key}, intensity: ${intensity} }`);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    }),
    { numRuns: 300 },
  );
});
