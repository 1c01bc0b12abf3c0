import type { Raw } from "./automatic-scene.ts";

/** Standard deviations of ell_comps: 0.12 each is a median axis ratio of 0.75, as early-type galaxies have. */
const ELLIPTICITY = 0.12;
/** The priors of later phases, in tenths of the width of those before. */
export const AS_WIDE = 3;
/** Takes priors that were narrowed once back to their first width. */
export const AS_FIRST = Math.round(100 / AS_WIDE);

export function ellipticity(): Raw {
  return { prior: "gaussian", mean: 0, sigma: ELLIPTICITY, lower: -0.5, upper: 0.5 };
}

export function normal(mean: number, sigma: number): Raw {
  return { prior: "gaussian", mean: rounded(mean), sigma: rounded(sigma) };
}

/** To be read in a file: a hundredth of the smallest pixel is enough. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
