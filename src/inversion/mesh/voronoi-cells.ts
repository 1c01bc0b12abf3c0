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
  const { neighborsPerPixel, indexes, sourcePixels } = neighbors;
  const hull = hullOf(triangulation);
  // Convex outlines gain at most a corner from each cut.
  let outline = new Float64Array(2 * (hull.length + neighborsPerPixel));
  let rest = new Float64Array(outline.length);
  const areas = new Float64Array(sourcePixels);
  const start = new Int32Array(sourcePixels + 1);
  const corners: number[] = [];
  for (let vertex = 0; vertex < sourcePixels; vertex++) {
    const [y, x] = [vertices[2 * vertex], vertices[2 * vertex + 1]];
    const around = indexes.subarray(vertex * neighborsPerPixel, (vertex + 1) * neighborsPerPixel);
    // A duplicate has no neighbors, and no cell.
    let length = around.length > 0 && around[0] >= 0 ? 2 * hull.length : 0;
    for (let i = 0; i < length; i += 2) {
      outline[i] = vertices[2 * hull[i / 2]] - y;
      outline[i + 1] = vertices[2 * hull[i / 2] + 1] - x;
    }
    for (const neighbor of around) {
      if (neighbor < 0) continue;
      length = cut(outline, length, vertices[2 * neighbor] - y, vertices[2 * neighbor + 1] - x, rest);
      [outline, rest] = [rest, outline];
    }
    areas[vertex] = areaOf(outline, length);
    for (let i = 0; i < length; i += 2) corners.push(y + outline[i], x + outline[i + 1]);
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

/**
 * Cuts off what is nearer to a neighbor than to the origin.
 * @param outline (length / 2, 2) the corners of a convex polygon; what remains is written to `rest`.
 * @returns The length of the rest.
 */
function cut(outline: Float64Array, length: number, y: number, x: number, rest: Float64Array): number {
  const half = (y * y + x * x) / 2;
  let end = 0;
  for (let i = 0; i < length; i += 2) {
    const j = i + 2 < length ? i + 2 : 0;
    const here = y * outline[i] + x * outline[i + 1] - half;
    const there = y * outline[j] + x * outline[j + 1] - half;
    if (here <= 0) {
      rest[end++] = outline[i];
      rest[end++] = outline[i + 1];
    }
    if (here < 0 !== there < 0 && here !== 0 && there !== 0) {
      const share = here / (here - there);
      rest[end++] = outline[i] + share * (outline[j] - outline[i]);
      rest[end++] = outline[i + 1] + share * (outline[j + 1] - outline[i + 1]);
    }
  }
  return end;
}

function areaOf(outline: Float64Array, length: number): number {
  let twice = 0;
  for (let i = 0; i < length; i += 2) {
    const j = i + 2 < length ? i + 2 : 0;
    twice += outline[i + 1] * outline[j] - outline[i] * outline[j + 1];
  }
  // Rounding makes the area of what is thinner than it negative.
  return Math.max(twice / 2, 0);
}
