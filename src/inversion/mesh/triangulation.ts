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
  /** Vertices at the place of another, ascending: they keep their index, have no edges, and nothing maps to them. */
  readonly duplicates: Int32Array;
}

/**
 * The Delaunay triangulation, by sweep hull (Delaunator; its test of the sides is exact, Shewchuk 1997).
 * @param vertices (S, 2) y and x; all finite.
 */
export function triangulate(vertices: Float64Array): Triangulation {
  // It reads (y, x) as (x, y): a mirror image, which has the same edges.
  const { triangles, halfedges, hull } = new Delaunator(vertices);
  const edges = triangles.length > 0 ? edgesOf(triangles, halfedges) : alongLine(hull);
  const connected = new Uint8Array(vertices.length / 2);
  for (const corners of [triangles, hull]) for (const vertex of corners) connected[vertex] = 1;
  return {
    vertices,
    triangles: Int32Array.from(triangles),
    beyond: halfedges,
    neighbors: neighborsAlong(edges, connected.length),
    duplicates: Int32Array.from(connected.keys()).filter((vertex) => connected[vertex] === 0),
  };
}

/** The side after e in its triangle, which is also the corner where e ends. */
export function nextSide(e: number): number {
  return e % 3 === 2 ? e - 2 : e + 1;
}

/** Every edge once, its two ends one after the other. */
function edgesOf(triangles: Uint32Array, halfedges: Int32Array): number[] {
  const ends: number[] = [];
  for (let e = 0; e < triangles.length; e++) {
    if (e > halfedges[e]) ends.push(triangles[e], triangles[nextSide(e)]);
  }
  return ends;
}

/** The hull of vertices on a line is all of them, in their order. */
function alongLine(hull: Uint32Array): number[] {
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
