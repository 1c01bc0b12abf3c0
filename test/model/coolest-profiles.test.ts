import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { COOLEST_PROFILES, type CoolestParameters, coolestProfile } from "../../src/model/coolest-profiles.ts";
import { lightProfiles, massProfiles } from "../../src/profiles/index.ts";
import type { Pair } from "../../src/profiles/parameter.ts";
import { between } from "../between.ts";

/** The formulas of COOLEST's documentation, for the major axis along x, and its angle: counter-clockwise from +y. */
function intermediateRadius([y, x]: Pair<number>, { q, phi, center_x, center_y }: CoolestParameters): number {
  const angle = ((phi + 90) * Math.PI) / 180;
  const [dx, dy] = [x - center_x, y - center_y];
  const along = Math.cos(angle) * dx + Math.sin(angle) * dy;
  const across = -Math.sin(angle) * dx + Math.cos(angle) * dy;
  return Math.sqrt(q * along ** 2 + across ** 2 / q);
}

const KAPPA: Readonly<Record<string, (r: number, p: CoolestParameters) => number>> = {
  SIE: (r, { theta_E }) => theta_E / (2 * r),
  PEMD: (r, { gamma, theta_E }) => ((3 - gamma) / 2) * (theta_E / r) ** (gamma - 1),
  Chameleon: (r, { b, s_c, s_t }) => (b / 2) * (1 / Math.hypot(r, s_c) - 1 / Math.hypot(r, s_t)),
};

function sersicLight(r: number, { I_eff, theta_eff, n }: CoolestParameters): number {
  return I_eff * Math.exp(-(1.9992 * n - 0.3271) * ((r / theta_eff) ** (1 / n) - 1));
}

const centre = fc.tuple(between(-1, 1), between(-1, 1));
const position = fc.tuple(between(1.5, 4), between(1.5, 4));
const ellComps = fc
  .tuple(between(0, 0.8), between(-Math.PI, Math.PI))
  .map(([f, twice]) => [f * Math.sin(twice), f * Math.cos(twice)] as const);
const einsteinRadius = between(0.1, 3);
const slope = between(1.2, 2.8);
const round = { centre };
const elliptical = { centre, ellComps };

function exported(kind: "mass" | "light", profile: string, values: object, pixelArea = 1) {
  const found = coolestProfile(kind, profile, values as Record<string, number>, pixelArea);
  if ("refused" in found) throw new Error(found.refused);
  return found;
}

describe("the convergence by the formulas of COOLEST is that of", () => {
  test.each<[string, object]>([
    ["Isothermal", { ...elliptical, einsteinRadius }],
    ["IsothermalSph", { ...round, einsteinRadius }],
    ["PowerLaw", { ...elliptical, einsteinRadius, slope }],
    ["PowerLawSph", { ...round, einsteinRadius, slope }],
    [
      "ChameleonMass",
      {
        ...elliptical,
        intensity: between(0.1, 5),
        massToLightRatio: between(0.5, 2),
        coreRadius0: between(0.01, 0.2),
        coreRadius1: between(0.3, 2),
      },
    ],
  ])("%s", (name, parameters) => {
    const { convergence } = massProfiles.get(name)!;
    fc.assert(
      fc.property(fc.record(parameters as Record<string, fc.Arbitrary<number>>), position, (values, at) => {
        const { type, parameters } = exported("mass", name, values);
        const here = typeof convergence === "function" ? convergence(numbers, at, values) : Number.NaN;
        const there = KAPPA[type](intermediateRadius(at, parameters), parameters);
        expect(Math.abs(there / here - 1)).toBeLessThan(1e-11);
        expect(parameters.phi).toBeGreaterThan(-90);
        expect(parameters.phi).toBeLessThanOrEqual(90);
      }),
    );
  });
});

test("the deflection of a shear by COOLEST's potential is that here", () => {
  const gamma = between(-0.4, 0.4);
  fc.assert(
    fc.property(gamma, gamma, position, (gamma1, gamma2, [y, x]) => {
      const { gamma_ext, phi_ext } = exported("mass", "ExternalShear", { gamma1, gamma2 }).parameters;
      // psi = gamma_ext r^2 / 2 cos 2(phi - phi_ext), both angles from +x.
      const twice = (2 * (phi_ext + 90) * Math.PI) / 180;
      const [g1, g2] = [gamma_ext * Math.cos(twice), gamma_ext * Math.sin(twice)];
      const there = [g2 * x - g1 * y, g1 * x + g2 * y];
      const here = massProfiles.get("ExternalShear")!.deflection(numbers, [y, x], { gamma1, gamma2 });
      for (const axis of [0, 1]) expect(there[axis]).toBeCloseTo(here[axis], 12);
    }),
  );
});

