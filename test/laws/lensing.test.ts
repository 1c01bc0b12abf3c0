import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Algebra, numbers } from "../../src/compiler/algebra.ts";
import { ARCSECOND, pixelGrid } from "../../src/grid.ts";
import {
  comovingDistance,
  criticalSurfaceDensity,
  kiloparsecsPerArcsecond,
  MEGAPARSEC,
  PLANCK_2015,
  SPEED_OF_LIGHT,
  timeDelayDistance,
} from "../../src/lens/cosmology.ts";
import { criticalCurves } from "../../src/lens/critical-curves.ts";
import { curveShape } from "../../src/lens/curve-shape.ts";
import { einsteinMass, einsteinRadii } from "../../src/lens/einstein-radii.ts";
import type { Galaxy, MassComponent } from "../../src/lens/galaxy.ts";
import { imagePositions } from "../../src/lens/image-positions.ts";
import { type LensMapping, lensMapping, localMapping, magnification } from "../../src/lens/lens-mapping.ts";
import { lensPlanes } from "../../src/lens/lens-planes.ts";
import { timeDelays } from "../../src/lens/time-delays.ts";
import { traceRays } from "../../src/lens/trace-rays.ts";
import { massProfiles } from "../../src/profiles/index.ts";
import type { Pair } from "../../src/profiles/parameter.ts";
import { between } from "../between.ts";

function isothermal(einsteinRadius: number, ellComps: Pair<number> = [0, 0], centre: Pair<number> = [0, 0]) {
  return { profile: massProfiles.get("Isothermal")!, values: { centre, ellComps, einsteinRadius } };
}

const shear = (gamma1: number, gamma2: number): MassComponent => ({
  profile: massProfiles.get("ExternalShear")!,
  values: { gamma1, gamma2 },
});

const at = (redshift: number, ...masses: MassComponent[]): Galaxy => ({ name: "", redshift, masses, lights: [] });
const behind = (...masses: MassComponent[]) => lensPlanes([at(0.5, ...masses), at(1.5)]);
const grid = pixelGrid([60, 60], 0.1);

/** alpha = b r / sqrt(r^2 + s^2), radially: a cored lens, non-singular, so that images come in odd numbers. */
function cored(b: number, s: number, flattening: number): LensMapping {
  return {
    in:
      <T>({ add, constant, div, mul, sqrt, sub }: Algebra<T>) =>
      ([y, x]: Pair<T>): Pair<T> => {
        // grad of b sqrt(s^2 + x^2 + flattening y^2): a potential with elliptical contours.
        const f = constant(flattening);
        const root = sqrt(add(add(mul(x, x), mul(f, mul(y, y))), constant(s * s)));
        const over = div(constant(b), root);
        return [sub(y, mul(over, mul(f, y))), sub(x, mul(over, x))];
      },
    centres: [[0, 0]],
  };
}

