import { nestedSampler } from "../../src/inference/nested/static.ts";
import type { SampleSet } from "../../src/inference/sampler.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { targetOf, vectorsFromUnit } from "../../src/likelihood/target.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import type { SearchOutcome } from "../../src/pipeline/search-outcome.ts";
import { runSampler } from "../inference/run-sampler.ts";
import { observationFile, opener, SPEC } from "../likelihood/imaging-observation.ts";

/** Two parameters free, one tied, one asserted. */
export const SEARCHED = `${SPEC.replace("light: 2", "light: 1")
  .replace("einstein_radius: 0.9", "einstein_radius: { prior: gaussian, mean: 0.9, sigma: 0.02 }")
  .replace("ell_comps: [0.1, 0.05]", "ell_comps: [{ prior: uniform, lower: 0.0, upper: 0.2 }, 0.05]")
  .replace(
    "centre: [0.1, 0.05]",
    'centre: [{ tied: "galaxies.lens.mass.ell_comps.0" }, 0.05]',
  )}assertions: ["galaxies.lens.mass.einstein_radius < 1.2"]
search: { method: nested }
`;

/** Its light was taken at the centres of pixels, through no PSF. */
const ARCHIVE = observationFile({ psf: Float64Array.from({ length: 15 }, (_, k) => (k === 7 ? 1 : 0)) });

export async function planned(text: string) {
  const spec = parseSpec(text, "lens.yaml");
  return { spec, ...(await planSpec(spec, { open: opener({ "hst.npz": ARCHIVE }) })) };
}

/** A spec searched by nested sampling, and its plan. */
export async function searched(seed = 3) {
  const plan = await planned(SEARCHED);
  const { spec, model, likelihood } = plan;
  const { samples } = await runSampler(nestedSampler({ livePoints: 25 }), targetOf(model, likelihood), seed);
  return { ...plan, outcome: outcomeOf(spec, model, samples) };
}

export function outcomeOf(
  spec: SearchOutcome["spec"],
  model: SearchOutcome["model"],
  samples: SampleSet,
): SearchOutcome {
  const vectors = vectorsFromUnit(model, samples.points);
  const best = samples.logLikelihoods.indexOf(Math.max(...samples.logLikelihoods));
  const d = samples.dimensions;
  return {
    phase: "fit",
    spec,
    model,
    objective: "log_likelihood",
    samples,
    vectors,
    best: { vector: vectors.slice(best * d, (best + 1) * d), logLikelihood: samples.logLikelihoods[best] },
    stopped: null,
    failures: { "assertion: galaxies.lens.mass.einstein_radius < 1.2": 2 },
  };
}
