import { InputError, locating } from "../errors.ts";
import { buildModel, type Model } from "../model/model.ts";
import { errorInSpec, specPlace } from "../model/parse-spec.ts";
import type { InterferometerSpec, Spec } from "../model/spec.ts";
import { type Dataset, readDataset } from "./dataset.ts";
import type { Likelihood } from "./evaluation.ts";
import type { ReadOptions } from "./interferometer-dataset.ts";
import { requireParametric } from "./parametric.ts";
import { pixelizedSource } from "./pixelized-source.ts";
import { isPixelized, type PlanOptions, POSITIVE_ONLY_REFUSED, pickVoice, plan, tuningOf } from "./plan.ts";

/** A spec put to use: its datasets read, its model built, its likelihood planned. */
export interface PlannedSpec {
  /** In the order of the spec. */
  readonly datasets: readonly Dataset[];
  readonly model: Model;
  readonly likelihood: Likelihood;
}

export interface PlanSpecOptions extends PlanOptions, Omit<ReadOptions, "kernels"> {
  /** In the place of the spec's own. */
  readonly model?: Model;
}

/**
 * Reads the datasets of a spec and plans its likelihood.
 * @throws InputError for what this version cannot do, before anything is read, and for files that are not right.
 */
export async function planSpec(spec: Spec, options: PlanSpecOptions): Promise<PlannedSpec> {
  const model = options.model ?? buildModel(spec);
  const { positiveOnly } = spec.settings;
  if (positiveOnly && !isPixelized(model)) {
    throw errorInSpec(spec, "settings.positive_only", "spec/positive-only", ...POSITIVE_ONLY_REFUSED);
  }
  requireModel(spec, model);
  const { voice, kernels } = pickVoice(options.backend ?? "auto", model, Object.values(spec.datasets));
  const read = { ...options, kernels, tuning: tuningOf(voice, options.tuning) };
  const datasets: Dataset[] = [];
  for (const [name, dataset] of Object.entries(spec.datasets)) {
    datasets.push(await locating(`datasets.${name}`, () => readDataset(name, dataset, read)));
  }
  return { datasets, model, likelihood: plan(datasets, model, { ...options, positiveOnly }) };
}

/** Refuses a model that has no likelihood, with its place in the spec, before data are read for it. */
function requireModel(spec: Spec, model: Model): void {
  if (isPixelized(model)) requireOneDataset(spec);
  try {
    if (isPixelized(model)) pixelizedSource(model, Object.values(spec.datasets)[0].type);
    else requireParametric(model);
  } catch (error) {
    const place = error instanceof InputError ? specPlace(spec, error.where ?? "galaxies") : undefined;
    throw error instanceof InputError && place !== undefined ? error.at(place) : error;
  }
}

/** What a pixelized source can be reconstructed from. */
function requireOneDataset(spec: Spec): void {
  const [, second] = Object.keys(spec.datasets);
  if (second === undefined) return;
  const remedy = "not there yet for a pixelized source: give one dataset, or light profiles";
  throw errorInSpec(spec, `datasets.${second}`, "spec/datasets", `a second dataset '${second}'`, remedy);
}

/**
 * The interferometer datasets of a spec by name.
 * @throws InputError where all are imaging.
 */
export function interferometers(spec: Spec): [name: string, spec: InterferometerSpec][] {
  const entries = Object.entries(spec.datasets);
  const found = entries.flatMap(([name, dataset]): [string, InterferometerSpec][] => {
    return dataset.type === "interferometer" ? [[name, dataset]] : [];
  });
  if (found.length > 0) return found;
  const [[name]] = entries;
  const remedy = "give an interferometer dataset: there are no visibilities in images";
  throw errorInSpec(spec, `datasets.${name}.type`, "spec/imaging", `dataset '${name}' is imaging`, remedy);
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
