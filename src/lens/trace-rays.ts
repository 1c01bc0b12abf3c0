import { numbers } from "../compiler/algebra.ts";
import { InputError } from "../errors.ts";
import type { Galaxy, LightComponent, MassComponent } from "./galaxy.ts";

/** The one plane that deflects light and the one plane behind it. */
export interface LensPlanes {
  /** Everything that deflects, all at `lensRedshift`. */
  readonly masses: readonly MassComponent[];
  /** Absent where nothing deflects. */
  readonly lensRedshift: number | undefined;
  /** The redshift seen through the lens; absent where nothing deflects. */
  readonly sourceRedshift: number | undefined;
}

/**
 * Sorts galaxies into a lens plane and a source plane.
 *
 * The strength of a mass profile is stated for the source it lenses, so one lens plane and one source plane need no
 * distances. Light at or in front of the lens plane is seen undeflected.
 * @throws InputError for masses at several redshifts, sources at several redshifts, or masses with nothing behind them.
 */
export function lensPlanes(galaxies: readonly Galaxy[]): LensPlanes {
  const deflectors = galaxies.filter(({ masses }) => masses.length > 0);
  if (deflectors.length === 0) return { masses: [], lensRedshift: undefined, sourceRedshift: undefined };
  const lensRedshift = oneRedshift(deflectors, "mass", "multi-plane lensing is not there yet");
  const behind = galaxies.filter(({ redshift }) => redshift > lensRedshift);
  if (behind.length === 0) {
    throw new InputError(
      "lens/nothing-behind",
      `no galaxy lies behind the mass of '${deflectors[0].name}' at redshift ${lensRedshift}`,
      "give the source a larger redshift than the lens",
    );
  }
  const sourceRedshift = oneRedshift(behind, "sources behind the lens", "several source planes are not there yet");
  return { masses: deflectors.flatMap(({ masses }) => masses), lensRedshift, sourceRedshift };
}

function oneRedshift(galaxies: readonly Galaxy[], what: string, remedy: string): number {
  const [first, ...others] = galaxies;
  const other = others.find(({ redshift }) => redshift !== first.redshift);
  if (other !== undefined) {
    throw new InputError(
      "lens/multi-plane",
      `${what} at redshift ${first.redshift} ('${first.name}') and at ${other.redshift} ('${other.name}')`,
      `${remedy}: give these galaxies one redshift`,
    );
  }
  return first.redshift;
}

/**
 * The lens equation beta = theta - sum of alpha(theta), for one lens plane.
 * @param positions (M, 2) image-plane y and x, arcseconds.
 * @returns (M, 2) source-plane y and x, arcseconds.
 */
export function traceRays(masses: readonly MassComponent[], positions: Float64Array): Float64Array {
  const traced = positions.slice();
  for (const { profile, values } of masses) {
    for (let m = 0; m < positions.length; m += 2) {
      const [alphaY, alphaX] = profile.deflection(numbers, [positions[m], positions[m + 1]], values);
      traced[m] -= alphaY;
      traced[m + 1] -= alphaX;
    }
  }
  return traced;
}

/**
 * The summed intensity of light profiles.
 * @param positions (M, 2) y and x, arcseconds, in the plane of the light.
 * @returns (M)
 */
export function imageOf(lights: readonly LightComponent[], positions: Float64Array): Float64Array {
  const image = new Float64Array(positions.length / 2);
  for (const { profile, values } of lights) {
    for (let m = 0; m < image.length; m++) {
      image[m] += profile.intensity(numbers, [positions[2 * m], positions[2 * m + 1]], values);
    }
  }
  return image;
}

/**
 * What is seen of the light profiles of all galaxies: those behind the lens through it, the others as they are. The
 * intensity is taken at the position itself, not averaged over a pixel.
 * @param positions (M, 2) image-plane y and x, arcseconds.
 * @returns (M) intensity per pixel.
 * @throws InputError as `lensPlanes` does.
 */
export function lensedImage(galaxies: readonly Galaxy[], positions: Float64Array): Float64Array {
  const { masses, sourceRedshift } = lensPlanes(galaxies);
  const traced = traceRays(masses, positions);
  const image = new Float64Array(positions.length / 2);
  for (const { lights, redshift } of galaxies) {
    const seen = imageOf(lights, redshift === sourceRedshift ? traced : positions);
    for (let m = 0; m < image.length; m++) image[m] += seen[m];
  }
  return image;
}
