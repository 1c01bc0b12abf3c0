import type { Absent } from "../backend/contract.ts";
import { countOfData, type Dataset } from "../likelihood/dataset.ts";
import type { DatasetEvaluation, Evaluation } from "../likelihood/evaluation.ts";
import type { Explained } from "../likelihood/picks.ts";
import { entriesOf } from "../model/model.ts";
import type { Spec } from "../model/spec.ts";
import { implausible, type PlausibilityChecks } from "../pipeline/fit-on-sight.ts";
import type { SearchOutcome } from "../pipeline/search-outcome.ts";
import type { DerivedSummary } from "./derived-summary.ts";
import { misfitOf } from "./misfit.ts";
import { keysInFiles, termsInFiles } from "./names-in-files.ts";
import type { PosteriorSummary } from "./posterior-summary.ts";
import type { ValueSummary } from "./value-summary.ts";

/** Where a result comes from: what to run again to get it. Nothing of it may depend on threads or clocks. */
export interface Provenance {
  readonly arcletVersion: string;
  readonly seed: number;
  /** Of the command, those that a result depends on. */
  readonly options: Readonly<Record<string, string | number | boolean | null>>;
  readonly picks: readonly Explained[];
  /** `base` or `relaxed`; null where nothing ran in WebAssembly. */
  readonly wasmBuild: string | null;
  readonly nodeVersion: string;
  readonly platform: string;
  /** SHA-256 of the files that were read, by their paths in the spec. */
  readonly inputHashes: Readonly<Record<string, string>>;
  /** As it was read. */
  readonly specText: string;
}

/** What `result.json` is made of. */
export interface Result {
  readonly outcome: SearchOutcome;
  readonly summary: PosteriorSummary;
  /** Of the best point. */
  readonly evaluation: Evaluation;
  /** In the order of the evaluation's. */
  readonly datasets: readonly Dataset[];
  readonly derived: readonly DerivedSummary[];
  readonly plausibility: PlausibilityChecks;
  readonly provenance: Provenance;
}

export const RESULT_FORMAT = "arclet-result";
export const RESULT_VERSION = 1;

/**
 * The content of `result.json`. Same seed, same bytes: times are in `timing.json`. Numbers that are not finite are null.
 *
 * - `format`, `format_version`: "arclet-result", 1; the version grows when a key changes its meaning or goes.
 * - `arclet_version`, `phase`, `method` (of the search), `objective`: `log_evidence` or `log_likelihood`, which all log
 *   likelihoods of the search are.
 * - `parameters`: of every free parameter, by its path in the spec: `prior`, `best` (at the best point), and `posterior`:
 *   `median`, `interval_68` and `interval_95` (68.3 and 95.4 %, equal tails, [lower, upper]), `mean`,
 *   `standard_deviation`; null where the search did not sample the posterior.
 * - `tied`, `fixed`: the other parameters, by their paths: what they follow, or their values, defaults included.
 * - `assertions`: what had to hold, the spec's and what follows from ties and bounds.
 * - `posterior`: `samples`, `effective_samples` (null as above), `evaluations`.
 * - `evidence`: `log_z` and `error`, or null for a method without.
 * - `best_fit`: the best point that the search met, evaluated: `log_likelihood`, `log_evidence` and `terms`; `datasets`, by
 *   name, with `chi_squared`, `values` (data that chi^2 is a sum over: unmasked pixels, or real and imaginary parts of
 *   visibilities), `image_pixels` and chi^2 over each of these, and `intensities` that were solved for; `sources` with their
 *   regularization in force.
 * - `derived`: of every quantity, by its name: `unit`, `meaning`, `best`, `posterior` as above and `draws`, how many draws
 *   from the posterior it is from; where there is none, `absent` or `posterior_absent` says why. Angles of axes are in
 *   degrees east of north, `best` and `mean` in [0, 180); median and intervals go on beyond either end.
 * - `basins`: of starts that climbed, `found`, the `hit_rate` of the best one, and `tops`, the best first, each with its
 *   `log_likelihood`, `hits` and `parameters`, or null where samples are drawn beyond; null for methods that do not climb.
 * - `stopped`: why the fit was paused before its end, or null.
 * - `plausibility`: of every dataset that shows something lensed, checks of the best fit by their names; `warnings` has those
 *   that it failed.
 * - `diagnostics`, `warnings`, `failures` (points without a likelihood, by the reason).
 * - `provenance`.
 */
