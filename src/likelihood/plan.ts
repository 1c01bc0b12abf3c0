import type { VoiceName } from "../backend/contract.ts";
import { kernelsBeside, type VoiceKernels } from "../backend/kernels.ts";
import { InputError } from "../errors.ts";
import { linearIntensities, withIntensities } from "../model/linear-light.ts";
import type { Model } from "../model/model.ts";
import { forEachView, isFor, seenIn } from "../model/seen-in.ts";
import type { CurvatureForm } from "./curvature-form.ts";
import type { Dataset } from "./dataset.ts";
import type { Likelihood } from "./evaluation.ts";
import type { InterferometerDataset } from "./interferometer-dataset.ts";
import { planInversion } from "./inversion.ts";
import { referenceBasis, traceBasis } from "./light-basis.ts";
import { linearLight } from "./linear-light.ts";
import type { EvidenceDefinition } from "./linear-system.ts";
import { planParametric, requireParametric } from "./parametric.ts";
import { type Explained, given, pick, type SubjectOf } from "./picks.ts";
import { referenceLight } from "./pixel-light.ts";
import {
  type PixelizationArrays,
  type PixelizedSource,
  pixelizedSources,
  requirePixelized,
} from "./pixelized-source.ts";
import { givenLight, type ModelLightVoice } from "./seen-light.ts";
import { mappingsOf, sourcePixelsOf } from "./source-mesh.ts";
import { raysByNumber, referenceRays, traceRaysInKernel } from "./source-rays.ts";
import { traceLight } from "./traced-light.ts";
import type { Tuning } from "./tuning.ts";

export type BackendChoice = "auto" | VoiceName;

export interface PlanOptions {
  /** `auto` is the fastest voice: traced for light profiles and images, WebAssembly for pixelized sources in visibilities. */
  readonly backend?: BackendChoice;
  /** `auto` is what `tuning` predicts to be the fastest, the built-in pick without it. */
  readonly curvature?: "auto" | CurvatureForm;
  /** Pixelized sources and linear light are nowhere negative. */
  readonly positiveOnly?: boolean;
  readonly evidence?: EvidenceDefinition;
  /** Few evaluations will come: what only many make up for is left out. Last digits can differ. */
  readonly once?: boolean;
  /** By the galaxies' names: adapt images and vertices that pixelizations ask for. */
  readonly pixelizations?: Readonly<Record<string, PixelizationArrays>>;
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
  "positive_only: true, where nothing is solved for",
  "give false, a source a pixelization, or light intensity: linear",
] as const;

/**
 * The voice a choice stands for under a model, or where there is none, with its kernels. Light profiles and rays are
 * traced; what is no formula of a pixel (convolutions, sums over visibilities, matrices) is in WebAssembly then too.
 * @throws InputError for a voice that there is not.
 */
export function pickVoice(
  choice: BackendChoice,
  model: Model | null,
  datasets: readonly { readonly type: Dataset["type"] }[] = [],
): { readonly voice: VoiceName; readonly kernels: VoiceKernels } {
  if (choice === "traced" && model === null) {
    const what = "there is no traced backend for this: light profiles and rays are traced, nothing else";
    throw new InputError("backend/absent", what, "use auto, wasm or reference");
  }
  // Of sources in visibilities alone only the rays would be traced, in less time than it takes to compile them.
  const pays =
    model !== null && (!isPixelized(model) || hasLight(model) || datasets.some(({ type }) => type === "imaging"));
  const voice = choice !== "auto" ? choice : pays ? "traced" : "wasm";
  return { voice, kernels: kernelsBeside(voice) };
}

/**
 * Plans the likelihood of datasets under a model; evaluations then cost what depends on the parameters only.
 * @throws InputError for a model that has no likelihood.
 */
