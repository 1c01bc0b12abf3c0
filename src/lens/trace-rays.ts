import { type Algebra, numbers } from "../compiler/algebra.ts";
import type { Pair } from "../profiles/parameter.ts";
import type { Galaxy, LightComponent } from "./galaxy.ts";
import { constantValues, type LensPlane, lensPlanes, type PlaneValues, planeAt } from "./lens-planes.ts";

/**
 * The lens equation through any number of planes, over any algebra:
 *
 *   x_j = theta - sum over i < j of beta_ij alpha_i(x_i)
 *
 * (Schneider, Ehlers & Falco 1992, ch. 9), alpha_i being the deflection for a source in the last plane.
 * @param position Image-plane (y, x), arcseconds.
 * @param values Of the planes' masses, `constantValues` or others of the same shape.
 * @returns Where the ray meets each plane, (y, x) in arcseconds.
 */
export function tracePosition<T>(
  algebra: Algebra<T>,
  planes: readonly LensPlane[],
  position: Pair<T>,
  values: PlaneValues<T>,
): readonly Pair<T>[] {
  const { add, constant, mul, sub } = algebra;
  const deflections: (Pair<T> | undefined)[] = [];
  const ray: Pair<T>[] = [];
  for (const [j, { masses, scalingFactors }] of planes.entries()) {
    let [y, x] = position;
    for (let i = 0; i < j; i++) {
      const deflection = deflections[i];
      if (deflection === undefined) continue;
      const beta = constant(scalingFactors[i]);
      y = sub(y, mul(beta, deflection[0]));
      x = sub(x, mul(beta, deflection[1]));
    }
    let sum: Pair<T> | undefined;
    for (let m = 0; m < masses.length; m++) {
      const alpha = masses[m].profile.deflection(algebra, [y, x], values[j][m]);
      sum = sum === undefined ? alpha : [add(sum[0], alpha[0]), add(sum[1], alpha[1])];
    }
    deflections.push(sum);
    ray.push([y, x]);
  }
  return ray;
}

/**
 * Traces rays through all planes.
 * @param positions (M, 2) image-plane y and x, arcseconds.
 * @returns Of each plane (M, 2) y and x, arcseconds.
 */
export function traceRays(planes: readonly LensPlane[], positions: Float64Array): readonly Float64Array[] {
  const values = constantValues(numbers, planes);
  const traced = planes.map(() => new Float64Array(positions.length));
  for (let m = 0; m < positions.length; m += 2) {
    tracePosition(numbers, planes, [positions[m], positions[m + 1]], values).forEach(([y, x], plane) => {
      traced[plane][m] = y;
      traced[plane][m + 1] = x;
    });
  }
  return traced;
}

/** `traceRays` to the plane at one redshift. @throws InputError where no plane is there. */
export function traceRaysTo(planes: readonly LensPlane[], redshift: number, positions: Float64Array): Float64Array {
  const target = planeAt(planes, redshift);
  return traceRays(planes.slice(0, target + 1), positions)[target];
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
 * What is seen of the light profiles of all galaxies, each through all masses in front of it. The intensity is taken at
 * the position itself, not averaged over a pixel.
 * @param positions (M, 2) image-plane y and x, arcseconds.
 * @returns (M) intensity per pixel.
 * @throws InputError as `lensPlanes` does.
 */
export function lensedImage(galaxies: readonly Galaxy[], positions: Float64Array): Float64Array {
  const planes = lensPlanes(galaxies);
  const traced = traceRays(planes, positions);
  const image = new Float64Array(positions.length / 2);
  for (const { lights, redshift } of galaxies) {
    const seen = imageOf(lights, traced[planeAt(planes, redshift)]);
    for (let m = 0; m < image.length; m++) image[m] += seen[m];
  }
  return image;
}
