import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { massProfiles } from "../../src/profiles/index.ts";
import type { Pair } from "../../src/profiles/parameter.ts";

interface Case {
  readonly class: string;
  readonly parameters: Readonly<Record<string, number | Pair<number>>>;
  readonly deflections: readonly number[];
  readonly convergence: readonly number[];
  readonly potential?: readonly number[];
}

const oracle: { readonly positions: readonly number[]; readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL("radial-mass.json", import.meta.url), "utf8"),
);

/** What PyAutoLens calls differently, light and mass being told apart there by their module. */
const NAMES: Readonly<Record<string, string>> = {
  Sersic: "SersicMass",
  SersicSph: "SersicMass",
  Gaussian: "GaussianMass",
};

/**
 * How far PyAutoLens's deflection is from its own convergence: gNFW is a sum of Gaussians there, Sersic one of cored
 * ellipsoids, and the Gaussian takes a complex error function of six digits. Its other deflections, and all of its
 * convergences, are exact but for rounding and for the quadrature of the gNFW convergence (1e-12).
 */
const LOOSE: Readonly<Record<string, number>> = {
  gNFW: 1e-4,
  gNFWSph: 1e-4,
  Sersic: 1e-4,
  SersicSph: 1e-4,
  Gaussian: 1e-5,
};

test.each(oracle.cases)("$class $parameters against PyAutoLens", ({ class: name, parameters, ...expected }) => {
  const profile = massProfiles.get(NAMES[name] ?? name);
  if (profile === undefined) throw new Error(`there is no ${name}`);
  const values: Record<string, number | Pair<number>> = { centre: [0, 0], ellComps: [0, 0] };
  for (const [key, value] of Object.entries(parameters)) {
    values[key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())] = value;
  }
  const { convergence, potential } = profile;
  if (typeof convergence !== "function" || typeof potential !== "function") throw new Error("stated absent");
  for (const [m, kappa] of expected.convergence.entries()) {
    const position: Pair<number> = [oracle.positions[2 * m], oracle.positions[2 * m + 1]];
    const wanted = expected.deflections.slice(2 * m, 2 * m + 2);
    const found = profile.deflection(numbers, position, values);
    const off = Math.hypot(found[0] - wanted[0], found[1] - wanted[1]) / Math.hypot(...wanted);
    expect(off).toBeLessThan(LOOSE[name] ?? 1e-12);
    expect(Math.abs(convergence(numbers, position, values) / kappa - 1)).toBeLessThan(1e-11);
    if (expected.potential !== undefined) {
      // Its potential of NFWSph lacks a factor r_s.
      const psi = expected.potential[m] * (values.scaleRadius as number);
      expect(Math.abs(potential(numbers, position, values) / psi - 1)).toBeLessThan(1e-11);
    }
  }
});
