import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { ellCompsOf } from "../../src/profiles/elliptical.ts";
import { gaussianMass } from "../../src/profiles/mass/gaussian.ts";
import { gNFW, gNFWSph } from "../../src/profiles/mass/gnfw.ts";
import { nfw, nfwSph } from "../../src/profiles/mass/nfw.ts";
import { nfwMeans, nfwProjection } from "../../src/profiles/mass/nfw-functions.ts";
import { duffyConcentration, ludlowConcentration, nfwOfMass } from "../../src/profiles/mass/nfw-of-mass.ts";
import { nfwTruncatedSph } from "../../src/profiles/mass/nfw-truncated.ts";
import { devVaucouleursMass, exponentialMass, sersicMass } from "../../src/profiles/mass/sersic.ts";
import type { Pair } from "../../src/profiles/parameter.ts";
import { gaussLegendre } from "../../src/profiles/quadrature.ts";
import { between } from "../between.ts";
import { dualNumbers, variable } from "./dual-numbers.ts";
import { angle, any, difference, ellComps, positions, present, scale } from "./radial-values.ts";

describe("the NFW functions", () => {
  test("series and closed form meet, with their derivatives", () => {
    const one = dualNumbers(1);
    for (const x2 of [0.94, 1.06]) {
      const [below, above] = [-1e-13, 1e-13].map((by) => nfwProjection(one, variable(x2 + by, 0, 1)));
      for (const name of ["F", "g"] as const) {
        expect(Math.abs(below[name].value - above[name].value)).toBeLessThan(1e-12);
        expect(Math.abs(below[name].slopes[0] - above[name].slopes[0])).toBeLessThan(1e-11);
      }
    }
    const { F, g } = nfwProjection(one, variable(1, 0, 1));
    expect([F.value, g.value]).toEqual([1, 1 / 3]);
    // y = 1 - x^2: dF/dx^2 = -1/3, dg/dx^2 = -1/5.
    expect([F.slopes[0], g.slopes[0]].map((slope) => slope.toFixed(14))).toEqual(
      [-1 / 3, -1 / 5].map((v) => v.toFixed(14)),
    );
  });

  test("near the centre nothing cancels", () => {
    fc.assert(
      fc.property(scale(1e-15, 1e-3), (x) => {
        // h = x^2 / 4 (2 ln(2/x) - 1) + O(x^4 ln x), the potential's bracket is its integral.
        const { h, potential } = nfwMeans(numbers, x * x);
        const log = Math.log(2 / x);
        expect(h / ((2 * log - 1) / 4)).toBeCloseTo(1, 5);
        expect(potential / (log / 2)).toBeCloseTo(1, 5);
      }),
    );
  });
});

describe("the elliptical integrals", () => {
  const halo = fc.record({
    centre: fc.constant<Pair<number>>([0, 0]),
    kappaS: between(0.1, 1),
    scaleRadius: scale(0.1, 20),
  });

  test("round, they are the closed form", () => {
    fc.assert(
      fc.property(halo, positions, (values, at) => {
        const round = { ...values, ellComps: [0, 0] as const };
        expect(difference(any(nfw), round, any(nfwSph), values, at)).toBeLessThan(1e-11);
      }),
    );
  });

  test("nearly round, they tend to it as the ellipticity", () => {
    fc.assert(
      fc.property(halo, positions, angle, fc.integer({ min: 2, max: 20 }), (values, at, phi, digits) => {
        const f = 10 ** -digits;
        const nearly = { ...values, ellComps: [f * Math.sin(phi), f * Math.cos(phi)] as const };
        expect(difference(any(nfw), nearly, any(nfwSph), values, at)).toBeLessThan(4 * f + 1e-11);
      }),
    );
  });

  // Schramm's own variable u, in the frame of the major axis: another path through the same mass.
  test("they are Schramm's", () => {
    const nodes = gaussLegendre(400).map(([t, weight]) => [t ** 6, 6 * t ** 5 * weight]);
    fc.assert(
      fc.property(halo, positions, between(0.3, 0.95), (values, [y, x], q) => {
        const round = (xi: number) => present(any(nfwSph).convergence)(numbers, [0, xi], values);
        let [alphaY, alphaX] = [0, 0];
        for (const [u, weight] of nodes) {
          const s = 1 - (1 - q * q) * u;
          const kappa = round(Math.sqrt(u * (x * x + (y * y) / s)));
          alphaX += q * x * weight * kappa * s ** -0.5;
          alphaY += q * y * weight * kappa * s ** -1.5;
        }
        const found = nfw.deflection(numbers, [y, x], { ...values, ellComps: ellCompsOf(numbers, q, 0) });
        expect(Math.hypot(found[0] - alphaY, found[1] - alphaX)).toBeLessThan(1e-10 * Math.hypot(alphaX, alphaY));
      }),
      { numRuns: 40 },
    );
  });

  test("all of a Gaussian's mass deflects from afar, as a point", () => {
    const values = { centre: [0, 0], ellComps: [0.2, -0.1], intensity: 1.5, sigma: 0.01, massToLightRatio: 2 } as const;
    const f = Math.hypot(0.2, 0.1);
    // The flux of sigma along the minor axis and sigma / q along the major one.
    const mass = (2 * Math.PI * 3 * 0.01 ** 2 * (1 + f)) / (1 - f);
    const [alphaY, alphaX] = gaussianMass.deflection(numbers, [300, 400], values);
    expect(alphaY / ((mass / Math.PI) * (300 / 500 ** 2))).toBeCloseTo(1, 8);
    expect(alphaX / ((mass / Math.PI) * (400 / 500 ** 2))).toBeCloseTo(1, 8);
  });
});

