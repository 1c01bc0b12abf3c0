import { InputError, locating } from "../errors.ts";
import { buildModel, type Model } from "../model/model.ts";
import { errorInSpec, specPlace } from "../model/parse-spec.ts";
import type { InterferometerSpec, Spec } from "../model/spec.ts";
import { mirrored } from "../model/x-axis.ts";
import { type Dataset, readDataset, xAxisOf } from "./dataset.ts";
import type { Likelihood } from "./evaluation.ts";
import type { ReadOptions } from "./interferometer-dataset.ts";
import { readPixelizationArrays } from "./pixelization-arrays.ts";
import { type PlanOptions, pickVoice, plan, requireSolvable, tuningOf } from "./plan.ts";

/** A spec put to use: its datasets read, its model built, its likelihood planned. */
export interface PlannedSpec {
  /** In the order of the spec. */
  readonly datasets: readonly Dataset[];
  readonly model: Model;
  readonly likelihood: Likelihood;
  /** What it was planned with, for other threads to plan the same. */
  readonly planned: PlanOptions;
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
  const { backend, curvature, once, tuning } = options;
  requireModel(spec, model);
  const { voice, kernels } = pickVoice(backend ?? "auto", model, Object.values(spec.datasets));
  const read = { ...options, kernels, tuning: tuningOf(voice, tuning) };
  const datasets: Dataset[] = [];
  for (const [name, dataset] of Object.entries(spec.datasets)) {
    datasets.push(await locating(`datasets.${name}`, () => readDataset(name, dataset, read)));
    requireOneXAxis(spec, datasets);
  }
  const pixelizations = await readPixelizationArrays(spec, datasets, options);
  const planned: PlanOptions = {
    ...spec.settings,
    pixelizations,
    tuning,
    ...(backend && { backend }),
    ...(curvature && { curvature }),
    ...(once && { once }),
  };
  return { datasets, model, likelihood: plan(datasets, model, planned), planned };
}

/** A compaction says only when it is read where its x points. @throws InputError `compaction/sky` */
function requireOneXAxis(spec: Spec, datasets: readonly Dataset[]): void {
  const found = mirrored(datasets.map((dataset) => [dataset.name, xAxisOf(dataset, spec.datasets[dataset.name])]));
  if (found === undefined) return;
  const { first, other, xAxis } = found;
  const what = `x points ${xAxis} in '${other}' and not in '${first}', and a model is in one system of coordinates`;
  const remedy = `compact the visibilities again with the x_axis of the other`;
  throw errorInSpec(spec, `datasets.${other}`, "compaction/sky", what, remedy);
}

/** Refuses a model that has no likelihood, with its place in the spec, before data are read for it. @throws InputError */
export function requireModel(spec: Spec, model: Model): void {
  if (spec.pipeline !== undefined) {
    const remedy = "`arclet fit` makes its phases of the data; give a model for anything else";
    throw errorInSpec(spec, "pipeline", "spec/pipeline", "an automatic pipeline is no model", remedy);
  }
  try {
    requireSolvable(model, Object.keys(spec.datasets), spec.settings.positiveOnly);
  } catch (error) {
    const place = error instanceof InputError ? specPlace(spec, error.where ?? "galaxies") : undefined;
    throw error instanceof InputError && place !== undefined ? error.at(place) : error;
  }
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
    `give a number, here or as --set ${path}=VALUE; arclet fit searches what has a prior`,
  );
}
