import { type RandomState, uniform } from "../rng.ts";
import { alongAxes, boundingEllipsoid, type Ellipsoid, radiusOf, scaled, withinBall } from "./ellipsoid.ts";
import { logSum } from "./prior-volume.ts";
import { twoMeans } from "./two-means.ts";

/*
 * A region around live points: ellipsoids that may overlap (Feroz, Hobson & Bridges 2009, MNRAS 398, 1601),
 * widened until each would have held points that it was not made from (the bootstrap of Buchner 2016, Statistics and
 * Computing 26, 383, of ellipsoids as in Speagle 2020, MNRAS 493, 3132).
 */

/** The union of ellipsoids. */
export interface Bound {
  readonly ellipsoids: readonly Ellipsoid[];
  /** ln of the sum of their volumes, overlaps counted as often as they are covered. */
  readonly logVolume: number;
}

/** A split has to save half of the volume: less may be the scatter of few points. */
const LOG_LEAST_SAVING = Math.log(0.5);

/**
 * @param points (n, dimensions).
 * @param logVolumePerPoint ln of the prior volume that the points sample, over n.
 */
export function multiEllipsoid(points: Float64Array, dimensions: number, logVolumePerPoint: number): Bound {
  const members = Uint32Array.from({ length: points.length / dimensions }, (_, i) => i);
  return multiEllipsoidOf(points, members, dimensions, logVolumePerPoint);
}

function multiEllipsoidOf(
  points: Float64Array,
  members: Uint32Array,
  dimensions: number,
  logVolumePerPoint: number,
): Bound {
  const ellipsoid = boundingEllipsoid(points, members, dimensions, logVolumePerPoint + Math.log(members.length));
  const whole: Bound = { ellipsoids: [ellipsoid], logVolume: ellipsoid.logVolume };
  // Fewer than two points a dimension do not make an ellipsoid.
  const least = 2 * dimensions;
  if (members.length < 2 * least) return whole;
  const groups = twoMeans(points, members, dimensions);
  if (groups.some((group) => group.length < least)) return whole;
  // Deeper first: a curved region is worth splitting only into many.
  const parts = union(groups.map((group) => multiEllipsoidOf(points, group, dimensions, logVolumePerPoint)));
  return parts.logVolume < whole.logVolume + LOG_LEAST_SAVING ? parts : whole;
}

function union(bounds: readonly Bound[]): Bound {
  return {
    ellipsoids: bounds.flatMap(({ ellipsoids }) => ellipsoids),
    logVolume: logSum(bounds.map(({ logVolume }) => logVolume)),
  };
}

/**
 * As `multiEllipsoid`, widened by the largest factor at which, in `bootstraps` resamplings, ellipsoids of the points
 * drawn would hold those left out.
 */
export function widenedMultiEllipsoid(
  points: Float64Array,
  dimensions: number,
  logVolumePerPoint: number,
  bootstraps: number,
  random: RandomState,
): Bound {
  const count = points.length / dimensions;
  let widest = 1;
  for (let bootstrap = 0; bootstrap < bootstraps; bootstrap++) {
    const drawn = new Uint8Array(count);
    for (let i = 0; i < count; i++) drawn[Math.floor(uniform(random) * count)] = 1;
    const members = Uint32Array.from({ length: count }, (_, i) => i).filter((i) => drawn[i] === 1);
    const bound = multiEllipsoidOf(points, members, dimensions, logVolumePerPoint);
    for (let i = 0; i < count; i++) {
      if (drawn[i] === 0) widest = Math.max(widest, nearest(bound, points, i).radius);
    }
  }
  const { ellipsoids, logVolume } = multiEllipsoid(points, dimensions, logVolumePerPoint);
  return {
    ellipsoids: ellipsoids.map((ellipsoid) => scaled(ellipsoid, widest)),
    logVolume: logVolume + dimensions * Math.log(widest),
  };
}

/** The ellipsoid that a point is deepest in, and how deep (below one: within). */
export function nearest(bound: Bound, points: Float64Array, index: number): { ellipsoid: Ellipsoid; radius: number } {
  let best = { ellipsoid: bound.ellipsoids[0], radius: Number.POSITIVE_INFINITY };
  for (const ellipsoid of bound.ellipsoids) {
    const radius = radiusOf(ellipsoid, points, index);
    if (radius < best.radius) best = { ellipsoid, radius };
  }
  return best;
}

/** Draws outside the cube, or in overlaps, that are put back before a point of the whole cube is taken instead. */
const PATIENCE = 10_000;

/**
 * A point uniform in what the bound and the unit cube share: of an ellipsoid drawn by volume, kept once in as many times as
 * ellipsoids hold it.
 */
export function withinBound(bound: Bound, random: RandomState): Float64Array {
  const dimensions = bound.ellipsoids[0].centre.length;
  for (let draw = 0; draw < PATIENCE; draw++) {
    const { centre, axes } = byVolume(bound, random);
    const point = alongAxes(axes, withinBall(random, dimensions)).map((value, i) => value + centre[i]);
    if (!isInCube(point)) continue;
    const cover = bound.ellipsoids.reduce((sum, ellipsoid) => sum + (radiusOf(ellipsoid, point, 0) <= 1 ? 1 : 0), 0);
    // Rounding may leave a point outside of the ellipsoid it was drawn from.
    if (cover <= 1 || uniform(random) * cover < 1) return point;
  }
  return withinCube(dimensions, random);
}

export function withinCube(dimensions: number, random: RandomState): Float64Array {
  return Float64Array.from({ length: dimensions }, () => uniform(random));
}

export function isInCube(point: Float64Array): boolean {
  return point.every((value) => value >= 0 && value <= 1);
}

function byVolume({ ellipsoids, logVolume }: Bound, random: RandomState): Ellipsoid {
  let left = uniform(random);
  for (const ellipsoid of ellipsoids) {
    left -= Math.exp(ellipsoid.logVolume - logVolume);
    if (left < 0) return ellipsoid;
  }
  return ellipsoids[ellipsoids.length - 1];
}
