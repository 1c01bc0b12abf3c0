import { expect, test } from "vitest";
import { buildModel } from "../../src/model/model.ts";
import { parsePhases } from "../../src/model/phases.ts";
import type { ImagingSpec } from "../../src/model/spec.ts";
import { yamlText } from "../../src/model/spec-text.ts";
import type { LensOnSight } from "../../src/pipeline/automatic-mask.ts";
import { automaticPhases } from "../../src/pipeline/automatic-phases.ts";
import type { RawSpec } from "../../src/pipeline/automatic-scene.ts";

const SIGHT: LensOnSight = {
  centre: [0.1, -0.05],
  hasLensLight: true,
  signal: 100,
  ringRadius: 1.2,
  maskRadius: 1.9,
  neighbours: [{ centre: [1.5, 1], radius: 0.3 }],
};

const galaxies = { source: { redshift: 1.2 }, lens: { redshift: 0.4 } };
const image = { type: "imaging", data: "image.fits", noise_map: "noise.fits", psf: "psf.fits", pixel_scale: 0.05 };
const imaging = (sight: Partial<LensOnSight> = {}) => {
  return { type: "imaging", pixelScale: 0.05, noise: 0.02, sight: { ...SIGHT, ...sight } } as const;
};

function specsOf(raw: RawSpec) {
  return parsePhases(yamlText(raw), "lens.yaml")!;
}

test("an image becomes five phases that can be searched", () => {
  const raw = automaticPhases({ datasets: { f814w: image }, galaxies, pipeline: "automatic" }, { f814w: imaging() });
  const phases = specsOf(raw);
  expect(phases.names).toEqual(["light", "coarse", "pixelized", "unsheared", "posterior"]);
  const { light: core, coarse, pixelized, posterior } = phases.specs;
  // The light within the arcs is a core without a source; what is found of it stands in its place once it has been searched.
  expect(buildModel(core).parameters.map(({ path }) => path)).toEqual(
    ["centre.0", "centre.1", "ell_comps.0", "ell_comps.1"].map((key) => `galaxies.lens.core.${key}`),
  );
  expect(core.datasets.f814w.mask).toMatchObject([
    { radius: 1.9 },
    { innerRadius: 0.3 },
    { radius: 0.72, centre: [0.1, -0.05] },
  ]);
  const known = { centre: { from: "light" }, ell_comps: { from: "light" } };
  expect(raw).toMatchObject({ phases: { coarse: { galaxies: { lens: { core: known } } } } });
  const { parameters } = buildModel(coarse);
  // Two centres that are one, three ellipses, radius, shear, coefficient.
  expect(parameters).toHaveLength(2 + 6 + 1 + 2 + 1);
  const radius = parameters.find(({ path }) => path.endsWith("einstein_radius"))!;
  expect(radius.prior).toMatchObject({ prior: "gaussian", mean: 1.2, lower: 0.7 * 1.2, upper: 1.3 * 1.2 });
  const coefficient = parameters.find(({ path }) => path.endsWith("coefficient"))!;
  // Thirty times the noise from pixel to pixel, whatever the unit.
  expect(coefficient.prior).toMatchObject({ prior: "log_gaussian", mean: expect.closeTo(-2 * Math.log(0.6), 3) });
  const open = buildModel(posterior).parameters.map(({ path }) => path);
  // Centre and intensities of the light keep, its ellipses do not: held, they put the mass off.
  const held = { fixed: "coarse", intensity: "linear", ell_comps: { from: "coarse" } };
  expect(raw).toMatchObject({ phases: { posterior: { galaxies: { lens: { core: held, halo: held } } } } });
  // Mass and shear begin at what was found, and have the priors of what nobody has looked at yet.
  expect(raw).toMatchObject({ phases: { posterior: { search: { start: { from: "pixelized" } } } } });
  const priorsOf = (spec: typeof coarse) => buildModel(spec).parameters.filter(({ path }) => /mass|shear/.test(path));
  expect(priorsOf(posterior)).toEqual(priorsOf(coarse));
  expect(priorsOf(posterior)).toHaveLength(5);
  expect(open).toEqual(expect.arrayContaining(priorsOf(posterior).map(({ path }) => path)));
  expect(phases.adaptImages).toEqual([{ phase: "pixelized", galaxy: "source", dataset: "f814w" }]);
  expect(pixelized.settings.positiveOnly).toBe(true);
  const rays = (spec: typeof pixelized) => (spec.datasets.f814w as ImagingSpec).overSampling.source;
  expect([rays(pixelized), rays(posterior)]).toEqual([1, 2]);
  const f814w = pixelized.datasets.f814w;
  expect(f814w.mask).toMatchObject([
    { type: "circular", radius: 1.9, centre: [0.1, -0.05] },
    { type: "annular", innerRadius: 0.3, centre: [1.5, 1] },
  ]);
});

