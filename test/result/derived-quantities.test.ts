import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { skyOrientation } from "../../src/dataset/sky-orientation.ts";
import type { FitsHeader } from "../../src/io/fits.ts";
import { PLANCK_2015 } from "../../src/lens/cosmology.ts";
import { einsteinMass } from "../../src/lens/einstein-radii.ts";
import { lensMapping, magnification } from "../../src/lens/lens-mapping.ts";
import { lensPlanes } from "../../src/lens/lens-planes.ts";
import { instantiate } from "../../src/model/model.ts";
import { planDerivedQuantities } from "../../src/result/derived-quantities.ts";
import { lensMaps } from "../../src/result/lens-maps.ts";
import { relativeDifference } from "../equivalence/difference.ts";
import { SPEC } from "../likelihood/imaging-observation.ts";
import { planned } from "./outcome.ts";

const WEST = skyOrientation(undefined, { rows: false, columns: false }, { xAxis: "west" });
const EAST = skyOrientation(undefined, { rows: false, columns: false }, { xAxis: "east" });

async function derived(text: string, sky = WEST) {
  const { model, datasets, likelihood } = await planned(text);
  const [evaluation] = await likelihood.evaluate(new Float64Array(0));
  const quantities = planDerivedQuantities(model, datasets, { sky })(new Float64Array(0), evaluation);
  const values = Object.fromEntries(quantities.map(({ name, value }) => [name, value]));
  return { values, alone: planDerivedQuantities(model, datasets, { sky })(new Float64Array(0), null), model };
}

const massed = (mass: string) => SPEC.replace(/mass:.*/, mass);
const SIS = "mass: { profile: IsothermalSph, einstein_radius: 0.9 }";

describe("radii", () => {
  test("of an isothermal ellipse and a shear are those of their definitions", async () => {
    const [radius, e0, e1] = [0.9, 0.15, -0.1];
    const mass = `mass: { profile: Isothermal, ell_comps: [${e0}, ${e1}], einstein_radius: ${radius} }
    shear: { profile: ExternalShear, gamma_1: 0.04, gamma_2: 0.03 }`;
    const { values } = await derived(massed(mass));
    const f = Math.hypot(e0, e1);
    const q = (1 - f) / (1 + f);
    const b = (radius * 2 * Math.sqrt(q)) / (1 + q);
    expect(values["galaxies.lens.mass.einstein_radius"]).toBe(radius);
    expect(values.einstein_radius_b_sie).toBeCloseTo(b, 12);
    // The area is right to 1e-8.
    expect(values.einstein_radius_unsheared).toBeCloseTo(b, 6);
    expect(values.einstein_radius_critical_curve).not.toBeCloseTo(b, 3);
    const circle = values.einstein_radius_mean_convergence as number;
    expect(values.einstein_mass).toBe(einsteinMass(PLANCK_2015, circle, 0.5, 1));
    expect(values["galaxies.lens.shear.strength"]).toBeCloseTo(0.05, 12);
    expect(values["galaxies.lens.mass.axis_ratio"]).toBeCloseTo(q, 12);
  });

  test("are found where the critical curve leaves the box about the unmasked pixels", async () => {
    // Semi-major axis b / sqrt(q) = 1.8, from a centre at 0.6: to 2.4, the mask to 1.5.
    const mass = "mass: { profile: Isothermal, centre: [0, 0.6], ell_comps: [0, 0.4], einstein_radius: 1.3 }";
    const { values } = await derived(massed(mass));
    const b = (1.3 * 2 * Math.sqrt(3 / 7)) / (1 + 3 / 7);
    expect(values.einstein_radius_unsheared).toBeCloseTo(b, 6);
    expect(values.critical_curve_axis_ratio).toBeCloseTo(3 / 7, 3);
  });

  test("without a mass say why they are not there", async () => {
    const { values } = await derived(SPEC.replace(/\n {4}mass:.*/, ""));
    expect(values.einstein_radius_critical_curve).toEqual({ absent: expect.stringContaining("no closed") });
    expect(values.einstein_mass).toEqual({ absent: expect.any(String) });
    expect(values["datasets.hst.magnification"]).toEqual({ absent: expect.stringContaining("behind a mass") });
  });
});

