import type { VoiceName } from "../backend/contract.ts";
import { InputError, locating } from "../errors.ts";
import { randomState } from "../inference/rng.ts";
import { linearIntensities } from "../model/linear-light.ts";
import { buildModel, type Model } from "../model/model.ts";
import { errorInSpec } from "../model/parse-spec.ts";
import { forEachView } from "../model/seen-in.ts";
import type { Spec } from "../model/spec.ts";
import type { ReadOptions } from "./interferometer-dataset.ts";
import { requireParametric } from "./parametric.ts";
import { type LightVoice, referenceLight } from "./pixel-light.ts";
import { type BackendChoice, pickVoice } from "./plan.ts";
import { type SimulatedImaging, simulatedImaging } from "./simulated-imaging.ts";
import { type SimulatedVisibilities, simulatedVisibilities } from "./simulated-visibilities.ts";
import { traceLight } from "./traced-light.ts";

export type SimulatedDataset = SimulatedImaging | SimulatedVisibilities;

export interface SimulateOptions extends Pick<ReadOptions, "open"> {
  readonly backend?: BackendChoice;
  /** The same seed gives the same bytes. */
  readonly seed: number;
  /** Data that are what is expected; the noise maps are as with noise. */
  readonly noiseless?: boolean;
}

/**
 * Simulates every dataset of a spec from its model. Datasets take their noise from one generator, in the order of the
 * spec.
 * @throws InputError for a model or datasets that leave open what is to be simulated, with the place in the spec, and for
 * files that are not right.
 */
export async function simulateSpec(
  spec: Spec,
  { open, backend = "auto", seed, noiseless = false }: SimulateOptions,
): Promise<{ readonly datasets: readonly SimulatedDataset[]; readonly voice: VoiceName }> {
  const model = buildModel(spec);
  requireKnown(spec, model);
  const views = forEachView(model, Object.keys(spec.datasets), (seen) => inVoice(backend, seen));
  const random = noiseless ? null : randomState(seed);
  const datasets: SimulatedDataset[] = [];
  for (const [name, dataset] of Object.entries(spec.datasets)) {
    const simulator = { ...views(name), open, random };
    const simulated = async (): Promise<SimulatedDataset> => {
      return dataset.type === "imaging"
        ? simulatedImaging(name, dataset, simulator)
        : simulatedVisibilities(name, dataset, simulator);
    };
    datasets.push(await locating(`datasets.${name}`, simulated));
  }
  return { datasets, voice: views(Object.keys(spec.datasets)[0]).voice };
}

/** As for a likelihood: what `auto` cannot compile is computed profile by profile. */
function inVoice(choice: BackendChoice, model: Model) {
  const { voice, kernels } = pickVoice(choice, model);
  const inReference = (voice: VoiceName) => ({ voice, light: referenceLight(model) as LightVoice, kernels });
  if (voice !== "traced") return inReference(voice);
  try {
    return { voice, light: traceLight(model), kernels };
  } catch (error) {
    if (choice === "auto" && error instanceof InputError && error.tag === "compiler/size") return inReference("wasm");
    throw error;
  }
}

/** Refuses what leaves open what is there, or how it is observed. */
function requireKnown(spec: Spec, model: Model): void {
  const pixelized = model.galaxies.find(({ pixelization }) => pixelization !== undefined);
  if (pixelized !== undefined) {
    const remedy = "give light profiles in its place: a mesh says where light may be, not how much there is";
    const path = `galaxies.${pixelized.name}.pixelization`;
    throw errorInSpec(spec, path, "simulate/pixelization", "a pixelized source cannot be simulated", remedy);
  }
  const open = model.parameters.at(0)?.path ?? linearIntensities(model).at(0);
  if (open !== undefined) {
    const what = `${open} has no value, and a simulation needs one`;
    const remedy = `give a number, here or as --set ${open}=VALUE`;
    throw errorInSpec(spec, open, "simulate/free-parameter", what, remedy);
  }
  requireParametric(model);
  for (const [name, { simulate }] of Object.entries(spec.datasets)) {
    if (simulate !== undefined) continue;
    const remedy = "add simulate: { shape, exposure_time, ... } to an image, { noise_sigma } to visibilities";
    throw errorInSpec(spec, `datasets.${name}`, "simulate/missing", `dataset '${name}' has no simulate`, remedy);
  }
}