describe("special cases", () => {
  const centre = fc.constant<Pair<number>>([0, 0]);

  test("gNFW with an inner slope of 1 is NFW", () => {
    const halo = fc.record({ centre, ellComps, kappaS: between(0.1, 1), scaleRadius: scale(0.1, 20) });
    fc.assert(
      fc.property(halo, positions, (values, at) => {
        const sloped = { ...values, innerSlope: 1 };
        // 32 nodes along the line of sight at the smallest radii, 5e-5 scale radii.
        expect(difference(any(gNFW), sloped, any(nfw), values, at)).toBeLessThan(1e-9);
        expect(difference(any(gNFWSph), sloped, any(nfwSph), values, at)).toBeLessThan(1e-9);
      }),
      { numRuns: 40 },
    );
  });

  test("NFW truncated far out is NFW", () => {
    const halo = fc.record({ centre, kappaS: between(0.1, 1), scaleRadius: scale(0.1, 20) });
    fc.assert(
      fc.property(halo, positions, (values, at) => {
        const far = { ...values, truncationRadius: 1e5 };
        // Of order x / tau, and ln(tau) / tau^2.
        const expected = 5 * ((Math.hypot(...at) + values.scaleRadius) / 1e5);
        expect(difference(any(nfwTruncatedSph), far, any(nfwSph), values, at)).toBeLessThan(expected);
      }),
    );
  });

  test("Sersic indices 1 and 4 have names; 0.5 is a Gaussian", () => {
    const light = fc.record({
      centre,
      ellComps,
      intensity: between(0.1, 2),
      effectiveRadius: scale(0.1, 5),
      massToLightRatio: between(0.5, 3),
    });
    fc.assert(
      fc.property(light, positions, (values, at) => {
        const ofIndex = (sersicIndex: number) => ({ ...values, sersicIndex });
        // Beyond 30 effective radii a Gaussian underflows.
        fc.pre(Math.hypot(...at) < 20 * values.effectiveRadius);
        expect(difference(any(exponentialMass), values, any(sersicMass), ofIndex(1), at)).toBe(0);
        expect(difference(any(devVaucouleursMass), values, any(sersicMass), ofIndex(4), at)).toBe(0);
        // exp(-b (r / r_e)^2) with b as the series has it at 0.5.
        const b = Math.log(
          present(any(sersicMass).convergence)(numbers, [0, 0], ofIndex(0.5)) /
            (values.intensity * values.massToLightRatio),
        );
        const f = Math.hypot(...values.ellComps);
        const sigma = values.effectiveRadius * Math.sqrt((1 - f) / (1 + f) / (2 * b));
        const { centre, ellComps, massToLightRatio } = values;
        const gauss = { centre, ellComps, massToLightRatio, sigma, intensity: values.intensity * Math.exp(b) };
        expect(difference(any(gaussianMass), gauss, any(sersicMass), ofIndex(0.5), at)).toBeLessThan(1e-10);
      }),
      { numRuns: 50 },
    );
  });
});

describe("haloes of a mass", () => {
  const halo = {
    massAt200: 1e9,
    redshiftObject: 0.5,
    criticalDensity: 213,
    criticalSurfaceDensity: 2.4e9,
    kpcPerArcsec: 6.3,
  };

  test("M_200 is inside the radius of 200 times the critical density", () => {
    fc.assert(
      fc.property(scale(1e6, 1e15), between(2, 40), (massAt200, concentration) => {
        const { kappaS, scaleRadius } = nfwOfMass(numbers, { ...halo, massAt200 }, concentration);
        const kpc = scaleRadius * halo.kpcPerArcsec;
        const density = (kappaS * halo.criticalSurfaceDensity) / kpc;
        const c = concentration;
        const mass = 4 * Math.PI * density * kpc ** 3 * (Math.log(1 + c) - c / (1 + c));
        expect(mass / massAt200).toBeCloseTo(1, 12);
        expect(mass / ((4 / 3) * Math.PI * (c * kpc) ** 3) / (200 * halo.criticalDensity)).toBeCloseTo(1, 12);
      }),
    );
  });

  test("concentrations fall with mass and redshift, and have their published size", () => {
    // Duffy 2008: 5.71 at the pivot, 2e12 solar masses / h.
    expect(duffyConcentration(numbers, { ...halo, massAt200: 2e12 / 0.6774, redshiftObject: 0 })).toBeCloseTo(5.71, 9);
    // Ludlow 2016, by hand from C1 to C9: sigma 4.917, nu / nu_0 0.1148.
    expect(ludlowConcentration(numbers, halo)).toBeCloseTo(11.8, 1);
    for (const concentration of [duffyConcentration, ludlowConcentration]) {
      fc.assert(
        fc.property(scale(1e6, 1e13), between(0, 1), (massAt200, redshiftObject) => {
          const here = concentration(numbers, { ...halo, massAt200, redshiftObject });
          expect(concentration(numbers, { ...halo, massAt200: 2 * massAt200, redshiftObject })).toBeLessThan(here);
          expect(concentration(numbers, { ...halo, massAt200, redshiftObject: redshiftObject + 0.1 })).toBeLessThan(
            here,
          );
        }),
      );
    }
  });
});

test("Gauss-Legendre integrates polynomials of degree 2 n - 1", () => {
  for (const count of [1, 2, 5, 32, 48]) {
    const nodes = gaussLegendre(count);
    for (const degree of [0, 1, count, 2 * count - 1]) {
      const sum = nodes.reduce((total, [t, weight]) => total + weight * t ** degree, 0);
      expect(sum * (degree + 1)).toBeCloseTo(1, 13);
    }
  }
});
