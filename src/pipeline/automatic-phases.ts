import { InputError } from "../errors.ts";
import { afterLight, centreOfLight, heldLight, light, openLight, overSampling } from "./automatic-light.ts";
import { AS_FIRST, AS_WIDE, ellipticity, normal, rounded } from "./automatic-priors.ts";
import type { DatasetOnSight, Raw, RawSpec, Scene } from "./automatic-scene.ts";

/*
 * The phases that take a lens from its files to a posterior, as a spec would write them: data to be parsed. First the light within
 * the arcs; then everything is open, light of the lens, mass and a simple source, and climbed to from many starts; then the source
 * has more pixels, then its best image shapes its mesh and the posterior is sampled, of the lens' light its ellipses.
 *
 * A pixelized source can always be a copy of the arcs behind a mass too small to lens it. Two things keep the fit from that: the
 * Einstein radius has hard bounds about the ring that is seen; and the lens' light is fitted beside the pixels, for what it
 * leaves in the arcs is what copies are better at than lenses.
 *
 * So the first source is one that copies little. In one image with the lens' light it has few pixels, and not too few: where 14 x 14
 * are enough for bright clumps, on 10 x 10 a shear of 0.2 was better than the true one of none. Starts climb a tempered likelihood
 * first; of 24, six or more come to PyAutoLens' imaging_simple and instrument_hst and to random lenses of `bench`, where one to three
 * did without. Where the lens is dark its centre is open too, and climbs from all over the place end in copies; where
 * there are several datasets many starts are dear. There the first source is Gaussians about one centre, which are a copy of
 * nothing, and cheap. (Elsewhere they lead away from lenses whose sources have several clumps, 15 % in the Einstein radius of SLACS
 * J1250+0523.)
 *
 * Pixels are those of a rectangle that follows the density of rays: the evidence is as good as that of a Delaunay mesh of as many,
 * and smooth in the mass to some hundredths, where triangles that flip make it ragged by 2 to 3, so that searches can climb it.
 *
 * All numbers are shares of the ring that is seen, of pixels, or what galaxies are like (axis ratios, shear).
 */

/**
 * Of the ring's radius, between which the Einstein radius is looked for, and how far from it it is likely to be: climbs from far
 * off end on the walls.
 */
const SMALLEST = 0.7;
const LARGEST = 1.3;
const OFF_RING = 0.15;
const SHEAR = 0.05;
/** How far a lens that is dark may be off the middle of its arcs, in radii of the ring. */
const OFF_ARCS = 0.25;
/** Deviations of the Gaussians of a smooth source, in radii of the ring, and how far its centre may be off the lens'. */
const SMOOTH = { lower: 0.02, upper: 0.5, count: 6 } as const;
const OFF_LENS = 0.3;
/**
 * From pixel to pixel a source changes by this much of the noise, within a factor of ten: a coefficient is one over the square of
 * it. (8 to 45 in eight images of SLACS, COSMOS-Web and PyAutoLens, 220 in SPT0346-52.) Much below, a source that is positive only
 * is dark, from where no climb leads on.
 */
const CHANGE = 30;
const CHANGE_FACTOR = 10;
/** Cheap ones, of which the best climb to the end. */
const MANY = { starts: 36, climbers: 6 } as const;
/** Pixels of the meshes of source after source, a side. */
const COARSE_MESH = 14;
const MESH = 20;
const LAST_MESH = 26;
/**
 * Rays a pixel, along each side: one is enough to find a lens, but blurs what it finds. Of a source as large as a pixel shear and
 * ellipticity came out 3 to 4 standard deviations off with one, within 1.6 with two and 1.4 with four, which take half as long again.
 */
const LAST_OVER_SAMPLING = 2;
/**
 * The spec with everything in it that it leaves out: masks, over-sampling, models, phases.
 * @param raw With datasets, and two galaxies of nothing but redshifts.
 * @param onSight By the datasets' names.
 * @throws InputError for galaxies that this is no pipeline for.
 */
