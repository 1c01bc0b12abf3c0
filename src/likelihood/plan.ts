import type { VoiceName } from "../backend/contract.ts";
import { kernelsBeside, type VoiceKernels } from "../backend/kernels.ts";
import { InputError } from "../errors.ts";
import { RECTANGULAR_MAPPINGS } from "../inversion/mesh/rectangular.ts";
import { linearIntensities, withIntensities } from "../model/linear-light.ts";
import type { Model } from "../model/model.ts";
import type { CurvatureForm } from "./curvature-form.ts";
import type { Dataset } from "./dataset.ts";
import type { Likelihood } from "./evaluation.ts";
import { planInterferometer } from "./interferometer.ts";
import type { InterferometerDataset } from "./interferometer-dataset.ts";
import { referenceBasis, traceBasis } from "./light-basis.ts";
import { linearLight } from "./linear-light.ts";
import { planParametric, requireParametric } from "./parametric.ts";
import { type Explained, given, pick, type SubjectOf } from "./picks.ts";
import { referenceLight } from "./pixel-light.ts";
import { planPixelizedImaging } from "./pixelized-imaging.ts";
import { pixelizedSource, rectangularMeshOf } from "./pixelized-source.ts";
import { givenLight, type ModelLightVoice } from "./seen-light.ts";
import { referenceRays, traceRaysInKernel } from "./source-rays.ts";
import { traceLight } from "./traced-light.ts";
import type { Tuning } from "./tuning.ts";

export type BackendChoice = "auto" | VoiceName;

export interface PlanOptions {
  /** `auto` is the fastest voice: traced for light profiles and images, WebAssembly for a pixelized source in visibilities. */
  readonly backend?: BackendChoice;
  /** `auto` is what `tuning` predicts to be the fastest, the built-in pick without it. */
  readonly curvature?: "auto" | CurvatureForm;
  /** A pixelized source is nowhere negative. */
  readonly positiveOnly?: boolean;
  /** What `arclet tune` measured on this machine with this number of threads, for the wasm voice. */
  readonly tuning?: Tuning | undefined;
}

const BUILT_IN: Readonly<Record<VoiceName, string>> = {
  traced: "built in: light profiles and rays as compiled formulas; the rest in WebAssembly",
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
export function pickVoice(
  choice: BackendChoice,
  model: Model | null,
  datasets: readonly { readonly type: Dataset["type"] }[] = [],
): { voice: VoiceName; kernels: VoiceKernels } {
  const inImages = datasets.every(({ type }) => type === "imaging");
  const traceable = model !== null && (inImages || !isPixelized(model));
  if (choice === "traced" && !traceable) {
    const what =
      "there is no traced backend for this: light profiles and models of images are traced, nothing else yet";
    throw new InputError("backend/absent", what, "use auto, wasm or reference");
  }
  const voice = choice !== "auto" ? choice : traceable ? "traced" : "wasm";
  return { voice, kernels: kernelsBeside(voice) };
}

/**
 * Plans the likelihood of datasets under a model; evaluations then cost what depends on the parameters only.
 * @throws InputError for what this version cannot do: a pixelized source in several datasets.
 */
export function plan(
  datasets: readonly Dataset[],
  model: Model,
  { backend = "auto", curvature = "auto", positiveOnly = false, tuning }: PlanOptions = {},
): Likelihood {
  const [dataset] = datasets;
  if (dataset === undefined) throw new InputError("plan/datasets", "no dataset is given", "give one or more");
  const { voice, kernels } = pickVoice(backend, model, datasets);
  const because = backend === "auto" ? BUILT_IN[voice] : "asked for";
  const ofVoice = { choice: "backend", picked: voice, because, candidates: [] };
  if (!isPixelized(model)) {
    if (positiveOnly) throw new InputError("plan/positive-only", ...POSITIVE_ONLY_REFUSED);
    requireParametric(model);
    return inVoice(ofVoice, backend, (voice, picks) => {
      const light = lightOf(model, voice === "traced", kernels);
      return planParametric({ datasets, model, voice, light, kernels, picks });
    });
  }
  if (datasets.length > 1) {
    const remedy = "give one dataset, or light profiles: this is not there yet";
    throw new InputError("plan/pixelized", "a pixelized source in several datasets", remedy);
  }
  if (dataset.type === "imaging") {
    if (curvature !== "auto") {
      const what = `curvature form ${curvature} for an image, which has one of its own`;
      throw new InputError("plan/curvature", what, "leave it out: these are forms for visibilities");
    }
    const { redshift } = model.galaxies[pixelizedSource(model, "imaging")];
    return inVoice(ofVoice, backend, (voice, picks) => {
      const light = hasLight(model) ? lightOf(model, voice === "traced", kernels) : null;
      const rays = voice === "traced" ? traceRaysInKernel(model, redshift) : referenceRays(model, redshift);
      return planPixelizedImaging({ dataset, model, light, rays, positiveOnly, voice, kernels, picks });
    });
  }
  const picked =
    curvature === "auto"
      ? pick(tuningOf(voice, tuning), "curvature_matrix", curvatureSizes(dataset, model))
      : given("curvature_matrix", curvature, "asked for");
  const picks = [ofVoice, dataset.latticeSums, picked];
  return planInterferometer({ dataset, model, form: picked.picked, positiveOnly, voice, kernels, picks });
}

/** Plans in the voice that was picked, or in WebAssembly where `auto` picked the compiler and the model is too large for it. */
function inVoice(
  ofVoice: Explained & { readonly picked: VoiceName },
  choice: BackendChoice,
  planned: (voice: VoiceName, picks: readonly Explained[]) => Likelihood,
): Likelihood {
  try {
    return planned(ofVoice.picked, [ofVoice]);
  } catch (error) {
    if (choice !== "auto" || !(error instanceof InputError) || error.tag !== "compiler/size") throw error;
    const because = "built in: the model is too large for the compiler";
    return planned("wasm", [{ ...ofVoice, picked: "wasm", because }]);
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

function hasLight({ galaxies }: Model): boolean {
  return galaxies.some(({ profiles }) => profiles.some(({ kind }) => kind === "light"));
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
  const [rows, columns] = rectangularMeshOf(model.galaxies[pixelizedSource(model, "interferometer")]).shape;
  return {
    image_pixels: nativeIndex.length / 2,
    source_pixels: rows * columns,
    mappings_per_pixel: RECTANGULAR_MAPPINGS,
    lattices: compaction.sums.wCompact.plus === null ? 1 : 2,
  };
}
