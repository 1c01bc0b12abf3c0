import type { VoiceKernels } from "../backend/kernels.ts";
import {
  type EvidenceTerms,
  type Inversion,
  invert,
  invertPositive,
  type LinearProblem,
  logEvidence,
  type PositiveInversion,
} from "../inversion/evidence.ts";
import type { Regularization } from "../inversion/regularization/regularization.ts";
import type { SymmetricInverse } from "../inversion/solve.ts";
import {
  addTo,
  blockDiagonal,
  type Matrix,
  matrixSum,
  principalBlock,
  type SparseMatrix,
  zeros,
} from "../operators/matrix.ts";
import type { PositiveOnlyChecks } from "./evaluation.ts";
import type { LinearShare } from "./linear-share.ts";

/** How the evidence is defined where definitions differ. */
export type EvidenceDefinition = "exact" | "pyautolens";

/** The unknowns of datasets that share sources, or of one alone: the sources' pixels, then the intensities of light. */
export interface LinearSystem {
  /** F */
  readonly curvatureMatrix: Matrix;
  /** D */
  readonly dataVector: Float64Array;
  readonly chiSquaredOfData: number;
  /** How many of the unknowns are pixels of sources. */
  readonly sourcePixels: number;
  /** Of each dataset, for each of its unknowns, which of the system's it is. */
  readonly places: readonly Int32Array[];
}

/**
 * Adds the shares of datasets up.
 * @param sources Of each dataset, the first unknowns of the sources that it sees, with their numbers of pixels.
 */
export function linearSystem(
  shares: readonly LinearShare[],
  sources: readonly (readonly { readonly first: number; readonly count: number }[])[],
  sourcePixels: number,
): LinearSystem {
  let size = sourcePixels;
  const places = shares.map(({ columns }, d) => {
    const first = size;
    size += columns.length;
    const ofSources = sources[d].flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
    return Int32Array.of(...ofSources, ...columns.map((_, l) => first + l));
  });
  const chiSquaredOfData = shares.reduce((sum, share) => sum + share.chiSquaredOfData, 0);
  const system = { chiSquaredOfData, sourcePixels, places };
  if (shares.length === 1) return { ...system, ...shares[0] };
  const curvatureMatrix = zeros(size, size);
  const dataVector = new Float64Array(size);
  shares.forEach((share, d) => {
    const at = places[d];
    at.forEach((row, i) => {
      dataVector[row] += share.dataVector[i];
      for (let j = 0; j < at.length; j++) {
        curvatureMatrix.values[row * size + at[j]] += share.curvatureMatrix.values[i * at.length + j];
      }
    });
  });
  return { ...system, curvatureMatrix, dataVector };
}

export interface SystemOptions {
  readonly positiveOnly: boolean;
  readonly evidence: EvidenceDefinition;
  /** Unknowns that are held at zero, ascending. */
  readonly zeroed?: Int32Array;
  /** A solution that the positive-only one is thought to be near to: those positive in it are free at first. */
  readonly near?: Float64Array | undefined;
  readonly noiseNormalization: number;
  /** Whether C is wanted too, as for a gradient. */
  readonly withInverse?: boolean;
  /** Whether F is needed no more and may be overwritten. */
  readonly overwrite?: boolean;
}

/** Sources and intensities found, with the terms of the evidence. */
export interface SolvedSystem {
  /** Of all unknowns. */
  readonly values: Float64Array;
  readonly terms: EvidenceTerms;
  /** |(F + H) s - D| / |D|; null where the source is positive only. */
  readonly solveResidual: number | null;
  readonly positiveOnly: PositiveOnlyChecks | null;
  /**
   * C, the inverse of what the evidence has the determinant of: F + H of what is `integratedOver`. null where it was not asked
   * for, and on failure.
   */
  readonly inverse: Matrix | null;
  /** Of all unknowns. */
  readonly problem: LinearProblem;
  /** The unknowns that are not held at zero, ascending. */
  readonly free: Int32Array;
  readonly failure: string | null;
}

/**
 * The prior of an intensity, in the exact definition: a Gaussian about zero, 1e5 times as wide as the data alone would
 * determine the intensity without any other light. It knows nothing of the units, nor of how bright the profile is at
 * intensity 1, and keeps sets of profiles that are nearly the same apart from rounding.
 */
export const LIGHT_PRIOR = 1e-10;

/** Whether an F_ll is of light that no datum sees, but for what underflow has left of it. */
export function isUnseen(curvature: number): boolean {
  return curvature < 1e-200;
}

