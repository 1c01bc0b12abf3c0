import { modelImage } from "../lens/model-image.ts";
import { instantiate, type Model } from "../model/model.ts";
import { valueAt } from "../model/slot.ts";

/** The light of a model in the pixels of a dataset, before any PSF or primary beam. */
export interface PixelLight {
  /**
   * Without or with the way back from the image.
   * @param vector (P) the model's free parameters.
   */
  at(vector: Float64Array, withGradient: boolean): LightInPixels;
}

/** An image of a model. It is good until the next one is asked for. */
export interface LightInPixels {
  /** (N) intensity per pixel. */
  readonly image: Float64Array;
  /**
   * The gradient of a function of the image; null where it was not asked for.
   * @param adjoint (N) the function's derivatives by the pixels.
   * @returns (P) its derivatives by the free parameters.
   */
  readonly gradient: ((adjoint: Float64Array) => Float64Array) | null;
}

/**
 * A voice of a model's light.
 */
export interface LightVoice {
  /** Why there is no gradient; null where there is one. */
  readonly noGradient: string | null;
  /**
   * Plans it for the pixels of a dataset.
   * @param positions (sum of subSizes^2, 2) image-plane y and x of the sub-pixels, arcseconds, pixel by pixel.
   * @param subSizes (N) sub-pixels along a side of each pixel.
   */
  inPixels(positions: Float64Array, subSizes: Int32Array): PixelLight;
}

/** The reference: profile by profile, number by number. */
export function referenceLight(model: Model): LightVoice {
  return {
    noGradient: "the model image is computed profile by profile, which gives no derivatives",
    inPixels: (positions, subSizes) => ({
      at(vector) {
        const light = modelImage(instantiate(model, vector).galaxies, positions, subSizes);
        const scale = valueAt(model.fluxScale ?? 1, vector);
        return { image: scale === 1 ? light : light.map((value) => scale * value), gradient: null };
      },
    }),
  };
}