export function plan(datasets: readonly Dataset[], model: Model, options: PlanOptions = {}): Likelihood {
  const { backend = "auto", positiveOnly = false } = options;
  if (datasets.length === 0) throw new InputError("plan/datasets", "no dataset is given", "give one or more");
  const names = datasets.map(({ name }) => name);
  requireSolvable(model, names, positiveOnly);
  const { voice, kernels } = pickVoice(backend, model, datasets);
  const because = backend === "auto" ? BUILT_IN[voice] : "asked for";
  const ofVoice = { choice: "backend", picked: voice, because, candidates: [] };
  return inVoice(ofVoice, backend, (voice, picks) => {
    if (isPixelized(model) || positiveOnly) return planSolved(datasets, model, options, { voice, kernels, picks });
    const light = forEachView(model, names, (seen) => lightOf(seen, voice, kernels));
    return planParametric({ datasets, model, voice, light, kernels, picks });
  });
}

/** @throws InputError for a model that has no likelihood; `where` is a path of the spec, where one is to blame. */
export function requireSolvable(model: Model, datasets: readonly string[], positiveOnly: boolean): void {
  if (isPixelized(model)) requirePixelized(model);
  else if (positiveOnly && linearIntensities(model).length === 0) {
    throw new InputError("plan/positive-only", ...POSITIVE_ONLY_REFUSED, "settings.positive_only");
  } else requireParametric(model);
  const dark = datasets.find((dataset) => !isSeen(model, dataset));
  if (dark === undefined) return;
  const remedy = "leave the dataset out, or let it see a light profile or a pixelization";
  throw new InputError("plan/dark", `dataset '${dark}' sees no light of the model`, remedy, `datasets.${dark}`);
}

function isSeen(model: Model, dataset: string): boolean {
  return (
    hasLight(seenIn(model, dataset)) ||
    model.galaxies.some(({ pixelization }) => pixelization !== undefined && isFor(pixelization.datasets, dataset))
  );
}

function planSolved(
  datasets: readonly Dataset[],
  model: Model,
  { curvature = "auto", positiveOnly = false, evidence = "exact", once = false, pixelizations, tuning }: PlanOptions,
  { voice, kernels, picks }: { voice: VoiceName; kernels: VoiceKernels; picks: readonly Explained[] },
): Likelihood {
  const sources = pixelizedSources(model, datasets, pixelizations);
  const forms = datasets.map((dataset, d) => {
    if (dataset.type === "imaging") return null;
    if (curvature !== "auto") return given("curvature_matrix", curvature, "asked for");
    return pick(tuningOf(voice, tuning), "curvature_matrix", curvatureSizes(dataset, model, sources, d));
  });
  if (curvature !== "auto" && forms.every((form) => form === null)) {
    const what = `curvature form ${curvature} for an image, which has one of its own`;
    throw new InputError("plan/curvature", what, "leave it out: these are forms for visibilities");
  }
  const names = datasets.map(({ name }) => name);
  const traced = voice === "traced";
  const rays = { traced: traceRaysInKernel, wasm: raysByNumber, reference: referenceRays }[voice];
  return planInversion({
    datasets,
    model,
    sources,
    voices: {
      light: forEachView(model, names, (seen) => {
        return hasLight(seen) ? (traced ? traceBasis(seen) : referenceBasis(seen)) : null;
      }),
      rays: (redshift) => rays(model, redshift),
    },
    forms,
    once,
    positiveOnly,
    evidence,
    voice,
    kernels,
    picks,
  });
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
function lightOf(model: Model, voice: VoiceName, kernels: VoiceKernels): ModelLightVoice {
  const traced = voice === "traced";
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

/** The sizes that the curvature matrix of a dataset will have, which are the same for all parameters. */
function curvatureSizes(
  { compaction, nativeIndex }: InterferometerDataset,
  { galaxies }: Model,
  sources: readonly PixelizedSource[],
  dataset: number,
): SubjectOf["curvature_matrix"] {
  const seen = sources.filter(({ datasets }) => datasets.includes(dataset));
  const meshes = seen.map(({ galaxy, seeds }) => ({ spec: galaxies[galaxy].pixelization!.mesh, seeds }));
  return {
    image_pixels: nativeIndex.length / 2,
    source_pixels: meshes.reduce((sum, { spec, seeds }) => sum + sourcePixelsOf(spec, seeds.length / 2), 0),
    mappings_per_pixel: meshes.reduce((sum, { spec }) => sum + mappingsOf(spec), 0),
    lattices: compaction.sums.wCompact.plus === null ? 1 : 2,
  };
}