/** What PyAutoLens adds to the diagonal of F for light without regularization. */
const PYAUTOLENS_DIAGONAL = 1e-3;

/**
 * Solves (F + H) s = D and takes every term of the evidence. Intensities of light have a prior, whose precision is part of H;
 * the unknowns that the determinants are over are `integratedOver`.
 * @param regularizations Of each source.
 */
export function solveSystem(
  system: LinearSystem,
  regularizations: readonly Regularization[],
  options: SystemOptions,
  kernels: VoiceKernels,
): SolvedSystem {
  const { positiveOnly, evidence, zeroed = new Int32Array(0), near, withInverse = false, overwrite = false } = options;
  const { curvatureMatrix, dataVector, chiSquaredOfData, sourcePixels } = system;
  const size = dataVector.length;
  const integrated = integratedOver(system, options);
  const light = lightPrior(system, evidence);
  const blocks = regularizations.map(({ regularizationMatrix }) => regularizationMatrix);
  const regularizationMatrix = blockDiagonal(
    light.precisions.length === 0 ? blocks : [...blocks, diagonal(light.precisions)],
  );
  const kept = zeroed.length === 0 ? null : notHeld(size, zeroed);
  const ofAllSources = regularizations.reduce((sum, each) => sum + each.logDetRegularizationMatrix, 0);
  const logDetRegularizationMatrix =
    kept !== null && evidence === "exact"
      ? kernels.logDeterminant({ matrix: principalBlock(regularizationMatrix, integrated) })
      : ofAllSources + (integrated.length > sourcePixels ? light.logDeterminant : 0);
  const all: LinearProblem = {
    curvatureMatrix,
    dataVector,
    chiSquaredOfData,
    noiseNormalization: options.noiseNormalization,
    regularizationMatrix,
    logDetRegularizationMatrix,
  };
  const isOfSolved = integrated.length === (kept?.length ?? size);
  const problem =
    kept === null ? { ...all, overwrite: overwrite && isOfSolved } : { ...withoutZeroed(all, kept), overwrite: true };
  const inversion = positiveOnly
    ? invertPositive(problem, kernels, near && firstGuess(near, kept))
    : invert(problem, kernels, withInverse && isOfSolved);
  const ofIntegrated = isOfSolved ? null : determined(curvatureRegMatrixOf(all, integrated), withInverse, kernels);
  const terms =
    ofIntegrated === null
      ? inversion.terms
      : { ...inversion.terms, logDetCurvatureRegMatrixTerm: ofIntegrated.logDeterminant };
  const { values, inverse } = inversion.reconstruction;
  const failure = failureOf(inversion, terms, regularizations.length);
  const inverted = () => {
    const matrix = matrixSum(problem.curvatureMatrix, problem.regularizationMatrix);
    return kernels.symmetricInverse({ matrix }).inverse;
  };
  return {
    values: kept === null ? values : spread(values, kept, size),
    terms,
    solveResidual: "solveResidual" in inversion ? inversion.solveResidual : null,
    positiveOnly: positiveOnlyChecks(inversion),
    problem: all,
    free: freeOf(inversion, kept ?? dataVector.map((_, i) => i)),
    inverse: withInverse && failure === null ? (ofIntegrated?.inverse ?? inverse ?? inverted()) : null,
    failure,
  };
}

/**
 * The unknowns that the evidence integrates over, and has the determinants of, ascending. For `pyautolens` all pixels of the
 * sources, held at zero or not, and no light. For `exact` what is not held at zero, light too unless all is positive only: there
 * most of a set of profiles are at zero, and an integral over intensities of either sign says nothing of them but that sets which
 * can stand for each other are better than sets that cannot (two sets of ten Gaussians gain tens in ln E within 0.001 of equal
 * ellipses, a peak that searches cannot see from outside). Such light is what is best, as where there is no evidence.
 */
export function integratedOver(
  { dataVector, sourcePixels }: LinearSystem,
  { evidence, positiveOnly, zeroed = new Int32Array(0) }: SystemOptions,
): Int32Array {
  if (evidence === "pyautolens") return notHeld(sourcePixels, new Int32Array(0));
  const kept = notHeld(dataVector.length, zeroed);
  return positiveOnly ? kept.filter((unknown) => unknown < sourcePixels) : kept;
}