export function automaticPhases(raw: RawSpec, onSight: Readonly<Record<string, DatasetOnSight>>): RawSpec {
  const { pipeline: _, ...spec } = raw;
  const { lens, source } = galaxiesOf(raw);
  const [first] = Object.values(onSight);
  const ring = medianOf(Object.values(onSight).flatMap(({ sight }) => sight.ringRadius ?? []));
  if (ring === null) {
    const remedy = "give a model and priors in the place of pipeline: automatic";
    throw new InputError("pipeline/no-arcs", "no arcs stand out of the noise of any dataset", remedy, "datasets");
  }
  const images = Object.entries(onSight).filter(([, { type }]) => type === "imaging");
  const shining = images.filter(([, { sight }]) => sight.hasLensLight).map(([name]) => name);
  const given = raw.datasets as Readonly<Record<string, Raw>>;
  const isAlone = shining.length > 0 && Object.keys(onSight).length === 1;
  const scene: Scene = {
    lens,
    source,
    ring,
    centre: first.sight.centre,
    shining,
    unsampled: images.map(([name]) => name).filter((name) => given[name].over_sampling === undefined),
    first: isAlone ? "coarse" : "smooth",
    onSight,
  };
  const datasets = datasetsOf(raw.datasets as Raw, scene);
  return {
    ...spec,
    datasets,
    settings: { positive_only: true, ...(raw.settings as Raw | undefined) },
    phases: {
      ...(shining.length > 0 ? { light: light(scene, datasets) } : {}),
      ...(scene.first === "smooth" ? { smooth: smooth(scene) } : { coarse: coarse(scene) }),
      pixelized: pixelized(scene),
      unsheared: unsheared(scene),
      posterior: posterior(scene),
    },
  };
}

/** The nearer one is the lens. */
function galaxiesOf({ galaxies }: RawSpec): { readonly lens: string; readonly source: string } {
  const all = Object.entries((galaxies ?? {}) as Readonly<Record<string, { readonly redshift: number }>>);
  if (all.length !== 2 || all.some(([, galaxy]) => Object.keys(galaxy).some((key) => key !== "redshift"))) {
    const what = "an automatic pipeline is for one lens and one source";
    throw new InputError("pipeline/galaxies", what, "give two galaxies, of each its redshift alone", "galaxies");
  }
  const [[near, lens], [far, source]] = all.toSorted(([, a], [, b]) => a.redshift - b.redshift);
  if (!(lens.redshift < source.redshift)) {
    throw new InputError("pipeline/redshifts", "both galaxies are as far", "give their redshifts", "galaxies");
  }
  return { lens: near, source: far };
}

function datasetsOf(datasets: Raw, { centre, ring, onSight }: Scene): Raw {
  return Object.fromEntries(
    Object.entries(datasets).map(([name, given]) => {
      const { type, pixelScale, sight } = onSight[name];
      // Bands that are off each other have the same lens.
      const shift = [0, 1].map((axis) => centre[axis] - sight.centre[axis]);
      const isOff = type === "imaging" && sight.hasLensLight && Math.hypot(...shift) > 0.1 * pixelScale;
      const [y, x] = ((given as Raw).offset as [number, number] | undefined) ?? [0, 0];
      const circle = { type: "circular", radius: rounded(sight.maskRadius), centre: centre.map(rounded) };
      const holes = sight.neighbours.map(({ centre: [cy, cx], radius }) => ({
        type: "annular",
        inner_radius: rounded(radius),
        outer_radius: rounded(100 * ring),
        centre: isOff ? [rounded(cy + shift[0]), rounded(cx + shift[1])] : [rounded(cy), rounded(cx)],
      }));
      const made = {
        mask: [circle, ...holes],
        ...(type === "imaging" ? { over_sampling: overSampling(pixelScale, centre) } : {}),
      };
      return [
        name,
        { ...made, ...(given as Raw), ...(isOff ? { offset: [rounded(y + shift[0]), rounded(x + shift[1])] } : {}) },
      ];
    }),
  );
}

/** Of the dataset that shows most of the arcs, one with the light of the lens if there is any. */
function smooth(scene: Scene): Raw {
  const { lens, source, ring, centre, shining, onSight } = scene;
  const isDark = shining.length === 0;
  const usable = isDark ? Object.keys(onSight) : shining;
  const [clearest] = usable.toSorted((a, b) => onSight[b].sight.signal - onSight[a].sight.signal);
  const others = Object.keys(onSight).filter((name) => name !== clearest);
  const alone = { ...scene, shining: isDark ? [] : [clearest], onSight: { [clearest]: onSight[clearest] } };
  const { lower, upper, count } = SMOOTH;
  const gaussians = {
    profile: "MultiGaussian",
    centre: centre.map((at) => normal(at, (isDark ? Math.hypot(OFF_ARCS, OFF_LENS) : OFF_LENS) * ring)),
    ell_comps: [ellipticity(), ellipticity()],
    sigmas: { lower: rounded(lower * ring), upper: rounded(upper * ring), count },
    intensity: "linear",
  };
  return {
    ...(others.length > 0 ? { datasets: Object.fromEntries(others.map((name) => [name, null])) } : {}),
    galaxies: {
      [lens]: { ...afterLight(alone), mass: massOf(ring, middleOf(alone)), shear: shear() },
      [source]: { gaussians },
    },
    search: { method: "lbfgs", ...MANY, maximum_iterations: 100, tolerance: 0.2 },
  };
}

