import type { Algebra } from "../compiler/algebra.ts";
import type { Pair } from "../profiles/parameter.ts";
import type { Galaxy } from "./galaxy.ts";
import { type LensPlane, planeAt, planeValues } from "./lens-planes.ts";
import { tracePosition } from "./trace-rays.ts";

/**
 * The light of all galaxies in one direction, each through all masses in front of it, before any PSF or primary beam:
 * `lensedImage` as one formula over any algebra, to be compiled.
 * @param planes Of these galaxies, by `lensPlanes`: the same for all values of their parameters.
 * @param position Image-plane (y, x), arcseconds.
 * @returns Intensity per pixel.
 */
export function lightAt<T>(
  algebra: Algebra<T>,
  galaxies: readonly Galaxy<T>[],
  planes: readonly LensPlane[],
  position: Pair<T>,
): T {
  const ray = tracePosition(algebra, planes, position, planeValues(galaxies, planes));
  let light = algebra.constant(0);
  for (const { lights, redshift } of galaxies) {
    const seen = ray[planeAt(planes, redshift)];
    for (const { profile, values } of lights) light = algebra.add(light, profile.intensity(algebra, seen, values));
  }
  return light;
}
