import type { Triangulation } from "./triangulation.ts";

/** Where a position is. */
export interface Place {
  inside: boolean;
  /** The first corner of the triangle it is in; outside, of the last triangle on the way to it. */
  corner: number;
  /** Inside, twice the areas of the position and the side opposite each corner: barycentric, but for their scale. */
  readonly areas: Float64Array;
}

/** The share of its triangle's area that a position may lie beyond the hull: rounding, as in SciPy. */
const TOLERANCE = 100 * Number.EPSILON;

/**
 * Finds the triangle of one position after another by walking: from the triangle of the last position in the same
 * bucket of a grid, or of the last position, across the side beyond which the position lies farthest, until there is
 * none. Such a walk visits no triangle of a Delaunay triangulation twice. Beside vertices so close to each other that
 * rounding has made it less than one, a walk may go in circles over slivers: as many steps as there are triangles end
 * it, and the position counts as outside.
 * @returns Where a position is, in a record that the next call overwrites.
 */
export function pointLocation(triangulation: Triangulation): (y: number, x: number) => Place {
  const { vertices, triangles, beyond } = triangulation;
  const bucketOf = bucketIn(bucketGrid(vertices));
  const recent = new Int32Array(vertices.length / 2).fill(-1);
  const place: Place = { inside: true, corner: 0, areas: new Float64Array(3) };
  const { areas } = place;

  /** @returns Which of the three corners has the least area: the position lies farthest beyond the opposite side. */
  function measure(corner: number, y: number, x: number): number {
    // Scalars: this is most of the time.
    const a = 2 * triangles[corner];
    const b = 2 * triangles[corner + 1];
    const c = 2 * triangles[corner + 2];
    const ay = vertices[a] - y;
    const ax = vertices[a + 1] - x;
    const by = vertices[b] - y;
    const bx = vertices[b + 1] - x;
    const cy = vertices[c] - y;
    const cx = vertices[c + 1] - x;
    const ofA = cy * bx - by * cx;
    const ofB = ay * cx - cy * ax;
    const ofC = by * ax - ay * bx;
    areas[0] = ofA;
    areas[1] = ofB;
    areas[2] = ofC;
    if (ofA < ofB) return ofA < ofC ? 0 : 2;
    return ofB < ofC ? 1 : 2;
  }

  function isInside(least: number): boolean {
    return areas[least] >= -TOLERANCE * (areas[0] + areas[1] + areas[2]);
  }

  function walk(y: number, x: number): boolean {
    let corner = place.corner;
    for (let left = triangles.length; left > 0; left -= 3) {
      const least = measure(corner, y, x);
      place.corner = corner;
      if (areas[least] >= 0) return true;
      // Side e begins at corner e, so that the side opposite a corner begins at the next.
      const across = beyond[least === 2 ? corner : corner + least + 1];
      if (across < 0) return isInside(least);
      corner = across - (across % 3);
    }
    return false;
  }

  return (y, x) => {
    const bucket = bucketOf(y, x);
    if (recent[bucket] >= 0) place.corner = recent[bucket];
    place.inside = triangles.length > 0 && walk(y, x);
    recent[bucket] = place.corner;
    return place;
  };
}

/** A square grid of buckets over the vertices; positions beside it are in its rim. */
export interface BucketGrid {
  /** Buckets. */
  readonly side: number;
  readonly yLow: number;
  /** Buckets per arcsecond. */
  readonly perY: number;
  readonly xLow: number;
  readonly perX: number;
}

/** As many buckets as there are vertices, or fewer. */
export function bucketGrid(vertices: Float64Array): BucketGrid {
  const side = Math.floor(Math.sqrt(vertices.length / 2));
  const [yLow, yHigh] = extent(vertices, 0);
  const [xLow, xHigh] = extent(vertices, 1);
  return { side, yLow, perY: side / (yHigh - yLow), xLow, perX: side / (xHigh - xLow) };
}

function bucketIn({ side, yLow, perY, xLow, perX }: BucketGrid): (y: number, x: number) => number {
  const row = (at: number): number => Math.min(Math.max(at | 0, 0), side - 1);
  return (y, x) => side * row((y - yLow) * perY) + row((x - xLow) * perX);
}

function extent(vertices: Float64Array, axis: 0 | 1): [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let at = axis; at < vertices.length; at += 2) {
    low = Math.min(low, vertices[at]);
    high = Math.max(high, vertices[at]);
  }
  return [low, high];
}
