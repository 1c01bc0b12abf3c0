import type { VoiceName } from "../backend/contract.ts";
import { type ByteSource, bytesSource } from "../io/byte-source.ts";
import { writeNpy } from "../io/npy.ts";
import type { Likelihood } from "../likelihood/evaluation.ts";
import { planSpec } from "../likelihood/from-spec.ts";
import { simulateSpec } from "../likelihood/simulate.ts";
import type { SimulatedImaging } from "../likelihood/simulated-imaging.ts";
import { parseSpec } from "../model/parse-spec.ts";
import type { FreeParameter } from "../model/ties.ts";
import { gaussian } from "./parametric.ts";
import type { Band, PixelizedScene, Solve } from "./pixelized-cases.ts";

/** A scene as its likelihoods read it. */
export interface ObservedScene {
  /** Sum over the bands of their unmasked pixels. */
  readonly pixels: number;
  plan(solve: Solve, voice: VoiceName): Promise<Likelihood>;
  /** Of a round: no two rounds share a number. */
  vector(round: number): Float64Array;
}

/**
 * Makes the images of a scene: a Sersic lens with an isothermal ellipsoid and shear before a Sersic source, from the files
 * of which likelihoods are planned as any user's are.
 */
export async function observeScene(scene: PixelizedScene, seed: number): Promise<ObservedScene> {
  const files = new Map<string, Uint8Array>();
  const open = async (path: string): Promise<ByteSource> => bytesSource(files.get(path)!, path);
  const write = ({ side }: { readonly side: number }, path: string, data: Float64Array) => {
    files.set(path, writeNpy({ dtype: "f8", shape: [side, side], data }));
  };
  for (const { name, psf } of scene.bands) write(psf, `${name}/psf.npy`, gaussian(psf.side, psf.sigma));
  const simulate = async (galaxies: string, noiseless: boolean) => {
    const spec = parseSpec(`${datasetsText(scene)}\n${galaxies}`, "the bench");
    const { datasets } = await simulateSpec(spec, { open, seed, noiseless });
    return datasets as readonly SimulatedImaging[];
  };
  const sources = await simulate(galaxiesText(scene, String, "", SERSIC), true);
  const images = await simulate(galaxiesText(scene, String, bulge(String), SERSIC), false);
  scene.bands.forEach((band, b) => {
    write(band, `${band.name}/source.npy`, sources[b].image);
    write(band, `${band.name}/data.npy`, images[b].data);
    write(band, `${band.name}/noise.npy`, images[b].noiseMap);
  });
  const planned = (solve: Solve, voice: VoiceName) => {
    const galaxies = galaxiesText(scene, free, bulge(free), meshText(scene));
    const settings = `settings: { positive_only: ${solve === "positive"} }`;
    return planSpec(parseSpec([datasetsText(scene), galaxies, settings].join("\n"), "the bench"), {
      open,
      backend: voice,
    });
  };
  const { datasets, model } = await planned("linear", "traced");
  const means = Float64Array.from(model.parameters, meanOf);
  return {
    pixels: datasets.reduce((sum, { nativeIndex }) => sum + nativeIndex.length / 2, 0),
    plan: async (solve, voice) => (await planned(solve, voice)).likelihood,
    // A thousandth is what images of this depth leave open.
    vector: (round) => means.map((mean, p) => mean + 1e-3 * Math.sin(round * (p + 1))),
  };
}

/** A number, known or to be found. */
type Entry = (mean: number) => string;

const free: Entry = (mean) => `{ prior: gaussian, mean: ${mean}, sigma: 0.1 }`;

function meanOf({ prior }: FreeParameter): number {
  return prior.prior === "gaussian" ? prior.mean : Number.NaN;
}

function datasetsText({ bands }: PixelizedScene): string {
  return ["datasets:", ...bands.map(datasetText)].join("\n");
}

function datasetText({ name, side, pixelScale, maskRadius }: Band): string {
  return `  ${name}:
    type: imaging
    data: ${name}/data.npy
    noise_map: ${name}/noise.npy
    psf: ${name}/psf.npy
    pixel_scale: ${pixelScale}
    mask: { type: circular, radius: ${maskRadius} }
    simulate: { shape: [${side}, ${side}], exposure_time: 2000, background_sky_level: 0.4, read_noise: 4 }`;
}

function galaxiesText({ einsteinRadius }: PixelizedScene, entry: Entry, light: string, source: string): string {
  const pair = (y: number, x: number) => `[${entry(y)}, ${entry(x)}]`;
  return `galaxies:
  lens:
    redshift: 0.5
    mass:
      profile: Isothermal
      centre: ${pair(0, 0)}
      ell_comps: ${pair(0.14, 0.025)}
      einstein_radius: ${entry(einsteinRadius)}
    shear: { profile: ExternalShear, gamma_1: ${entry(0.03)}, gamma_2: ${entry(-0.04)} }
${light}
  source:
    redshift: 1.0
${source}`;
}

function bulge(entry: Entry): string {
  const pair = (y: number, x: number) => `[${entry(y)}, ${entry(x)}]`;
  return `    bulge:
      profile: Sersic
      centre: ${pair(0, 0)}
      ell_comps: ${pair(0.07, 0.04)}
      intensity: ${entry(1.2)}
      effective_radius: ${entry(0.8)}
      sersic_index: ${entry(3)}`;
}

const SERSIC = `    disk:
      profile: Sersic
      centre: [0.08, -0.06]
      ell_comps: [-0.15, -0.09]
      intensity: 2
      effective_radius: 0.2
      sersic_index: 1.5`;

/** Vertices as dense as the lensed source is bright, where it is dark a tenth as dense as at its peak. */
function meshText({ bands, sourcePixels, shared }: PixelizedScene): string {
  const adaptImages = bands.map(({ name }) => `${name}: ${name}/source.npy`).join(", ");
  return `    pixelization:
      mesh: { type: delaunay, image_mesh: { type: hilbert, pixels: ${sourcePixels}, weight_floor: 0.1 } }
      regularization: { type: constant, coefficient: 1 }
      shared: ${shared}
      border: relocate
      adapt_image: { ${adaptImages} }`;
}