describe("a singular isothermal sphere", () => {
  test("magnifies by 1 / (1 - theta_E / r)", () => {
    fc.assert(
      fc.property(between(0.2, 2), between(0.05, 3), between(-3.2, 3.2), (b, r, angle) => {
        fc.pre(Math.abs(r - b) > 1e-2);
        const position = Float64Array.of(r * Math.sin(angle), r * Math.cos(angle));
        const [mu] = magnification(lensMapping(behind(isothermal(b))), position);
        // 1 - theta_E / r cancels down to 1e-2 / 2: a few roundings, times 200 / 1.
        expect(Math.abs(mu * (1 - b / r) - 1)).toBeLessThan(1e-12);
      }),
    );
  });

  test("has its circle as the one critical curve, and a point as its caustic", () => {
    const curves = criticalCurves(lensMapping(behind(isothermal(1.3))), grid);
    expect(curves.map(({ kind, closed }) => [kind, closed])).toEqual([["tangential", true]]);
    const [{ points, caustic, area, causticArea }] = curves;
    for (let n = 0; n < points.length; n += 2) {
      expect(Math.abs(Math.hypot(points[n], points[n + 1]) - 1.3)).toBeLessThan(1e-10);
      expect(Math.hypot(caustic[n], caustic[n + 1])).toBeLessThan(1e-10);
    }
    // Arcs as parabolas, of angles up to 8 * 0.01: (0.08)^4 / 480.
    expect(Math.abs(area / (Math.PI * 1.3 ** 2) - 1)).toBeLessThan(1e-7);
    expect(causticArea).toBeLessThan(1e-15);
  });

  test("shows images at theta_E + beta and theta_E - beta, 2 theta_E beta apart in Fermat potential", () => {
    const planes = behind(isothermal(1));
    const images = imagePositions(lensMapping(planes), grid);
    const days = timeDelayDistance(PLANCK_2015, 0.5, 1.5) * (MEGAPARSEC / SPEED_OF_LIGHT / 86_400) * ARCSECOND ** 2;
    fc.assert(
      fc.property(between(0.05, 0.95), between(-3.2, 3.2), (beta, angle) => {
        const direction: Pair<number> = [Math.sin(angle), Math.cos(angle)];
        const found = images([beta * direction[0], beta * direction[1]]);
        expect(found.map(({ kind }) => kind)).toEqual(["minimum", "saddle"]);
        const along = found.map(({ position: [y, x] }) => y * direction[0] + x * direction[1]);
        expect(Math.abs(along[0] - (1 + beta))).toBeLessThan(1e-12);
        expect(Math.abs(along[1] + (1 - beta))).toBeLessThan(1e-12);
        // (1 + 1 / beta) + (1 - 1 / beta): each is good to rounding times its size.
        expect(Math.abs(found[0].magnification + found[1].magnification - 2)).toBeLessThan(1e-8);
        const delays = timeDelays(
          planes,
          1.5,
          found.map(({ position }) => position),
        ) as Float64Array;
        expect(delays[0]).toBe(0);
        expect(Math.abs(delays[1] / (days * 2 * beta) - 1)).toBeLessThan(1e-11);
      }),
      { numRuns: 30 },
    );
    // Outside of the cut there is one image.
    expect(images([0, 1.2]).map(({ kind }) => kind)).toEqual(["minimum"]);
    expect(() => images([0, 0])).toThrow(/seen as a ring; move/);
  });

  test("holds the mass c^2 theta_E^2 D_l D_s / (4 G D_ls)", () => {
    const kiloparsecs = 1.2 * kiloparsecsPerArcsecond(PLANCK_2015, 0.5);
    const wanted = Math.PI * kiloparsecs ** 2 * criticalSurfaceDensity(PLANCK_2015, 0.5, 1.5);
    expect(einsteinMass(PLANCK_2015, 1.2, 0.5, 1.5)).toBeCloseTo(wanted, -1);
    expect(wanted).toBeGreaterThan(1e11);
    expect(wanted).toBeLessThan(1e12);
  });
});

describe("a singular isothermal ellipsoid", () => {
  test("has the ellipse kappa = 1/2 as its critical curve, whatever the ellipticity; its Einstein radii", () => {
    fc.assert(
      fc.property(between(0.25, 1), between(-1.6, 1.6), between(0.8, 1.4), (q, phi, b) => {
        const f = (1 - q) / (1 + q);
        const mass = isothermal(b, [f * Math.sin(2 * phi), f * Math.cos(2 * phi)]);
        const radii = einsteinRadii(behind(mass), grid);
        // kappa = theta_E / ((1 + q) xi) = 1/2 on the ellipse of semi-axes xi and q xi, xi = 2 theta_E / (1 + q).
        const wanted = (2 * b * Math.sqrt(q)) / (1 + q);
        expect(Math.abs((radii.criticalCurve as number) / wanted - 1)).toBeLessThan(1e-6);
        expect(Math.abs((radii.bSie as number) / wanted - 1)).toBeLessThan(1e-14);
        expect(radii.unsheared).toBe(radii.criticalCurve);
        // A polygon's moments are within the square of its sides of the ellipse's.
        const [curve] = criticalCurves(lensMapping(behind(mass)), grid);
        const shape = curveShape(curve.points);
        expect(Math.abs(shape.axisRatio / q - 1)).toBeLessThan(2e-3);
        if (q < 0.95) expect(Math.abs(Math.sin(shape.angle - phi))).toBeLessThan(1e-2);
        // kappa falls as 1 / r: the mean in a circle is twice the mean on it.
        const onUnitCircle = meanOverAngles((angle) => {
          const [along, across] = [Math.cos(angle), Math.sin(angle) / q];
          return b / ((1 + q) * Math.hypot(along, across));
        });
        expect(Math.abs((radii.meanConvergence as number) / (2 * onUnitCircle) - 1)).toBeLessThan(1e-10);
      }),
      { numRuns: 15 },
    );
  });

  test("with shear has another critical curve, and the same b_SIE and unsheared radius", () => {
    const mass = isothermal(1.2, [0.05, 0.1]);
    const without = einsteinRadii(behind(mass), grid);
    const sheared = einsteinRadii(behind(mass, shear(0.06, -0.03)), grid);
    expect(sheared.bSie).toBe(without.bSie);
    expect(sheared.unsheared).toBe(without.unsheared);
    expect(sheared.meanConvergence).toBeCloseTo(without.meanConvergence as number, 12);
    expect(sheared.criticalCurve).not.toBeCloseTo(without.criticalCurve as number, 3);
  });

  test("has as many sources with four images as its caustic has area", () => {
    const planes = behind(isothermal(1.1, [0.1, 0.15]), shear(0.03, 0.02));
    const [{ causticArea }] = criticalCurves(lensMapping(planes), grid);
    const images = imagePositions(lensMapping(planes), grid);
    const [half, steps] = [0.5, 24];
    let inside = 0;
    for (let i = 0; i < steps; i++) {
      for (let j = 0; j < steps; j++) {
        const source: Pair<number> = [((2 * i + 1) / steps - 1) * half, ((2 * j + 1) / steps - 1) * half];
        const found = images(source);
        expect([2, 4]).toContain(found.length);
        if (found.length === 4) inside++;
      }
    }
    // The count's error is that of the cells along the caustic.
    expect((inside * (2 * half) ** 2) / steps ** 2).toBeCloseTo(causticArea, 2);
    expect(causticArea).toBeGreaterThan(0.03);
  });
});

