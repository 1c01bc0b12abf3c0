import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { InputError } from "../../src/errors.ts";
import { specFromCoolest } from "../../src/model/coolest-spec.ts";
import { buildModel, instantiate, type ModelInstance } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import type { DatasetSpec, Spec } from "../../src/model/spec.ts";
import { coolestOf } from "../../src/result/coolest.ts";
import { SIGMA, sampledOutcome, TRUTH } from "./sampled-outcome.ts";

const outcome = await sampledOutcome("nested");
const plain = { spec: outcome.spec, model: outcome.model, best: outcome.best };
const template = coolestOf({ ...outcome, shape: [80, 100] }, "1.2.3");
const [lens, field, source] = template.lensing_entities;
const [mass] = lens.mass_model;
const [bulge] = lens.light_model ?? [];

function parsed(text: string) {
  const spec = parseSpec(text, "imported.yaml");
  return { spec, model: buildModel(spec) };
}

/** Deflection (y, x) by everything but the halo, and light of each profile, at a point. */
function seen({ galaxies }: ModelInstance, at: readonly [number, number]) {
  const masses = galaxies.flatMap((galaxy) => galaxy.masses).filter(({ profile }) => profile.name !== "NFWSph");
  const deflections = masses.map(({ profile, values }) => profile.deflection(numbers, at, values));
  return [
    ...[0, 1].map((axis) => deflections.reduce((sum, alpha) => sum + alpha[axis], 0)),
    ...galaxies.flatMap(({ lights }) => lights.map(({ profile, values }) => profile.intensity(numbers, at, values))),
  ];
}

