import type { Algebra } from "../../compiler/algebra.ts";
import { formula } from "../../compiler/formula.ts";
import { CENTRE, ELL_COMPS, type Parameter, type ParameterTable, type ParameterValues } from "../parameter.ts";
import type { MassProfile } from "../profile.ts";
import { nfw, nfwSph } from "./nfw.ts";

/*
 * NFW haloes by their mass, the concentration following from it, as subhaloes are searched for: with M_200 the mass inside
 * the radius whose mean density is 200 times the critical one, rho_c, at the halo's redshift, and c = r_200 / r_s,
 *
 *   r_200^3 = 3 M_200 / (800 pi rho_c)
 *   rho_s   = (200/3) rho_c c^3 / (ln(1 + c) - c / (1 + c)),     kappa_s = rho_s r_s / Sigma_cr.
 *
 * The numbers that a cosmology gives for the redshifts of halo and source, rho_c, Sigma_cr and the kpc in an arcsecond,
 * are parameters: no cosmology is chosen here.
 *
 * Other codes: as PyAutoLens's NFWMCRDuffySph, NFWMCRLudlow and NFWMCRLudlowSph and, with scatter_sigma, its
 * NFWMCRScatterLudlow; it takes the two redshifts and its Planck 2015 cosmology, and for Ludlow's relation the whole model
 * behind it, of which appendix C used here is the fit for a Planck cosmology.
 */

/** A number known beforehand, for the redshifts of halo and source. */
const given = <const Name extends string>(name: Name, meaning: string, bounds: readonly [number, number]) =>
  ({
    name,
    unit: "none",
    meaning,
    bounds,
    defaultPrior: { prior: "log_uniform", lower: bounds[0], upper: bounds[1] },
  }) as const satisfies Parameter;

const HALO = {
  massAt200: {
    name: "mass_at_200",
    unit: "none",
    meaning: "M_200 in solar masses, of 200 times the critical density",
    bounds: [1, 1e17],
    defaultPrior: { prior: "log_uniform", lower: 1e6, upper: 1e11 },
  },
  redshiftObject: {
    name: "redshift_object",
    unit: "none",
    meaning: "redshift of the halo",
    // The fit of the concentration ends beyond.
    bounds: [0, 6],
    defaultPrior: { prior: "uniform", lower: 0, upper: 2 },
  },
  criticalDensity: given("critical_density", "rho_c at the halo, solar masses per kpc^3", [10, 1e5]),
  criticalSurfaceDensity: given("critical_surface_density", "Sigma_cr, solar masses per kpc^2", [1e7, 1e12]),
  kpcPerArcsec: given("kpc_per_arcsec", "kpc that an arcsecond is at the halo", [1e-3, 10]),
} as const satisfies ParameterTable;

const SCATTER = {
  scatterSigma: {
    name: "scatter_sigma",
    unit: "none",
    meaning: "by how many times its scatter of 0.15 dex the concentration is off the relation",
    bounds: [-10, 10],
    defaultPrior: { prior: "gaussian", mean: 0, sigma: 1 },
    default: 0,
  },
} as const satisfies ParameterTable;

type Halo<T> = { readonly [Key in keyof typeof HALO]: T };

/** kappa_s and r_s, arcseconds, of a halo of this concentration. */
export function nfwOfMass<T>(algebra: Algebra<T>, halo: Halo<T>, concentration: T) {
  const f = formula(algebra);
  const { massAt200, criticalDensity, criticalSurfaceDensity, kpcPerArcsec } = halo;
  const volume = f`3 * ${massAt200} / (800 * ${algebra.constant(Math.PI)} * ${criticalDensity})`;
  const scaleRadius = f`pow(${volume}, 1 / 3) / ${concentration}`;
  const c = concentration;
  const mass = f`log(1 + ${c}) - ${c} / (1 + ${c})`;
  const density = f`200 / 3 * ${criticalDensity} * ${c} * ${c} * ${c} / ${mass}`;
  return {
    kappaS: f`${density} * ${scaleRadius} / ${criticalSurfaceDensity}`,
    scaleRadius: f`${scaleRadius} / ${kpcPerArcsec}`,
  };
}

/** c of Duffy et al. 2008, table 1 (full sample, M_200), M in units of 2e12 solar masses / h, h = 0.6774. */
export function duffyConcentration<T>(algebra: Algebra<T>, { massAt200, redshiftObject }: Halo<T>): T {
  return formula(algebra)`5.71 * pow(1 + ${redshiftObject}, -0.47) * pow(${massAt200} / 2.952465309e12, -0.084)`;
}

