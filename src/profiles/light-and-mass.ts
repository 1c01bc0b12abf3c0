import { chameleon } from "./light/chameleon.ts";
import { devVaucouleurs } from "./light/dev-vaucouleurs.ts";
import { exponential } from "./light/exponential.ts";
import { gaussian } from "./light/gaussian.ts";
import { sersic } from "./light/sersic.ts";
import { chameleonMass } from "./mass/chameleon-mass.ts";
import { gaussianMass } from "./mass/gaussian.ts";
import { devVaucouleursMass, exponentialMass, sersicMass } from "./mass/sersic.ts";
import type { ParameterTable } from "./parameter.ts";
import type { LightProfile, MassProfile } from "./profile.ts";

/**
 * Stars that are seen and that deflect: a light profile and the mass that follows it, kappa = mass_to_light_ratio I,
 * written as one component because they share every parameter but the ratio.
 */
export interface LightAndMass {
  readonly kind: "light_and_mass";
  /** The name in files. */
  readonly name: string;
  readonly summary: string;
  readonly light: LightProfile;
  readonly mass: MassProfile;
  /** The light's, and `mass_to_light_ratio`. */
  readonly parameters: ParameterTable;
}

/** PyAutoLens has them as `lmp.Sersic` and so on, "light and mass profiles". */
function pair(light: LightProfile, mass: MassProfile): LightAndMass {
  return {
    kind: "light_and_mass",
    name: `${light.name}LightMass`,
    summary: `${light.summary}, and mass that follows it`,
    light,
    mass,
    // What both have is as the light has it, whose bounds are the narrower ones.
    parameters: { ...mass.parameters, ...light.parameters },
  };
}

const pairs: readonly LightAndMass[] = [
  pair(sersic, sersicMass),
  pair(exponential, exponentialMass),
  pair(devVaucouleurs, devVaucouleursMass),
  pair(gaussian, gaussianMass),
  pair(chameleon, chameleonMass),
];

/** Every light-and-mass pair by its name in files. */
export const lightAndMassProfiles: ReadonlyMap<string, LightAndMass> = new Map(pairs.map((pair) => [pair.name, pair]));