/** All at once, with few pixels. */
function coarse(scene: Scene): Raw {
  const { lens, source, ring } = scene;
  return {
    galaxies: {
      [lens]: { ...afterLight(scene), mass: massOf(ring, middleOf(scene)), shear: shear() },
      [source]: { pixelization: pixels(scene, COARSE_MESH) },
    },
    search: { method: "lbfgs", ...MANY, maximum_iterations: 60, tolerance: 0.2 },
  };
}

/** All datasets, about the mass of the first source. */
function pixelized(scene: Scene): Raw {
  const { lens, source, first } = scene;
  const found = { from: first, widen: AS_WIDE };
  const light = first === "coarse" ? heldLight(scene) : afterLight(scene);
  return {
    galaxies: { [lens]: { ...light, mass: found, shear: found }, [source]: { pixelization: pixels(scene, MESH) } },
    search: { method: "lbfgs", starts: 4, maximum_iterations: 60, tolerance: 0.2 },
  };
}

/** Of the mass: where the light is, if there is any. */
function middleOf(scene: Scene): readonly Raw[] {
  const { centre, ring, shining } = scene;
  return shining.length > 0 ? centreOfLight(scene) : centre.map((at) => normal(at, OFF_ARCS * ring));
}

function massOf(ring: number, centre: readonly Raw[]): Raw {
  return {
    profile: "Isothermal",
    centre,
    ell_comps: [ellipticity(), ellipticity()],
    einstein_radius: {
      ...normal(ring, OFF_RING * ring),
      lower: rounded(SMALLEST * ring),
      upper: rounded(LARGEST * ring),
    },
  };
}

function shear(): Raw {
  return { profile: "ExternalShear", gamma_1: normal(0, SHEAR), gamma_2: normal(0, SHEAR) };
}

function pixels({ onSight }: Scene, side: number): Raw {
  const logChanges = Object.values(onSight).map(({ noise }) => Math.log(CHANGE * noise));
  const logChange = logChanges.reduce((sum, each) => sum + each, 0) / logChanges.length;
  const coefficient = {
    prior: "log_gaussian",
    mean: rounded(-2 * logChange),
    sigma: rounded(2 * Math.log(CHANGE_FACTOR)),
  };
  return {
    mesh: { type: "rectangular_adapt_density", shape: [side, side] },
    regularization: { type: "constant", coefficient },
  };
}

/**
 * The mass without shear, for comparison: Bolton et al. 2008 (ApJ 682, 964) and others publish axis ratios and position angles
 * of such. Shear and ellipticity take each other's part, so that those of a sheared mass are other numbers.
 */
function unsheared(scene: Scene): Raw {
  const { lens, source } = scene;
  const radius = { from: "pixelized", widen: 0.3 * AS_FIRST };
  return {
    galaxies: {
      [lens]: { ...heldLight(scene), mass: { from: "pixelized", widen: AS_FIRST, einstein_radius: radius } },
      [source]: { pixelization: pixels(scene, MESH) },
    },
    search: { method: "lbfgs", starts: 4, maximum_iterations: 60, tolerance: 0.2 },
  };
}

/**
 * Mass and shear have the priors that they began with: about what earlier phases made of the same data they would count them
 * twice, and about where these were wrong no posterior would come back. (Visibilities that leave a shear of 0.1 open put it at
 * 0.18, and the posterior about it, three of its errors from the truth.)
 */
function posterior(scene: Scene): Raw {
  const { lens, source, ring } = scene;
  const finer = scene.unsampled.map((name) => [name, { over_sampling: { source: LAST_OVER_SAMPLING } }]);
  return {
    ...(finer.length > 0 ? { datasets: Object.fromEntries(finer) } : {}),
    galaxies: {
      [lens]: {
        ...openLight(scene),
        mass: massOf(ring, middleOf(scene)),
        shear: shear(),
      },
      [source]: {
        pixelization: {
          mesh: { type: "rectangular_adapt_image", shape: [LAST_MESH, LAST_MESH], weight_floor: 0.05 },
          regularization: { type: "constant", coefficient: { from: "pixelized", widen: AS_WIDE } },
          adapt_image: { from: "pixelized" },
        },
      },
    },
    search: {
      method: "importance",
      start: { from: "pixelized" },
      starts: 4,
      climbers: 2,
      effective_samples: 500,
      maximum_evaluations: 6000,
      meshes: 5,
    },
  };
}

function medianOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.toSorted((a, b) => a - b)[(values.length - 1) >> 1];
}
