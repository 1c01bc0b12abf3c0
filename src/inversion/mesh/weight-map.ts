import { InputError } from "../../errors.ts";

/** How seeds or pixels follow the brightness of an image, as in PyAutoLens. */
export interface WeightMapOptions {
  /** Power of the brightness over that of the brightest pixel: 0 makes all pixels equal, more prefers the bright ones. */
  readonly weightPower: number;
  /** No weight is less: 0 leaves dark pixels out, 1 makes all equal. */
  readonly weightFloor: number;
}

/** Weights below are none: products with squares of distances must stay numbers. */
const FAINTEST = 1e-100;

/**
 * Weights of image pixels by the brightness of an adapt image, which is what the lensed source is thought to look like:
 * w = max((I / max I)^power, floor), at most 1. A negative pixel counts as a dark one; PyAutoArray takes its magnitude.
 * @param adaptImage (M)
 * @returns (M)
 * @throws InputError `mesh/adapt-image` for an image that is not of numbers or nowhere positive, `mesh/weight-power`,
 * `mesh/weight-floor` for options out of range.
 */
export function weightMap(adaptImage: Float64Array, { weightPower, weightFloor }: WeightMapOptions): Float64Array {
  if (!(weightPower >= 0 && weightPower < Number.POSITIVE_INFINITY)) {
    throw new InputError("mesh/weight-power", `weight power ${weightPower}`, "give a number from 0, such as 1");
  }
  if (!(weightFloor >= 0 && weightFloor <= 1)) {
    const remedy = "give a fraction of the brightest pixel's weight, from 0 to 1";
    throw new InputError("mesh/weight-floor", `weight floor ${weightFloor}`, remedy);
  }
  const broken = adaptImage.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) {
    const what = `the adapt image is ${adaptImage[broken]} in unmasked pixel ${broken}`;
    throw new InputError("mesh/adapt-image", what, "give a finite brightness in every unmasked pixel");
  }
  const peak = adaptImage.reduce((most, value) => Math.max(most, value), 0);
  if (peak === 0) {
    const remedy = "give an image of the lensed source, its brightness positive";
    throw new InputError("mesh/adapt-image", "the adapt image is positive in no unmasked pixel", remedy);
  }
  return adaptImage.map((value) => {
    const weight = Math.max((Math.max(value, 0) / peak) ** weightPower, weightFloor);
    return weight < FAINTEST ? 0 : weight;
  });
}

/**
 * Weights of rays: every pixel's weight is that of its sub-pixels together.
 * @param weights (M) of the pixels; null where all are equal.
 * @param subSizes (M) sub-pixels along a side of each.
 * @returns a weight for each sub-pixel, pixel by pixel.
 */
export function subPixelWeights(weights: Float64Array | null, subSizes: Int32Array): Float64Array {
  const out = new Float64Array(subSizes.reduce((sum, size) => sum + size * size, 0));
  let next = 0;
  subSizes.forEach((size, pixel) => {
    out.fill((weights?.[pixel] ?? 1) / (size * size), next, next + size * size);
    next += size * size;
  });
  return out;
}
