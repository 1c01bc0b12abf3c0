import { ensembleSampler } from "../../src/inference/ensemble/ensemble.ts";
import { nestedSampler } from "../../src/inference/nested/static.ts";
import { randomState } from "../../src/inference/rng.ts";
import { runSampler } from "../../src/inference/run.ts";
import type { Sampler, SamplerState, Target } from "../../src/inference/sampler.ts";
import { vectorsFromUnit } from "../../src/likelihood/target.ts";
import { buildModel } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import type { SearchOutcome } from "../../src/pipeline/search-outcome.ts";

/** A lens with free parameters of every kind that a COOLEST file tells apart, and light and mass that it has no word for. */
export const SPEC = `
datasets:
  f814w:
    { type: imaging, data: image.fits, noise_map: noise.fits, psf: psf.fits, pixel_scale: 0.05 }
galaxies:
  lens:
    redshift: 0.5
    bulge: { profile: Sersic, centre: [0.01, -0.02], ell_comps: [0.1, -0.05], intensity: 2.0, effective_radius: 0.8, sersic_index: { prior: uniform, lower: 1.0, upper: 6.0 } }
    mass: { profile: PowerLaw, centre: [{ prior: gaussian, mean: 0.0, sigma: 0.05 }, 0.02], ell_comps: [0.0, -0.15], einstein_radius: { prior: uniform, lower: 1.0, upper: 2.0 }, slope: 2.1 }
    halo: { profile: NFWSph, kappa_s: 0.05, scale_radius: 10.0 }
    shear: { profile: ExternalShear, gamma_1: { prior: uniform, lower: -0.1, upper: 0.1 }, gamma_2: 0.03 }
  source:
    redshift: 1.5
    disk: { profile: Exponential, centre: [0.05, 0.1], ell_comps: [0.2, 0.1], intensity: 1.0, effective_radius: 0.2 }
search: { method: METHOD }
`;

/** Where the likelihood of `sampledOutcome` is largest, and its standard deviations, in the order of the model. */
export const TRUTH = [4.0, 0.01, 1.4, 0.02];
export const SIGMA = [0.3, 0.01, 0.02, 0.01];

/** A search of `SPEC` under a Gaussian likelihood. */
export async function sampledOutcome(method: "nested" | "ensemble", seed = 3): Promise<SearchOutcome> {
  const spec = parseSpec(SPEC.replace("METHOD", method), "lens.yaml");
  const model = buildModel(spec);
  const logLikelihood = (vector: ArrayLike<number>) => {
    return -0.5 * TRUTH.reduce((sum, truth, p) => sum + ((vector[p] - truth) / SIGMA[p]) ** 2, 0);
  };
  const target: Target = {
    dimensions: TRUTH.length,
    logLikelihoods: async (points) => {
      const vectors = vectorsFromUnit(model, points);
      return Float64Array.from({ length: vectors.length / TRUTH.length }, (_, n) =>
        logLikelihood(vectors.subarray(n * TRUTH.length, (n + 1) * TRUTH.length)),
      );
    },
  };
  const sampler =
    method === "nested" ? nestedSampler({ livePoints: 100 }) : ensembleSampler({ walkers: 16, maximumSteps: 300 });
  const { samples, best, stopped } = await runSampler(sampler as Sampler<SamplerState>, target, {
    random: randomState(seed),
  });
  return {
    phase: "fit",
    spec,
    model,
    objective: "log_likelihood",
    samples,
    vectors: vectorsFromUnit(model, samples.points),
    best: { vector: vectorsFromUnit(model, best.point), logLikelihood: best.logLikelihood },
    stopped,
    failures: {},
  };
}
