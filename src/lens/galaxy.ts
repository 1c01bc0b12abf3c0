import type { ParameterTable, ParameterValues } from "../profiles/parameter.ts";
import type { LightProfile, MassProfile } from "../profiles/profile.ts";

export type NumericValues = ParameterValues<ParameterTable, number>;

/** A mass profile with numbers for its parameters. */
export interface MassComponent {
  readonly profile: MassProfile;
  readonly values: NumericValues;
}

/** A light profile with numbers for its parameters. */
export interface LightComponent {
  readonly profile: LightProfile;
  readonly values: NumericValues;
}

/** What is at one redshift and moves together. */
export interface Galaxy {
  readonly name: string;
  readonly redshift: number;
  readonly masses: readonly MassComponent[];
  readonly lights: readonly LightComponent[];
}
