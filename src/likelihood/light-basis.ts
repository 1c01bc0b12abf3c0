import { compile, type PointFunction } from "../compiler/compile.ts";
import { lightParts } from "../model/linear-light.ts";
import type { Model } from "../model/model.ts";
import { referenceLight } from "./pixel-light.ts";
import {
  inEveryBatch,
  lightFunction,
  ofBearableSize,
  planBatches,
  prepare,
  webAssemblyOfThisThread,
} from "./traced-light.ts";

/** The light of a model with intensities to be solved for, taken apart, in the pixels of a dataset. */
export interface BasisInPixels {
  /**
   * @param vector (P) the model's free parameters.
   * @returns (1 + L) of (N): light of given intensities, then each profile to be solved for at intensity 1. They are good
   * until the next ones are asked for.
   */
  at(vector: Float64Array): readonly Float64Array[];
}

/** A voice of it; arguments as a `LightVoice` has them. */
export interface LightBasis {
  /** Why the voice has no gradient; null where it has one. */
  readonly noGradient: string | null;
  inPixels(positions: Float64Array, subSizes: Int32Array): BasisInPixels;
}

/** The reference: rays traced anew for each profile. */
export function referenceBasis(model: Model): LightBasis {
  const parts = lightParts(model).map(referenceLight);
  return {
    noGradient: parts[0].noGradient,
    inPixels(positions, subSizes) {
      const images = parts.map((part) => part.inPixels(positions, subSizes));
      return { at: (vector) => images.map((image) => image.at(vector, false).image) };
    },
  };
}

/** One kernel of 1 + L outputs: rays are traced once. @throws InputError as `traceLight` does. */
export function traceBasis(model: Model): LightBasis {
  const parts = lightParts(model).map(lightFunction);
  const point: PointFunction = {
    ...parts[0],
    outputs: parts.map(() => "groupMean"),
    formula: (algebra, parameters, inputs) => parts.flatMap((part) => part.formula(algebra, parameters, inputs)),
  };
  const kernel = ofBearableSize(() => compile(point, webAssemblyOfThisThread()));
  return {
    noGradient: null,
    inPixels(positions, subSizes) {
      const images = parts.map(() => new Float64Array(subSizes.length));
      const batches = planBatches(subSizes);
      const places = prepare(kernel, batches, positions);
      return {
        at(vector) {
          inEveryBatch(kernel, vector, batches, places, images);
          return images;
        },
      };
    },
  };
}
