import { InputError } from "../errors.ts";
import { ARCSECOND } from "../grid.ts";
import { gaussLegendre } from "../profiles/quadrature.ts";

/*
 * Distances in a flat universe of matter, a cosmological constant, photons and neutrinos.
 *
 *   E^2(z) = Omega_m (1+z)^3 + Omega_gamma (1 + nu(z)) (1+z)^4 + Omega_Lambda,      E(0) = 1
 *   chi(z) = c / H0  int_0^z dz' / E(z'),      D(z1, z2) = (chi(z2) - chi(z1)) / (1 + z2)
 *
 * (Hogg 1999, eqs. 14, 15 and 19). Neutrinos against photons, nu(z), by the fit of Komatsu et al. 2011, eq. 26, each
 * mass on its own: this is what astropy does, and `test/oracle` holds both to the same digits. PyAutoLens counts a
 * massive neutrino as matter at all redshifts; its distances are larger by 1e-4 or less.
 */

/** A flat universe. Without photons (`cmbTemperature: 0`) there are no neutrinos either. */
export interface Cosmology {
  /** H0, km/s/Mpc. */
  readonly hubbleConstant: number;
  /** Density of matter today, neutrinos not included, in units of the critical density. */
  readonly omegaMatter: number;
  /** Temperature of the cosmic microwave background today, kelvin. */
  readonly cmbTemperature: number;
  /** Effective number of neutrino species. */
  readonly effectiveNeutrinos: number;
  /** Of the species that have a mass, eV. */
  readonly neutrinoMasses: readonly number[];
}

/** Planck Collaboration 2016 (XIII), Table 4, last column: the default here, in PyAutoLens and, as Planck15, in astropy. */
export const PLANCK_2015: Cosmology = {
  hubbleConstant: 67.74,
  omegaMatter: 0.3075,
  cmbTemperature: 2.7255,
  effectiveNeutrinos: 3.046,
  neutrinoMasses: [0.06],
};

/** m/s, exact. */
export const SPEED_OF_LIGHT = 299_792_458;
/** Metres in a megaparsec (IAU 2015 B2). */
export const MEGAPARSEC = (1e6 * 149_597_870_700) / ARCSECOND;
/** G times the mass of the sun, m^3/s^2 (IAU 2015 B3): known far better than either. */
const SOLAR_MASS_PARAMETER = 1.327_124_4e20;
/** CODATA 2018: m^3/kg/s^2, W/m^2/K^4, eV/K. */
const GRAVITATIONAL_CONSTANT = 6.6743e-11;
const STEFAN_BOLTZMANN = 5.670_374_419e-8;
const BOLTZMANN = 8.617_333_262e-5;

/** The integrand is smooth in ln(1 + z): with these nodes chi is exact to 1e-13 up to z = 1100. */
const NODES = gaussLegendre(48);

/**
 * Flat Lambda CDM of matter alone, as astropy's FlatLambdaCDM(H0, Om0).
 * @throws InputError when H0 is not positive or Omega_m is not between 0 and 1.
 */
export function flatLambdaCdm(hubbleConstant: number, omegaMatter: number): Cosmology {
  const cosmology = { hubbleConstant, omegaMatter, cmbTemperature: 0, effectiveNeutrinos: 0, neutrinoMasses: [] };
  expectCosmology(cosmology);
  return cosmology;
}

/** Line-of-sight comoving distance from here, Mpc. @throws InputError for a redshift that is not zero or more. */
export function comovingDistance(cosmology: Cosmology, redshift: number): number {
  expectCosmology(cosmology);
  expectRedshift(redshift);
  const inverseE = inverseExpansionRate(cosmology);
  const range = Math.log1p(redshift);
  let integral = 0;
  for (const [node, weight] of NODES) {
    const stretch = Math.exp(node * range);
    integral += weight * stretch * inverseE(stretch);
  }
  return (SPEED_OF_LIGHT / 1e3 / cosmology.hubbleConstant) * range * integral;
}

/**
 * Angular diameter distance of `to` as seen from `from` at the time when light passed there, Mpc.
 * @throws InputError when a redshift is not zero or more, or `to` is in front of `from`.
 */
export function angularDiameterDistance(cosmology: Cosmology, from: number, to: number): number {
  const near = comovingDistance(cosmology, from);
  const far = comovingDistance(cosmology, to);
  if (to < from) {
    throw new InputError(
      "cosmology/order",
      `redshift ${to} is in front of redshift ${from}`,
      "give the nearer redshift first",
    );
  }
  return (far - near) / (1 + to);
}

/** The proper length that is seen as an arcsecond, kpc. @throws InputError as `comovingDistance` does. */
export function kiloparsecsPerArcsecond(cosmology: Cosmology, redshift: number): number {
  return 1e3 * ARCSECOND * angularDiameterDistance(cosmology, 0, redshift);
}