describe("a lens with a core", () => {
  const mapping = cored(1.2, 0.2, 0.8);

  test("has a radial critical curve inside of the tangential one", () => {
    const curves = criticalCurves(mapping, grid);
    expect(curves.map(({ kind, closed }) => [kind, closed])).toEqual([
      ["tangential", true],
      ["radial", true],
    ]);
    expect(curves[1].area).toBeLessThan(curves[0].area);
    const local = localMapping(mapping);
    for (const { points } of curves) {
      for (let n = 0; n < points.length; n += 2) {
        expect(Math.abs(local([points[n], points[n + 1]]).determinant)).toBeLessThan(1e-9);
      }
    }
  });

  test("finds a radial critical curve much smaller than a pixel", () => {
    // Round: 1 - alpha' = 0 where (r^2 + s^2)^(3/2) = b s^2.
    const core = 1e-3;
    const [, radial] = criticalCurves(cored(1.2, core, 1), grid);
    const radius = Math.sqrt((1.2 * core ** 2) ** (2 / 3) - core ** 2);
    expect(radius).toBeLessThan(grid.pixelScale / 5);
    expect(Math.sqrt(radial.area / Math.PI) / radius).toBeCloseTo(1, 6);
  });

  test("makes an odd number of images: minima and maxima are one more than saddles", () => {
    const images = imagePositions(mapping, grid);
    const local = localMapping(mapping);
    const counts = new Set<number>();
    fc.assert(
      fc.property(between(-1, 1), between(-1, 1), (y, x) => {
        const found = images([y, x]);
        counts.add(found.length);
        const saddles = found.filter(({ kind }) => kind === "saddle").length;
        expect(found.length - 2 * saddles).toBe(1);
        for (const { position, magnification: mu } of found) {
          const [landedY, landedX] = local(position).source;
          expect(Math.hypot(landedY - y, landedX - x)).toBeLessThan(1e-12 * (1 + Math.abs(mu) * 1e-3));
        }
      }),
      { numRuns: 500 },
    );
    expect([...counts].sort()).toEqual([1, 3, 5]);
  });

  test("images that merge on a caustic are told apart down to rounding", () => {
    const [tangential] = criticalCurves(mapping, grid);
    const images = imagePositions(mapping, grid);
    for (let n = 3; n < tangential.points.length / 2; n += 17) {
      const point: Pair<number> = [tangential.points[2 * n], tangential.points[2 * n + 1]];
      const caustic: Pair<number> = [tangential.caustic[2 * n], tangential.caustic[2 * n + 1]];
      // Toward and away from the centre, across the fold.
      const [fewer, more] = [1 + 1e-9, 1 - 1e-9]
        .map((scale) => images([caustic[0] * scale, caustic[1] * scale]))
        .sort((a, b) => a.length - b.length);
      expect(more.length).toBe(fewer.length + 2);
      for (const { position } of more.slice(0, 2)) {
        expect(Math.hypot(position[0] - point[0], position[1] - point[1])).toBeLessThan(1e-3);
      }
    }
  });
});

