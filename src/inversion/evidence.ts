import type { ProductsArgs, ProductsBothWays } from "../operators/dense.ts";
import { addTo, dot, type Matrix, matrixSum, matrixTimesVector, type SparseMatrix } from "../operators/matrix.ts";
import type { NoiseNormalizationArgs } from "../operators/noise-normalization.ts";
import type { WCompact, WCompactTimesArgs } from "../operators/w-compact.ts";
import type { CurvatureViaWTildeDenseArgs } from "./curvature.ts";
import type { DataVectorArgs, Mapping, MappingArgs, SparseTransposeTimesArgs } from "./mapping.ts";
import { kktResidual, type PositiveOnlyArgs, type PositiveReconstruction } from "./positive-only.ts";
import {
  type ConstantRegularizationArgs,
  constantRegularization,
  type Neighbors,
  planConstantRegularization,
} from "./regularization/constant.ts";
import type { Regularization } from "./regularization/regularization.ts";
import type { LogDeterminantArgs, Reconstruction, ReconstructionArgs } from "./solve.ts";

/** The terms of the log evidence, by the names of the field. */
export interface EvidenceTerms {
  /** chi^2 of the reconstruction, s'Fs - 2 s'D + c0. */
  readonly chiSquared: number;
  /** s'Hs */
  readonly regularizationTerm: number;
  /** ln det (F + H) */
  readonly logDetCurvatureRegMatrixTerm: number;
  /** ln det H */
  readonly logDetRegularizationMatrixTerm: number;
  /** sum of ln 2 pi sigma^2 */
  readonly noiseNormalization: number;
}

/** -1/2 [chi^2 + s'Hs + ln det(F + H) - ln det H + sum ln 2 pi sigma^2] (Suyu et al. 2006, equation 19). */
export function logEvidence(terms: EvidenceTerms): number {
  return (
    -0.5 *
    (terms.chiSquared +
      terms.regularizationTerm +
      terms.logDetCurvatureRegMatrixTerm -
      terms.logDetRegularizationMatrixTerm +
      terms.noiseNormalization)
  );
}

/** -1/2 [chi^2 + sum ln 2 pi sigma^2], of the data given the reconstructed source. */
export function logLikelihood(terms: EvidenceTerms): number {
  return -0.5 * (terms.chiSquared + terms.noiseNormalization);
}

/** The linear problem of one source: F, H, D and what the visibilities add to chi^2. */
export interface LinearProblem extends Regularization {
  readonly curvatureMatrix: Matrix;
  /** Whether F is needed no more and F + H may overwrite it, which spares a copy. */
  readonly overwrite?: boolean;
  readonly dataVector: Float64Array;
  readonly chiSquaredOfData: number;
  readonly noiseNormalization: number;
}

/** A source reconstructed, with its evidence. */
export interface Inversion {
  readonly reconstruction: Reconstruction;
  /** |(F + H) s - D| / |D|; of data that are all zero, in parts of 1. */
  readonly solveResidual: number;
  readonly terms: EvidenceTerms;
}

/** What a solution is tested by. */
export interface ProductKernels {
  readonly productsBothWays: (args: ProductsArgs) => ProductsBothWays;
}

/**
 * Solves (F + H) s = D and takes every term of the evidence from the solution.
 * @param withInverse Whether (F + H)^-1 is wanted too.
 */
export function invert(
  problem: LinearProblem,
  kernels: ProductKernels & { readonly reconstruction: (args: ReconstructionArgs) => Reconstruction },
  withInverse = false,
): Inversion {
  const system = systemOf(problem);
  const reconstruction = kernels.reconstruction({ ...system, withInverse });
  const { terms, residual } = termsOf(problem, system, reconstruction, kernels);
  const { dataVector } = problem;
  const solveResidual = Math.sqrt(dot(residual, residual) / (dot(dataVector, dataVector) || 1));
  return { reconstruction, solveResidual, terms };
}

