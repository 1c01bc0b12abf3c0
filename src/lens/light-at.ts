import type { Algebra } from "../compiler/algebra.ts";
import type { Pair } from "../profiles/parameter.ts";
import type { Galaxy } from "./galaxy.ts";
import type { LensPlanes } from "./trace-rays.ts";

/**
 * The light of all galaxies in one direction, before any PSF or primary beam: ray tracing and light profiles as one
 * formula over any algebra, to be compiled.
 * @param planes Of these galaxies, by `lensPlanes`: the same for all values of their parameters.
 * @param position Image-plane (y, x), arcseconds.
 * @returns Intensity per pixel.
 */
export function lightAt<T>(
  algebra: Algebra<T>,
  galaxies: readonly Galaxy<T>[],
  planes: LensPlanes,
  position: Pair<T>,
): T {
  const behind = positionBehind(algebra, galaxies, position);
  let light = algebra.constant(0);
  for (const { lights, redshift } of galaxies) {
    const seen = redshift === planes.sourceRedshift ? behind : position;
    for (const { profile, values } of lights) light = algebra.add(light, profile.intensity(algebra, seen, values));
  }
  return light;
}

/** Where the ray meets the source plane, (y, x). All that deflects is in one plane. */
function positionBehind<T>(algebra: Algebra<T>, galaxies: readonly Galaxy<T>[], position: Pair<T>): Pair<T> {
  let [y, x] = position;
  for (const { profile, values } of galaxies.flatMap(({ masses }) => masses)) {
    const [alphaY, alphaX] = profile.deflection(algebra, position, values);
    [y, x] = [algebra.sub(y, alphaY), algebra.sub(x, alphaX)];
  }
  return [y, x];
}
