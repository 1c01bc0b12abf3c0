import { InputError } from "../../errors.ts";
import { elementCount, type NdArray, toFloat64 } from "../../io/ndarray.ts";
import type { WeightMapOptions } from "./weight-map.ts";

/*
 * Seeds are positions in the image plane, (S, 2) y and x in arcseconds, which a lens model brings to the source plane to be
 * the vertices of a mesh: from an overlay of the mask (`image-mesh-overlay.ts`), by brightness (`k-means-seeds.ts`,
 * `hilbert-seeds.ts`), or given.
 */

/** Seeds where an image is bright. */
export interface BrightnessSeedsOptions extends WeightMapOptions {
  /** S */
  readonly seeds: number;
}

/** A triangle. */
const FEWEST_SEEDS = 3;

/**
 * That so many seeds can be drawn from an image.
 * @param among Pixels to draw from.
 * @throws InputError `mesh/seeds`
 */
export function requireSeeds(seeds: number, among: number, kind: "unmasked" | "bright"): void {
  if (!(Number.isInteger(seeds) && seeds >= FEWEST_SEEDS)) {
    throw new InputError("mesh/seeds", `${seeds} seeds`, `give a whole number from ${FEWEST_SEEDS}`);
  }
  if (seeds > among) {
    const remedy =
      kind === "bright" ? "ask for fewer, or give a larger weight floor" : "ask for fewer, or widen the mask";
    throw new InputError("mesh/seeds", `${seeds} seeds among ${among} ${kind} pixels`, remedy);
  }
}

/**
 * That an adapt image has a value for each unmasked pixel.
 * @throws InputError `mesh/adapt-image`
 */
export function requireAdaptImage(adaptImage: Float64Array, unmasked: number): void {
  if (adaptImage.length === unmasked) return;
  const what = `an adapt image of ${adaptImage.length} values for ${unmasked} unmasked pixels`;
  throw new InputError("mesh/adapt-image", what, "give its values in the unmasked pixels of the dataset's mask");
}

/**
 * Seeds from a file.
 * @param array (S, 2) y and x, arcseconds.
 * @throws InputError `mesh/seeds` for another shape, fewer than three, or a coordinate that is no number.
 */
export function seedsFromArray({ dtype, shape, data }: NdArray): Float64Array {
  const remedy = `give (S, 2) y and x in arcseconds, S at least ${FEWEST_SEEDS}`;
  if (dtype === "c16" || shape.length !== 2 || shape[1] !== 2 || data.length !== elementCount(shape)) {
    const kind = dtype === "c16" ? "complex " : "";
    throw new InputError("mesh/seeds", `seeds in a ${kind}array of shape (${shape.join(", ")})`, remedy);
  }
  if (shape[0] < FEWEST_SEEDS) throw new InputError("mesh/seeds", `an array of ${shape[0]} seeds`, remedy);
  const seeds = toFloat64({ dtype, shape, data });
  const broken = seeds.findIndex((coordinate) => !Number.isFinite(coordinate));
  if (broken >= 0) {
    const what = `${broken % 2 === 0 ? "y" : "x"} of seed ${broken >> 1} is ${seeds[broken]}`;
    throw new InputError("mesh/seeds", what, remedy);
  }
  return seeds;
}
