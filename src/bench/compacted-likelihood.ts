import type { VoiceKernels } from "../backend/kernels.ts";
import { invert, logEvidence } from "../inversion/evidence.ts";
import type { Mapping } from "../inversion/mapping.ts";
import { type ConstantRegularizationPlan, constantRegularization } from "../inversion/regularization/constant.ts";
import type { WCompact } from "../operators/w-compact.ts";

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
  readonly coefficient: number;
  /** Of the mesh. */
  readonly plan: ConstantRegularizationPlan;
}

/** The log evidence from indexes and weights of the mapping, as an evaluation takes it. */
export function compactedLikelihood(kernels: VoiceKernels, args: CompactedLikelihoodArgs): number {
  const { wCompact, dirtyImage, nativeIndex, coefficient, plan } = args;
  const sparseMappingMatrix = kernels.sparseMappingMatrix(args);
  const matrix = { rows: dirtyImage.length, columns: 1, values: dirtyImage };
  const { terms } = invert(
    {
      curvatureMatrix: kernels.curvatureMatrixViaWCompactSymmetric({ wCompact, nativeIndex, sparseMappingMatrix }),
      ...constantRegularization(plan, coefficient),
      dataVector: kernels.sparseMappingMatrixTransposeTimes({ sparseMappingMatrix, matrix }).values,
      chiSquaredOfData: args.chiSquaredOfData,
      noiseNormalization: args.noiseNormalization,
    },
    kernels,
  );
  return logEvidence(terms);
}
