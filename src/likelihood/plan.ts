import type { VoiceName } from "../backend/contract.ts";
import { kernelsOf, type VoiceKernels } from "../backend/kernels.ts";
import { InputError } from "../errors.ts";
import type { Model } from "../model/model.ts";
import type { CurvatureForm } from "./curvature-form.ts";
import type { Likelihood } from "./evaluation.ts";
import { planInterferometer } from "./interferometer.ts";
import type { InterferometerDataset } from "./interferometer-dataset.ts";

export type BackendChoice = "auto" | VoiceName;

export interface PlanOptions {
  /** `auto` is WebAssembly, the fastest voice that has every kernel. */
  readonly backend?: BackendChoice;
  /**
   * `auto` is w_compact_symmetric: the fastest at every size, and without an M x M matrix. In ms on one thread, three
   * mappings a pixel, beside w_compact_sparse and w_tilde_sparse (whose M x M matrix is made before): 0.05, 0.07 and 0.12
   * for 316 image and 40 source pixels; 2.6, 5.4 and 19 for 3,228 and 256; 56 and 190 for 17,692 and 600, where w_tilde
   * does not fit.
   */
  readonly curvature?: "auto" | CurvatureForm;
}

/**
 * The voice a choice stands for, with its kernels.
 * @throws InputError for a voice that does not exist yet.
 */
export function pickVoice(choice: BackendChoice = "auto"): { voice: VoiceName; kernels: VoiceKernels } {
  if (choice === "traced") {
    throw new InputError("backend/absent", "there is no traced backend yet", "use auto, wasm or reference");
  }
  const voice = choice === "auto" ? "wasm" : choice;
  return { voice, kernels: kernelsOf(voice) };
}

/**
 * Plans the likelihood of datasets under a model; evaluations then cost what depends on the parameters only.
 * @throws InputError for what this version cannot do: several datasets, a model without one pixelized source.
 */
export function plan(
  datasets: readonly InterferometerDataset[],
  model: Model,
  { backend, curvature = "auto" }: PlanOptions = {},
): Likelihood {
  if (datasets.length !== 1) {
    throw new InputError(
      "plan/datasets",
      `${datasets.length} datasets are given`,
      "give one: several are not there yet",
    );
  }
  const form = curvature === "auto" ? "w_compact_symmetric" : curvature;
  return planInterferometer({ dataset: datasets[0], model, form, ...pickVoice(backend) });
}
