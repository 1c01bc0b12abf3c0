import type { Algebra } from "../compiler/algebra.ts";
import { InputError } from "../errors.ts";
import type { ParameterTable, ParameterValues } from "../profiles/parameter.ts";
import { type Cosmology, comovingDistance, PLANCK_2015 } from "./cosmology.ts";
import type { Galaxy, MassComponent } from "./galaxy.ts";

/** All that is at one redshift. */
export interface LensPlane {
  readonly redshift: number;
  /** chi, Mpc. */
  readonly comovingDistance: number;
  readonly masses: readonly MassComponent[];
  /**
   * Of each plane i in front of this plane j, beta_ij = D_ij D_s / (D_j D_is): the part of its deflection that is seen
   * here, 1 in the last plane s (Schneider, Ehlers & Falco 1992, ch. 9).
   */
  readonly scalingFactors: readonly number[];
}

/**
 * Sorts galaxies into planes by redshift, nearest first.
 *
 * The strength of a mass profile (its Einstein radius, its convergence) is stated for a source in the last plane, whatever
 * the plane of the mass: the convention of PyAutoLens. With one plane of masses and one plane behind it, distances are of
 * no consequence.
 * @throws InputError for a redshift that is not zero or more, or a mass with no galaxy behind it.
 */
export function lensPlanes(galaxies: readonly Galaxy[], cosmology: Cosmology = PLANCK_2015): readonly LensPlane[] {
  const odd = galaxies.find(({ redshift }) => !(redshift >= 0 && Number.isFinite(redshift)));
  if (odd !== undefined) {
    const what = `galaxy '${odd.name}' has redshift ${odd.redshift}`;
    throw new InputError("lens/redshift", what, "give a redshift of zero or more");
  }
  const redshifts = [...new Set(galaxies.map(({ redshift }) => redshift))].sort((a, b) => a - b);
  const last = redshifts.at(-1);
  const idle = galaxies.find(({ masses, redshift }) => masses.length > 0 && redshift === last);
  if (idle !== undefined) {
    throw new InputError(
      "lens/nothing-behind",
      `no galaxy lies behind the mass of '${idle.name}' at redshift ${idle.redshift}`,
      "give the source a larger redshift than the lens",
    );
  }
  const distances = redshifts.map((redshift) => comovingDistance(cosmology, redshift));
  // Of a flat universe: D_ij / D_j = (chi_j - chi_i) / chi_j.
  const fromBehind = (i: number, j: number) => (distances[j] - distances[i]) / distances[j];
  return redshifts.map((redshift, j) => ({
    redshift,
    comovingDistance: distances[j],
    masses: galaxies.filter((galaxy) => galaxy.redshift === redshift).flatMap(({ masses }) => masses),
    scalingFactors: redshifts.slice(0, j).map((_, i) => fromBehind(i, j) / fromBehind(i, redshifts.length - 1)),
  }));
}

/** The index of the plane at a redshift. @throws InputError where there is none. */
export function planeAt(planes: readonly LensPlane[], redshift: number): number {
  const index = planes.findIndex((plane) => plane.redshift === redshift);
  if (index < 0) {
    const known = planes.map((plane) => plane.redshift).join(", ");
    throw new InputError("lens/plane", `there is no plane at redshift ${redshift}`, `give one of [${known}]`);
  }
  return index;
}

/** Values of the parameters of every mass of every plane, in an algebra. */
export type PlaneValues<T> = readonly (readonly ParameterValues<ParameterTable, T>[])[];

/** The planes' own values, as constants of an algebra. */
export function constantValues<T>({ constant }: Algebra<T>, planes: readonly LensPlane[]): PlaneValues<T> {
  return planes.map(({ masses }) =>
    masses.map(({ values }) =>
      Object.fromEntries(
        Object.entries(values).map(([key, value]) => [
          key,
          typeof value === "number" ? constant(value) : ([constant(value[0]), constant(value[1])] as const),
        ]),
      ),
    ),
  );
}

/** The values of galaxies over any algebra, in the order of the masses of their planes. */
export function planeValues<T>(galaxies: readonly Galaxy<T>[], planes: readonly LensPlane[]): PlaneValues<T> {
  return planes.map((plane) => {
    const inPlane = galaxies.filter(({ redshift }) => redshift === plane.redshift);
    return inPlane.flatMap(({ masses }) => masses.map(({ values }) => values));
  });
}
