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
import type { SearchMethod, SearchSpec } from "../model/search-schema.ts";

/** A sampler of any state: who runs it hands states back unread. */
export type AnySampler = Sampler<SamplerState, SmoothTarget>;

/** The options are checked by the schema of a spec, whose names are those of the samplers' options. */
const MAKE: Readonly<Record<SearchMethod, (options: SearchSpec["options"]) => unknown>> = {
  nested: nestedSampler,
  dynamic_nested: dynamicNestedSampler,
  ensemble: ensembleSampler,
  particle_swarm: particleSwarm,
  lbfgs: (options) => (options.climbers === undefined ? lbfgs(options) : temperedLbfgs(options)),
  adam,
  nuts,
  giga_lens: gigaLens,
  importance: importanceSampler,
};

/** The sampler that a spec's search asks for. */
export function searchSampler({ method, options }: Pick<SearchSpec, "method" | "options">): AnySampler {
  return MAKE[method](options) as AnySampler;
}
