import type { Absent } from "../backend/contract.ts";
import type { Algebra } from "../compiler/algebra.ts";
import type { Pair, ParameterTable, ParameterValues } from "./parameter.ts";

/**
 * A formula of a profile: from a position (y, x) in arcseconds and the parameter values to `Result`, over any algebra.
 *
 * Declared through a method so that a profile with a table of its own is also a profile of the general kind: whoever
 * calls through the general kind has taken the values from that profile's own table.
 */
export type ScalarFormula<Table extends ParameterTable> = {
  formula<T>(algebra: Algebra<T>, position: Pair<T>, values: ParameterValues<Table, T>): T;
}["formula"];

/** As `ScalarFormula`, to a vector (y, x). */
export type VectorFormula<Table extends ParameterTable> = {
  formula<T>(algebra: Algebra<T>, position: Pair<T>, values: ParameterValues<Table, T>): Pair<T>;
}["formula"];

interface Profile<Table extends ParameterTable> {
  /** The name in files. */
  readonly name: string;
  readonly summary: string;
  /** The paper and the equation. */
  readonly citation: string;
  readonly parameters: Table;
}

/** A distribution of mass on the lens plane, lensing quantities in units of the critical surface density. */
export interface MassProfile<Table extends ParameterTable = ParameterTable> extends Profile<Table> {
  readonly kind: "mass";
  /** alpha = grad psi, (y, x) in arcseconds. */
  readonly deflection: VectorFormula<Table>;
  /** kappa = 1/2 div alpha. */
  readonly convergence: ScalarFormula<Table> | Absent;
  /** psi, arcseconds squared. */
  readonly potential: ScalarFormula<Table> | Absent;
}

/** A distribution of light on the sky or in the source plane. */
export interface LightProfile<Table extends ParameterTable = ParameterTable> extends Profile<Table> {
  readonly kind: "light";
  /** Surface brightness in the unit of the image, per pixel: no pixel-area factor. */
  readonly intensity: ScalarFormula<Table>;
}
