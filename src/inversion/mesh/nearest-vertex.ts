import type { Triangulation } from "./triangulation.ts";

/**
 * Finds the vertex nearest to a position by going to a nearer neighbor as long as there is one: in a Delaunay
 * triangulation only the nearest vertex has none.
 * @returns The vertex nearest to (y, x), from the vertex where to begin.
 */
export function nearestVertex({ vertices, neighbors }: Triangulation): (y: number, x: number, from: number) => number {
  const { neighborsPerPixel, indexes } = neighbors;
  const squaredDistance = (vertex: number, y: number, x: number): number => {
    return (vertices[2 * vertex] - y) ** 2 + (vertices[2 * vertex + 1] - x) ** 2;
  };
  return (y, x, from) => {
    let nearest = from;
    let least = squaredDistance(from, y, x);
    for (let here = -1; here !== nearest; ) {
      here = nearest;
      for (let n = here * neighborsPerPixel; n < (here + 1) * neighborsPerPixel && indexes[n] >= 0; n++) {
        const distance = squaredDistance(indexes[n], y, x);
        if (distance < least) [least, nearest] = [distance, indexes[n]];
      }
    }
    return nearest;
  };
}

/** A vertex that has neighbors, if any has: where a first search can begin. */
export function firstVertex({ duplicates }: Triangulation): number {
  const at = duplicates.findIndex((vertex, i) => vertex !== i);
  return at < 0 ? duplicates.length : at;
}
