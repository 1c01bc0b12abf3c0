import { formula } from "../../compiler/formula.ts";
import { complex } from "../complex.ts";
import { offset } from "../elliptical.ts";
import { CENTRE, type ParameterTable } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";

/*
 * A sheet of constant convergence, about a centre.
 *
 *   kappa,     alpha = kappa (x, y),     psi = kappa (x^2 + y^2) / 2
 *
 * Falco, Gorenstein & Shapiro 1985. The centre shifts the source plane only. As lenstronomy's CONVERGENCE; PyAutoLens
 * has no potential.
 */

const PARAMETERS = {
  centre: CENTRE,
  kappa: {
    name: "kappa",
    unit: "none",
    meaning: "the convergence, negative for an underdensity",
    bounds: [-10, 10],
    defaultPrior: { prior: "uniform", lower: -0.2, upper: 0.2 },
  },
} as const satisfies ParameterTable;

/** Mass sheet. */
export const massSheet: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "MassSheet",
  summary: "sheet of constant convergence",
  citation: "Falco, Gorenstein & Shapiro 1985, ApJ 289, L1",
  parameters: PARAMETERS,
  deflection: (algebra, position, { centre, kappa }) =>
    complex(algebra).scale(kappa, offset(algebra, position, centre)),
  convergence: (_, __, { kappa }) => kappa,
  potential: (algebra, position, { centre, kappa }) =>
    formula(algebra)`0.5 * ${kappa} * ${complex(algebra).squaredLength(offset(algebra, position, centre))}`,
};
