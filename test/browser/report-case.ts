import { draws, normal, randomState } from "../../src/inference/rng.ts";
import type { SampleSet } from "../../src/inference/sampler.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { simulateSpec } from "../../src/likelihood/simulate.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { unitFromValue } from "../../src/model/prior.ts";
import type { SearchOutcome } from "../../src/pipeline/search-outcome.ts";
import type { ReportContent, ReportPhase } from "../../src/result/report.ts";
import { simulatedFiles } from "../../src/result/simulated-files.ts";

/** What a page must show and not obey. */
export const HOSTILE = `B1608+656 <img src="https://example.invalid/x.png"> & <script>document.title = "obeyed"</script>`;

const spec = (profiles: { readonly mass: string; readonly source: string }) => `
datasets:
  hst:
    type: imaging
    data: image.fits
    noise_map: noise.fits
    psf: psf.fits
    pixel_scale: 0.1
    mask: { type: circular, radius: 2 }
    simulate: { shape: [44, 44], exposure_time: 1000, background_sky_level: 0.1, read_noise: 4, psf_fwhm: 0.15 }
  alma:
    type: interferometer
    visibilities: visibilities.npz
    noise_map: visibilities.npz
    uv_wavelengths: uv.npz
    grid: { shape: [40, 40], pixel_scale: 0.1 }
    mask: { type: circular, radius: 1.8 }
    simulate:
      noise_sigma: 1
      earth_rotation: { antennas: 10, longest_baseline: 5.0e+5, declination: -30, hours: 1, integrations: 3 }
galaxies:
  lens:
    redshift: 0.5
    bulge: { profile: Sersic, datasets: [hst], intensity: 0.5, effective_radius: 0.5, sersic_index: 2.0 }
    mass: ${profiles.mass}
  source: { redshift: 1.5, ${profiles.source} }
`;
const TRUE_DISK =
  "disk: { profile: Sersic, centre: [0.05, 0.1], intensity: 1, effective_radius: 0.2, sersic_index: 1 }";
const MESH = `pixelization: { mesh: { type: rectangular_uniform, shape: [12, 12] }, regularization: { type: constant, coefficient: 3 } }`;
const TRUTH = [0.1, 0.05, 1.2];
const SIGMA = [0.004, 0.003, 0.002];

/** A report of an image and of visibilities of one lens, simulated, with samples of a Gaussian about the truth. */
export async function reportCase(method: "nested" | "ensemble"): Promise<ReportContent> {
  const mass = `{ profile: Isothermal, ell_comps: [0.1, 0.05], einstein_radius: 1.2 }`;
  const free = `{ profile: Isothermal, ell_comps: [{ prior: uniform, lower: -0.5, upper: 0.5 }, { prior: gaussian, mean: 0, sigma: 0.2 }], einstein_radius: { prior: uniform, lower: 1, upper: 1.4 } }`;
  const closed = async (): Promise<never> => Promise.reject(new Error("nothing is read"));
  const { datasets: simulated } = await simulateSpec(parseSpec(spec({ mass, source: TRUE_DISK }), "truth.yaml"), {
    open: closed,
    seed: 4,
  });
  const files = simulatedFiles(simulated, []);
  const text = spec({ mass: free, source: MESH });
  const parsed = parseSpec(text, "lens.yaml");
  const open = async (path: string) => bytesSource(files.get(path) as Uint8Array, path);
  const { datasets, model, likelihood } = await planSpec(parsed, { open });
  const [evaluation] = await likelihood.evaluate(Float64Array.from(TRUTH));
  const count = 1200;
  const vectors = draws(randomState(2), 3 * count, normal).map((value, i) => TRUTH[i % 3] + SIGMA[i % 3] * value);
  const samples: SampleSet = {
    dimensions: 3,
    points: vectors.map((value, i) => unitFromValue(model.parameters[i % 3].prior, value)),
    logLikelihoods: Float64Array.from({ length: count }, (_, i) => -0.5 * squaredDistance(vectors, 3 * i)),
    logWeights: new Float64Array(count).fill(-Math.log(count)),
    chains: method === "nested" ? null : 8,
    logEvidence: method === "nested" ? { value: -12.5, error: 0.3 } : null,
    evaluations: 30_000,
    diagnostics: { effectiveSamples: 900 },
    warnings: method === "nested" ? [] : ["walkers disagree: split R-hat is 1.30"],
  };
  const outcome: SearchOutcome = {
    phase: "mass",
    spec: parsed,
    model,
    objective: "log_evidence",
    samples,
    vectors,
    best: { vector: Float64Array.from(TRUTH), logLikelihood: -3 },
    stopped: null,
    failures: { "the lens was <empty>": 3 },
  };
  const einsteinRadius = { median: 1.2, lower: 1.198, upper: 1.202 };
  const phase: ReportPhase = { method: `${method} sampling`, outcome, seconds: 90, einsteinRadius };
  return {
    name: HOSTILE,
    phases: [{ ...phase, outcome: { ...outcome, phase: "source" }, seconds: 20 }, phase],
    datasets,
    evaluation,
    parameters: model.parameters.map(({ path }, p) => {
      const [median, sigma] = [TRUTH[p], SIGMA[p]];
      const [lower, upper, lower95, upper95] = [-1, 1, -2, 2].map((factor) => median + factor * sigma);
      return {
        path,
        unit: p === 2 ? "arcsec" : "",
        best: median,
        posterior: { median, lower, upper, lower95, upper95 },
      };
    }),
    quantities: [
      { name: "einstein_radius_b_sie", unit: "arcsec", meaning: HOSTILE, best: 1.2, posterior: einsteinRadius },
    ],
    headline: ["einstein_radius_b_sie"],
    basins: [{ logLikelihood: -3, hits: 7, hitRate: 1 }],
    warnings: [],
    inputs: [{ name: "image.fits", value: "sha256 01" }],
    provenance: [{ name: "seed", value: "4" }],
    timing: [{ name: "search", seconds: 90 }],
    specText: text,
  };
}

function squaredDistance(vectors: Float64Array, at: number): number {
  return TRUTH.reduce((sum, truth, p) => sum + ((vectors[at + p] - truth) / SIGMA[p]) ** 2, 0);
}
