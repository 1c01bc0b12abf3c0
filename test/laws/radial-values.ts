import fc from "fast-check";
import { numbers } from "../../src/compiler/algebra.ts";
import { ellCompsOf } from "../../src/profiles/elliptical.ts";
import { massProfiles } from "../../src/profiles/index.ts";
import type { Pair, ParameterTable, ParameterValues } from "../../src/profiles/parameter.ts";
import type { MassProfile, ScalarFormula } from "../../src/profiles/profile.ts";
import { between } from "../between.ts";

/* Positions and parameter values of the profiles whose mass is given by a radial convergence. */

export type Values = ParameterValues<ParameterTable, number>;

/** Uniform in the logarithm. */
export const scale = (min: number, max: number) => between(Math.log(min), Math.log(max)).map(Math.exp);
export const angle = between(-3.15, 3.15);
/** At radii from 1e-3 to 10 arcsec. */
export const positions = fc
  .tuple(scale(1e-3, 10), angle)
  .map(([r, theta]): Pair<number> => [r * Math.sin(theta), r * Math.cos(theta)]);
/** At axis ratios from 0.2 to 1, with the round and the nearly round. */
export const ellComps = fc
  .tuple(fc.oneof(between(0.2, 1), between(0.999, 1), fc.constant(1)), angle)
  .map(([q, phi]) => ellCompsOf(numbers, q, phi));

/** Parameters by their names in code. */
export const RANGES: Readonly<Record<string, fc.Arbitrary<number>>> = {
  kappaS: between(0.01, 1),
  scaleRadius: scale(0.1, 20),
  innerSlope: between(0, 2),
  truncationRadius: scale(0.1, 50),
  intensity: between(0.1, 2),
  effectiveRadius: scale(0.05, 5),
  sersicIndex: between(0.5, 8),
  massToLightRatio: between(0.5, 3),
  sigma: scale(0.01, 5),
  massAt200: scale(1e6, 1e13),
  redshiftObject: between(0, 2),
  scatterSigma: between(-3, 3),
  criticalDensity: between(100, 1000),
  criticalSurfaceDensity: scale(1e9, 5e9),
  kpcPerArcsec: between(1, 9),
};

export function present(formula: ScalarFormula<ParameterTable> | { readonly absent: string }) {
  if (typeof formula !== "function") throw new Error(formula.absent);
  return formula;
}

/** A profile of a table of its own as one of any. */
export const any = (profile: unknown) => profile as MassProfile;

/** Largest relative difference of deflection, convergence and potential. */
export function difference(
  profile: MassProfile,
  values: Values,
  other: MassProfile,
  otherValues: Values,
  at: Pair<number>,
) {
  const a = profile.deflection(numbers, at, values);
  const b = other.deflection(numbers, at, otherValues);
  const ratio = (formula: "convergence" | "potential") =>
    present(profile[formula])(numbers, at, values) / present(other[formula])(numbers, at, otherValues);
  return Math.max(
    Math.hypot(a[0] - b[0], a[1] - b[1]) / Math.hypot(...b),
    Math.abs(ratio("convergence") - 1),
    Math.abs(ratio("potential") - 1),
  );
}

/** The profiles that these ranges are of. */
export const RADIAL_PROFILES: readonly MassProfile[] = [...massProfiles.values()].filter(({ parameters }) =>
  Object.keys(parameters).every((key) => key === "centre" || key === "ellComps" || key in RANGES),
);
