import { InputError } from "../errors.ts";
import { type RandomState, randomState, uniform } from "../inference/rng.ts";
import type { SampleSet } from "../inference/sampler.ts";
import { systematicResampling } from "../inference/statistics/systematic-resampling.ts";
import { type NetcdfGroup, type NetcdfVariable, writeNetcdf } from "../io/netcdf.ts";
import { logDensity } from "../model/prior.ts";
import type { SearchOutcome } from "../pipeline/search-outcome.ts";
import { samplesPosterior } from "./posterior-summary.ts";

/** The shuffling of draws has a seed of its own: the file depends on the samples alone. */
const SEED = 1;

/**
 * The samples of a search as netCDF-4 in the groups that ArviZ reads (`arviz.from_netcdf`); the same samples always give
 * the same bytes, so that there is no `created_at`.
 *
 * - `posterior` (chain, draw): a variable for each free parameter, by its path in the spec.
 * - `sample_stats` (chain, draw): `log_likelihood`, and `lp`, which has the log density of the priors added.
 * - `weighted_samples` (sample), for nested sampling: all its points with `log_weight`. Its `posterior` is then one chain
 *   of as many draws of equal weight as the points are worth (Kish 1965), shuffled, for ArviZ reads a chain as a sequence.
 *
 * @param version of Arclet.
 * @throws InputError `netcdf/no-posterior` where the search did not sample the posterior.
 */
export function samplesNetcdf(outcome: SearchOutcome, version: string): Uint8Array {
  const { objective, phase, samples, spec } = outcome;
  if (!samplesPosterior(samples)) {
    const what = `the search ${phase} found ${samples.logLikelihoods.length} points and no samples of the posterior`;
    throw new InputError("netcdf/no-posterior", what, "take samples.npz, or search with nested, ensemble or nuts");
  }
  const columns = columnsOf(outcome);
  const { chains } = samples;
  const weighted = chains === null;
  const order = weighted ? shuffledDraws(samples) : byChains(samples.logLikelihoods.length, chains);
  const shape = weighted ? [1, order.length] : [chains, order.length / chains];
  const along = (dimensions: readonly string[], lengths: readonly number[], which: Int32Array) => {
    return (values: Readonly<Record<string, Float64Array>>): NetcdfGroup => ({
      attributes: { inference_library: "arclet", inference_library_version: version },
      variables: {
        ...Object.fromEntries(dimensions.map((name, axis) => [name, coordinate(name, lengths[axis])])),
        ...mapped(values, (column) => ({ dimensions, data: Float64Array.from(which, (sample) => column[sample]) })),
      },
    });
  };
  const perDraw = along(["chain", "draw"], shape, order);
  const every = Int32Array.from(samples.logWeights.keys());
  const perSample = along(["sample"], [every.length], every);
  return writeNetcdf({
    attributes: {
      inference_library: "arclet",
      inference_library_version: version,
      phase,
      ...(spec.search !== undefined && { sampler: spec.search.method }),
      objective,
      evaluations: BigInt(samples.evaluations),
      ...(samples.logEvidence !== null && {
        log_evidence: samples.logEvidence.value,
        log_evidence_error: samples.logEvidence.error,
      }),
    },
    groups: {
      posterior: perDraw(columns.parameters),
      sample_stats: perDraw(columns.statistics),
      ...(weighted && {
        weighted_samples: perSample({
          ...columns.parameters,
          log_likelihood: samples.logLikelihoods,
          log_weight: samples.logWeights,
        }),
      }),
    },
  });
}

/** (n) of every parameter, and of what is known of the samples. */
function columnsOf({ model: { parameters }, samples: { logLikelihoods }, vectors }: SearchOutcome) {
  const columns = parameters.map((_, p) => {
    return Float64Array.from(logLikelihoods, (_, n) => vectors[n * parameters.length + p]);
  });
  const lp = logLikelihoods.map((logLikelihood, n) => {
    return parameters.reduce((sum, { prior }, p) => sum + logDensity(prior, columns[p][n]), logLikelihood);
  });
  return {
    parameters: Object.fromEntries(parameters.map(({ path }, p) => [path, columns[p]])),
    statistics: { lp, log_likelihood: logLikelihoods },
  };
}

/** Samples chain after chain, which lie step after step. */
function byChains(count: number, chains: number): Int32Array {
  const steps = count / chains;
  return Int32Array.from({ length: count }, (_, i) => (i % steps) * chains + Math.floor(i / steps));
}

function shuffledDraws({ logWeights }: SampleSet): Int32Array {
  const random = randomState(SEED);
  const worth = 1 / logWeights.reduce((sum, weight) => sum + Math.exp(2 * weight), 0);
  return shuffled(systematicResampling(logWeights, Math.max(1, Math.round(worth)), uniform(random)), random);
}

/** Fisher & Yates. */
function shuffled(items: Int32Array, random: RandomState): Int32Array {
  const order = items.slice();
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(uniform(random) * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function mapped<A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value)]));
}

function coordinate(name: string, length: number): NetcdfVariable {
  return { dimensions: [name], data: BigInt64Array.from({ length }, (_, i) => BigInt(i)) };
}
