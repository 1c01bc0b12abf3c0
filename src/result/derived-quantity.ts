import type { Absent } from "../backend/contract.ts";

/** What follows from the parameters of a model. */
export interface DerivedQuantity {
  /** `einstein_radius_b_sie`, or the path of what it is of and a name: `galaxies.lens.mass.position_angle`. */
  readonly name: string;
  /** `arcsec`, `deg`, `solar_mass`, or `none` for a pure number. */
  readonly unit: "arcsec" | "deg" | "solar_mass" | "none";
  readonly meaning: string;
  readonly value: number | Absent;
  /** Present for the angle of an axis, in [0, 180): 0 and 180 are one. */
  readonly axis?: true;
}
