import { nextSide, type Triangulation } from "./triangulation.ts";

/** The Voronoi cells of the vertices of a triangulation, cut off at their hull, which they tile. */
export interface VoronoiCells {
  /** (S) of each cell; 0 for a duplicate, and for all where the vertices are on a line. */
  readonly areas: Float64Array;
  /** (S + 1) where the outline of each cell begins among the corners, and the last one ends. */
  readonly start: Int32Array;
  /** (C, 2) y and x of the corners of one cell after the other, counterclockwise (y up, x to the right). */
  readonly corners: Float64Array;
}

/**
 * The cell of a vertex is what remains of the hull when each Delaunay neighbor has cut off what is nearer to it. No
 * circumcentre is needed, and so none is at infinity.
 */
export function voronoiCells(triangulation: Triangulation): VoronoiCells {
  const { vertices, neighbors } = triangulation;
  const { sourcePixels, neighborsPerPixel, indexes } = neighbors;
  const hull = hullOf(triangulation).flatMap((vertex) => [vertices[2 * vertex], vertices[2 * vertex + 1]]);
  const areas = new Float64Array(sourcePixels);
  const start = new Int32Array(sourcePixels + 1);
  const corners: number[] = [];
  for (let vertex = 0; vertex < sourcePixels; vertex++) {
    const at = [vertices[2 * vertex], vertices[2 * vertex + 1]];
    const row = indexes.subarray(vertex * neighborsPerPixel, (vertex + 1) * neighborsPerPixel);
    // A duplicate has no neighbors, and no cell.
    let outline = row.length > 0 && row[0] >= 0 ? hull.map((place, i) => place - at[i % 2]) : [];
    for (const neighbor of row) {
      if (neighbor < 0) continue;
      outline = cut(outline, vertices[2 * neighbor] - at[0], vertices[2 * neighbor + 1] - at[1]);
    }
    areas[vertex] = areaOf(outline);
    outline.forEach((place, i) => {
      corners.push(place + at[i % 2]);
    });
    start[vertex + 1] = corners.length / 2;
  }
  return { areas, start, corners: Float64Array.from(corners) };
}

/** The vertices along the hull, counterclockwise, without the first again; none where there are no triangles. */
function hullOf({ triangles, beyond }: Triangulation): number[] {
  const next = new Map<number, number>();
  for (let e = 0; e < triangles.length; e++) {
    if (beyond[e] < 0) next.set(triangles[e], triangles[nextSide(e)]);
  }
  const [first] = next.keys();
  const hull: number[] = [];
  for (let at = first; hull.length < next.size; at = next.get(at)!) hull.push(at);
  return hull;
}

/** What of a convex outline, y and x of its corners in turn, is nearer to the origin than to (y, x). */
function cut(outline: readonly number[], y: number, x: number): number[] {
  const half = (y * y + x * x) / 2;
  const rest: number[] = [];
  for (let i = 0; i < outline.length; i += 2) {
    const j = i + 2 < outline.length ? i + 2 : 0;
    const here = y * outline[i] + x * outline[i + 1] - half;
    const there = y * outline[j] + x * outline[j + 1] - half;
    if (here <= 0) rest.push(outline[i], outline[i + 1]);
    if ((here < 0 && there > 0) || (here > 0 && there < 0)) {
      const share = here / (here - there);
      rest.push(
        outline[i] + share * (outline[j] - outline[i]),
        outline[i + 1] + share * (outline[j + 1] - outline[i + 1]),
      );
    }
  }
  return rest;
}

/** Positive for corners that go counterclockwise. */
function areaOf(outline: readonly number[]): number {
  let twice = 0;
  for (let i = 2; i + 2 < outline.length; i += 2) {
    // From the first corner, so that small areas far from the origin have digits.
    const [y, x] = [outline[i] - outline[0], outline[i + 1] - outline[1]];
    twice += x * (outline[i + 2] - outline[0]) - y * (outline[i + 3] - outline[1]);
  }
  // Rounding makes the area of what is thinner than it negative.
  return Math.max(twice / 2, 0);
}