describe("several planes", () => {
  const first = isothermal(1.1, [0.05, 0.1]);
  const second = isothermal(0.3, [-0.1, 0.02], [0.4, 0.3]);
  const planes = lensPlanes([at(0.3, first), at(0.8, second, shear(0.03, 0.01)), at(1.4), at(2.5)]);

  test("two planes that come together are one", () => {
    const positions = Float64Array.of(0.2, 1.3, -0.9, 0.4);
    const apart = lensPlanes([at(0.5, first), at(0.5 + 1e-12, second), at(2)]);
    const one = lensPlanes([at(0.5, first, second), at(2)]);
    const [found, wanted] = [apart, one].map((these) => traceRays(these, positions).at(-1)!);
    expect([...found]).toEqual([...wanted].map((v) => expect.closeTo(v, 10)));
    const [near, far] = [apart, one].map((these) => einsteinRadii(these, grid).criticalCurve as number);
    // Areas are right to 1e-8; the lines about centres differ.
    expect(near).toBeCloseTo(far, 7);
  });

  test("a nearer source sees a smaller Einstein radius; a sphere's is scaled by beta", () => {
    const sphere = lensPlanes([at(0.3, isothermal(1.2)), at(0.8), at(2.5)]);
    const radius = (redshift: number) => einsteinRadii(sphere, grid, redshift).criticalCurve as number;
    expect(radius(2.5)).toBeCloseTo(1.2, 7);
    expect(radius(0.8)).toBeCloseTo(1.2 * sphere[1].scalingFactors[0], 7);
  });

  test("critical curves have no determinant, images arrive at the source", () => {
    const mapping = lensMapping(planes);
    const local = localMapping(mapping);
    const curves = criticalCurves(mapping, grid);
    expect(curves.map(({ kind, closed }) => [kind, closed])).toEqual([
      ["tangential", true],
      ["radial", true],
      ["radial", true],
    ]);
    // The third goes through the image of the second mass's singular centre, where it has a corner.
    for (const { points } of curves.slice(0, 2)) {
      for (let n = 0; n < points.length; n += 2) {
        expect(Math.abs(local([points[n], points[n + 1]]).determinant)).toBeLessThan(1e-8);
      }
    }
    const found = imagePositions(mapping, grid)([0.1, 0.05]);
    expect(found.length).toBeGreaterThanOrEqual(2);
    for (const { position } of found) {
      const [y, x] = local(position).source;
      expect(Math.hypot(y - 0.1, x - 0.05)).toBeLessThan(1e-13);
    }
  });

  test("images are where the arrival time is stationary (Fermat)", () => {
    // The arrival time of a path bent at will: observer, x_1, x_2, ..., the source, in comoving lengths.
    const cosmology = PLANCK_2015;
    const chi = planes.map(({ redshift }) => comovingDistance(cosmology, redshift));
    const source: Pair<number> = [0.1, 0.05];
    const [image] = imagePositions(lensMapping(planes), grid)(source);
    const ray = traceRays(planes, Float64Array.from(image.position)).map(([y, x]): Pair<number> => [y, x]);
    const potential = (masses: readonly MassComponent[], position: Pair<number>) =>
      masses.reduce((sum, { profile, values }) => {
        if (typeof profile.potential !== "function") throw new Error(profile.potential.absent);
        return sum + profile.potential(numbers, position, values);
      }, 0);
    const lateness = (path: readonly Pair<number>[]) => {
      let sum = 0;
      for (let i = 0; i + 1 < path.length; i++) {
        const tau = (chi[i] * chi[i + 1]) / (chi[i + 1] - chi[i]);
        sum += (tau * ((path[i][0] - path[i + 1][0]) ** 2 + (path[i][1] - path[i + 1][1]) ** 2)) / 2;
        sum -= ((chi[i] * chi[3]) / (chi[3] - chi[i])) * potential(planes[i].masses, path[i]);
      }
      return sum / chi[0];
    };
    for (const plane of [0, 1, 2]) {
      for (const axis of [0, 1]) {
        const moved = (by: number) => ray.map((p, i): Pair<number> => (i === plane ? shifted(p, axis, by) : p));
        const slope = (lateness(moved(1e-5)) - lateness(moved(-1e-5))) / 2e-5;
        expect(Math.abs(slope)).toBeLessThan(1e-8);
      }
    }
    // And the delays are differences of these times.
    const found = imagePositions(lensMapping(planes), grid)(source).map(({ position }) => position);
    const delays = timeDelays(planes, 2.5, found) as Float64Array;
    const times = found.map((position) =>
      lateness(traceRays(planes, Float64Array.from(position)).map(([y, x]): Pair<number> => [y, x])),
    );
    const days = (chi[0] * MEGAPARSEC * ARCSECOND ** 2) / SPEED_OF_LIGHT / 86_400;
    times.forEach((time, i) => {
      expect(delays[i]).toBeCloseTo((time - Math.min(...times)) * days, 8);
    });
  });
});

function meanOverAngles(of: (angle: number) => number): number {
  const count = 2000;
  return Array.from({ length: count }, (_, n) => of((2 * Math.PI * n) / count)).reduce((a, b) => a + b) / count;
}

function shifted(position: Pair<number>, axis: number, by: number): Pair<number> {
  return axis === 0 ? [position[0] + by, position[1]] : [position[0], position[1] + by];
}