export function resultJson({ outcome, summary, evaluation, datasets, derived, plausibility, provenance }: Result) {
  const { spec, model, samples } = outcome;
  return {
    format: RESULT_FORMAT,
    format_version: RESULT_VERSION,
    arclet_version: provenance.arcletVersion,
    phase: outcome.phase,
    method: spec.search?.method ?? null,
    objective: outcome.objective,
    parameters: Object.fromEntries(
      summary.parameters.map(({ path, prior, best, posterior }) => {
        return [path, { prior, best: finite(best), posterior: summaryJson(posterior) }];
      }),
    ),
    ...givenJson(spec),
    assertions: model.assertions.map(({ text }) => text),
    posterior: {
      samples: summary.samples,
      effective_samples: summary.effectiveSamples === null ? null : finite(summary.effectiveSamples),
      evaluations: samples.evaluations,
    },
    evidence: samples.logEvidence && {
      log_z: finite(samples.logEvidence.value),
      error: finite(samples.logEvidence.error),
    },
    best_fit: bestFitJson(evaluation, datasets),
    derived: Object.fromEntries(derived.map((quantity) => [quantity.name, derivedJson(quantity)])),
    basins: basinsJson(outcome),
    stopped: outcome.stopped,
    diagnostics: finiteOf(keysInFiles(samples.diagnostics)),
    plausibility: plausibilityJson(plausibility),
    warnings: [
      ...samples.warnings,
      ...implausible(plausibility),
      ...datasets.flatMap((dataset, d) => misfitOf(dataset, evaluation.datasets[d].chiSquared).warning ?? []),
    ],
    failures: outcome.failures,
    provenance: {
      arclet_version: provenance.arcletVersion,
      seed: provenance.seed,
      options: provenance.options,
      backend: evaluation.backend,
      // Predicted seconds are times.
      picks: provenance.picks.map(({ choice, picked, because }) => ({ choice, picked, because })),
      wasm_build: provenance.wasmBuild,
      node_version: provenance.nodeVersion,
      platform: provenance.platform,
      input_hashes: provenance.inputHashes,
      spec: provenance.specText,
    },
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function finiteOf(record: Readonly<Record<string, number>>): Readonly<Record<string, number | null>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, finite(value)]));
}

function summaryJson(summary: ValueSummary | null) {
  if (summary === null) return null;
  return {
    median: finite(summary.median),
    interval_68: summary.interval68.map(finite),
    interval_95: summary.interval95.map(finite),
    mean: finite(summary.mean),
    standard_deviation: finite(summary.standardDeviation),
  };
}

/** What a spec says of the parameters that are not free. */
function givenJson(spec: Spec) {
  const entries = [...entriesOf(spec)].map(([path, { entry }]) => [path, entry] as const);
  return {
    tied: Object.fromEntries(
      entries.flatMap(([path, entry]) => (typeof entry === "object" && "tied" in entry ? [[path, entry.tied]] : [])),
    ),
    fixed: Object.fromEntries(entries.filter(([, entry]) => typeof entry === "number")),
  };
}

function bestFitJson(evaluation: Evaluation, datasets: readonly Dataset[]) {
  return {
    log_likelihood: finite(evaluation.logLikelihood),
    log_evidence: evaluation.logEvidence === null ? null : finite(evaluation.logEvidence),
    terms: Object.fromEntries(
      Object.entries(termsInFiles(evaluation.terms)).map(([name, term]) => [name, term === null ? null : finite(term)]),
    ),
    datasets: Object.fromEntries(
      evaluation.datasets.map((dataset, d) => [dataset.name, datasetJson(dataset, datasets[d])]),
    ),
    sources: evaluation.sources.map(({ galaxy, datasets: seenBy, values, regularization }) => ({
      galaxy,
      datasets: seenBy,
      source_pixels: values.length,
      regularization: finiteOf(keysInFiles(regularization)),
    })),
    failure: evaluation.failure,
  };
}

function datasetJson({ type, chiSquared, noiseNormalization, intensities }: DatasetEvaluation, dataset: Dataset) {
  const pixels = dataset.nativeIndex.length / 2;
  const values = countOfData(dataset);
  return {
    type,
    chi_squared: finite(chiSquared),
    noise_normalization: finite(noiseNormalization),
    values,
    chi_squared_per_value: finite(chiSquared / values),
    image_pixels: pixels,
    chi_squared_per_pixel: finite(chiSquared / pixels),
    intensities: finiteOf(intensities),
  };
}

function derivedJson({ unit, meaning, best, posterior, draws }: DerivedSummary) {
  return {
    unit,
    meaning,
    ...orAbsent("best", "absent", best, finite),
    ...orAbsent("posterior", "posterior_absent", posterior, summaryJson),
    draws,
  };
}

function orAbsent<T extends number | ValueSummary, U>(
  key: string,
  why: string,
  value: T | Absent,
  of: (value: T) => U,
) {
  return isAbsentValue(value) ? { [key]: null, [why]: value.absent } : { [key]: of(value) };
}

const isAbsentValue = (value: number | ValueSummary | Absent): value is Absent => {
  return typeof value === "object" && "absent" in value;
};

function plausibilityJson(plausibility: PlausibilityChecks) {
  return Object.fromEntries(
    Object.entries(plausibility).map(([dataset, checks]) => [
      dataset,
      Object.fromEntries(checks.map(({ name, value }) => [name, finite(value)])),
    ]),
  );
}

function basinsJson({ model, samples, vectors }: SearchOutcome) {
  const { hits, logLikelihoods, diagnostics } = samples;
  const { basins: found, hitRate } = diagnostics;
  if (found === undefined || hitRate === undefined) return null;
  const { parameters } = model;
  return {
    found,
    hit_rate: finite(hitRate),
    // The samples of a multi-start, which alone has `hits`, are the tops of its basins.
    tops:
      hits === undefined
        ? null
        : Array.from(logLikelihoods, (logLikelihood, k) => ({
            log_likelihood: finite(logLikelihood),
            hits: hits[k],
            parameters: Object.fromEntries(
              parameters.map(({ path }, p) => [path, finite(vectors[k * parameters.length + p])]),
            ),
          })),
  };
}
