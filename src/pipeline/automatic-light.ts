import { AS_WIDE, ellipticity, normal, rounded } from "./automatic-priors.ts";
import type { Raw, Scene } from "./automatic-scene.ts";

/*
 * The light of the lens through the phases of an automatic fit: its core alone, then core and halo beside the source, then held,
 * or open in its ellipses. How bright it is at every radius is solved for beside every source.
 */

/** Of the ring's radius: inside, the light is the lens'. */
const WITHIN_ARCS = 0.6;

/** Where a cusp of light is steep within a pixel. */
export function overSampling(pixelScale: number, centre: readonly [number, number]): Raw {
  const radii = [2, 6].map((pixels) => rounded(pixels * pixelScale));
  return { light: { radial_list: radii, sub_size_list: [8, 4, 1], centre_list: [centre.map(rounded)] }, source: 1 };
}

/**
 * The light of the lens within its arcs, by itself: where it is and how it is turned is known a thousand times as well as anything
 * of the mass, and climbs that had both to find spent themselves on the light (of PyAutoLens' imaging_simple one of 24 came to the
 * lens).
 * @param datasets With their masks.
 */
export function light(scene: Scene, datasets: Raw): Raw {
  const { lens, source, ring, centre, shining, onSight } = scene;
  const circle = { type: "circular", radius: rounded(WITHIN_ARCS * ring), centre: centre.map(rounded) };
  const masksOf = (name: string) => [(datasets[name] as Raw).mask].flat();
  const dark = Object.keys(onSight).filter((name) => !shining.includes(name));
  const { core } = lensLight(scene) as { readonly core: Raw };
  return {
    datasets: Object.fromEntries([
      ...shining.map((name) => [name, { mask: [...masksOf(name), circle] }] as const),
      ...dark.map((name) => [name, null] as const),
    ]),
    galaxies: { [lens]: { core }, [source]: {} },
    search: { method: "lbfgs", starts: 4, maximum_iterations: 100, tolerance: 0.2 },
  };
}

/**
 * Inside of the arcs and among them isophotes differ in shape; the centre is one. Both sets have Gaussians as large as the
 * ring: light of a bulge and a disk, of which either goes on below the other, is else left in the arcs, and put the ellipticity
 * 3.7 standard deviations off.
 */
function lensLight(scene: Scene): Raw {
  const { ring, centre, shining, onSight } = scene;
  if (shining.length === 0) return {};
  const finest = Math.min(...shining.map((name) => onSight[name].pixelScale));
  const widest = Math.max(...shining.map((name) => onSight[name].sight.maskRadius));
  const only = shining.length < Object.keys(onSight).length ? { datasets: shining } : {};
  const gaussians = (lower: number, upper: number, count: number) => ({
    profile: "MultiGaussian",
    ...only,
    ell_comps: [ellipticity(), ellipticity()],
    sigmas: { lower: rounded(lower), upper: rounded(upper), count },
    intensity: "linear",
  });
  return {
    core: { ...gaussians(finest / 2, ring, 12), centre: centre.map((at) => normal(at, finest)) },
    halo: { ...gaussians(ring / 6, 1.5 * widest, 9), centre: centreOfLight(scene) },
  };
}

/** With what is known of the core. */
export function afterLight(scene: Scene): Raw {
  const { core, halo } = lensLight(scene) as { readonly core?: Raw; readonly halo?: Raw };
  const known = { from: "light", widen: AS_WIDE };
  return core === undefined ? {} : { core: { ...core, centre: known, ell_comps: known }, halo };
}

export function centreOfLight({ lens }: Scene): readonly Raw[] {
  return [0, 1].map((axis) => ({ tied: `galaxies.${lens}.core.centre.${axis}` }));
}

/** The shape of the lens' light keeps; how bright it is at every radius is solved for beside every source. */
export function heldLight({ shining, first }: Scene): Raw {
  const held = { fixed: openIn(first), intensity: "linear" };
  return shining.length === 0 ? {} : { core: held, halo: held };
}

/**
 * Its ellipses are open again: held, they put mass and shear three to five deviations off behind a bright disk. The centre, known to
 * a hundredth of a pixel, is not open.
 */
export function openLight(scene: Scene): Raw {
  const open = { ell_comps: { from: openIn(scene.first), widen: AS_WIDE } };
  return Object.fromEntries(
    Object.entries(heldLight(scene)).map(([name, held]) => [name, { ...(held as Raw), ...open }]),
  );
}

/** The phase that has fitted the light in all datasets: a smooth source is fitted to one. */
function openIn(first: Scene["first"]): string {
  return first === "coarse" ? "coarse" : "pixelized";
}