describe("a COOLEST template of a search", () => {
  test("has galaxies and a field for the shear", () => {
    expect(template.lensing_entities.map(({ type, name, redshift }) => [type, name, redshift])).toEqual([
      ["Galaxy", "lens", 0.5],
      ["MassField", "lens_field", 0.5],
      ["Galaxy", "source", 1.5],
    ]);
    expect(mass.type).toBe("PEMD");
    expect(field.mass_model.map(({ type }) => type)).toEqual(["ExternalShear"]);
    expect(source.light_model?.map(({ type }) => type)).toEqual(["Sersic"]);
  });

  test("says what it leaves out", () => {
    expect(template.meta.left_out).toEqual([
      { path: "galaxies.lens.halo", profile: "NFWSph", reason: "COOLEST has no profile that is the same" },
    ]);
    expect(template.meta.created_by).toBe("arclet 1.2.3");
  });

  test("tells free from fixed parameters, and keeps the priors of those that are the same", () => {
    const { theta_E, gamma, center_y, center_x, q } = mass.parameters;
    expect([theta_E, gamma, center_y, center_x, q].map(({ fixed }) => fixed)).toEqual([false, true, false, true, true]);
    expect(center_y.prior).toEqual({ type: "GaussianPrior", mean: 0, width: 0.05 });
    expect(bulge.parameters.n.prior).toEqual({ type: "UniformPrior", min_value: 1, max_value: 6 });
    expect(theta_E.prior).toEqual({ type: null });
    expect(gamma.posterior_stats.mean).toBeNull();
    // The radius follows from the index, since b_n is another.
    expect(bulge.parameters.theta_eff.fixed).toBe(false);
  });

  test("has the posterior in its own parameters", () => {
    const { theta_E } = mass.parameters;
    const [q, gamma] = [0.85 / 1.15, 2.1];
    const factor = Math.sqrt(q) * (2 / (1 + q)) ** (1 / (gamma - 1));
    const { mean, median, percentile_16th, percentile_84th } = theta_E.posterior_stats as unknown as Record<
      string,
      number
    >;
    // The posterior is the likelihood of the fixture; some 500 effective samples know its mean to 5 % of sigma, its
    // quantiles to 8 %.
    const sigma = SIGMA[2] * factor;
    expect(Math.abs(mean - TRUTH[2] * factor)).toBeLessThan(0.25 * sigma);
    expect(Math.abs(median - TRUTH[2] * factor)).toBeLessThan(0.3 * sigma);
    expect(Math.abs((percentile_84th - percentile_16th) / (2 * sigma) - 1)).toBeLessThan(0.2);
    const shear = field.mass_model[0].parameters.phi_ext;
    // gamma_1 of 0.02 and gamma_2 of 0.03: half of 56.3 degrees from +x, counted from +y.
    const wanted = (0.5 * Math.atan2(0.03, TRUTH[3]) * 180) / Math.PI - 90;
    expect(Math.abs((shear.posterior_stats.mean as number) - wanted)).toBeLessThan(2);
    expect(Math.abs(shear.point_estimate.value - wanted)).toBeLessThan(5);
  });

  test("names files and their field where the shape is known", () => {
    expect(template.instrument.pixel_size).toBe(0.05);
    const { field_of_view_x, field_of_view_y, ...rest } = template.observation.pixels;
    expect(rest).toEqual({ fits_file: { path: "image.fits" }, num_pix_x: 100, num_pix_y: 80 });
    for (const [i, edge] of [-2.5, 2.5].entries()) expect(field_of_view_x[i]).toBeCloseTo(edge, 10);
    for (const [i, edge] of [-2, 2].entries()) expect(field_of_view_y[i]).toBeCloseTo(edge, 10);
    expect(coolestOf(outcome, "").observation.pixels).toMatchObject({ fits_file: { path: null }, num_pix_x: 0 });
    expect(coolestOf(outcome, "").observation.noise).toEqual({ type: null });
  });

  test("has pixels that COOLEST's reader finds to be square", () => {
    for (let columns = 20; columns < 400; columns++) {
      const { pixels } = coolestOf({ ...plain, shape: [50, columns] }, "").observation;
      const [[left, right], [bottom, top]] = [pixels.field_of_view_x, pixels.field_of_view_y];
      expect(Math.abs(left - right) / columns).toBe(Math.abs(bottom - top) / 50);
      expect(Math.abs(left - right) / columns / 0.05).toBeCloseTo(1, 10);
    }
  });

  test("leaves out light that its image does not see", () => {
    const { bulge } = outcome.spec.galaxies.lens.profiles;
    const profiles = { bulge: { ...bulge, datasets: ["f160w"] } };
    const spec = { ...outcome.spec, galaxies: { lens: { redshift: 0.5, profiles } } };
    const one = { spec, model: buildModel(spec), best: { vector: Float64Array.of(4) } };
    expect(coolestOf(one, "").meta.left_out[0].reason).toBe("f814w does not see it");
  });

  test("needs an intensity that was solved for", () => {
    const profiles = outcome.spec.galaxies.lens.profiles;
    const linear = { ...profiles.bulge, parameters: { ...profiles.bulge.parameters, intensity: "linear" as const } };
    const galaxies = { lens: { redshift: 0.5, profiles: { bulge: linear } } };
    const spec = { ...outcome.spec, galaxies };
    const one = { spec, model: buildModel(spec), best: { vector: Float64Array.of(outcome.best.vector[0]) } };
    expect(coolestOf(one, "").meta.left_out[0].reason).toMatch(/solved for/);
    const { light_model } = coolestOf({ ...one, intensities: { "galaxies.lens.bulge.intensity": 2 } }, "")
      .lensing_entities[0];
    expect(light_model?.[0].parameters.I_eff).toMatchObject({
      point_estimate: { value: bulge.parameters.I_eff.point_estimate.value },
    });
  });
});

test.each(["east", "west"] as const)("x comes back as it was exported, toward %s", (xAxis) => {
  const { f814w } = outcome.spec.datasets;
  const spec: Spec = { ...outcome.spec, datasets: { f814w: { ...f814w, xAxis } as DatasetSpec } };
  const text = specFromCoolest(JSON.stringify(coolestOf({ ...outcome, spec, shape: [80, 100] }, "")), "lens.json");
  expect(parsed(text).spec.datasets.image).toMatchObject({ type: "imaging", xAxis });
});

