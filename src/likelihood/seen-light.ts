import type { LightVoice } from "./pixel-light.ts";
import { type Stopwatch, timed } from "./stopwatch.ts";

/** From light in N pixels to the image of M pixels that is compared with the data, and the comparison. */
export interface Instrument {
  /** Through the PSF or the primary beam: (N) to (M). */
  see(light: Float64Array): Float64Array;
  /** Its adjoint: (M) to (N). */
  adjoint(image: Float64Array): Float64Array;
  /** The derivatives of -chi^2 / 2 by the image: N^-1 (d - I), (M). */
  weightedResidual(image: Float64Array): Float64Array;
  /** Plans the product of N^-1, the half of chi^2's second derivatives, with images: (M) to (M). */
  planWeigh(): (image: Float64Array) => Float64Array;
}

/** A model as an instrument sees it. */
export interface SeenLight {
  /** (M) */
  readonly image: Float64Array;
  /**
   * From derivatives of the log likelihood by the image (M) to those by the free parameters (P); null where it was not
   * asked for.
   */
  readonly gradient: ((byImage: Float64Array) => Float64Array) | null;
  /** What was solved for, by the paths of the spec. */
  readonly intensities: Readonly<Record<string, number>>;
  /** Why nothing is seen, or null; the image is then NaN. */
  readonly failure: string | null;
}

/** A model in a voice, for instruments to look at. */
export interface ModelLightVoice {
  /** Why there is no gradient; null where there is one. */
  readonly noGradient: string | null;
  /** Plans it for the pixels of a dataset: arguments as a `LightVoice` has them. */
  seenBy(instrument: Instrument, positions: Float64Array, subSizes: Int32Array): SeenModel;
}

export interface SeenModel {
  /** @param vector (P) the model's free parameters. */
  at(vector: Float64Array, withGradient: boolean, watch: Stopwatch): SeenLight;
}

/** A model whose intensities are all given. */
export function givenLight(voice: LightVoice): ModelLightVoice {
  return {
    noGradient: voice.noGradient,
    seenBy(instrument, positions, subSizes) {
      const light = voice.inPixels(positions, subSizes);
      return {
        at(vector, withGradient, watch) {
          const { image: inPixels, gradient } = timed(watch, "model_image", () => light.at(vector, withGradient));
          const image = timed(watch, "instrument", () => instrument.see(inPixels));
          return {
            image,
            gradient: gradient && ((byImage) => gradient(instrument.adjoint(byImage))),
            intensities: {},
            failure: null,
          };
        },
      };
    },
  };
}
