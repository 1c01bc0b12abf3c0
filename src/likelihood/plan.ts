import type { VoiceName } from "../backend/contract.ts";
import { kernelsBeside, type VoiceKernels } from "../backend/kernels.ts";
import { InputError } from "../errors.ts";
import { RECTANGULAR_MAPPINGS } from "../inversion/mesh/rectangular.ts";
import { linearIntensities, withIntensities } from "../model/linear-light.ts";
import type { Model } from "../model/model.ts";
import type { CurvatureForm } from "./curvature-form.ts";
import type { Dataset } from "./dataset.ts";
import type { Likelihood } from "./evaluation.ts";
import { pixelizedSource, planInterferometer } from "./interferometer.ts";
import type { InterferometerDataset } from "./interferometer-dataset.ts";
import { referenceBasis, traceBasis } from "./light-basis.ts";
import { linearLight } from "./linear-light.ts";
import { planParametric, requireParametric } from "./parametric.ts";
import { given, pick, type SubjectOf } from "./picks.ts";
import { referenceLight } from "./pixel-light.ts";
import { givenLight, type ModelLightVoice } from "./seen-light.ts";
import { traceLight } from "./traced-light.ts";
import type { Tuning } from "./tuning.ts";

export type BackendChoice = "auto" | VoiceName;

export interface PlanOptions {
  /** `auto` is the fastest voice: traced for light profiles, WebAssembly for a pixelized source. */
  readonly backend?: BackendChoice;
  /** `auto` is what `tuning` predicts to be the fastest, the built-in pick without it. */
  readonly curvature?: "auto" | CurvatureForm;
  /** A pixelized source is nowhere negative. */
  readonly positiveOnly?: boolean;
  /** What `arclet tune` measured on this machine with this number of threads, for the wasm voice. */
  readonly tuning?: Tuning | undefined;
}

const BUILT_IN: Readonly<Record<VoiceName, string>> = {
  traced: "built in: light profiles as one compiled formula, with its gradient; the rest in WebAssembly",
  wasm: "built in: the fastest voice that has every kernel",
  reference: "built in",
};

/** What positive_only cannot do, and the remedy. */
export const POSITIVE_ONLY_REFUSED = [
  "positive_only: true is not there yet but for a pixelized source",
  "give false, or the source a pixelization",
] as const;

/**
 * The voice a choice stands for under a model, or where there is none, with its kernels. Light profiles are traced, which no pixelized source
 * is; what is no formula of a pixel (convolutions, sums over visibilities) is in WebAssembly then too.
 * @throws InputError for a voice that the model's likelihood does not have.
 */
export function pickVoice(choice: BackendChoice, model: Model | null): { voice: VoiceName; kernels: VoiceKernels } {
  const traceable = model !== null && !isPixelized(model);
  if (choice === "traced" && !traceable) {
    const what = "there is no traced backend for this: light profiles are traced, nothing else yet";
    throw new InputError("backend/absent", what, "use auto, wasm or reference");
  }
  const voice = choice !== "auto" ? choice : traceable ? "traced" : "wasm";
  return { voice, kernels: kernelsBeside(voice) };
}

/**
 * Plans the likelihood of datasets under a model; evaluations then cost what depends on the parameters only.
 * @throws InputError for what this version cannot do: a pixelized source in imaging or in several datasets.
 */
export function plan(
  datasets: readonly Dataset[],
  model: Model,
  { backend = "auto", curvature = "auto", positiveOnly = false, tuning }: PlanOptions = {},
): Likelihood {
  const [dataset] = datasets;
  if (dataset === undefined) throw new InputError("plan/datasets", "no dataset is given", "give one or more");
  const { voice, kernels } = pickVoice(backend, model);
  const because = backend === "auto" ? BUILT_IN[voice] : "asked for";
  const ofVoice = { choice: "backend", picked: voice, because, candidates: [] };
  if (!isPixelized(model)) {
    if (positiveOnly) throw new InputError("plan/positive-only", ...POSITIVE_ONLY_REFUSED);
    requireParametric(model);
    const traced = voice === "traced" ? tracedLight(model, kernels, backend) : null;
    if (traced !== null || voice !== "traced") {
      const light = traced ?? lightOf(model, false, kernels);
      return planParametric({ datasets, model, voice, light, kernels, picks: [ofVoice] });
    }
    const picks = [{ ...ofVoice, picked: "wasm", because: "built in: the model is too large for the compiler" }];
    return planParametric({ datasets, model, voice: "wasm", light: lightOf(model, false, kernels), kernels, picks });
  }
  if (datasets.length > 1 || dataset.type === "imaging") {
    const what = `a pixelized source in ${datasets.length > 1 ? "several datasets" : "imaging"}`;
    const remedy = "give one interferometer dataset, or light profiles: this is not there yet";
    throw new InputError("plan/pixelized", what, remedy);
  }
  const picked =
    curvature === "auto"
      ? pick(tuningOf(voice, tuning), "curvature_matrix", curvatureSizes(dataset, model))
      : given("curvature_matrix", curvature, "asked for");
  const picks = [ofVoice, dataset.latticeSums, picked];
  return planInterferometer({ dataset, model, form: picked.picked, positiveOnly, voice, kernels, picks });
}

/** The model's light, or null where `auto` may do without the compiler because the model is too large for it. */
function tracedLight(model: Model, kernels: VoiceKernels, choice: BackendChoice): ModelLightVoice | null {
  try {
    return lightOf(model, true, kernels);
  } catch (error) {
    if (choice === "auto" && error instanceof InputError && error.tag === "compiler/size") return null;
    throw error;
  }
}

/** The light of a model, its intensities given or to be solved for. */
function lightOf(model: Model, traced: boolean, kernels: VoiceKernels): ModelLightVoice {
  const voiceOf = (model: Model) => (traced ? traceLight(model) : referenceLight(model));
  if (linearIntensities(model).length === 0) return givenLight(voiceOf(model));
  const basis = traced ? traceBasis(model) : referenceBasis(model);
  return linearLight(model, { basis, solved: () => voiceOf(withIntensities(model)) }, kernels);
}

/** Whether any source is left to a mesh; its likelihood is then an evidence. */
export function isPixelized({ galaxies }: Model): boolean {
  return galaxies.some(({ pixelization }) => pixelization !== undefined);
}

/** A tuning for one voice: only wasm's kernels are measured, which the traced voice has too. */
export function tuningOf(voice: VoiceName, tuning: Tuning | undefined): Tuning | undefined {
  return voice === "reference" ? undefined : tuning;
}

/** The sizes that a curvature matrix will have, as far as they are the same for all parameters. */
function curvatureSizes(
  { compaction, nativeIndex }: InterferometerDataset,
  model: Model,
): SubjectOf["curvature_matrix"] {
  const [rows, columns] = model.galaxies[pixelizedSource(model)].pixelization!.mesh.shape;
  return {
    image_pixels: nativeIndex.length / 2,
    source_pixels: rows * columns,
    mappings_per_pixel: RECTANGULAR_MAPPINGS,
    lattices: compaction.sums.wCompact.plus === null ? 1 : 2,
  };
}