test("what the spec says of a dataset stays", () => {
  const mask = { type: "circular", radius: 3 };
  const raw = automaticPhases({ datasets: { f814w: { ...image, mask } }, galaxies }, { f814w: imaging() });
  expect(specsOf(raw).specs.pixelized.datasets.f814w.mask).toMatchObject([{ type: "circular", radius: 3 }]);
});

test("bands that are off each other are laid upon the first", () => {
  const onSight = { blue: imaging(), red: imaging({ centre: [0.13, -0.05] }) };
  const raw = automaticPhases({ datasets: { blue: image, red: { ...image, offset: [0.2, 0] } }, galaxies }, onSight);
  const { blue, red } = specsOf(raw).specs.pixelized.datasets;
  expect(blue).toMatchObject({ offset: [0, 0] });
  expect((red as { offset: readonly number[] }).offset[0]).toBeCloseTo(0.17, 3);
});

test("a dark lens has a mass alone, with a centre of its own", () => {
  const raw = automaticPhases({ datasets: { f814w: image }, galaxies }, { f814w: imaging({ hasLensLight: false }) });
  const { names, specs } = specsOf(raw);
  expect(names).toEqual(["smooth", "pixelized", "unsheared", "posterior"]);
  for (const name of ["smooth", "pixelized"]) {
    expect(Object.keys(specs[name].galaxies.lens.profiles)).toEqual(["mass", "shear"]);
  }
  expect(buildModel(specs.smooth).parameters).toHaveLength(2 + 2 + 1 + 2 + 4);
});

test("of several images the one of the clearest arcs comes first, alone", () => {
  const onSight = { blue: imaging({ signal: 90 }), red: imaging({ signal: 200 }) };
  const raw = automaticPhases({ datasets: { blue: image, red: image }, galaxies }, onSight);
  const { specs } = specsOf(raw);
  expect(Object.keys(specs.light.datasets)).toEqual(["blue", "red"]);
  expect(Object.keys(specs.smooth.datasets)).toEqual(["red"]);
  // Two centres that are one, three ellipses, radius, shear; the centre and the ellipse of the source.
  expect(buildModel(specs.smooth).parameters).toHaveLength(2 + 6 + 1 + 2 + 4);
  expect(Object.keys(specs.pixelized.datasets)).toEqual(["blue", "red"]);
});

test("what it is no pipeline for", () => {
  const three = { ...galaxies, other: { redshift: 0.5 } };
  expect(() => automaticPhases({ datasets: { f814w: image }, galaxies: three }, { f814w: imaging() })).toThrow(
    /two galaxies/,
  );
  const same = { lens: { redshift: 1 }, source: { redshift: 1 } };
  expect(() => automaticPhases({ datasets: { f814w: image }, galaxies: same }, { f814w: imaging() })).toThrow(
    /redshift/,
  );
  const blank = { f814w: imaging({ ringRadius: null }) };
  expect(() => automaticPhases({ datasets: { f814w: image }, galaxies }, blank)).toThrow(/arcs/);
});
