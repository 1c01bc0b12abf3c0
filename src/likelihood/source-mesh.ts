import { DELAUNAY_MAPPINGS, type DelaunayMesh, delaunayMesh } from "../inversion/mesh/delaunay.ts";
import {
  pixelCentres,
  RECTANGULAR_MAPPINGS,
  type RectangularMesh,
  rectangularMesh,
  rectangularNeighbors,
} from "../inversion/mesh/rectangular.ts";
import type { Triangulation } from "../inversion/mesh/triangulation.ts";
import type {
  DenseKernels,
  PlannedRegularization,
  RegularizationScheme,
} from "../inversion/regularization/regularization.ts";
import type { MeshSpec } from "../model/spec.ts";

/** A mesh laid over where rays land, with what its neighbors decide of the regularization. */
export interface SourceMesh {
  readonly mesh: RectangularMesh | DelaunayMesh;
  /** (S, 2) y and x of every source pixel, arcseconds. */
  readonly vertices: Float64Array;
  /** Between them; null on a mesh that has no triangles. */
  readonly triangulation: Triangulation | null;
  readonly regularization: PlannedRegularization;
}

/** Where rays land in the source plane, arcseconds. */
export interface LandedRays {
  /** (N, 2) of the sub-pixels. */
  readonly positions: Float64Array;
  /** (B, 2) of the pixels on the masks' borders. */
  readonly border: Float64Array;
  /** (S, 2) of the vertices' places in the image plane. */
  readonly seeds: Float64Array;
}

export interface PlannedMesh {
  /** S */
  readonly sourcePixels: number;
  /** Where a position is no number, the weights are NaN. */
  lay(rays: LandedRays): SourceMesh;
}

/** Arcseconds: squares of coordinates beyond overflow, and triangulation is of numbers. */
const FARTHEST = 1e100;

/** Source pixels that an image pixel maps to. */
export function mappingsOf({ type }: MeshSpec): number {
  return type === "rectangular_uniform" ? RECTANGULAR_MAPPINGS : DELAUNAY_MAPPINGS;
}

/** S. @param seeds How many vertices come from the image plane. */
export function sourcePixelsOf(spec: MeshSpec, seeds: number): number {
  return spec.type === "rectangular_uniform" ? spec.shape[0] * spec.shape[1] : seeds;
}

/**
 * Plans the mesh of a spec.
 * @param seeds How many vertices come from the image plane.
 */
export function planSourceMesh(
  spec: MeshSpec,
  seeds: number,
  scheme: RegularizationScheme,
  kernels: DenseKernels,
): PlannedMesh {
  if (spec.type === "rectangular_uniform") {
    // Its pixels have the same neighbors wherever they lie.
    const regularization = scheme.plan(rectangularNeighbors(...spec.shape), kernels);
    return {
      sourcePixels: sourcePixelsOf(spec, seeds),
      lay({ positions }) {
        const mesh = rectangularMesh(positions, spec.shape, spec.edges);
        return { mesh, vertices: pixelCentres(mesh), triangulation: null, regularization };
      },
    };
  }
  return {
    sourcePixels: seeds,
    lay({ positions, seeds: vertices }) {
      const mesh = areNumbers(vertices) && areNumbers(positions) ? delaunayMesh({ positions, vertices }) : nowhere();
      return { mesh, vertices, triangulation: mesh, regularization: scheme.plan(mesh.neighbors, kernels) };

      function nowhere(): DelaunayMesh {
        const mesh = delaunayMesh({ positions: positions.map(() => 0), vertices: vertices.map(() => 0) });
        return { ...mesh, mapping: { ...mesh.mapping, weights: mesh.mapping.weights.fill(Number.NaN) } };
      }
    },
  };
}

function areNumbers(positions: Float64Array): boolean {
  return positions.every((coordinate) => Math.abs(coordinate) < FARTHEST);
}
