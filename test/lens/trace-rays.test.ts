import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import type { Galaxy } from "../../src/lens/galaxy.ts";
import { lensedImage, lensPlanes, traceRays } from "../../src/lens/trace-rays.ts";
import { lightProfiles, massProfiles } from "../../src/profiles/index.ts";

const sphere = {
  profile: massProfiles.get("Isothermal")!,
  values: { centre: [0, 0], ellComps: [0, 0], einsteinRadius: 1 },
} as const;
const sheared = { profile: massProfiles.get("ExternalShear")!, values: { gamma1: 0.1, gamma2: 0 } } as const;
const light = {
  profile: lightProfiles.get("Sersic")!,
  values: { centre: [0, 0], ellComps: [0, 0], intensity: 2, effectiveRadius: 0.5, sersicIndex: 1 },
} as const;

function galaxy(name: string, redshift: number, parts: Partial<Galaxy>): Galaxy {
  return { name, redshift, masses: [], lights: [], ...parts };
}

describe("ray tracing", () => {
  test("subtracts the deflections of all masses", () => {
    const positions = Float64Array.of(0, 2, -3, 0, 0, 0);
    // The sphere takes 1 off the radius; the shear scales x by 1 - 0.1 and y by 1 + 0.1.
    expect([...traceRays([sphere, sheared], positions)]).toEqual(
      [0, 0.8, -2.3, 0, 0, 0].map((v) => expect.closeTo(v, 15)),
    );
    expect([...positions]).toEqual([0, 2, -3, 0, 0, 0]);
  });

  test("sees only what is behind the lens through it", () => {
    const ring = Float64Array.of(0, 1);
    const lens = galaxy("lens", 0.5, { masses: [sphere] });
    const seen = (redshift: number) =>
      lensedImage([lens, galaxy("s", redshift, { lights: [light] }), galaxy("far", 2, {})], ring)[0];
    expect(seen(2)).toBeCloseTo(2 * Math.exp(1.6783886549215685), 12);
    expect(seen(0.2)).toBeCloseTo(2 * Math.exp(-1.6783886549215685), 12);
    expect(seen(0.5)).toBe(seen(0.2));
  });

  test("knows one lens plane and one source plane", () => {
    const first = galaxy("first", 0.3, { masses: [sphere] });
    const second = galaxy("second", 0.5, { masses: [sheared] });
    const source = galaxy("source", 1, { lights: [light] });
    const refused = (galaxies: readonly Galaxy[]) => {
      try {
        return String(lensPlanes(galaxies));
      } catch (error) {
        if (error instanceof InputError) return error.message;
        throw error;
      }
    };
    expect(refused([first, second, source])).toMatch(
      /0.3 \('first'\) and at 0.5 \('second'\); multi-plane .* not there yet/,
    );
    expect(refused([first, source, galaxy("further", 2, { lights: [light] })])).toMatch(/several source planes/);
    expect(refused([first])).toMatch(/no galaxy lies behind the mass of 'first' at redshift 0.3; give/);
    expect(lensPlanes([first, source])).toEqual({ masses: [sphere], lensRedshift: 0.3, sourceRedshift: 1 });
    expect(lensPlanes([source])).toEqual({ masses: [], lensRedshift: undefined, sourceRedshift: undefined });
  });
});
