import { normal, type RandomState, uniform } from "../rng.ts";

/** All points centre + axes z with |z| <= 1. */
export interface Ellipsoid {
  readonly centre: Float64Array;
  /** (dimensions, dimensions) lower triangle, row-major. */
  readonly axes: Float64Array;
  readonly logVolume: number;
}

/** Of a dimension's variance, what at least remains of it beside those before: points on a line still span a volume. */
const LEAST_VARIANCE = 1e-12;
const LEAST_WIDTH = 1e-15;

/**
 * The ellipsoid of the points' covariance, just large enough for all of them (Mukherjee, Parkinson & Liddle 2006, ApJ
 * 638, L51), or larger, of the volume that is asked for.
 *
 * @param points (n, dimensions), of which those of `members` count.
 * @param leastLogVolume what a uniform sample of so many points is expected to fill, below which the points show their
 *   scatter (Feroz, Hobson & Bridges 2009, MNRAS 398, 1601).
 */
export function boundingEllipsoid(
  points: Float64Array,
  members: Uint32Array,
  dimensions: number,
  leastLogVolume: number,
): Ellipsoid {
  const centre = meanOf(points, members, dimensions);
  const axes = choleskyFactor(covarianceOf(points, members, centre), dimensions);
  const unscaled = { centre, axes, logVolume: logVolumeOf(axes, dimensions) };
  const radius = members.reduce((largest, member) => {
    return Math.max(largest, radiusOf(unscaled, points, member));
  }, 0);
  const least = Math.exp((leastLogVolume - unscaled.logVolume) / dimensions);
  // A little more than touches, so that rounding leaves no point outside.
  return scaled(unscaled, Math.max(radius * (1 + 1e-9), least, LEAST_WIDTH));
}

/** The same, `factor` times as wide. */
export function scaled({ centre, axes, logVolume }: Ellipsoid, factor: number): Ellipsoid {
  return {
    centre,
    axes: axes.map((value) => value * factor),
    logVolume: logVolume + centre.length * Math.log(factor),
  };
}

/** |z| of a point, up to one within. @param points (n, dimensions). */
export function radiusOf({ centre, axes }: Ellipsoid, points: Float64Array, index: number): number {
  const dimensions = centre.length;
  const z = new Float64Array(dimensions);
  let square = 0;
  for (let row = 0; row < dimensions; row++) {
    let value = points[index * dimensions + row] - centre[row];
    for (let column = 0; column < row; column++) value -= axes[row * dimensions + column] * z[column];
    z[row] = value / axes[row * dimensions + row];
    square += z[row] * z[row];
  }
  return Math.sqrt(square);
}

/** axes z. */
export function alongAxes(axes: Float64Array, z: Float64Array): Float64Array {
  return z.map((_, row) => {
    let sum = 0;
    for (let column = 0; column <= row; column++) sum += axes[row * z.length + column] * z[column];
    return sum;
  });
}

/** Uniform on the unit sphere. */
export function direction(random: RandomState, dimensions: number): Float64Array {
  const z = new Float64Array(dimensions);
  for (let i = 0; i < dimensions; i++) z[i] = normal(random);
  let square = 0;
  for (const value of z) square += value * value;
  const length = Math.sqrt(square);
  return z.map((value) => value / length);
}

/** Uniform in the unit ball. */
export function withinBall(random: RandomState, dimensions: number): Float64Array {
  const radius = uniform(random) ** (1 / dimensions);
  return direction(random, dimensions).map((value) => value * radius);
}

function meanOf(points: Float64Array, members: Uint32Array, dimensions: number): Float64Array {
  const mean = new Float64Array(dimensions);
  for (const member of members) {
    for (let i = 0; i < dimensions; i++) mean[i] += points[member * dimensions + i] / members.length;
  }
  return mean;
}

/** Its lower triangle. */
function covarianceOf(points: Float64Array, members: Uint32Array, mean: Float64Array): Float64Array {
  const dimensions = mean.length;
  const covariance = new Float64Array(dimensions * dimensions);
  for (const member of members) {
    for (let row = 0; row < dimensions; row++) {
      const deviation = (points[member * dimensions + row] - mean[row]) / members.length;
      for (let column = 0; column <= row; column++) {
        covariance[row * dimensions + column] += deviation * (points[member * dimensions + column] - mean[column]);
      }
    }
  }
  return covariance;
}

function choleskyFactor(matrix: Float64Array, dimensions: number): Float64Array {
  const factor = new Float64Array(dimensions * dimensions);
  for (let row = 0; row < dimensions; row++) {
    for (let column = 0; column <= row; column++) {
      let value = matrix[row * dimensions + column];
      for (let k = 0; k < column; k++) value -= factor[row * dimensions + k] * factor[column * dimensions + k];
      if (column < row) {
        factor[row * dimensions + column] = value / factor[column * dimensions + column];
      } else {
        const least = LEAST_VARIANCE * matrix[row * dimensions + row] + LEAST_WIDTH ** 2;
        factor[row * dimensions + row] = Math.sqrt(Math.max(value, least));
      }
    }
  }
  return factor;
}

function logVolumeOf(axes: Float64Array, dimensions: number): number {
  let sum = logUnitBall(dimensions);
  for (let i = 0; i < dimensions; i++) sum += Math.log(axes[i * dimensions + i]);
  return sum;
}

/** ln of the unit ball's volume, by V_d = V_(d-2) 2 pi / d. */
function logUnitBall(dimensions: number): number {
  let log = dimensions % 2 === 0 ? 0 : Math.LN2;
  for (let d = dimensions; d > 1; d -= 2) log += Math.log((2 * Math.PI) / d);
  return log;
}