describe("the light by COOLEST's formula, with its b_n and per square arcsecond, is that of", () => {
  const [intensity, effectiveRadius] = [between(0.1, 10), between(1, 3)];
  test.each<[string, object]>([
    ["Sersic", { ...elliptical, intensity, effectiveRadius, sersicIndex: between(0.5, 8) }],
    ["Exponential", { ...elliptical, intensity, effectiveRadius }],
    ["DevVaucouleurs", { ...elliptical, intensity, effectiveRadius }],
  ])("%s", (name, parameters) => {
    const light = lightProfiles.get(name)!;
    fc.assert(
      fc.property(fc.record(parameters as Record<string, fc.Arbitrary<number>>), position, (values, at) => {
        const { parameters } = exported("light", name, values, 0.0025);
        const there = sersicLight(intermediateRadius(at, parameters), parameters) * 0.0025;
        const here = light.intensity(numbers, at, values);
        // The exponent is of hundreds far out, and what it loses is relative to it.
        expect(Math.abs(there - here)).toBeLessThan(1e-11 * here * Math.max(1, Math.abs(Math.log(here))) + 1e-300);
      }),
    );
  });
});

describe("a profile comes back from COOLEST as it went", () => {
  test.each<[string, string, object]>([
    ["mass", "Isothermal", { centre: [0.1, -0.2], ell_comps: [0.1, 0.3], einstein_radius: 1.3 }],
    ["mass", "Isothermal", { centre: [0, 0], ell_comps: [0, 0], einstein_radius: 1 }],
    ["mass", "PowerLaw", { centre: [0.1, -0.2], ell_comps: [-0.1, -0.3], einstein_radius: 1.3, slope: 1.8 }],
    ["mass", "ExternalShear", { gamma_1: -0.03, gamma_2: -0.08 }],
    ["mass", "MassSheet", { kappa: -0.1 }],
    [
      "mass",
      "ChameleonMass",
      {
        centre: [0, 0.1],
        ell_comps: [0.2, 0],
        intensity: 2,
        core_radius_0: 0.1,
        core_radius_1: 0.8,
        mass_to_light_ratio: 1,
      },
    ],
    [
      "light",
      "Sersic",
      { centre: [0.1, 0.2], ell_comps: [0.3, -0.4], intensity: 2, effective_radius: 0.7, sersic_index: 2.5 },
    ],
  ])("%s %s", (kind, profile, inFile) => {
    const conversion = COOLEST_PROFILES.find((one) => one.kind === kind && one.profile === profile)!;
    const table = (kind === "mass" ? massProfiles : lightProfiles).get(profile)!.parameters;
    const given = inFile as Record<string, number | Pair<number>>;
    const values = Object.fromEntries(
      Object.entries(table).map(([key, { name, default: value }]) => [key, given[name] ?? [value, value]]),
    );
    const back = conversion.import(conversion.export(values as Record<string, number>, 0.01), 0.01);
    expect(Object.keys(back).sort()).toEqual(Object.keys(inFile).sort());
    for (const [name, value] of Object.entries(back)) {
      for (const [i, number] of [value].flat().entries()) expect(number).toBeCloseTo([given[name]].flat()[i], 12);
    }
  });
});

test.each<["mass" | "light", string, object, RegExp]>([
  ["mass", "NFW", {}, /no profile that is the same/],
  ["mass", "MassSheet", { centre: [0, 0.1], kappa: 0.1 }, /kappa_s/],
  ["mass", "ExternalShear", { gamma1: 0.9, gamma2: 0.9 }, /gamma_ext/],
  ["mass", "PowerLaw", { centre: [0, 0], ellComps: [0.1, 0], einsteinRadius: 1, slope: 1 }, /theta_E/],
  [
    "light",
    "Sersic",
    { centre: [0, 0], ellComps: [0, 0], intensity: 1, effectiveRadius: 1, sersicIndex: 11 },
    /its value/,
  ],
])("what COOLEST cannot say is refused: %s %s", (kind, profile, values, reason) => {
  const found = coolestProfile(kind, profile, values as Record<string, number>, 1);
  expect(found).toEqual({ refused: expect.stringMatching(reason) });
});
