import type { VoiceKernels } from "../backend/kernels.ts";
import { invert, logEvidence } from "../inversion/evidence.ts";
import type { Mapping } from "../inversion/mapping.ts";
import {
  constantRegularizationLogDeterminant,
  constantRegularizationSparseMatrix,
  type Neighbors,
  neighborGraph,
} from "../inversion/regularization/constant.ts";
import { symbolic } from "../inversion/sparse-cholesky.ts";
import type { WCompact } from "../operators/w-compact.ts";

/** Planned once for a mesh, whatever the coefficient. */
export function regularizationPlan(neighbors: Neighbors) {
  const graph = neighborGraph(neighbors);
  return { graph, order: symbolic(graph) };
}

/** What a compaction keeps of the visibilities, and a model: nothing here is of length K. */
export interface CompactedLikelihoodArgs {
  readonly wCompact: WCompact;
  /** (M) of the unmasked pixels. */
  readonly dirtyImage: Float64Array;
  readonly chiSquaredOfData: number;
  readonly noiseNormalization: number;
  /** (M, 2) row and column of every unmasked pixel. */
  readonly nativeIndex: Int32Array;
  readonly mapping: Mapping;
  readonly neighbors: Neighbors;
  readonly coefficient: number;
  readonly plan: ReturnType<typeof regularizationPlan>;
}

/** The log evidence from indexes and weights of the mapping, as an evaluation takes it. */
export function compactedLikelihood(kernels: VoiceKernels, args: CompactedLikelihoodArgs): number {
  const { wCompact, dirtyImage, nativeIndex, neighbors, coefficient, plan } = args;
  const sparseMappingMatrix = kernels.sparseMappingMatrix(args);
  const matrix = { rows: dirtyImage.length, columns: 1, values: dirtyImage };
  const regularization = { coefficient, neighbors };
  const { terms } = invert(
    {
      curvatureMatrix: kernels.curvatureMatrixViaWCompactSymmetric({ wCompact, nativeIndex, sparseMappingMatrix }),
      regularizationMatrix: constantRegularizationSparseMatrix(regularization, plan.graph),
      logDetRegularizationMatrix: constantRegularizationLogDeterminant(regularization, plan.graph, plan.order),
      dataVector: kernels.sparseMappingMatrixTransposeTimes({ sparseMappingMatrix, matrix }).values,
      chiSquaredOfData: args.chiSquaredOfData,
      noiseNormalization: args.noiseNormalization,
    },
    kernels.reconstruction,
  );
  return logEvidence(terms);
}
