import type { Errand } from "../backend/contract.ts";
import type { Convolution } from "../operators/convolve.ts";
import type { Matrix, SparseMatrix } from "../operators/matrix.ts";
import { blurredMappingSlopes, curvatureMatrixViaBlurredMapping } from "./blurred-mapping.ts";

export interface ImageWeightsArgs {
  /** P, between the unmasked pixels. */
  readonly convolution: Convolution;
  /** (M) standard deviations. */
  readonly noiseMap: Float64Array;
}

export interface CurvatureOptions {
  /** Whether F may be left in the backend's memory, where the next one overwrites it. */
  readonly resident?: boolean;
  /** What may be done while F is made, all or part of it: it asks for no F of these weights. */
  readonly meanwhile?: readonly Errand[];
}

/** What an image makes of mapping matrices: W = P' N^-1 P is of the data alone, and may be held for all of them. */
export interface ImageWeights {
  /** What W takes; null where it is not held, and F goes through A = P T for every T. */
  readonly heldBytes: number | null;
  /**
   * F = T' W T.
   * @param sparseMappingMatrix T (M, S)
   */
  curvature(sparseMappingMatrix: SparseMatrix, options?: CurvatureOptions): Matrix;
  /**
   * W T C at the entries of T, in their order: half the derivatives of tr(C F) by them.
   * @param curvatureWeights C (S, S), symmetric.
   */
  mappingSlopes(sparseMappingMatrix: SparseMatrix, curvatureWeights: Matrix): Float64Array;
}

export type PlanImageWeights = (args: ImageWeightsArgs) => ImageWeights;

/** Through A = P T, anew for every T: W is not held. */
export function imageWeightsViaBlurredMapping(
  kernels: {
    readonly curvatureMatrixViaBlurredMapping: typeof curvatureMatrixViaBlurredMapping;
    readonly blurredMappingSlopes: typeof blurredMappingSlopes;
  },
  args: ImageWeightsArgs,
): ImageWeights {
  return {
    heldBytes: null,
    curvature: (sparseMappingMatrix, { resident = false } = {}) =>
      kernels.curvatureMatrixViaBlurredMapping({ ...args, sparseMappingMatrix, resident }),
    mappingSlopes: (sparseMappingMatrix, curvatureWeights) =>
      kernels.blurredMappingSlopes({ ...args, sparseMappingMatrix, curvatureWeights }),
  };
}

export function planImageWeights(args: ImageWeightsArgs): ImageWeights {
  return imageWeightsViaBlurredMapping({ curvatureMatrixViaBlurredMapping, blurredMappingSlopes }, args);
}