/** A source that is nowhere negative, with its evidence. */
export interface PositiveInversion {
  readonly reconstruction: PositiveReconstruction;
  /** See `kktResidual`. */
  readonly kktResidual: number;
  readonly terms: EvidenceTerms;
}

/**
 * The same with s >= 0. The terms make an approximation of log E: the integral over sources is the one over those of
 * either sign, expanded about this s; it is the definition of PyAutoLens.
 * @param firstGuess (S) 1 for pixels that are thought to be free: what is found does not depend on it.
 */
export function invertPositive(
  problem: LinearProblem,
  kernels: ProductKernels & { readonly positiveOnly: (args: PositiveOnlyArgs) => PositiveReconstruction },
  firstGuess?: Uint8Array,
): PositiveInversion {
  const system = systemOf(problem);
  const reconstruction = kernels.positiveOnly(firstGuess === undefined ? system : { ...system, firstGuess });
  const { terms, residual } = termsOf(problem, system, reconstruction, kernels);
  return { reconstruction, kktResidual: kktResidual(system, reconstruction.values, residual), terms };
}

function systemOf({ curvatureMatrix, overwrite, regularizationMatrix, dataVector }: LinearProblem): ReconstructionArgs {
  const sum = overwrite === true ? addTo : matrixSum;
  return { curvatureRegMatrix: sum(curvatureMatrix, regularizationMatrix), dataVector };
}

/** The terms, and (F + H) s - D. */
function termsOf(
  problem: LinearProblem,
  { curvatureRegMatrix: matrix, dataVector }: ReconstructionArgs,
  { values: s, logDeterminant }: Reconstruction,
  { productsBothWays }: ProductKernels,
) {
  const { product } = productsBothWays({ matrix, vector: s });
  const regularizationTerm = dot(s, matrixTimesVector(problem.regularizationMatrix, s));
  const residual = product.map((value, i) => value - dataVector[i]);
  const terms: EvidenceTerms = {
    // s'Fs - D's is s'((F + H) s - D) - s'Hs.
    chiSquared: dot(s, residual) - regularizationTerm - dot(s, dataVector) + problem.chiSquaredOfData,
    regularizationTerm,
    logDetCurvatureRegMatrixTerm: logDeterminant,
    logDetRegularizationMatrixTerm: problem.logDetRegularizationMatrix,
    noiseNormalization: problem.noiseNormalization,
  };
  return { terms, residual };
}

interface LogLikelihoodArgs {
  /** (M) dirty image of the unmasked pixels. */
  readonly dirtyImage: Float64Array;
  /** (K) complex, interleaved. */
  readonly visibilities: Float64Array;
  /** (K) standard deviations of the real and the imaginary part, interleaved. */
  readonly noiseMap: Float64Array;
  readonly mapping: Mapping;
  readonly neighbors: Neighbors;
  readonly coefficient: number;
}

export interface LogLikelihoodViaWTildeArgs extends LogLikelihoodArgs {
  /** (M, M) */
  readonly wTilde: Matrix;
}

export interface LogLikelihoodViaWCompactArgs extends LogLikelihoodArgs {
  readonly wCompact: WCompact;
  /** (M, 2) row and column of every unmasked pixel. */
  readonly nativeIndex: Int32Array;
}

/** The kernels that the study's whole likelihood functions are composed of. */
export interface LogLikelihoodKernels extends ProductKernels {
  readonly reconstruction: (args: ReconstructionArgs) => Reconstruction;
  readonly logDeterminant: (args: LogDeterminantArgs) => number;
  readonly mappingMatrix: (args: MappingArgs) => Matrix;
  readonly sparseMappingMatrix: (args: MappingArgs) => SparseMatrix;
  readonly dataVector: (args: DataVectorArgs) => Float64Array;
  readonly constantRegularizationMatrix: (args: ConstantRegularizationArgs) => Matrix;
  readonly noiseNormalization: (args: NoiseNormalizationArgs) => number;
  readonly curvatureMatrixViaWTildeDense: (args: CurvatureViaWTildeDenseArgs) => Matrix;
  readonly curvatureMatrixViaWCompactSparse: (args: WCompactTimesArgs) => Matrix;
  readonly curvatureMatrixViaWCompactSymmetric: (args: WCompactTimesArgs) => Matrix;
  readonly sparseMappingMatrixTransposeTimes: (args: SparseTransposeTimesArgs) => Matrix;
}