describe("position angles", () => {
  const e = (degrees: number, f = 0.2) =>
    [Math.sin, Math.cos].map((of) => f * of((2 * degrees * Math.PI) / 180)).join(", ");
  const turned = (degrees: number) =>
    massed(`mass: { profile: Isothermal, ell_comps: [${e(degrees)}], einstein_radius: 0.9 }
    shear: { profile: ExternalShear, gamma_1: ${0.05 * Math.cos((2 * degrees * Math.PI) / 180)}, gamma_2: ${0.05 * Math.sin((2 * degrees * Math.PI) / 180)} }`);

  // From +x: with west there north is 90 degrees on, and east 180.
  test.each([
    [0, WEST, 90],
    [90, WEST, 0],
    [120, WEST, 30],
    [60, WEST, 150],
    [0, EAST, 90],
    [60, EAST, 30],
    [120, EAST, 150],
  ])("of an axis at %f degrees from x", async (degrees, sky, expected) => {
    const { values } = await derived(turned(degrees), sky);
    for (const name of ["mass", "shear"]) {
      const found = values[`galaxies.lens.${name}.position_angle`] as number;
      expect(Math.abs(((found - expected + 270) % 180) - 90)).toBeLessThan(1e-9);
      expect(found).toBeGreaterThanOrEqual(0);
      expect(found).toBeLessThan(180);
    }
  });

  test("a round profile has none", async () => {
    const { values } = await derived(SPEC);
    expect(values["galaxies.source.disk.position_angle"]).toEqual({ absent: "the profile is round" });
    expect(values["galaxies.source.disk.axis_ratio"]).toBe(1);
  });

  test("follow a WCS that is turned, whichever way the file lies", () => {
    const angle = (25 * Math.PI) / 180;
    // North at 25 degrees from up toward the left, where east is: file rows from the bottom.
    const cards: Record<string, unknown> = {
      CTYPE1: "RA---TAN",
      CTYPE2: "DEC--TAN",
      CD1_1: -Math.cos(angle),
      CD1_2: Math.sin(angle) * -1,
      CD2_1: -Math.sin(angle),
      CD2_2: Math.cos(angle),
    };
    const header = { get: (keyword: string) => cards[keyword] } as unknown as FitsHeader;
    const { north, east } = skyOrientation(header, { rows: true, columns: false }, { xAxis: "west" });
    expect([...north, ...east].map((value) => Number(value.toFixed(9)))).toEqual(
      [Math.cos(angle), -Math.sin(angle), -Math.sin(angle), -Math.cos(angle)].map((v) => Number(v.toFixed(9))),
    );
    const flipped = skyOrientation(header, { rows: false, columns: true }, { xAxis: "west" });
    expect(flipped.north[0]).toBeCloseTo(-north[0], 12);
    expect(flipped.north[1]).toBeCloseTo(-north[1], 12);
  });
});

