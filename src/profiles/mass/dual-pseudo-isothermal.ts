import { formula } from "../../compiler/formula.ts";
import { CENTRE, ELL_COMPS, type ParameterTable } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { pseudoIsothermals } from "./pseudo-isothermal.ts";

/*
 * The dual pseudo-isothermal ellipsoid: a core, an isothermal part, and a cut from which on rho falls as r^-4.
 *
 *   kappa = b_0 / 2  r_s / (r_s - r_a)  [ (r_a^2 + R^2)^(-1/2) - (r_s^2 + R^2)^(-1/2) ]
 *   R^2   = x'^2 / (1 + f)^2 + y'^2 / (1 - f)^2
 *
 * f = (1 - q) / (1 + q): the difference of two ellipsoids of Kassiola & Kovner 1993 (`pseudo-isothermal.ts`), as in
 * Eliasdottir et al. 2007, appendix A.
 *
 * Other codes: names and meanings are PyAutoLens's dPIEMass, which follows Lenstool; b_0 is the Einstein radius for r_a
 * -> 0, r_s -> infinity and a circle. The ellipse is one of the mass: dPIEPotential has one of the potential. A cut at
 * or below the core is taken 1e-4 above it, since the two ellipsoids must differ: their difference there holds 1e-12.
 */

const PARAMETERS = {
  centre: CENTRE,
  ellComps: ELL_COMPS,
  ra: {
    name: "ra",
    unit: "arcsec",
    meaning: "radius of the core",
    bounds: [0, 1000],
    defaultPrior: { prior: "uniform", lower: 0, upper: 1 },
    default: 0,
  },
  rs: {
    name: "rs",
    unit: "arcsec",
    meaning: "radius of the cut, larger than that of the core",
    bounds: [1e-5, 1e5],
    defaultPrior: { prior: "uniform", lower: 1, upper: 30 },
  },
  b0: {
    name: "b0",
    unit: "arcsec",
    meaning: "strength, the Einstein radius without core, cut and ellipticity: 4 pi (sigma / c)^2 D_ls / D_s",
    bounds: [0, 1000],
    defaultPrior: { prior: "uniform", lower: 0, upper: 8 },
  },
} as const satisfies ParameterTable;

/** Dual pseudo-isothermal ellipsoid of mass. */
export const dualPseudoIsothermal: MassProfile<typeof PARAMETERS> = {
  kind: "mass",
  name: "dPIEMass",
  summary: "dual pseudo-isothermal ellipsoid of mass",
  citation: "Kassiola & Kovner 1993, ApJ 417, 450, eq. 4.1; Eliasdottir et al. 2007, arXiv:0710.5636, appendix A",
  parameters: PARAMETERS,
  ...pseudoIsothermals<typeof PARAMETERS>((algebra, { ra, rs, b0 }) => {
    const f = formula(algebra);
    const cut = f`selectLess(${rs}, 1.0001 * ${ra}, 1.0001 * ${ra}, ${rs})`;
    const strength = f`${b0} * ${cut} / (${cut} - ${ra})`;
    return [
      { strength, core: ra },
      { strength: f`-${strength}`, core: cut },
    ];
  }),
};
