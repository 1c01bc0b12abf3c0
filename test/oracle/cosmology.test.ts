import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  angularDiameterDistance,
  type Cosmology,
  comovingDistance,
  criticalSurfaceDensity,
  flatLambdaCdm,
  kiloparsecsPerArcsecond,
  PLANCK_2015,
  timeDelayDistance,
} from "../../src/lens/cosmology.ts";
import { lensPlanes } from "../../src/lens/lens-planes.ts";

interface Distances {
  readonly comoving_distance_mpc: readonly number[];
  readonly angular_diameter_distance_mpc: readonly number[];
  readonly kpc_per_arcsec: readonly number[];
  /** Of `planes`. */
  readonly scaling_factors: readonly (readonly number[])[];
  readonly pairs: readonly {
    readonly lens: number;
    readonly source: number;
    readonly angular_diameter_distance_mpc: number;
    readonly critical_surface_density_per_kpc2: number;
    readonly time_delay_distance_mpc: number;
  }[];
}

const oracle: Readonly<Record<"redshifts" | "planes", readonly number[]>> &
  Readonly<Record<"planck_2015" | "no_radiation", Distances>> = JSON.parse(
  readFileSync(new URL("cosmology.json", import.meta.url), "utf8"),
);

/**
 * Both integrals are exact to rounding. astropy's constants of the neutrino fit are rounded in the 11th digit, of a
 * term that is 1e-3 of the density.
 */
const TOLERANCE = 1e-12;

describe.each([
  ["planck_2015", PLANCK_2015],
  ["no_radiation", flatLambdaCdm(70, 0.3)],
] as const)("%s against astropy", (name, cosmology: Cosmology) => {
  const wanted = oracle[name];
  const expectClose = (found: number, value: number) => expect(Math.abs(found / value - 1)).toBeLessThan(TOLERANCE);

  test.each(oracle.redshifts.map((redshift, i) => [redshift, i] as const))("redshift %s", (redshift, i) => {
    expectClose(comovingDistance(cosmology, redshift), wanted.comoving_distance_mpc[i]);
    expectClose(angularDiameterDistance(cosmology, 0, redshift), wanted.angular_diameter_distance_mpc[i]);
    expectClose(kiloparsecsPerArcsecond(cosmology, redshift), wanted.kpc_per_arcsec[i]);
  });

  test("scaling factors between planes", () => {
    const galaxies = oracle.planes.map((redshift) => ({ name: `at ${redshift}`, redshift, masses: [], lights: [] }));
    const found = lensPlanes(galaxies.toReversed(), cosmology).map(({ scalingFactors }) => scalingFactors);
    expect(found.map(({ length }) => length)).toEqual(wanted.scaling_factors.map(({ length }) => length));
    found.flat().forEach((factor, i) => {
      expectClose(factor, wanted.scaling_factors.flat()[i]);
    });
  });

  test.each(wanted.pairs)("lens $lens, source $source", ({ lens, source, ...expected }) => {
    expectClose(angularDiameterDistance(cosmology, lens, source), expected.angular_diameter_distance_mpc);
    expectClose(criticalSurfaceDensity(cosmology, lens, source), expected.critical_surface_density_per_kpc2);
    expectClose(timeDelayDistance(cosmology, lens, source), expected.time_delay_distance_mpc);
  });
});
