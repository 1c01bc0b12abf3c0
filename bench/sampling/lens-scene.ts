import { kernelsBeside } from "../../src/backend/kernels.ts";
import { blurringRegion } from "../../src/dataset/blurring-region.ts";
import { imaging } from "../../src/dataset/imaging.ts";
import { gaussianPsf } from "../../src/dataset/psf.ts";
import { type PixelGrid, pixelGrid } from "../../src/grid.ts";
import { normal, type RandomState } from "../../src/inference/rng.ts";
import type { ImagingDataset } from "../../src/likelihood/imaging-dataset.ts";
import { planParametric } from "../../src/likelihood/parametric.ts";
import { referenceLight } from "../../src/likelihood/pixel-light.ts";
import { givenLight } from "../../src/likelihood/seen-light.ts";
import { type ModelTarget, targetOf, vectorsFromUnit } from "../../src/likelihood/target.ts";
import { traceLight } from "../../src/likelihood/traced-light.ts";
import { buildModel, type Model } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import type { ConvolutionKernel } from "../../src/operators/convolve.ts";

/*
 * A small lens whose whole statistical model is known: what its parameters are drawn from, and what its data are given them.
 * An isothermal ellipsoid, an exponential disk behind it, a PSF, and normal noise of one standard deviation. (Not that of
 * counts: its noise map knows the truth, and a likelihood that takes it as given is not quite the one of the data.)
 */

const SPEC = `
datasets:
  image: { type: imaging, data: image.npz, noise_map: image.npz, psf: image.npz, pixel_scale: 0.1 }
galaxies:
  lens:
    redshift: 0.5
    mass:
      profile: Isothermal
      ell_comps: [{ prior: gaussian, mean: 0.1, sigma: 0.05 }, { prior: gaussian, mean: 0, sigma: 0.05 }]
      einstein_radius: { prior: uniform, lower: 0.8, upper: 1.2 }
  source:
    redshift: 1.0
    disk:
      profile: Sersic
      centre: [{ prior: gaussian, mean: 0, sigma: 0.1 }, { prior: gaussian, mean: 0.05, sigma: 0.1 }]
      intensity: { prior: log_uniform, lower: 0.5, upper: 2 }
      effective_radius: 0.2
      sersic_index: 1.0
`;

/** As wide as the prior's largest rings, arcsec. */
const FIELD = 3;

export interface LensScene {
  readonly model: Model;
  readonly grid: PixelGrid;
  readonly psf: ConvolutionKernel;
  /** (M) Data given parameters, which are a point in the unit cube of their priors. */
  observe(point: Float64Array, random: RandomState): Promise<Float64Array>;
  /** The likelihood of such data, over the unit cube. */
  targetOf(data: Float64Array): ModelTarget;
}

export interface LensSceneOptions {
  /** Parameters that are known, `galaxies.lens.mass.ell_comps.0=0.1` and so on, as `--set` has them. */
  readonly fixed?: readonly string[];
  /** Pixels along a side. Default 30. */
  readonly side?: number;
  /** Standard deviation of the noise; the disk is of intensity 1, give or take, at its effective radius. Default 0.3. */
  readonly noise?: number;
  /** What the noise map says, as a part of the noise: with less than one a posterior that is too narrow. Default 1. */
  readonly statedNoise?: number;
}

export function lensScene(options: LensSceneOptions = {}): LensScene {
  const { fixed = [], side = 30, noise = 0.3, statedNoise = 1 } = options;
  const model = buildModel(parseSpec(SPEC, "the lens scene", fixed));
  const grid = pixelGrid([side, side], FIELD / side);
  const psf = gaussianPsf(0.15, FIELD / side);
  const datasetOf = (data: Float64Array): ImagingDataset => {
    const noiseMap = new Float64Array(data.length).fill(statedNoise * noise);
    const masked = new Uint8Array(data.length);
    const read = imaging({ grid, masked, data, noiseMap, psf }, { data: "the scene", noiseMap: "the scene" });
    return {
      ...read,
      type: "imaging",
      name: "image",
      blurringRegion: blurringRegion(read.mask, psf.shape),
      overSampling: { light: 1, source: 1 },
      warnings: [],
    };
  };
  // The plainest voice makes the data, so that the fast one is calibrated too. Each is made once, for all data.
  const lights = { reference: givenLight(referenceLight(model)), traced: givenLight(traceLight(model)) };
  const likelihoodOf = (data: Float64Array, voice: keyof typeof lights) => {
    const [datasets, light] = [[datasetOf(data)], () => lights[voice]];
    return planParametric({ datasets, model, voice, light, kernels: kernelsBeside(voice), picks: [] });
  };
  const simulator = likelihoodOf(new Float64Array(side * side), "reference");
  return {
    model,
    grid,
    psf,
    async observe(point, random) {
      const [{ datasets }] = await simulator.evaluate(vectorsFromUnit(model, point));
      return datasets[0].image.map((expected) => expected + noise * normal(random));
    },
    targetOf: (data) => targetOf(model, likelihoodOf(data, "traced")),
  };
}