describe("the magnification", () => {
  const source = (centre: string, sigma: number) =>
    massed(SIS).replace(/disk:.*/, `disk: { profile: Gaussian, centre: ${centre}, intensity: 3.0, sigma: ${sigma} }`);

  test("of a small source behind an isothermal sphere is 2 theta_E / beta", async () => {
    const [beta, sigma] = [0.3, 0.01];
    const { values } = await derived(source(`[${beta}, 0.0]`, sigma));
    // The mean of 1 / beta over the source, to second order; the quadrature is good to 1e-3.
    const expected = ((2 * 0.9) / beta) * (1 + sigma ** 2 / (2 * beta ** 2));
    expect((values["datasets.hst.magnification"] as number) / expected).toBeCloseTo(1, 2.5);
  });

  test("of a Gaussian on the axis is 2 theta_E sqrt(pi / 2) / sigma", async () => {
    const sigma = 0.1;
    const { values } = await derived(source("[0.0, 0.0]", sigma));
    const expected = (2 * 0.9 * Math.sqrt(Math.PI / 2)) / sigma;
    expect((values["datasets.hst.magnification"] as number) / expected).toBeCloseTo(1, 2);
  });

  test("of one profile is the same where its intensity is solved for, and without an evaluation", async () => {
    const text = source("[0.1, 0.2]", 0.1);
    const fixed = (await derived(text)).values["datasets.hst.magnification"];
    const linear = await derived(text.replace("intensity: 3.0", "intensity: linear"));
    expect((linear.values["datasets.hst.magnification"] as number) / (fixed as number)).toBeCloseTo(1, 12);
    expect(linear.alone.find(({ name }) => name.endsWith("magnification"))?.value).toBeCloseTo(fixed as number, 9);
  });

  test("of a reconstruction is near that of the light it was made from, and absent without an evaluation", async () => {
    const text = SPEC.replace(
      /disk:.*/,
      `pixelization:
      mesh: { type: delaunay, image_mesh: { type: overlay, shape: [14, 14] } }
      regularization: { type: constant, coefficient: 1.0 }`,
    );
    const pixelized = await derived(text);
    const parametric = (await derived(SPEC)).values["datasets.hst.magnification"] as number;
    const found = pixelized.values["datasets.hst.magnification"] as number;
    // Faint light beyond the mesh, and noise, are a tenth or two.
    expect(found / parametric).toBeGreaterThan(0.7);
    expect(found / parametric).toBeLessThan(1.4);
    // A third of the source under three times the coefficient, which is squared, is the same image.
    const scaled = await derived(
      text
        .replace("intensity: 0.5", `intensity: ${0.5 / 3}`)
        .replace("over_sampling:", "flux_scale: 3.0\n    over_sampling:")
        .replace("coefficient: 1.0", "coefficient: 3.0"),
    );
    expect((scaled.values["datasets.hst.magnification"] as number) / found).toBeCloseTo(1, 5);
    expect(pixelized.alone.find(({ name }) => name.endsWith("magnification"))?.value).toHaveProperty("absent");
  });
});

test("maps of the lens are the profiles' own, wherever no derivative jumps", async () => {
  const { model } = await planned(SPEC);
  const { galaxies } = instantiate(model, []);
  const grid = { shape: [6, 8], pixelScale: 0.37, origin: [0.02, 0.05] } as const;
  const maps = lensMaps(galaxies, grid)!;
  const [{ profile, values }] = galaxies[0].masses;
  const positions = Array.from({ length: 48 }, (_, at) => {
    const [i, j] = [Math.floor(at / 8), at % 8];
    return [0.02 + (2.5 - i) * 0.37, 0.05 + (j - 3.5) * 0.37] as const;
  });
  const of = (formula: unknown) =>
    Float64Array.from(positions, (at) => (formula as typeof profile.deflection)(numbers, at, values) as never);
  expect(relativeDifference(maps.CONVERGENCE!, of(profile.convergence))).toBeLessThan(1e-11);
  expect(relativeDifference(maps.POTENTIAL!, of(profile.potential))).toBeLessThan(1e-11);
  const trace = lensMapping(lensPlanes(galaxies)).in(numbers);
  expect(
    relativeDifference(
      maps.DEFLECTION_Y!,
      Float64Array.from(positions, (at) => at[0] - trace(at)[0]),
    ),
  ).toBeLessThan(1e-11);
  const signed = magnification(lensMapping(lensPlanes(galaxies)), Float64Array.from(positions.flat()));
  expect(relativeDifference(maps.MAGNIFICATION!, signed)).toBeLessThan(1e-9);
});