test("what is exported comes back as the same light and mass", () => {
  // The parameters of the fixture, so that both have the same index.
  const best = { ...outcome.best, vector: Float64Array.from(TRUTH) };
  const text = specFromCoolest(JSON.stringify(coolestOf({ ...outcome, best, shape: [80, 100] }, "")), "lens.json");
  const { spec, model } = parsed(text);
  expect(model.parameters).toEqual([]);
  expect(Object.keys(spec.galaxies)).toEqual(["lens", "lens_field", "source"]);
  expect(spec.datasets.image).toMatchObject({
    data: { path: "image.fits" },
    noiseMap: { path: "noise.fits" },
    pixelScale: 0.05,
  });
  const [there, back] = [instantiate(outcome.model, best.vector), instantiate(model, [])];
  for (const at of [
    [0.7, 1.1],
    [-1.3, 0.2],
    [0.1, -0.15],
  ] as const) {
    const [wanted, found] = [seen(there, at), seen(back, at)];
    expect(found).toHaveLength(4);
    for (const [i, value] of wanted.entries()) expect(Math.abs(found[i] / value - 1)).toBeLessThan(1e-10);
  }
});

/** As other codes write them: a profile without values, one that is unknown here, no files. */
const FOREIGN = {
  standard: "COOLEST",
  mode: "MAP",
  lensing_entities: [
    {
      type: "MassField",
      name: "my shear",
      redshift: null,
      mass_model: [{ type: "ExternalShear", parameters: shearOf(0.05, 30) }],
    },
    {
      type: "Galaxy",
      name: "the lens",
      redshift: 0.5,
      mass_model: [
        { type: "SIE", parameters: { theta_E: { point_estimate: { value: null } } } },
        { type: "PixelatedRegularGridPotential", parameters: { pixels: { fits_file: { path: "potential.fits" } } } },
      ],
      light_model: [],
    },
  ],
  instrument: { pixel_size: 0.08 },
};

function shearOf(strength: number, angle: number) {
  const median = (value: number) => ({ point_estimate: { value: null }, posterior_stats: { median: value } });
  return { gamma_ext: median(strength), phi_ext: median(angle) };
}

describe("a template of another code", () => {
  const text = specFromCoolest(JSON.stringify(FOREIGN), "other.json");

  test("is read as far as it goes, and says so", () => {
    const { spec, model } = parsed(text);
    expect(Object.entries(spec.galaxies).map(([name, { redshift }]) => [name, redshift])).toEqual([
      ["my_shear", 0.5],
      ["the_lens", 0.5],
    ]);
    expect(model.parameters.map(({ path }) => path)).toContain("galaxies.the_lens.mass.einstein_radius");
    expect(text).toContain("# Left out: the mass profile PixelatedRegularGridPotential of the lens");
    expect(text).toContain("# The template names no file for noise_map");
  });

  test("turns its angles from the y axis to the x axis", () => {
    const { gamma1, gamma2 } = instantiate(parsed(text).model, new Float64Array(5).fill(1)).galaxies[0].masses[0]
      .values;
    // 30 degrees from +y are 120 from +x.
    expect(gamma1).toBeCloseTo(0.05 * Math.cos((240 * Math.PI) / 180), 12);
    expect(gamma2).toBeCloseTo(0.05 * Math.sin((240 * Math.PI) / 180), 12);
  });

  test.each<[string, unknown]>([
    ["coolest/json", "{"],
    ["coolest/template", "[]"],
    ["coolest/template", JSON.stringify({ ...FOREIGN, standard: "other" })],
    ["coolest/template", JSON.stringify({ ...FOREIGN, lensing_entities: [] })],
    ["coolest/pixel-size", JSON.stringify({ ...FOREIGN, instrument: {} })],
    ["coolest/redshift", JSON.stringify({ ...FOREIGN, lensing_entities: FOREIGN.lensing_entities.slice(0, 1) })],
  ])("is refused: %s", (tag, given) => {
    expect(() => specFromCoolest(given as string, "x.json")).toThrow(expect.objectContaining({ tag }));
  });

  test("never fails but by an error that says why", () => {
    const places = placesIn(FOREIGN);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, value) => {
        const text = JSON.stringify(replaced(FOREIGN, place, value));
        try {
          expect(specFromCoolest(text, "x.json")).toContain("galaxies:");
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});

function placesIn(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner).map((rest) => [key, ...rest]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}
