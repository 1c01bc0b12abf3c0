import { chameleon } from "./light/chameleon.ts";
import { devVaucouleurs } from "./light/dev-vaucouleurs.ts";
import { exponential } from "./light/exponential.ts";
import { gaussian } from "./light/gaussian.ts";
import { moffat } from "./light/moffat.ts";
import { sersic } from "./light/sersic.ts";
import { sersicCore } from "./light/sersic-core.ts";
import { shapelet } from "./light/shapelet.ts";
import { chameleonMass } from "./mass/chameleon-mass.ts";
import { dualPseudoIsothermal } from "./mass/dual-pseudo-isothermal.ts";
import { externalShear } from "./mass/external-shear.ts";
import { gaussianMass } from "./mass/gaussian.ts";
import { gNFW, gNFWSph } from "./mass/gnfw.ts";
import { isothermal } from "./mass/isothermal.ts";
import { isothermalCore } from "./mass/isothermal-core.ts";
import { isothermalSph } from "./mass/isothermal-sph.ts";
import { massSheet } from "./mass/mass-sheet.ts";
import { nfw, nfwSph } from "./mass/nfw.ts";
import { nfwMCRDuffySph, nfwMCRLudlow, nfwMCRLudlowSph } from "./mass/nfw-of-mass.ts";
import { nfwTruncatedSph } from "./mass/nfw-truncated.ts";
import { pointMass } from "./mass/point-mass.ts";
import { powerLaw } from "./mass/power-law.ts";
import { powerLawBroken } from "./mass/power-law-broken.ts";
import { powerLawCore } from "./mass/power-law-core.ts";
import { powerLawMultipole } from "./mass/power-law-multipole.ts";
import { powerLawSph } from "./mass/power-law-sph.ts";
import { devVaucouleursMass, exponentialMass, sersicMass } from "./mass/sersic.ts";
import type { LightProfile, MassProfile } from "./profile.ts";

function byName<P extends { readonly name: string }>(...profiles: readonly P[]): ReadonlyMap<string, P> {
  return new Map(profiles.map((profile) => [profile.name, profile]));
}

/** Every mass profile by its name in files. */
export const massProfiles: ReadonlyMap<string, MassProfile> = byName<MassProfile>(
  isothermal,
  isothermalSph,
  isothermalCore,
  powerLaw,
  powerLawSph,
  powerLawCore,
  powerLawBroken,
  powerLawMultipole,
  dualPseudoIsothermal,
  chameleonMass,
  pointMass,
  massSheet,
  nfw,
  nfwSph,
  nfwTruncatedSph,
  gNFW,
  gNFWSph,
  nfwMCRDuffySph,
  nfwMCRLudlow,
  nfwMCRLudlowSph,
  sersicMass,
  exponentialMass,
  devVaucouleursMass,
  gaussianMass,
  externalShear,
);

/** Every light profile by its name in files. */
export const lightProfiles: ReadonlyMap<string, LightProfile> = byName<LightProfile>(
  sersic,
  exponential,
  devVaucouleurs,
  sersicCore,
  gaussian,
  moffat,
  chameleon,
  shapelet,
);
