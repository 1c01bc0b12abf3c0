import { describe, expect, test } from "vitest";
import { isAbsent } from "../../src/backend/contract.ts";
import { pixelGrid } from "../../src/grid.ts";
import {
  comovingDistance,
  criticalSurfaceDensity,
  flatLambdaCdm,
  PLANCK_2015,
  timeDelayDistance,
} from "../../src/lens/cosmology.ts";
import { criticalCurves } from "../../src/lens/critical-curves.ts";
import { einsteinMass, einsteinRadii } from "../../src/lens/einstein-radii.ts";
import type { Galaxy, MassComponent } from "../../src/lens/galaxy.ts";
import { imagePositions } from "../../src/lens/image-positions.ts";
import { lensMapping } from "../../src/lens/lens-mapping.ts";
import { lensPlanes } from "../../src/lens/lens-planes.ts";
import { timeDelays } from "../../src/lens/time-delays.ts";
import { massProfiles } from "../../src/profiles/index.ts";

const isothermal = (einsteinRadius: number): MassComponent => ({
  profile: massProfiles.get("Isothermal")!,
  values: { centre: [0, 0], ellComps: [0, 0], einsteinRadius },
});
const at = (redshift: number, ...masses: MassComponent[]): Galaxy => ({ name: "", redshift, masses, lights: [] });
const behind = (...masses: MassComponent[]) => lensPlanes([at(0.5, ...masses), at(1.5)]);
const grid = pixelGrid([60, 60], 0.1);

describe("what cannot be, or is not there,", () => {
  test("to distances", () => {
    for (const redshift of [-0.1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => comovingDistance(PLANCK_2015, redshift)).toThrow(/redshift .* is not zero or more; give/);
    }
    expect(() => criticalSurfaceDensity(PLANCK_2015, 1, 0.5)).toThrow(/does not stand in front/);
    expect(() => criticalSurfaceDensity(PLANCK_2015, 0.5, 0.5)).toThrow(/0 < lens < source/);
    expect(() => timeDelayDistance(PLANCK_2015, 0, 0.5)).toThrow(/0 < lens < source/);
    expect(() => flatLambdaCdm(0, 0.3)).toThrow(/H0 = 0/);
    expect(() => flatLambdaCdm(70, Number.NaN)).toThrow(/Omega_m = NaN/);
    expect(() => einsteinMass(PLANCK_2015, -1, 0.5, 1)).toThrow(/Einstein radius -1/);
  });

  test("a grid too large, a grid too small, no lens", () => {
    const planes = behind(isothermal(1));
    expect(() => criticalCurves(lensMapping(planes), pixelGrid([10_000, 10_000], 0.01))).toThrow(/fewer pixels/);
    const small = einsteinRadii(planes, pixelGrid([10, 10], 0.05));
    expect(small.criticalCurve).toEqual({ absent: "no closed tangential critical curve lies on the grid" });
    expect(small.bSie).toBe(1);
    const none = einsteinRadii(lensPlanes([at(1)]), grid);
    expect(Object.values(none).every((radius) => typeof radius !== "number" && isAbsent(radius))).toBe(true);
    expect(criticalCurves(lensMapping(lensPlanes([at(1)])), grid)).toEqual([]);
    expect(imagePositions(lensMapping(lensPlanes([at(1)])), grid)([0.31, 0.2])).toEqual([
      { position: [expect.closeTo(0.31, 13), expect.closeTo(0.2, 13)], magnification: 1, kind: "minimum" },
    ]);
  });

  test("a curve that runs off the grid is open, and has no area", () => {
    const [curve] = criticalCurves(lensMapping(behind(isothermal(1))), pixelGrid([30, 30], 0.05, [0.7, 0]));
    expect(curve.closed).toBe(false);
    expect(curve.area).toBeNaN();
    expect(curve.causticArea).toBeNaN();
  });

  test("a mass without a potential has no delays, and says so", () => {
    const mass = isothermal(1);
    const silent = { ...mass, profile: { ...mass.profile, potential: { absent: "nobody knows it" } } };
    expect(timeDelays(behind(silent), 1.5, [[0, 1]])).toEqual({
      absent: "Isothermal has no potential: nobody knows it",
    });
  });
});
