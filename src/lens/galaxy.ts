import type { ParameterTable, ParameterValues } from "../profiles/parameter.ts";
import type { LightProfile, MassProfile } from "../profiles/profile.ts";

export type NumericValues = ParameterValues<ParameterTable, number>;

/** A mass profile with values for its parameters: numbers, or scalars of another algebra. */
export interface MassComponent<T = number> {
  readonly profile: MassProfile;
  readonly values: ParameterValues<ParameterTable, T>;
}

/** A light profile with values for its parameters. */
export interface LightComponent<T = number> {
  readonly profile: LightProfile;
  readonly values: ParameterValues<ParameterTable, T>;
}

/** What is at one redshift and moves together. */
export interface Galaxy<T = number> {
  readonly name: string;
  readonly redshift: number;
  readonly masses: readonly MassComponent<T>[];
  readonly lights: readonly LightComponent<T>[];
}
