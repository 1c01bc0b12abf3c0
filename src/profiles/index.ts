import { sersic } from "./light/sersic.ts";
import { externalShear } from "./mass/external-shear.ts";
import { gaussianMass } from "./mass/gaussian.ts";
import { gNFW, gNFWSph } from "./mass/gnfw.ts";
import { isothermal } from "./mass/isothermal.ts";
import { nfw, nfwSph } from "./mass/nfw.ts";
import { nfwMCRDuffySph, nfwMCRLudlow, nfwMCRLudlowSph } from "./mass/nfw-of-mass.ts";
import { nfwTruncatedSph } from "./mass/nfw-truncated.ts";
import { devVaucouleursMass, exponentialMass, sersicMass } from "./mass/sersic.ts";
import type { LightProfile, MassProfile } from "./profile.ts";

function byName<P extends { readonly name: string }>(...profiles: readonly P[]): ReadonlyMap<string, P> {
  return new Map(profiles.map((profile) => [profile.name, profile]));
}

/** Every mass profile by its name in files. */
export const massProfiles: ReadonlyMap<string, MassProfile> = byName<MassProfile>(
  isothermal,
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
export const lightProfiles: ReadonlyMap<string, LightProfile> = byName<LightProfile>(sersic);