/**
 * Sigma_cr = c^2 D_s / (4 pi G D_l D_ls), solar masses per kpc^2 in the lens plane: kappa = Sigma / Sigma_cr (Schneider,
 * Ehlers & Falco 1992, ch. 5). PyAutoLens's rounded solar mass makes its values smaller by 3e-5.
 * @throws InputError unless 0 < lens < source.
 */
export function criticalSurfaceDensity(cosmology: Cosmology, lens: number, source: number): number {
  const { lensDistance, sourceDistance, between } = lensing(cosmology, lens, source);
  const perMegaparsec = (SPEED_OF_LIGHT ** 2 * MEGAPARSEC) / (4 * Math.PI * SOLAR_MASS_PARAMETER);
  return (1e-6 * perMegaparsec * sourceDistance) / (lensDistance * between);
}

/** D_dt = (1 + z_l) D_l D_s / D_ls, Mpc (Refsdal 1964; Suyu et al. 2010). @throws InputError unless 0 < lens < source. */
export function timeDelayDistance(cosmology: Cosmology, lens: number, source: number): number {
  const { lensDistance, sourceDistance, between } = lensing(cosmology, lens, source);
  return ((1 + lens) * lensDistance * sourceDistance) / between;
}

function lensing(cosmology: Cosmology, lens: number, source: number) {
  expectRedshift(lens);
  expectRedshift(source);
  if (!(lens > 0 && source > lens)) {
    throw new InputError(
      "cosmology/order",
      `a lens at redshift ${lens} does not stand in front of a source at redshift ${source}`,
      "give redshifts with 0 < lens < source",
    );
  }
  return {
    lensDistance: angularDiameterDistance(cosmology, 0, lens),
    sourceDistance: angularDiameterDistance(cosmology, 0, source),
    between: angularDiameterDistance(cosmology, lens, source),
  };
}

/** 1 / E as a function of 1 + z. */
function inverseExpansionRate(cosmology: Cosmology): (stretch: number) => number {
  const { omegaMatter, effectiveNeutrinos, neutrinoMasses, cmbTemperature } = cosmology;
  const hubble = (cosmology.hubbleConstant * 1e3) / MEGAPARSEC;
  const criticalDensity = (3 * hubble ** 2) / (8 * Math.PI * GRAVITATIONAL_CONSTANT);
  const omegaPhotons = (4 * STEFAN_BOLTZMANN * cmbTemperature ** 4) / SPEED_OF_LIGHT ** 3 / criticalDensity;
  const species = Math.max(1, Math.floor(effectiveNeutrinos));
  const massless = species - neutrinoMasses.length;
  const eachSpecies = ((7 / 8) * (4 / 11) ** (4 / 3) * effectiveNeutrinos) / species;
  const neutrinoTemperature = (4 / 11) ** (1 / 3) * cmbTemperature;
  const neutrinosPerPhotons = (stretch: number) =>
    neutrinoMasses.reduce((sum, mass) => {
      const massOverTemperature = mass / (BOLTZMANN * neutrinoTemperature * stretch);
      return sum + (1 + (0.3173 * massOverTemperature) ** 1.83) ** (1 / 1.83);
    }, massless) * eachSpecies;
  const omegaRadiation = (stretch: number) =>
    omegaPhotons === 0 ? 0 : omegaPhotons * (1 + neutrinosPerPhotons(stretch));
  const omegaLambda = 1 - omegaMatter - omegaRadiation(1);
  return (stretch) => 1 / Math.sqrt((omegaMatter + omegaRadiation(stretch) * stretch) * stretch ** 3 + omegaLambda);
}

function expectRedshift(redshift: number) {
  if (!(redshift >= 0 && Number.isFinite(redshift))) {
    throw new InputError("cosmology/redshift", `redshift ${redshift} is not zero or more`, "give a redshift from 0");
  }
}

function expectCosmology({ hubbleConstant, omegaMatter, cmbTemperature, effectiveNeutrinos }: Cosmology) {
  if (!(hubbleConstant > 0 && Number.isFinite(hubbleConstant))) {
    throw new InputError("cosmology/hubble", `H0 = ${hubbleConstant} is not positive`, "give km/s/Mpc, 50 to 90 or so");
  }
  if (!(omegaMatter >= 0 && omegaMatter <= 1)) {
    throw new InputError("cosmology/matter", `Omega_m = ${omegaMatter} is not between 0 and 1`, "give 0.3 or so");
  }
  if (!(cmbTemperature >= 0 && cmbTemperature < 100 && effectiveNeutrinos >= 0 && effectiveNeutrinos < 100)) {
    const what = `T_cmb = ${cmbTemperature} K and N_eff = ${effectiveNeutrinos} are not of this universe`;
    throw new InputError("cosmology/radiation", what, "give 2.7255 and 3.046, or 0 and 0 to leave radiation out");
  }
}
