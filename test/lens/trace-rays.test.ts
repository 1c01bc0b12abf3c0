import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { dualNumbers, gradientOf, realOf, variables } from "../../src/compiler/dual.ts";
import type { Galaxy } from "../../src/lens/galaxy.ts";
import { constantValues, lensPlanes } from "../../src/lens/lens-planes.ts";
import { lensedImage, tracePosition, traceRays, traceRaysTo } from "../../src/lens/trace-rays.ts";
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
    const planes = lensPlanes([galaxy("lens", 0.5, { masses: [sphere, sheared] }), galaxy("source", 1, {})]);
    const positions = Float64Array.of(0, 2, -3, 0, 0, 0);
    const [lens, source] = traceRays(planes, positions);
    // The sphere takes 1 off the radius; the shear scales x by 1 - 0.1 and y by 1 + 0.1.
    expect([...source]).toEqual([0, 0.8, -2.3, 0, 0, 0].map((v) => expect.closeTo(v, 15)));
    expect([...lens]).toEqual([...positions]);
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

  test("planes deflect what earlier planes deflected, each by its scaling factor", () => {
    const offCentre = { ...sphere, values: { ...sphere.values, centre: [0, 0.5] as const, einsteinRadius: 0.3 } };
    const planes = lensPlanes([
      galaxy("source", 2, { lights: [light] }),
      galaxy("second", 1, { masses: [offCentre], lights: [light] }),
      galaxy("first", 0.3, { masses: [sphere] }),
    ]);
    expect(planes.map(({ redshift }) => redshift)).toEqual([0.3, 1, 2]);
    expect(planes[2].scalingFactors).toEqual([1, 1]);
    const [beta] = planes[1].scalingFactors;
    expect(beta).toBeGreaterThan(0.5);
    expect(beta).toBeLessThan(1);
    // On the x axis, right of both centres at the second plane, where the ray is at 2.5 - beta.
    const [first, second, source] = traceRays(planes, Float64Array.of(0, 2.5));
    expect([...first]).toEqual([0, 2.5]);
    expect([...second]).toEqual([0, expect.closeTo(2.5 - beta, 15)]);
    expect([...source]).toEqual([0, expect.closeTo(2.5 - 1 - 0.3, 15)]);
    expect([...traceRaysTo(planes, 1, Float64Array.of(0, 2.5))]).toEqual([...second]);
    // Left of the second mass at its plane, though right of it on the image.
    expect(traceRays(planes, Float64Array.of(0, 1.2))[2][1]).toBeCloseTo(1.2 - 1 + 0.3, 15);
  });

  test("masses at one redshift are one plane, in whichever galaxy and however close another plane is", () => {
    const positions = Float64Array.of(0.3, 1.4, -0.2, -1.1);
    const traced = (between: number) =>
      traceRays(
        lensPlanes([
          galaxy("a", 0.5, { masses: [sphere] }),
          galaxy("b", between, { masses: [sheared] }),
          galaxy("source", 2, {}),
        ]),
        positions,
      ).at(-1)!;
    expect([...traced(0.5)]).toEqual([...traced(0.5 + 1e-13)].map((v) => expect.closeTo(v, 12)));
    expect(traced(0.51)[0]).not.toBeCloseTo(traced(0.5)[0], 5);
  });

  test("is one formula in every algebra", () => {
    const planes = lensPlanes([
      galaxy("a", 0.3, { masses: [sphere] }),
      galaxy("b", 0.6, { masses: [sheared] }),
      galaxy("source", 2, {}),
    ]);
    const at = (y: number, x: number) =>
      tracePosition(numbers, planes, [y, x], constantValues(numbers, planes)).at(-1)!;
    const dual = tracePosition(dualNumbers, planes, variables(0.4, 1.3), constantValues(dualNumbers, planes)).at(-1)!;
    expect(dual.map(realOf)).toEqual(at(0.4, 1.3));
    const step = 1e-6;
    for (const axis of [0, 1]) {
      const byY = (at(0.4 + step, 1.3)[axis] - at(0.4 - step, 1.3)[axis]) / (2 * step);
      const byX = (at(0.4, 1.3 + step)[axis] - at(0.4, 1.3 - step)[axis]) / (2 * step);
      // Central differences: step^2 and 1e-16 / step.
      expect(gradientOf(dual[axis])).toEqual([expect.closeTo(byY, 8), expect.closeTo(byX, 8)]);
    }
  });

  test("wrong planes are refused", () => {
    const lens = galaxy("lens", 0.3, { masses: [sphere] });
    const source = galaxy("source", 1, { lights: [light] });
    expect(() => lensPlanes([lens])).toThrow(/no galaxy lies behind the mass of 'lens' at redshift 0.3; give/);
    expect(() => lensPlanes([lens, { ...source, masses: [sheared] }])).toThrow(/behind the mass of 'source'/);
    expect(() => lensPlanes([lens, galaxy("odd", Number.NaN, {})])).toThrow(/galaxy 'odd' has redshift NaN; give/);
    expect(() => lensPlanes([lens, galaxy("odd", -0.1, {})])).toThrow(/'odd' has redshift -0.1/);
    expect(() => traceRaysTo(lensPlanes([lens, source]), 0.7, new Float64Array(2))).toThrow(
      /no plane at redshift 0.7; give one of \[0.3, 1\]/,
    );
    expect(lensPlanes([])).toEqual([]);
  });
});
