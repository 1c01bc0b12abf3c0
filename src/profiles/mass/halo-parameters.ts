import type { Parameter } from "../parameter.ts";

/** What the profiles of dark haloes share. */

export const KAPPA_S = {
  name: "kappa_s",
  unit: "none",
  meaning: "rho_s r_s / Sigma_cr: density scale times scale radius over the critical surface density",
  bounds: [0, 1000],
  defaultPrior: { prior: "log_uniform", lower: 1e-4, upper: 1 },
} as const satisfies Parameter;

export const SCALE_RADIUS = {
  name: "scale_radius",
  unit: "arcsec",
  meaning: "r_s, where the density's slope is that between centre and outskirts; along the major axis",
  bounds: [1e-5, 1000],
  defaultPrior: { prior: "uniform", lower: 0.1, upper: 30 },
} as const satisfies Parameter;
