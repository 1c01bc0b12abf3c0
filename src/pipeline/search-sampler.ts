import { ensembleSampler } from "../inference/ensemble/ensemble.ts";
import { gigaLens } from "../inference/giga-lens/giga-lens.ts";
import { nuts } from "../inference/hamiltonian/nuts.ts";
import { importanceSampler } from "../inference/importance/importance.ts";
import { dynamicNestedSampler } from "../inference/nested/dynamic.ts";
import { nestedSampler } from "../inference/nested/static.ts";
import { adam } from "../inference/optimize/adam.ts";
import { lbfgs } from "../inference/optimize/l-bfgs.ts";
import { temperedLbfgs } from "../inference/optimize/tempered-l-bfgs.ts";
import type { Sampler, SamplerState, SmoothTarget } from "../inference/sampler.ts";
import { particleSwarm } from "../inference/swarm/particle-swarm.ts";
import type { Model } from "../model/model.ts";
import { unitFromValue } from "../model/prior.ts";
import type { SearchMethod, SearchSpec } from "../model/search-schema.ts";

/** A sampler of any state: who runs it hands states back unread. */
export type AnySampler = Sampler<SamplerState, SmoothTarget>;

/** The options are checked by the schema of a spec, whose names are those of the samplers' options. */
const MAKE: Readonly<Record<SearchMethod, (options: SearchSpec["options"]) => unknown>> = {
  nested: nestedSampler,
  dynamic_nested: dynamicNestedSampler,
  ensemble: ensembleSampler,
  particle_swarm: particleSwarm,
  lbfgs: (options) => ("climbers" in options || "about" in options ? temperedLbfgs : lbfgs)(options),
  adam,
  nuts,
  giga_lens: gigaLens,
  importance: importanceSampler,
};

/**
 * The sampler that a spec's search asks for.
 * @param model Whose priors the unit cube is of.
 */
export function searchSampler(
  { method, options, start }: Pick<SearchSpec, "method" | "options" | "start">,
  { parameters }: Pick<Model, "parameters">,
): AnySampler {
  if (start === undefined) return MAKE[method](options) as AnySampler;
  const about = Float64Array.from(parameters, ({ path, prior }) =>
    Object.hasOwn(start, path) ? unitFromValue(prior, start[path]) : 0.5,
  );
  return MAKE[method]({ ...options, about } as unknown as SearchSpec["options"]) as AnySampler;
}
