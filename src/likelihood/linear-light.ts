import type { VoiceKernels } from "../backend/kernels.ts";
import { type NoIntensities, solveIntensities } from "../inversion/intensities.ts";
import { linearIntensities } from "../model/linear-light.ts";
import type { Model } from "../model/model.ts";
import type { LightBasis } from "./light-basis.ts";
import type { LightVoice, PixelLight } from "./pixel-light.ts";
import type { ModelLightVoice } from "./seen-light.ts";
import { timed } from "./stopwatch.ts";

/** The voices of a model that leaves intensities to be solved for. */
export interface LinearLightVoices {
  readonly basis: LightBasis;
  /** Of the model `withIntensities`, for gradients; asked for when the first is. */
  readonly solved: () => LightVoice;
}

/**
 * A model with intensities to be solved for: in every dataset they are those of least chi^2. The gradient holds them:
 * chi^2 is least there, so that how they would change does not change it (the envelope theorem).
 */
export function linearLight(
  model: Model,
  { basis, solved }: LinearLightVoices,
  kernels: VoiceKernels,
): ModelLightVoice {
  const paths = linearIntensities(model);
  let voice: LightVoice | undefined;
  return {
    noGradient: basis.noGradient,
    seenBy(instrument, positions, subSizes) {
      const parts = basis.inPixels(positions, subSizes);
      let light: PixelLight | undefined;
      const weigh = instrument.planWeigh();
      return {
        at(vector, withGradient, watch) {
          const images = timed(watch, "model_image", () => parts.at(vector));
          const [fixed, ...columns] = timed(watch, "instrument", () => images.map(instrument.see));
          const { weightedResidual } = instrument;
          const { values, image, failure } = timed(watch, "intensities", () => {
            return solveIntensities({ fixed, columns, weigh, weightedResidual }, kernels);
          });
          const gradient = (byImage: Float64Array) => {
            voice ??= solved();
            light ??= voice.inPixels(positions, subSizes);
            const { gradient } = light.at(Float64Array.of(...vector, ...values), true);
            return gradient!(instrument.adjoint(byImage)).subarray(0, vector.length);
          };
          return {
            image,
            gradient: withGradient && failure === null ? gradient : null,
            intensities: Object.fromEntries(paths.map((path, j) => [path, values[j]])),
            failure: failure && because(failure, paths),
          };
        },
      };
    },
  };
}

function because(failure: NoIntensities, paths: readonly string[]): string {
  if ("unseen" in failure)
    return `${paths[failure.unseen]} cannot be solved for: no light of it is seen, or it is not finite`;
  const [first, second] = failure.alike.map((place) => paths[place]);
  return `intensities cannot be told apart: ${first} and ${second} are the most alike`;
}
