import { sersic } from "./light/sersic.ts";
import { externalShear } from "./mass/external-shear.ts";
import { isothermal } from "./mass/isothermal.ts";
import type { LightProfile, MassProfile } from "./profile.ts";

function byName<P extends { readonly name: string }>(...profiles: readonly P[]): ReadonlyMap<string, P> {
  return new Map(profiles.map((profile) => [profile.name, profile]));
}

/** Every mass profile by its name in files. */
export const massProfiles: ReadonlyMap<string, MassProfile> = byName<MassProfile>(isothermal, externalShear);

/** Every light profile by its name in files. */
export const lightProfiles: ReadonlyMap<string, LightProfile> = byName<LightProfile>(sersic);
