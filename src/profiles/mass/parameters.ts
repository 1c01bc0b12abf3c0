import type { Parameter } from "../parameter.ts";

/** What several mass profiles share, beside the centre and the elliptical components. */

export const EINSTEIN_RADIUS = {
  name: "einstein_radius",
  unit: "arcsec",
  meaning: "theta_E, the radius within which the mean convergence of the round profile is 1",
  bounds: [0, 1000],
  defaultPrior: { prior: "uniform", lower: 0, upper: 8 },
} as const satisfies Parameter;

export const SLOPE = {
  name: "slope",
  unit: "none",
  meaning: "slope of the density in three dimensions: rho falls as r^-slope, the convergence as r^(1-slope)",
  bounds: [1, 2.999],
  defaultPrior: { prior: "uniform", lower: 1.5, upper: 2.9 },
  default: 2,
} as const satisfies Parameter;

export const CORE_RADIUS = {
  name: "core_radius",
  unit: "arcsec",
  meaning: "radius on the major axis inside of which the convergence flattens",
  bounds: [0, 1000],
  defaultPrior: { prior: "uniform", lower: 0, upper: 1 },
  default: 0.01,
} as const satisfies Parameter;
