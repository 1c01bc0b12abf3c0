import { type DelaunayMesh, delaunayMesh } from "../inversion/mesh/delaunay.ts";
import { imageMeshOverlay } from "../inversion/mesh/image-mesh-overlay.ts";
import {
  pixelCentres,
  type RectangularMesh,
  rectangularMesh,
  rectangularNeighbors,
} from "../inversion/mesh/rectangular.ts";
import type {
  DenseKernels,
  PlannedRegularization,
  RegularizationScheme,
  RegularizedSource,
} from "../inversion/regularization/regularization.ts";
import type { MeshSpec } from "../model/spec.ts";
import type { ImagingDataset } from "./imaging-dataset.ts";
import type { SourceRays } from "./source-rays.ts";

/** A mesh laid over where rays land, with what its neighbors decide of the regularization. */
export interface SourceMesh {
  readonly mesh: RectangularMesh | DelaunayMesh;
  readonly source: RegularizedSource;
  readonly regularization: PlannedRegularization;
}

/** Arcseconds: squares of coordinates beyond overflow, and triangulation is of numbers. */
const FARTHEST = 1e100;

/**
 * Plans the mesh of a spec for the pixels of a dataset.
 * @returns From a model's free parameters (P) and positions in the source plane (N, 2) to the mesh; where a position is no
 * number, its weights are NaN.
 * @throws InputError as `imageMeshOverlay` does.
 */
export function planSourceMesh(
  spec: MeshSpec,
  { grid, mask }: Pick<ImagingDataset, "grid" | "mask">,
  scheme: RegularizationScheme,
  rays: SourceRays,
  kernels: DenseKernels,
): (vector: Float64Array, positions: Float64Array) => SourceMesh {
  if (spec.type === "rectangular_uniform") {
    // Its pixels have the same neighbors wherever they lie.
    const regularization = scheme.plan(rectangularNeighbors(...spec.shape), kernels);
    return (_, positions) => {
      const mesh = rectangularMesh(positions, spec.shape, spec.edges);
      const source = { vertices: pixelCentres(mesh), triangulation: null, adaptViews: [] };
      return { mesh, source, regularization };
    };
  }
  const traceVertices = rays.from(imageMeshOverlay(grid, mask, spec.imageMesh.shape));
  return (vector, positions) => {
    const vertices = traceVertices(vector);
    const mesh = areNumbers(vertices) && areNumbers(positions) ? delaunayMesh({ positions, vertices }) : nowhere();
    const source = { vertices, triangulation: mesh, adaptViews: [] };
    return { mesh, source, regularization: scheme.plan(mesh.neighbors, kernels) };

    function nowhere(): DelaunayMesh {
      const mesh = delaunayMesh({ positions: positions.map(() => 0), vertices: vertices.map(() => 0) });
      return { ...mesh, mapping: { ...mesh.mapping, weights: mesh.mapping.weights.fill(Number.NaN) } };
    }
  };
}

function areNumbers(positions: Float64Array): boolean {
  return positions.every((coordinate) => Math.abs(coordinate) < FARTHEST);
}
