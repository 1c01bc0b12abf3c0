import { InputError, locating } from "../errors.ts";
import { buildModel, type Model } from "../model/model.ts";
import { errorInSpec, specPlace } from "../model/parse-spec.ts";
import type { InterferometerSpec, Spec } from "../model/spec.ts";
import type { Likelihood } from "./evaluation.ts";
import { pixelizedSource } from "./interferometer.ts";
import { type InterferometerDataset, type ReadOptions, readInterferometer } from "./interferometer-dataset.ts";
import { type PlanOptions, pickVoice, plan, tuningOf } from "./plan.ts";

/** A spec put to use: its datasets read, its model built, its likelihood planned. */
export interface PlannedSpec {
  readonly dataset: InterferometerDataset;
  readonly model: Model;
  readonly likelihood: Likelihood;
}

export interface PlanSpecOptions extends PlanOptions, Omit<ReadOptions, "kernels"> {}

/**
 * Reads the datasets of a spec and plans its likelihood.
 * @throws InputError for what this version cannot do, before anything is read, and for files that are not right.
 */
export async function planSpec(spec: Spec, options: PlanSpecOptions): Promise<PlannedSpec> {
  const [[name, datasetSpec], ...others] = interferometers(spec);
  if (others.length > 0) {
    const remedy = "remove all but one: several datasets are not there yet";
    throw errorInSpec(spec, `datasets.${others[0][0]}`, "spec/datasets", `a second dataset '${others[0][0]}'`, remedy);
  }
  if (spec.settings.positiveOnly) {
    const path = "settings.positive_only";
    throw errorInSpec(spec, path, "spec/positive-only", "positive_only: true is not there yet", "give false");
  }
  const model = buildModel(spec);
  requireModel(spec, model);
  const { voice, kernels } = pickVoice(options.backend);
  const tuning = tuningOf(voice, options.tuning);
  const dataset = await locating(`datasets.${name}`, () =>
    readInterferometer(name, datasetSpec, { ...options, kernels, tuning }),
  );
  return { dataset, model, likelihood: plan([dataset], model, options) };
}

/** Refuses a model that has no likelihood, with its place in the spec, before data are read for it. */
function requireModel(spec: Spec, model: Model): void {
  try {
    pixelizedSource(model);
  } catch (error) {
    const place = error instanceof InputError ? specPlace(spec, error.where ?? "galaxies") : undefined;
    throw error instanceof InputError && place !== undefined ? error.at(place) : error;
  }
}

/**
 * The interferometer datasets of a spec by name.
 * @throws InputError for an imaging dataset, which has no likelihood in this version.
 */
export function interferometers(spec: Spec): [name: string, spec: InterferometerSpec][] {
  return Object.entries(spec.datasets).map(([name, dataset]) => {
    if (dataset.type === "interferometer") return [name, dataset];
    const remedy = "give an interferometer dataset: the imaging likelihood is not there yet";
    throw errorInSpec(spec, `datasets.${name}.type`, "spec/imaging", `dataset '${name}' is imaging`, remedy);
  });
}

/**
 * Refuses a model with parameters left to find, where there is no search to find them.
 * @throws InputError that names the first.
 */
export function requireFixed(spec: Spec, { parameters }: Model): void {
  if (parameters.length === 0) return;
  const [{ path }] = parameters;
  throw errorInSpec(
    spec,
    path,
    "spec/free-parameter",
    `${path} has a prior, which one evaluation cannot use`,
    `give a number, here or as --set ${path}=VALUE; searches over priors are not there yet`,
  );
}
