import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { massProfiles } from "../../src/profiles/index.ts";
import { sersic, sersicConstant } from "../../src/profiles/light/sersic.ts";
import type { Pair, ParameterTable } from "../../src/profiles/parameter.ts";

/**
 * Against PyAutoLens. It adds 1e-16 to the squared radius of an isothermal profile, and keeps the axis ratio at or
 * below 0.99999 where a profile is round: at the smallest radius here (0.05 arcsec) the first costs 2e-14 relative.
 * What is left is rounding, so the tolerance is 2e-13 of the largest value; the derived kappa and psi carry it too.
 */
const TOLERANCE = 2e-13;

/** It sums the broken power law's series in single precision, and 20 terms of it. */
const SINGLE_PRECISION = 1e-6;

type Parameters = Readonly<Record<string, number & [number, number]>>;

interface Oracle {
  readonly mass: {
    readonly positions: readonly number[];
    readonly cases: readonly {
      readonly class: string;
      readonly parameters: Parameters;
      readonly deflections: readonly number[];
      readonly convergence: readonly number[];
      /** null where PyAutoLens has no potential. */
      readonly potential: readonly number[] | null;
    }[];
  };
  readonly light: {
    readonly positions: readonly number[];
    readonly cases: readonly {
      readonly class: string;
      readonly parameters: Parameters;
      readonly sersic_constant: number;
      readonly intensity: readonly number[];
    }[];
  };
}

const oracle: Oracle = JSON.parse(readFileSync(new URL("profiles.json", import.meta.url), "utf8"));

function pairs(flat: readonly number[]): Pair<number>[] {
  return Array.from({ length: flat.length / 2 }, (_, m) => [flat[2 * m], flat[2 * m + 1]]);
}

/** Every value within a tolerance of its own size or of the typical size, whichever is larger. */
function expectClose(found: readonly number[], wanted: readonly number[], tolerance = TOLERANCE) {
  const scale = wanted.reduce((sum, value) => sum + Math.abs(value), 0) / wanted.length;
  const worst = Math.max(
    ...found.map((value, m) => Math.abs(value - wanted[m]) / Math.max(scale, Math.abs(wanted[m]), 1e-300)),
  );
  expect(found).toHaveLength(wanted.length);
  expect(worst).toBeLessThan(tolerance);
}

describe("mass profiles against PyAutoLens", () => {
  const positions = pairs(oracle.mass.positions);
  for (const { class: name, parameters: p, deflections, convergence, potential } of oracle.mass.cases) {
    test(`${name} ${JSON.stringify(p)}`, () => {
      const profile = massProfiles.get(name);
      if (profile === undefined) throw new Error(`no profile ${name}`);
      const table: ParameterTable = profile.parameters;
      const values = Object.fromEntries(Object.entries(table).map(([key, { name }]) => [key, p[name]]));
      expectClose(
        positions.flatMap((position) => profile.deflection(numbers, position, values)),
        deflections,
        name === "PowerLawBroken" ? SINGLE_PRECISION : TOLERANCE,
      );
      for (const [formula, wanted] of [
        [profile.convergence, convergence],
        [profile.potential, potential],
      ] as const) {
        if (typeof formula === "function" && wanted !== null) {
          expectClose(
            positions.map((position) => formula(numbers, position, values)),
            wanted,
          );
        }
      }
    });
  }
});

describe("light profiles against PyAutoLens", () => {
  const positions = pairs(oracle.light.positions);
  for (const { class: name, parameters: p, sersic_constant, intensity } of oracle.light.cases) {
    test(`${name} ${JSON.stringify(p)}`, () => {
      const values = {
        centre: p.centre,
        ellComps: p.ell_comps ?? ([0, 0] as const),
        intensity: p.intensity,
        effectiveRadius: p.effective_radius,
        sersicIndex: p.sersic_index,
      };
      expectClose(
        positions.map((position) => sersic.intensity(numbers, position, values)),
        intensity,
      );
      expectClose([sersicConstant(numbers, p.sersic_index)], [sersic_constant]);
    });
  }
});