/**
 * (L) what is added to the diagonal of F, and its part of ln det H. Of light that no datum sees, det P / det (F + P) is
 * what it tends to as light fades, `LIGHT_PRIOR`, whichever the precision.
 */
function lightPrior({ curvatureMatrix, sourcePixels }: LinearSystem, evidence: EvidenceDefinition) {
  const { rows, values } = curvatureMatrix;
  const seen = Array.from({ length: rows - sourcePixels }, (_, l) => values[(sourcePixels + l) * (rows + 1)]);
  if (evidence === "pyautolens") {
    return { precisions: Float64Array.from(seen, () => PYAUTOLENS_DIAGONAL), logDeterminant: 0 };
  }
  return {
    precisions: Float64Array.from(seen, (f) => (isUnseen(f) ? 1 : LIGHT_PRIOR * f)),
    logDeterminant: seen.reduce((sum, f) => sum + Math.log(LIGHT_PRIOR * (isUnseen(f) ? 1 : f)), 0),
  };
}

function diagonal(values: Float64Array): SparseMatrix {
  const size = values.length;
  const columnIndex = Int32Array.from({ length: size }, (_, i) => i);
  const rowStart = Int32Array.from({ length: size + 1 }, (_, i) => i);
  return { rows: size, columns: size, rowStart, columnIndex, values };
}

/** Of the unknowns that are kept, 1 for those that are free. */
function firstGuess(near: Float64Array, kept: Int32Array | null): Uint8Array {
  return Uint8Array.from(kept ?? near.keys(), (i) => (near[i] > 0 ? 1 : 0));
}

/** Of 0, 1, ... those that are not held, ascending. */
export function notHeld(size: number, held: Int32Array): Int32Array {
  const all = new Set(held);
  return Int32Array.from({ length: size }, (_, i) => i).filter((i) => !all.has(i));
}

function withoutZeroed(all: LinearProblem, kept: Int32Array): LinearProblem {
  return {
    ...all,
    curvatureMatrix: principalBlock(all.curvatureMatrix, kept),
    dataVector: Float64Array.from(kept, (i) => all.dataVector[i]),
    regularizationMatrix: principalBlock(all.regularizationMatrix, kept),
  };
}

/** F + H of some of the unknowns. */
function curvatureRegMatrixOf({ curvatureMatrix, regularizationMatrix }: LinearProblem, unknowns: Int32Array): Matrix {
  return addTo(principalBlock(curvatureMatrix, unknowns), principalBlock(regularizationMatrix, unknowns));
}

/** From one factorization. */
function determined(
  matrix: Matrix,
  withInverse: boolean,
  kernels: VoiceKernels,
): Partial<SymmetricInverse> & {
  readonly logDeterminant: number;
} {
  return withInverse ? kernels.symmetricInverse({ matrix }) : { logDeterminant: kernels.logDeterminant({ matrix }) };
}

function spread(values: Float64Array, kept: Int32Array, size: number): Float64Array {
  const all = new Float64Array(size);
  kept.forEach((place, i) => {
    all[place] = values[i];
  });
  return all;
}

/** @param kept The unknowns that were solved for. */
function freeOf({ reconstruction }: Inversion | PositiveInversion, kept: ArrayLike<number>): Int32Array {
  const all = Int32Array.from(kept);
  return "free" in reconstruction ? all.filter((_, i) => reconstruction.free[i] === 1) : all;
}

/** What certifies a positive-only source; null for another, or where the search failed. */
function positiveOnlyChecks(inversion: Inversion | PositiveInversion): PositiveOnlyChecks | null {
  if (!("kktResidual" in inversion) || !inversion.reconstruction.converged) return null;
  const { free, factorizations } = inversion.reconstruction;
  return { kktResidual: inversion.kktResidual, pixelsAtZero: free.filter((is) => is === 0).length, factorizations };
}

/** Why there is no likelihood, or null. */
function failureOf(
  { reconstruction }: Inversion | PositiveInversion,
  terms: EvidenceTerms,
  sources: number,
): string | null {
  if (!reconstruction.positiveDefinite) {
    const what = "the curvature matrix with regularization is not positive definite";
    const remedy = "give all but one a regularization that knows zero, such as constant_zeroth";
    return sources < 2 ? what : `${what}: smooth sources may exchange a constant; ${remedy}`;
  }
  if ("converged" in reconstruction && !reconstruction.converged) {
    return "the search for a source that is nowhere negative did not converge";
  }
  return Number.isFinite(logEvidence(terms)) ? null : "a term of the evidence is not finite";
}
