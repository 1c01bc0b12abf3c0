import { expect, test } from "vitest";
import { type LensMapping, lensMapping, traceOf } from "../../src/lens/lens-mapping.ts";
import { lensPlanes } from "../../src/lens/lens-planes.ts";
import { type FitOnSight, plausibility } from "../../src/pipeline/plausibility.ts";
import { massProfiles } from "../../src/profiles/index.ts";

const SCALE = 0.05;

function isothermal(einsteinRadius: number): LensMapping {
  const profile = massProfiles.get("Isothermal")!;
  const values = { centre: [0, 0] as const, ellComps: [0, 0.05] as const, einsteinRadius };
  const lens = { name: "lens", redshift: 0.3, masses: [{ profile, values }], lights: [] };
  return lensMapping(lensPlanes([lens, { name: "source", redshift: 1, masses: [], lights: [] }]));
}

function discOf(radius: number): Float64Array {
  const n = Math.ceil(radius / SCALE);
  const along = Array.from({ length: 2 * n + 1 }, (_, k) => (k - n) * SCALE);
  return Float64Array.from(along.flatMap((y) => along.flatMap((x) => (Math.hypot(y, x) < radius ? [y, x] : []))));
}

/** A round Gaussian source as a lens of 1.2" shows it, fitted by a lens of `einsteinRadius`. */
function fitOf(einsteinRadius: number, change: Partial<FitOnSight> = {}, mask = 2.2): FitOnSight {
  const positions = discOf(mask);
  const trace = traceOf(isothermal(1.2));
  const lensed = Float64Array.from({ length: positions.length / 2 }, (_, m) => {
    const [y, x] = trace([positions[2 * m], positions[2 * m + 1]]);
    return Math.exp(-0.5 * (((y - 0.05) ** 2 + (x + 0.1) ** 2) / 0.1 ** 2));
  });
  return {
    positions,
    pixelScale: SCALE,
    lensed,
    residuals: lensed.map((_, m) => (m % 2 === 0 ? 1 : -1)),
    mapping: isothermal(einsteinRadius),
    einsteinRadius,
    massCentre: [0, 0],
    lightCentre: [0.01, 0],
    quantiles: { "galaxies.lens.mass.einstein_radius": 0.4, "galaxies.lens.shear.gamma_1": 0.99 },
    ...change,
  };
}

function warned(fit: FitOnSight): string[] {
  return plausibility(fit).flatMap(({ name, warning }) => (warning === null ? [] : [name]));
}

test("the lens itself is plausible", () => {
  const checks = plausibility(fitOf(1.2));
  expect(checks.filter(({ warning }) => warning !== null)).toEqual([]);
  const value = (name: string) => checks.find((check) => check.name === name)!.value;
  expect(value("images")).toBeGreaterThanOrEqual(2);
  expect(value("residuals_in_arcs")).toBeCloseTo(1, 9);
  // Opposite images of an isothermal lens lie at radii that add up to two.
  expect(value("arc_radius")).toBeGreaterThan(0.9);
  expect(value("arc_radius")).toBeLessThan(1.15);
});

test("the magnification is that of all images together", () => {
  const fit = fitOf(1.2);
  const unlensed = 2 * Math.PI * 0.1 ** 2;
  const magnification = (fit.lensed.reduce((sum, light) => sum + light, 0) * SCALE ** 2) / unlensed;
  const { value } = plausibility(fit).find(({ name }) => name === "inverse_magnification")!;
  // Of the bright part of the arcs, and by the number of images of one place.
  expect(value * magnification).toBeGreaterThan(0.6);
  expect(value * magnification).toBeLessThan(1.5);
});

test("a source that is a copy of the arcs", () => {
  const copied = warned(fitOf(0.3));
  expect(copied).toContain("inverse_magnification");
  expect(copied).toContain("arc_radius");
  expect(plausibility(fitOf(0.3)).find(({ name }) => name === "inverse_magnification")!.warning).toMatch(/copy/);
});

test("one image alone", () => {
  const fit = fitOf(0.3);
  const single = Float64Array.from(fit.lensed, (_, m) =>
    Math.exp((-0.5 * ((fit.positions[2 * m] - 1.4) ** 2 + fit.positions[2 * m + 1] ** 2)) / 0.1 ** 2),
  );
  expect(warned({ ...fit, lensed: single })).toContain("images");
});

test("residuals, centres, edges", () => {
  const fit = fitOf(1.2);
  const residuals = fit.residuals!.map((residual, m) => (fit.lensed[m] > 0.3 ? 2 * residual : residual));
  expect(warned({ ...fit, residuals })).toEqual(["residuals_in_arcs"]);
  expect(warned({ ...fit, residuals: null })).toEqual([]);
  expect(warned({ ...fit, lightCentre: [0.2, 0] })).toEqual(["mass_off_light"]);
  expect(warned(fitOf(1.2, {}, 1.25))).toEqual(expect.arrayContaining(["source_at_edge", "einstein_radius_in_mask"]));
  expect(warned({ ...fit, lensed: fit.lensed.map(() => 0) })).toEqual(["lensed_light"]);
});

test("a mass at the wall of its prior", () => {
  const fit = fitOf(1.2);
  for (const u of [0, 0.0005, 0.9995, 1]) {
    const checks = plausibility({ ...fit, quantiles: { ...fit.quantiles, "galaxies.lens.mass.einstein_radius": u } });
    const [{ name, warning }] = checks.filter(({ warning }) => warning !== null);
    expect(name).toBe("mass_within_priors");
    expect(warning).toContain("galaxies.lens.mass.einstein_radius");
  }
  expect(plausibility({ ...fit, quantiles: {} }).map(({ name }) => name)).not.toContain("mass_within_priors");
});

test("a hole in the mask is no edge", () => {
  const fit = fitOf(1.2);
  const brightest = fit.lensed.indexOf(fit.lensed.reduce((a, b) => Math.max(a, b)));
  const kept = [...fit.lensed.keys()].filter((m) => m !== brightest);
  const without = {
    ...fit,
    positions: Float64Array.from(kept.flatMap((m) => [fit.positions[2 * m], fit.positions[2 * m + 1]])),
    lensed: Float64Array.from(kept, (m) => fit.lensed[m]),
    residuals: Float64Array.from(kept, (m) => fit.residuals![m]),
  };
  expect(warned(without)).toEqual([]);
});
