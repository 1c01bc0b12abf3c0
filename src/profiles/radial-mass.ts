import type { Algebra } from "../compiler/algebra.ts";
import { CENTRE_SQUARED_RADIUS, type Ellipse, ellipseOf, offset, squaredEccentricRadius } from "./elliptical.ts";
import { deflectionOf, type EllipticalMass, potentialOf } from "./homoeoids.ts";
import type { Pair, ParameterTable, ParameterValues } from "./parameter.ts";
import type { MassProfile } from "./profile.ts";

/**
 * The convergence of a profile as a function of r^2 = q x'^2 + y'^2 / q, for values of its parameters. It is never asked
 * below `CENTRE_SQUARED_RADIUS`.
 */
export type RadialMass<Table extends ParameterTable> = {
  formula<T>(
    algebra: Algebra<T>,
    values: ParameterValues<Table, T>,
    ellipse: Ellipse<T>,
  ): Pick<EllipticalMass<T>, "convergence" | "reach">;
}["formula"];

type Formulas<Table extends ParameterTable> = Pick<MassProfile<Table>, "deflection" | "convergence" | "potential">;

/** The lensing of a radial convergence, by quadrature: elliptical where the table has `ell_comps`, else round. */
export function radialFormulas<Table extends ParameterTable>(table: Table, radial: RadialMass<Table>): Formulas<Table> {
  function place<T>(algebra: Algebra<T>, position: Pair<T>, values: ParameterValues<Table, T>) {
    const zero = algebra.constant(0);
    const { centre, ellComps } = values as unknown as { centre: Pair<T>; ellComps: Pair<T> };
    const ellipse = ellipseOf(algebra, "ellComps" in table ? ellComps : [zero, zero]);
    const { convergence, reach } = radial(algebra, values, ellipse);
    const mass: EllipticalMass<T> = {
      ellipse,
      convergence: (squaredRadius) => convergence(awayFromCentre(algebra, squaredRadius)),
      reach,
    };
    return { from: offset(algebra, position, centre), mass };
  }
  return {
    deflection: (algebra, position, values) => {
      const { from, mass } = place(algebra, position, values);
      return deflectionOf(algebra, from, mass);
    },
    convergence: (algebra, position, values) => {
      const { from, mass } = place(algebra, position, values);
      return mass.convergence(squaredEccentricRadius(algebra, from, mass.ellipse));
    },
    potential: (algebra, position, values) => {
      const { from, mass } = place(algebra, position, values);
      return potentialOf(algebra, from, mass);
    },
  };
}

/** A squared radius, held where it is so small that a cusp has no derivative. */
export function awayFromCentre<T>({ constant, selectLess }: Algebra<T>, squaredRadius: T): T {
  const smallest = constant(CENTRE_SQUARED_RADIUS);
  return selectLess(squaredRadius, smallest, smallest, squaredRadius);
}
