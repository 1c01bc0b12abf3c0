import { DELAUNAY_MAPPINGS, type DelaunayMesh, type DelaunayMeshArgs } from "../inversion/mesh/delaunay.ts";
import { delaunaySlopes } from "../inversion/mesh/delaunay-slopes.ts";
import { rectangularEdgePixels, triangulationEdgePixels } from "../inversion/mesh/edge-pixels.ts";
import { naturalNeighborMesh } from "../inversion/mesh/natural-neighbor.ts";
import { naturalNeighborSlopes } from "../inversion/mesh/natural-neighbor-slopes.ts";
import {
  pixelCentres,
  RECTANGULAR_MAPPINGS,
  type RectangularMesh,
  rectangularMesh,
  rectangularNeighbors,
} from "../inversion/mesh/rectangular.ts";
import { rectangularAdaptiveMesh } from "../inversion/mesh/rectangular-adaptive.ts";
import { adaptivePixelCentreSlopes, rectangularAdaptiveSlopes } from "../inversion/mesh/rectangular-adaptive-slopes.ts";
import { pixelCentreSlopes, rectangularSlopes } from "../inversion/mesh/rectangular-slopes.ts";
import type { Triangulation } from "../inversion/mesh/triangulation.ts";
import { nearestCellMesh, type VoronoiMesh } from "../inversion/mesh/voronoi.ts";
import type {
  DenseKernels,
  PlannedRegularization,
  RegularizationScheme,
} from "../inversion/regularization/regularization.ts";
import type { MeshSpec, VertexMeshSpec } from "../model/spec.ts";
import { once } from "./once.ts";

/** A mesh of triangles, or of Voronoi's cells, with an interpolation between its vertices. */
export type VertexMesh = VoronoiMesh;

/** A mesh laid over where rays land. */
export interface SourceMesh {
  readonly mesh: RectangularMesh | VertexMesh;
  /** (S, 2) y and x of every source pixel, arcseconds. */
  readonly vertices: Float64Array;
  /** Between them; null on a mesh that has no triangles. */
  readonly triangulation: Triangulation | null;
  /** What its neighbors decide of the regularization, planned when it is first asked for. */
  regularization(): PlannedRegularization;
  /** The pixels on its edge, ascending. */
  edgePixels(): Int32Array;
  /**
   * From derivatives by the weights of the mapping (N, B) and by the vertices (S, 2) to those by where rays land.
   */
  slopes(byWeights: Float64Array, byVertices: Float64Array | null): MeshSlopes;
}

/** Derivatives by where rays land. */
export interface MeshSlopes {
  /** (N, 2) */
  readonly positions: Float64Array;
  /** (S, 2) of vertices from the image plane; empty where there are none. */
  readonly seeds: Float64Array;
}

/** What meshes and their regularizations are composed of. */
export interface MeshKernels extends DenseKernels {
  readonly delaunayMesh: (args: DelaunayMeshArgs) => DelaunayMesh;
}

export interface PlannedMesh {
  /** S */
  readonly sourcePixels: number;
  /**
   * Where a position is no number, weights are NaN.
   * @param positions (N, 2) where rays land in the source plane, arcseconds.
   * @param seeds (S, 2) where the vertices' rays do.
   */
  lay(positions: Float64Array, seeds: Float64Array): SourceMesh;
}

/** Source pixels that an image pixel maps to, in the mean. */
export function mappingsOf({ type }: MeshSpec): number {
  if (type === "delaunay") return DELAUNAY_MAPPINGS;
  // Measured: six neighbors in the plane's middle.
  if (type === "voronoi_natural_neighbor") return 6;
  return type === "voronoi_nearest" ? 1 : RECTANGULAR_MAPPINGS;
}

/** S. @param seeds How many vertices come from the image plane. */
export function sourcePixelsOf(spec: MeshSpec, seeds: number): number {
  return "imageMesh" in spec ? seeds : spec.shape[0] * spec.shape[1];
}

/**
 * Plans the mesh of a spec.
 * @param seeds How many vertices come from the image plane.
 * @param rayWeights (N) of the rays, where the mesh follows brightness.
 */
