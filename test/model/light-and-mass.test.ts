import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { InputError } from "../../src/errors.ts";
import { buildModel, instantiate } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { lightAndMassProfiles } from "../../src/profiles/light-and-mass.ts";
import { between } from "../between.ts";

const modelOf = (entry: string) =>
  buildModel(
    parseSpec(
      `
datasets: { hst: { type: imaging, data: a.fits, noise_map: b.fits, psf: c.fits, pixel_scale: 0.05 } }
galaxies:
  lens: { redshift: 0.5, bulge: ${entry} }
`,
      "lens.yaml",
    ),
  );

/** What tells the profiles apart. */
const OWN: Readonly<Record<string, string>> = {
  Sersic: "effective_radius: 0.7, sersic_index: 2.5",
  Exponential: "effective_radius: 0.7",
  DevVaucouleurs: "effective_radius: 0.7",
  Gaussian: "sigma: 0.6",
  Chameleon: "core_radius_0: 0.1, core_radius_1: 0.5",
};

describe.each([...lightAndMassProfiles.values()])("$name", ({ name, light, mass, parameters }) => {
  const entry = (more: string) =>
    `{ profile: ${name}, ell_comps: [0.1, -0.2], ${OWN[light.name]}, intensity: 1.3, mass_to_light_ratio: 0.4${more} }`;

  test("has its light's parameters and the ratio", () => {
    expect(Object.keys(parameters).toSorted()).toEqual(
      [...Object.keys(light.parameters), "massToLightRatio"].toSorted(),
    );
    for (const [key, parameter] of Object.entries(light.parameters)) expect(parameters[key]).toBe(parameter);
  });

  // Formulas of light and of mass round differently, some ten times each; at the centre a cusp is cut off differently.
  test("has mass where its light is", () => {
    const [{ lights, masses }] = instantiate(modelOf(entry("")), []).galaxies;
    expect([lights.map(({ profile }) => profile), masses.map(({ profile }) => profile)]).toEqual([[light], [mass]]);
    expect(lights[0].values).not.toHaveProperty("massToLightRatio");
    const { convergence } = mass;
    if (typeof convergence !== "function") throw new Error("no convergence to compare with");
    const coordinate = between(-3, 3);
    const away = between(0.01, 3);
    fc.assert(
      fc.property(coordinate, away, (y, x) => {
        const brightness = light.intensity(numbers, [y, x], lights[0].values);
        const kappa = convergence(numbers, [y, x], masses[0].values);
        expect(Math.abs(kappa - 0.4 * brightness)).toBeLessThan(1e-13 * brightness);
      }),
    );
  });

  test("shares its free parameters", () => {
    const prior = "{ prior: uniform, lower: 0, upper: 1 }";
    const model = modelOf(entry(`, centre: [0.2, ${prior}]`).replace("0.4", prior).replace("1.3", prior));
    expect(model.parameters.map(({ path }) => path.replace("galaxies.lens.bulge.", ""))).toEqual([
      ...["centre.1", "intensity", "mass_to_light_ratio"],
    ]);
    const [{ lights, masses }] = instantiate(model, [0.7, 0.5, 0.25]).galaxies;
    expect(lights[0].values).toMatchObject({ centre: [0.2, 0.7], intensity: 0.5 });
    expect(masses[0].values).toEqual({ ...lights[0].values, massToLightRatio: 0.25 });
  });

  test("does not leave its intensity to the inversion", () => {
    expect(() => modelOf(entry("").replace("1.3", "linear"))).toThrow(InputError);
    expect(() => modelOf(entry("").replace("1.3", "linear"))).toThrow(
      /^lens\.yaml:4:\d+: galaxies\.lens\.bulge\.intensity is "linear"; give a number or a prior, since the mass follows/,
    );
  });
});

test.each([
  ["{ profile: SersicLightMas, intensity: 1 }", "mean 'SersicLightMass'"],
  ["{ profile: GaussianLightMass, intensity: 1, sigma: 1, mass_to_light_ratio: -1 }", "mass_to_light_ratio is -1"],
  ["{ profile: GaussianLightMass, intensity: 1, sigma: 1 }", "mass_to_light_ratio is missing", "convergence per"],
  ["{ profile: GaussianLightMass, intensity: [1], sigma: 1, mass_to_light_ratio: 1 }", "intensity is [1]"],
  ["{ profile: GaussianMass, intensity: linear, sigma: 1, mass_to_light_ratio: 1 }", 'intensity is "linear"'],
])("%s is refused", (entry, ...parts) => {
  try {
    modelOf(entry);
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const part of parts) expect(error.message).toContain(part);
  }
});