/** c of Ludlow et al. 2016, eqs C1 to C9 with h = 0.678: the growth factor in nu and that in nu_0 cancel. */
export function ludlowConcentration<T>(algebra: Algebra<T>, { massAt200, redshiftObject }: Halo<T>): T {
  const f = formula(algebra);
  const a1 = f`1 + ${redshiftObject}`;
  const xi = f`1e10 / (0.678 * ${massAt200})`;
  const sigma = f`22.26 * pow(${xi}, 0.292) / (1 + 1.53 * pow(${xi}, 0.275) + 3.36 * pow(${xi}, 0.198))`;
  const nu0 = f`4.135 - ${a1} * (0.564 + ${a1} * (0.210 - ${a1} * (0.0557 - 0.00348 * ${a1})))`;
  const nu = f`1.686 / (${sigma} * ${nu0})`;
  const c0 = f`3.395 * pow(${a1}, -0.215)`;
  const beta = f`0.307 * pow(${a1}, 0.540)`;
  const gamma1 = f`0.628 * pow(${a1}, -0.047)`;
  const gamma2 = f`0.317 * pow(${a1}, -0.893)`;
  const bend = f`pow(1 + pow(${nu}, 1 / ${beta}), ${beta} * (${gamma1} - ${gamma2}))`;
  return f`${c0} * pow(${nu}, -${gamma1}) * ${bend}`;
}

type Concentration = { formula<T>(algebra: Algebra<T>, halo: Halo<T>): T }["formula"];

const DUFFY = { centre: CENTRE, ...HALO } as const satisfies ParameterTable;
const LUDLOW_ROUND = { ...DUFFY, ...SCATTER } as const satisfies ParameterTable;
const LUDLOW = { centre: CENTRE, ellComps: ELL_COMPS, ...HALO, ...SCATTER } as const satisfies ParameterTable;

const ludlowScattered: Concentration = (algebra, halo) => {
  const { scatterSigma } = halo as ParameterValues<typeof LUDLOW_ROUND, typeof halo.massAt200>;
  return formula(algebra)`${ludlowConcentration(algebra, halo)} * pow(10, 0.15 * ${scatterSigma})`;
};

/** The formulas of an NFW profile, given the mass. */
function formulasOf<Table extends typeof HALO>(profile: MassProfile, concentration: Concentration) {
  function inner<T>(algebra: Algebra<T>, values: ParameterValues<Table, T>): ParameterValues<ParameterTable, T> {
    const halo = values as unknown as Halo<T>;
    return { ...values, ...nfwOfMass(algebra, halo, concentration(algebra, halo)) };
  }
  const { deflection, convergence, potential } = profile;
  if (typeof convergence !== "function" || typeof potential !== "function") throw new Error(`${profile.name} is whole`);
  return {
    deflection: (algebra, position, values) => deflection(algebra, position, inner(algebra, values)),
    convergence: (algebra, position, values) => convergence(algebra, position, inner(algebra, values)),
    potential: (algebra, position, values) => potential(algebra, position, inner(algebra, values)),
  } satisfies Pick<MassProfile<Table>, "deflection" | "convergence" | "potential">;
}

/** Round NFW halo of a mass, with Duffy's concentration. */
export const nfwMCRDuffySph: MassProfile<typeof DUFFY> = {
  kind: "mass",
  name: "NFWMCRDuffySph",
  summary: "round NFW halo of a mass, its concentration by Duffy et al. 2008",
  citation: "Duffy, Schaye, Kay & Dalla Vecchia 2008, MNRAS 390, L64",
  parameters: DUFFY,
  ...formulasOf<typeof DUFFY>(nfwSph, duffyConcentration),
};

/** Round NFW halo of a mass, with Ludlow's concentration. */
export const nfwMCRLudlowSph: MassProfile<typeof LUDLOW_ROUND> = {
  kind: "mass",
  name: "NFWMCRLudlowSph",
  summary: "round NFW halo of a mass, its concentration by Ludlow et al. 2016",
  citation: "Ludlow et al. 2016, MNRAS 460, 1214, appendix C",
  parameters: LUDLOW_ROUND,
  ...formulasOf<typeof LUDLOW_ROUND>(nfwSph, ludlowScattered),
};

/** Elliptical NFW halo of a mass, with Ludlow's concentration. */
export const nfwMCRLudlow: MassProfile<typeof LUDLOW> = {
  ...nfwMCRLudlowSph,
  name: "NFWMCRLudlow",
  summary: "elliptical NFW halo of a mass, its concentration by Ludlow et al. 2016",
  parameters: LUDLOW,
  ...formulasOf<typeof LUDLOW>(nfw, ludlowScattered),
};
