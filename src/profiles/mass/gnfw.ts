import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { axisRatio } from "../elliptical.ts";
import { CENTRE, ELL_COMPS, type Parameter, type ParameterTable } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { gaussLegendre } from "../quadrature.ts";
import { type RadialMass, radialFormulas } from "../radial-mass.ts";
import { KAPPA_S, SCALE_RADIUS } from "./halo-parameters.ts";

/*
 * The NFW profile with a free inner slope, rho = rho_s x^-gamma (1 + x)^(gamma - 3) (Zhao 1996 with alpha = 1, beta = 3).
 * Along the line of sight through x = xi / r_s, xi^2 = x'^2 + y'^2 / q^2, at the depth x cot(phi),
 *
 *   kappa = 2 kappa_s x^(1-gamma) int_0^(pi/2) sin(phi) (x + sin(phi))^(gamma-3) dphi,
 *
 * with sin(phi) = tau (2 - tau), dphi = 2 dtau / sqrt(1 + sin(phi)), and tau = x sinh(t asinh(1/x)) for x < 1, which
 * spreads the nodes between x, where the integrand turns, and 1. Derived here.
 *
 * Other codes: as PyAutoLens, elliptical in the mass, with r_s on the major axis; its deflections are a sum of Gaussians
 * within 1e-4 of these. A slope of 1 is the NFW profile.
 */

/** Relative errors for slopes 0 to 2.5: 1e-12 for x > 0.1, 4e-10 for x > 1e-4, 4e-8 for x > 1e-6. */
const NODES = gaussLegendre(32);

const INNER_SLOPE = {
  name: "inner_slope",
  unit: "none",
  meaning: "gamma: the density rises as r^-gamma towards the centre; 1 for NFW",
  bounds: [0, 2.5],
  defaultPrior: { prior: "uniform", lower: 0, upper: 2 },
} as const satisfies Parameter;

const HALO = { kappaS: KAPPA_S, innerSlope: INNER_SLOPE, scaleRadius: SCALE_RADIUS } as const;
const ROUND = { centre: CENTRE, ...HALO } as const satisfies ParameterTable;
const PARAMETERS = { centre: CENTRE, ellComps: ELL_COMPS, ...HALO } as const satisfies ParameterTable;

/** kappa / kappa_s of x^2. */
function projection<T>(algebra: Algebra<T>, x2: T, innerSlope: T): T {
  const f = formula(algebra);
  const x = f`sqrt(${x2})`;
  const inner = f`selectLess(${x}, 1, ${x}, 1)`;
  const reach = f`log((1 + sqrt(1 + ${inner} * ${inner})) / ${inner})`;
  const inverse = f`1 / ${x}`;
  const half = f`0.5 * ${inner}`;
  // One division and one more for the root, at each of what may be 48 times 32 nodes.
  const [sum] = algebra.sumOver(NODES, ([t, weight]) => {
    const grown = f`exp(${reach} * ${t})`;
    const shrunk = f`1 / ${grown}`;
    const tau = f`${half} * (${grown} - ${shrunk})`;
    const sine = f`${tau} * (2 - ${tau})`;
    const sum = f`${x} + ${sine}`;
    const density = f`${sine} * pow(${sum} * ${inverse}, ${innerSlope} - 1)`;
    return [f`${weight} * (${grown} + ${shrunk}) * ${density} / (${sum} * ${sum} * sqrt(1 + ${sine}))`];
  });
  return f`2 * ${inner} * ${reach} * ${sum}`;
}

const radial: RadialMass<typeof ROUND> = (algebra, { kappaS, innerSlope, scaleRadius }, ellipse) => {
  const f = formula(algebra);
  const perSquare = f`1 / (${axisRatio(algebra, ellipse)} * ${scaleRadius} * ${scaleRadius})`;
  return { convergence: (squared) => f`${kappaS} * ${projection(algebra, f`${squared} * ${perSquare}`, innerSlope)}` };
};

const CITATION = "Zhao 1996, MNRAS 278, 488; projection derived here";

/** Elliptical generalized NFW halo. */
export const gNFW: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "gNFW",
  summary: "NFW halo with a free inner slope, elliptical in the mass",
  citation: CITATION,
  parameters: PARAMETERS,
  ...radialFormulas<typeof PARAMETERS>(PARAMETERS, radial),
};

/** Round generalized NFW halo. */
export const gNFWSph: MassProfile<typeof ROUND> = {
  kind: "mass",
  name: "gNFWSph",
  summary: "round NFW halo with a free inner slope",
  citation: CITATION,
  parameters: ROUND,
  ...radialFormulas<typeof ROUND>(ROUND, radial),
};
