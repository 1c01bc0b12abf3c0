import type { ParameterTable } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";

/*
 * The tidal field of everything outside the lens, about the origin (0, 0) of the coordinates and not about the lens:
 *
 *   psi = gamma_1 (x^2 - y^2) / 2 + gamma_2 x y
 *   alpha_x = gamma_1 x + gamma_2 y,     alpha_y = gamma_2 x - gamma_1 y,     kappa = 0
 *
 * The quadrupole of Kovner 1987 (his shear matrix of a distant perturber). The shear of strength
 * gamma = |gamma_1 + i gamma_2| stretches images along arg(gamma_1 + i gamma_2) / 2, counter-clockwise from +x.
 *
 * Other codes: the same as PyAutoLens and as lenstronomy's SHEAR with ra_0 = dec_0 = 0 (its gamma1, gamma2, for x
 * right).
 */

const shearOf = (component: string) =>
  ({
    unit: "none",
    meaning: `component of the shear ${component}`,
    bounds: [-1, 1],
    defaultPrior: { prior: "uniform", lower: -0.2, upper: 0.2 },
  }) as const;

const PARAMETERS = {
  gamma1: { name: "gamma_1", ...shearOf("along x and y: gamma cos 2phi") },
  gamma2: { name: "gamma_2", ...shearOf("along the diagonals: gamma sin 2phi") },
} as const satisfies ParameterTable;

/** Uniform external shear about the origin. */
export const externalShear: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "ExternalShear",
  summary: "uniform external shear about (0, 0)",
  citation: "Kovner 1987, ApJ 312, 22",
  parameters: PARAMETERS,
  deflection: ({ add, mul, sub }, [y, x], { gamma1, gamma2 }) => [
    sub(mul(gamma2, x), mul(gamma1, y)),
    add(mul(gamma1, x), mul(gamma2, y)),
  ],
  convergence: ({ constant }) => constant(0),
  potential: ({ add, constant, mul, sub }, [y, x], { gamma1, gamma2 }) =>
    add(mul(mul(constant(0.5), gamma1), sub(mul(x, x), mul(y, y))), mul(gamma2, mul(x, y))),
};
