import { chameleon } from "./light/chameleon.ts";
import { devVaucouleurs } from "./light/dev-vaucouleurs.ts";
import { exponential } from "./light/exponential.ts";
import { gaussian } from "./light/gaussian.ts";
import { moffat } from "./light/moffat.ts";
import { sersic } from "./light/sersic.ts";
import { sersicCore } from "./light/sersic-core.ts";
import { shapelet } from "./light/shapelet.ts";
import { externalShear } from "./mass/external-shear.ts";
import { isothermal } from "./mass/isothermal.ts";
import type { LightProfile, MassProfile } from "./profile.ts";

function byName<P extends { readonly name: string }>(...profiles: readonly P[]): ReadonlyMap<string, P> {
  return new Map(profiles.map((profile) => [profile.name, profile]));
}

/** Every mass profile by its name in files. */
export const massProfiles: ReadonlyMap<string, MassProfile> = byName<MassProfile>(isothermal, externalShear);

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