/** The study's log likelihood (in the field's terms the log evidence) from the full W and a dense T. */
export function logLikelihoodViaWTildeWith(
  kernels: LogLikelihoodKernels,
): (args: LogLikelihoodViaWTildeArgs) => number {
  return (args) => {
    const mappingMatrix = kernels.mappingMatrix(args);
    const curvatureMatrix = kernels.curvatureMatrixViaWTildeDense({ wTilde: args.wTilde, mappingMatrix });
    const dataVector = kernels.dataVector({ ...args, mappingMatrix });
    return wholeLogLikelihood(kernels, args, curvatureMatrix, dataVector, denseRegularization(kernels, args));
  };
}

/** The same from the compact form and a sparse T, in the study's two passes. */
export function logLikelihoodViaWCompactWith(
  kernels: LogLikelihoodKernels,
): (args: LogLikelihoodViaWCompactArgs) => number {
  return (args) => {
    const sparseMappingMatrix = kernels.sparseMappingMatrix(args);
    const curvatureMatrix = kernels.curvatureMatrixViaWCompactSparse({ ...args, sparseMappingMatrix });
    const dataVector = kernels.dataVector({ ...args, mappingMatrix: kernels.mappingMatrix(args) });
    return wholeLogLikelihood(kernels, args, curvatureMatrix, dataVector, denseRegularization(kernels, args));
  };
}

/** The same from the compact form by its symmetry, with nothing dense but F. */
export function logLikelihoodViaWCompactSymmetricWith(
  kernels: LogLikelihoodKernels,
): (args: LogLikelihoodViaWCompactArgs) => number {
  return (args) => {
    const sparseMappingMatrix = kernels.sparseMappingMatrix(args);
    const curvatureMatrix = kernels.curvatureMatrixViaWCompactSymmetric({ ...args, sparseMappingMatrix });
    const matrix = { rows: args.dirtyImage.length, columns: 1, values: args.dirtyImage };
    const dataVector = kernels.sparseMappingMatrixTransposeTimes({ sparseMappingMatrix, matrix }).values;
    return wholeLogLikelihood(
      kernels,
      args,
      curvatureMatrix,
      dataVector,
      constantRegularization(planConstantRegularization(args.neighbors), args.coefficient),
    );
  };
}

function denseRegularization(kernels: LogLikelihoodKernels, args: LogLikelihoodArgs): Regularization {
  const regularizationMatrix = kernels.constantRegularizationMatrix(args);
  return { regularizationMatrix, logDetRegularizationMatrix: kernels.logDeterminant({ matrix: regularizationMatrix }) };
}

function wholeLogLikelihood(
  kernels: LogLikelihoodKernels,
  args: LogLikelihoodArgs,
  curvatureMatrix: Matrix,
  dataVector: Float64Array,
  regularization: Regularization,
): number {
  const { visibilities, noiseMap } = args;
  const { terms } = invert(
    {
      ...regularization,
      curvatureMatrix,
      dataVector,
      chiSquaredOfData: chiSquaredOfData(visibilities, noiseMap),
      noiseNormalization: kernels.noiseNormalization({ noiseMap }),
    },
    kernels,
  );
  return logEvidence(terms);
}

/** chi^2 of no model at all; a loop, because K is the largest of all sizes. */
function chiSquaredOfData(visibilities: Float64Array, noiseMap: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < visibilities.length; k++) sum += (visibilities[k] / noiseMap[k]) ** 2;
  return sum;
}
