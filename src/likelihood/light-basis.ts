import { type CompiledGradient, compile, compileGradient, type PointFunction } from "../compiler/compile.ts";
import type { PointArrays } from "../compiler/point-program.ts";
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
  /**
   * The gradient of a function of the images; null where the voice has none.
   * @param byImages (1 + L) of (N): the function's derivatives by each.
   * @returns (P) its derivatives by the free parameters.
   */
  readonly slopes: ((vector: Float64Array, byImages: readonly Float64Array[]) => Float64Array) | null;
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
      return { at: (vector) => images.map((image) => image.at(vector, false).image), slopes: null };
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
  // The sum over sub-pixels and images, each times a factor of its own: nothing is kept of each.
  const weighted: PointFunction = {
    ...point,
    inputs: [...point.inputs, ...parts.map((_, part) => `by image ${part}`)],
    outputs: ["sum"],
    formula: (algebra, parameters, [y, x, ...factors]) => {
      const images = point.formula(algebra, parameters, [y, x]);
      return [
        images.map((image, part) => algebra.mul(image, factors[part])).reduce((sum, term) => algebra.add(sum, term)),
      ];
    },
  };
  let differentiated: CompiledGradient | undefined;
  const gradient = () => {
    differentiated ??= ofBearableSize(() => compileGradient(weighted, webAssemblyOfThisThread()));
    return differentiated;
  };
  return {
    noGradient: null,
    inPixels(positions, subSizes) {
      const images = parts.map(() => new Float64Array(subSizes.length));
      const batches = planBatches(subSizes);
      const places = prepare(kernel, batches, positions);
      let placesOfSlopes: PointArrays | undefined;
      return {
        at(vector) {
          inEveryBatch(kernel, vector, batches, places, images);
          return images;
        },
        slopes(vector, byImages) {
          const compiled = gradient();
          const count = positions.length / 2;
          if (placesOfSlopes === undefined) {
            placesOfSlopes = compiled.allocate(count, 1);
            const [y, x] = placesOfSlopes.inputs;
            for (let n = 0; n < count; n++) {
              y[n] = positions[2 * n];
              x[n] = positions[2 * n + 1];
            }
          }
          // An image is the mean over its sub-pixels.
          byImages.forEach((byImage, part) => {
            spreadOverSubPixels(byImage, subSizes, placesOfSlopes!.inputs[2 + part]);
          });
          compiled.run(vector, placesOfSlopes, 0, count);
          const totals = placesOfSlopes.outputs.slice(1).map(([sum]) => sum);
          return compiled.gradient(vector, Float64Array.from(totals));
        },
      };
    },
  };
}

/** Of every sub-pixel its share of what its pixel has. */
function spreadOverSubPixels(ofPixels: Float64Array, subSizes: Int32Array, out: Float64Array): void {
  let next = 0;
  subSizes.forEach((size, pixel) => {
    const share = ofPixels[pixel] / (size * size);
    // Not fill(), which costs more than it writes where there are few.
    for (const end = next + size * size; next < end; next++) out[next] = share;
  });
}
