import { type RandomState, uniform } from "../rng.ts";
import { logSum } from "../statistics/log-sum.ts";
import { alongAxes, boundingEllipsoid, type Ellipsoid, radiusOf, scaled, withinBall } from "./ellipsoid.ts";
import { twoMeans } from "./two-means.ts";

/*
 * A region around live points: ellipsoids that may overlap (Feroz, Hobson & Bridges 2009, MNRAS 398, 1601), each widened
 * until it would have held points that it was not made from (bootstrap as in Buchner 2016, Statistics and Computing 26,
 * 383, and Speagle 2020, MNRAS 493, 3132; there one factor serves all, which the smallest group decides).
 */

/** The union of ellipsoids. */
export interface Bound {
  readonly ellipsoids: readonly Ellipsoid[];
  /** ln of the sum of their volumes, overlaps counted as often as they are covered. */
  readonly logVolume: number;
}

const BOOTSTRAPS = 5;

/**
 * @param points (n, dimensions).
 * @param logVolumePerPoint ln of the prior volume that the points sample, over n.
 */
export function multiEllipsoid(
  points: Float64Array,
  dimensions: number,
  logVolumePerPoint: number,
  random: RandomState,
): Bound {
  const members = Uint32Array.from({ length: points.length / dimensions }, (_, i) => i);
  return boundOf(points, members, dimensions, logVolumePerPoint, random);
}

function boundOf(
  points: Float64Array,
  members: Uint32Array,
  dimensions: number,
  logVolumePerPoint: number,
  random: RandomState,
): Bound {
  const whole = widenedEllipsoid(points, members, dimensions, logVolumePerPoint, random);
  // Fewer than two points a dimension do not make an ellipsoid.
  const least = 2 * dimensions;
  if (members.length < 2 * least) return whole;
  const halves = twoMeans(points, members, dimensions);
  if (halves.some((half) => half.length < least)) return whole;
  // Deeper first: a curved region is worth splitting only into many. Widened, few points that lie close by chance save
  // nothing.
  const parts = halves.map((half) => boundOf(points, half, dimensions, logVolumePerPoint, random));
  const logVolume = logSum(parts.map((part) => part.logVolume));
  return logVolume < whole.logVolume ? { ellipsoids: parts.flatMap(({ ellipsoids }) => ellipsoids), logVolume } : whole;
}

function widenedEllipsoid(
  points: Float64Array,
  members: Uint32Array,
  dimensions: number,
  logVolumePerPoint: number,
  random: RandomState,
): Bound {
  const leastLogVolume = logVolumePerPoint + Math.log(members.length);
  const ellipsoid = boundingEllipsoid(points, members, dimensions, leastLogVolume);
  const factor = widening(points, members, dimensions, leastLogVolume, random);
  const widened = scaled(ellipsoid, factor);
  return { ellipsoids: [widened], logVolume: widened.logVolume };
}

/** By what factor ellipsoids of members drawn with replacement miss those left out, at most. */
function widening(
  points: Float64Array,
  members: Uint32Array,
  dimensions: number,
  leastLogVolume: number,
  random: RandomState,
): number {
  let widest = 1;
  for (let bootstrap = 0; bootstrap < BOOTSTRAPS; bootstrap++) {
    const isDrawn = new Uint8Array(members.length);
    for (let i = 0; i < members.length; i++) isDrawn[Math.floor(uniform(random) * members.length)] = 1;
    const drawn = members.filter((_, i) => isDrawn[i] === 1);
    const ellipsoid = boundingEllipsoid(points, drawn, dimensions, leastLogVolume);
    members.forEach((member, i) => {
      if (isDrawn[i] === 0) widest = Math.max(widest, radiusOf(ellipsoid, points, member));
    });
  }
  return widest;
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
