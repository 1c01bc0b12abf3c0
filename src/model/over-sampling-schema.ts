import * as z from "zod";
import { choose, isPlain, position, positive, quantity, strict } from "./schema.ts";
import type { ImagingSpec, SubSizeSpec } from "./spec.ts";

/** Beyond this, a pixel needs an integral rather than a mean. */
const MOST_SUB_PIXELS_A_SIDE = 64;
/** More steps, or more centres, than anybody means. */
const LONGEST_LIST = 100;

const aSide = `the sub-pixels a side of a pixel, an integer from 1 to ${MOST_SUB_PIXELS_A_SIDE}`;

function subSize(remedy: string): z.ZodType<number> {
  return z.int({ error: remedy }).min(1, { error: remedy }).max(MOST_SUB_PIXELS_A_SIDE, { error: remedy });
}

function list<T>(item: z.ZodType<T>, of: string) {
  const remedy = { error: `give a list of 1 to ${LONGEST_LIST} ${of}` };
  return z.array(item, remedy).min(1, remedy).max(LONGEST_LIST, remedy);
}

// Keys as PyAutoLens has them.
const byRadius: z.ZodType<SubSizeSpec> = strict({
  radial_list: list(positive("arcsec", "a positive radius"), "rising radii").refine(
    (radii) => radii.every((radius, k) => k === 0 || radius > radii[k - 1]),
    { error: "give radii that rise" },
  ),
  sub_size_list: list(subSize(`give ${aSide}`), "sub-sizes"),
  centre_list: list(position("a centre of light"), "positions [y, x]").default([[0, 0]]),
})
  .refine(({ radial_list, sub_size_list }) => sub_size_list.length === radial_list.length + 1, {
    error: "give sub_size_list one number more than radial_list: the last is that beyond the radii",
  })
  .transform(({ radial_list, sub_size_list, centre_list }) => ({
    by: "radius",
    radii: radial_list,
    subSizes: sub_size_list,
    centres: centre_list,
  }));

const bySignalToNoise: z.ZodType<SubSizeSpec> = strict({
  signal_to_noise_cut: quantity("none", "a ratio above zero", (ratio) => ratio > 0),
  sub_size_lower: subSize(`give ${aSide}, below the cut`),
  sub_size_upper: subSize(`give ${aSide}, above the cut`),
}).transform(({ signal_to_noise_cut, sub_size_lower, sub_size_upper }) => ({
  by: "signal_to_noise",
  cut: signal_to_noise_cut,
  lower: sub_size_lower,
  upper: sub_size_upper,
}));

const everywhere = subSize(`give ${aSide}; or a map of sub_size_list, radial_list and centre_list`);

const ofLight = choose<SubSizeSpec>(
  (value) => {
    if (!isPlain(value)) return everywhere;
    const bySignal = Object.keys(value).some((key) => /^(signal|sub_size_(lower|upper))/.test(key));
    return bySignal ? bySignalToNoise : byRadius;
  },
  [everywhere, byRadius, bySignalToNoise],
);

export const overSampling: z.ZodType<ImagingSpec["overSampling"]> = strict({
  light: ofLight.default(1),
  source: subSize(`give ${aSide}`).default(1),
});
