import Delaunator from "delaunator";
import type { Neighbors } from "../regularization/constant.ts";

/** A Delaunay triangulation of vertices in a plane. */
export interface Triangulation {
  /** (S, 2) y and x, as given. */
  readonly vertices: Float64Array;
  /** (3 T) the corners of every triangle, all in one direction of rotation; empty where the vertices are on a line. */
  readonly triangles: Int32Array;
  /** (3 T) side e runs from corner e to the next of its triangle: the same side of the triangle beyond, or -1. */
  readonly beyond: Int32Array;
  /** The Delaunay edges; on a line, those between vertices that follow each other. */
  readonly neighbors: Neighbors;
  /** Vertices at the place of another, but for rounding, ascending: they keep their index, have no edges, and nothing maps to them. */
  readonly duplicates: Int32Array;
}

/**
 * The distance, as a share of the vertices' extent, within which two are at one place. Delaunator's test of circles is
 * rounded: beside vertices 1e-14 apart it turns triangles over.
 */
const SAME_PLACE = 1e-10;
const SLANT = 0.7548776662466927;

/**
 * The Delaunay triangulation, by sweep hull (Delaunator; its test of the sides is exact, Shewchuk 1997).
 * @param vertices (S, 2) y and x; all finite.
 */
export function triangulate(vertices: Float64Array): Triangulation {
  const kept = apart(vertices);
  // Delaunator reads (y, x) as (x, y): a mirror image, which has the same edges.
  const places = new Float64Array(2 * kept.length);
  kept.forEach((vertex, i) => {
    places[2 * i] = vertices[2 * vertex];
    places[2 * i + 1] = vertices[2 * vertex + 1];
  });
  const made = new Delaunator(places);
  const triangles = Int32Array.from(made.triangles).map((vertex) => kept[vertex]);
  const hull = Int32Array.from(made.hull).map((vertex) => kept[vertex]);
  const edges = triangles.length > 0 ? edgesOf(triangles, made.halfedges) : alongLine(hull);
  const connected = new Uint8Array(vertices.length / 2);
  for (const corners of [triangles, hull]) for (const vertex of corners) connected[vertex] = 1;
  return {
    vertices,
    triangles,
    beyond: made.halfedges,
    neighbors: neighborsAlong(edges, connected.length),
    duplicates: Int32Array.from(connected.keys()).filter((vertex) => connected[vertex] === 0),
  };
}

/** The vertices that are not at the place of another one of them, ascending. */
function apart(vertices: Float64Array): Int32Array {
  const distance = SAME_PLACE * Math.max(spread(vertices, 0), spread(vertices, 1));
  // Along a slanted direction, in which those of a lattice do not coincide.
  const along = new Float64Array(vertices.length / 2);
  for (let v = 0; v < along.length; v++) along[v] = vertices[2 * v] + SLANT * vertices[2 * v + 1];
  const sorted = along.slice().sort();
  if (sorted.every((place, i) => i === 0 || place - sorted[i - 1] > (1 + SLANT) * distance)) {
    return Int32Array.from(along.keys());
  }
  const order = Int32Array.from(along.keys()).sort((a, b) => along[a] - along[b] || a - b);
  let count = 0;
  const isTaken = (vertex: number): boolean => {
    for (let i = count - 1; i >= 0 && along[vertex] - along[order[i]] <= (1 + SLANT) * distance; i--) {
      const y = Math.abs(vertices[2 * vertex] - vertices[2 * order[i]]);
      const x = Math.abs(vertices[2 * vertex + 1] - vertices[2 * order[i] + 1]);
      if (Math.max(y, x) <= distance) return true;
    }
    return false;
  };
  // Those that stay are gathered in front.
  for (const vertex of order) if (!isTaken(vertex)) order[count++] = vertex;
  return order.subarray(0, count).sort();
}

function spread(vertices: Float64Array, axis: 0 | 1): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = axis; i < vertices.length; i += 2) {
    low = Math.min(low, vertices[i]);
    high = Math.max(high, vertices[i]);
  }
  return high - low;
}

/** The side after e in its triangle, which is also the corner where e ends. */
export function nextSide(e: number): number {
  return e % 3 === 2 ? e - 2 : e + 1;
}

/** Every edge once, its two ends one after the other. */
function edgesOf(triangles: Int32Array, halfedges: Int32Array): number[] {
  const ends: number[] = [];
  for (let e = 0; e < triangles.length; e++) {
    if (e > halfedges[e]) ends.push(triangles[e], triangles[nextSide(e)]);
  }
  return ends;
}

/** The hull of vertices on a line is all of them, in their order. */
function alongLine(hull: Int32Array): number[] {
  return Array.from(hull.subarray(1)).flatMap((vertex, i) => [hull[i], vertex]);
}

function neighborsAlong(ends: readonly number[], sourcePixels: number): Neighbors {
  const degree = new Int32Array(sourcePixels);
  for (const vertex of ends) degree[vertex]++;
  const neighborsPerPixel = degree.reduce((most, count) => Math.max(most, count), 0);
  const indexes = new Int32Array(sourcePixels * neighborsPerPixel).fill(-1);
  const end = degree.map((_, vertex) => vertex * neighborsPerPixel);
  ends.forEach((vertex, at) => {
    indexes[end[vertex]++] = ends[at ^ 1];
  });
  return { sourcePixels, neighborsPerPixel, indexes };
}
