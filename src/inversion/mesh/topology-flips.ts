import type { Mapping } from "../mapping.ts";
import type { Neighbors } from "../regularization/constant.ts";

/** What is discrete about a mesh: which pixels a ray draws from, and which pixels are neighbors. */
export interface Topology {
  readonly mapping: Pick<Mapping, "indexes" | "mappingsPerPixel">;
  readonly neighbors: Pick<Neighbors, "indexes" | "neighborsPerPixel">;
}

/** What changed from one mesh to another of as many rays and pixels. */
export interface TopologyFlips {
  /** Rays that draw from other pixels. */
  readonly rays: number;
  /** Pixels with other neighbors. */
  readonly pixels: number;
}

/**
 * Counts flips of topology between the meshes of two models. Between two without any, the log evidence is smooth, and its
 * gradient is that of what lies between; each flip may bend it, and one of neighbors makes it jump.
 */
export function topologyFlips(before: Topology, after: Topology): TopologyFlips {
  return {
    rays: changedRows(
      before.mapping.indexes,
      before.mapping.mappingsPerPixel,
      after.mapping.indexes,
      after.mapping.mappingsPerPixel,
    ),
    pixels: changedRows(
      before.neighbors.indexes,
      before.neighbors.neighborsPerPixel,
      after.neighbors.indexes,
      after.neighbors.neighborsPerPixel,
    ),
  };
}

/** Rows that are not the same set; -1 stands for nothing. */
function changedRows(a: Int32Array, widthOfA: number, b: Int32Array, widthOfB: number): number {
  let changed = 0;
  for (let row = 0; row < a.length / widthOfA; row++) {
    const [first, second] = [setOf(a, widthOfA, row), setOf(b, widthOfB, row)];
    if (first.size !== second.size || [...first].some((index) => !second.has(index))) changed++;
  }
  return changed;
}

function setOf(indexes: Int32Array, width: number, row: number): ReadonlySet<number> {
  return new Set(indexes.subarray(row * width, (row + 1) * width).filter((index) => index >= 0));
}
