import type { LightProfile } from "./profile.ts";

/**
 * Light that is a sum of profiles of one kind, written as one: they share the parameters that are not their own, and each
 * has an intensity. With intensities left to the linear inversion, a basis.
 */
export interface LightSet<Given> {
  /** The name in files. */
  readonly name: string;
  readonly summary: string;
  readonly citation: string;
  /** What every member is. */
  readonly profile: LightProfile;
  /** The parameters in which members differ, besides the intensity, by their names in code. */
  readonly own: readonly string[];
  /** Of every member the parameters that are its own. */
  members(given: Given): readonly Readonly<Record<string, number>>[];
}
