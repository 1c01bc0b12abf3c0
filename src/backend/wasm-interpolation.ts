import {
  DELAUNAY_MAPPINGS,
  type DelaunayMesh,
  type DelaunayMeshArgs,
  delaunayMapping,
} from "../inversion/mesh/delaunay.ts";
import { firstVertex } from "../inversion/mesh/nearest-vertex.ts";
import { bucketGrid } from "../inversion/mesh/point-location.ts";
import { triangulate } from "../inversion/mesh/triangulation.ts";
import { fresh } from "./wasm-voices.ts";

/** The WebAssembly voice of the Delaunay mesh: the triangulation itself is JavaScript. */

/** What a position's walk costs, in multiply-adds: some three triangles. */
const WALKING = 150;

export function delaunayMesh({ positions, vertices }: DelaunayMeshArgs): DelaunayMesh {
  const triangulation = triangulate(vertices);
  const { triangles, beyond, neighbors } = triangulation;
  const { side, yLow, perY, xLow, perX } = bucketGrid(vertices);
  const wasm = fresh();
  const count = positions.length / 2;
  const entries = DELAUNAY_MAPPINGS * count;
  const [weights, indexes] = [wasm.output(entries), wasm.output(entries / 2)];
  const state = wasm.call(
    "prepareInterpolation",
    count,
    wasm.input(positions),
    wasm.input(vertices),
    triangles.length,
    wasm.input(triangles),
    wasm.input(beyond),
    neighbors.neighborsPerPixel,
    wasm.input(neighbors.indexes),
    firstVertex(triangulation),
    side,
    yLow,
    perY,
    xLow,
    perX,
    indexes,
    weights,
  );
  const parts = wasm.call("partsOfInterpolation", count);
  wasm.callPartsOf(WALKING * count, "interpolatePart", parts, 4 * side * side, state >>> 0);
  const mapping = delaunayMapping(vertices.length / 2, wasm.int32(indexes, entries), wasm.float64(weights, entries));
  return { ...triangulation, mapping };
}