export function planSourceMesh(
  spec: MeshSpec,
  seeds: number,
  rayWeights: Float64Array | null,
  scheme: RegularizationScheme,
  kernels: MeshKernels,
): PlannedMesh {
  const sourcePixels = sourcePixelsOf(spec, seeds);
  if ("imageMesh" in spec) {
    return { sourcePixels, lay: (positions, vertices) => layVertices(spec.type, positions, vertices, scheme, kernels) };
  }
  const { shape, edges } = spec;
  // Its pixels have the same neighbors wherever they lie.
  const regularization = scheme.plan(rectangularNeighbors(shape[0], shape[1]), kernels);
  const ofMesh = (mesh: RectangularMesh) => {
    return {
      mesh,
      vertices: pixelCentres(mesh),
      triangulation: null,
      regularization: () => regularization,
      edgePixels: () => rectangularEdgePixels(mesh),
    };
  };
  if (spec.type === "rectangular_uniform") {
    return {
      sourcePixels,
      lay(positions) {
        const laid = ofMesh(rectangularMesh(positions, shape, edges));
        return {
          ...laid,
          slopes(byWeights, byVertices) {
            const slopes = rectangularSlopes(positions, shape, edges, byWeights);
            if (byVertices !== null) add(slopes, pixelCentreSlopes(positions, laid.vertices, byVertices));
            return { positions: slopes, seeds: NONE };
          },
        };
      },
    };
  }
  return {
    sourcePixels,
    lay(positions) {
      const mesh = rectangularAdaptiveMesh(positions, shape, edges, rayWeights);
      return {
        ...ofMesh(mesh),
        slopes(byWeights, byVertices) {
          const slopes = rectangularAdaptiveSlopes(mesh, positions, byWeights);
          if (byVertices !== null) add(slopes, adaptivePixelCentreSlopes(mesh, byVertices));
          return { positions: slopes, seeds: NONE };
        },
      };
    },
  };
}

const NONE = new Float64Array(0);

function vertexMesh(type: VertexMeshSpec["type"], { delaunayMesh }: MeshKernels) {
  if (type === "delaunay") return delaunayMesh;
  return type === "voronoi_nearest" ? nearestCellMesh : naturalNeighborMesh;
}

/** Arcseconds: squares of coordinates beyond overflow, and triangulation is of numbers. */
const FARTHEST = 1e100;

function layVertices(
  type: VertexMeshSpec["type"],
  positions: Float64Array,
  vertices: Float64Array,
  scheme: RegularizationScheme,
  kernels: MeshKernels,
): SourceMesh {
  const make = vertexMesh(type, kernels);
  const mesh = areNumbers(vertices) && areNumbers(positions) ? make({ positions, vertices }) : nowhere();
  return {
    mesh,
    vertices,
    triangulation: mesh,
    regularization: once(() => scheme.plan(mesh.neighbors, kernels)),
    edgePixels: () => triangulationEdgePixels(mesh),
    slopes(byWeights, byVertices) {
      const slopes = slopesOf(byWeights);
      if (byVertices !== null) add(slopes.vertices, byVertices);
      return { positions: slopes.positions, seeds: slopes.vertices };
    },
  };

  function slopesOf(byWeights: Float64Array) {
    if (type === "delaunay") return delaunaySlopes(mesh, byWeights);
    if (type === "voronoi_natural_neighbor") return naturalNeighborSlopes(mesh, positions, byWeights);
    // Which cell a ray is in jumps, and is level between.
    return { positions: new Float64Array(positions.length), vertices: new Float64Array(vertices.length) };
  }

  function nowhere(): VertexMesh {
    const mesh = make({ positions: positions.map(() => 0), vertices: vertices.map(() => 0) });
    return { ...mesh, mapping: { ...mesh.mapping, weights: mesh.mapping.weights.fill(Number.NaN) } };
  }
}

function areNumbers(positions: Float64Array): boolean {
  for (let i = 0; i < positions.length; i++) if (!(Math.abs(positions[i]) < FARTHEST)) return false;
  return true;
}

function add(to: Float64Array, other: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += other[i];
}
