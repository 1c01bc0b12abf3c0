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
import { blockDiagonal, type Matrix, principalBlock, type SparseMatrix, zeros } from "../operators/matrix.ts";
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
  readonly noiseNormalization: number;
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
  readonly failure: string | null;
}

/**
 * The prior of an intensity, in the exact definition: a Gaussian about zero, 1e5 times as wide as the data alone would
 * determine the intensity without any other light. It knows nothing of the units, nor of how bright the profile is at
 * intensity 1, and keeps sets of profiles that are nearly the same apart from rounding.
 */
export const LIGHT_PRIOR = 1e-10;

/** What PyAutoLens adds to the diagonal of F for light without regularization. */
const PYAUTOLENS_DIAGONAL = 1e-3;

/**
 * Solves (F + H) s = D and takes every term of the evidence.
 *
 * `exact` leaves pixels that are held at zero out of every matrix and gives intensities a prior (`LIGHT_PRIOR`) whose
 * precision is part of H. `pyautolens` takes both determinants over all pixels of the sources, held at zero or not, and over
 * them alone: light has 1e-3 on its diagonal and no determinant.
 * @param regularizations Of each source.
 */
export function solveSystem(
  system: LinearSystem,
  regularizations: readonly Regularization[],
  { positiveOnly, evidence, zeroed = new Int32Array(0), noiseNormalization, overwrite = false }: SystemOptions,
  kernels: VoiceKernels,
): SolvedSystem {
  const { curvatureMatrix, dataVector, chiSquaredOfData, sourcePixels } = system;
  const light = lightPrecisions(system, evidence);
  const blocks = regularizations.map(({ regularizationMatrix }) => regularizationMatrix);
  const all: LinearProblem = {
    curvatureMatrix,
    dataVector,
    chiSquaredOfData,
    noiseNormalization,
    regularizationMatrix: blockDiagonal(light.length === 0 ? blocks : [...blocks, diagonal(light)]),
    logDetRegularizationMatrix:
      regularizations.reduce((sum, { logDetRegularizationMatrix }) => sum + logDetRegularizationMatrix, 0) +
      (evidence === "exact" ? light.reduce((sum, precision) => sum + Math.log(precision), 0) : 0),
  };
  const kept = keptOf(dataVector.length, zeroed);
  const needsAll = evidence === "pyautolens" && (kept !== null || light.length > 0);
  const problem =
    kept === null
      ? { ...all, overwrite: overwrite && !needsAll }
      : { ...withoutZeroed(all, kept, evidence, kernels), overwrite: true };
  const inversion = positiveOnly ? invertPositive(problem, kernels) : invert(problem, kernels);
  const terms = needsAll
    ? { ...inversion.terms, logDetCurvatureRegMatrixTerm: logDetOfSources(all, sourcePixels, kernels) }
    : inversion.terms;
  const { values } = inversion.reconstruction;
  return {
    values: kept === null ? values : spread(values, kept, dataVector.length),
    terms,
    solveResidual: "solveResidual" in inversion ? inversion.solveResidual : null,
    positiveOnly: positiveOnlyChecks(inversion),
    failure: failureOf(inversion, terms),
  };
}

/** (L) what is added to the diagonal of F. */
function lightPrecisions({ curvatureMatrix, sourcePixels }: LinearSystem, evidence: EvidenceDefinition): Float64Array {
  const { rows, values } = curvatureMatrix;
  return Float64Array.from({ length: rows - sourcePixels }, (_, l) => {
    const at = sourcePixels + l;
    return evidence === "exact" ? LIGHT_PRIOR * values[at * rows + at] : PYAUTOLENS_DIAGONAL;
  });
}

function diagonal(values: Float64Array): SparseMatrix {
  const size = values.length;
  const columnIndex = Int32Array.from({ length: size }, (_, i) => i);
  const rowStart = Int32Array.from({ length: size + 1 }, (_, i) => i);
  return { rows: size, columns: size, rowStart, columnIndex, values };
}

/** null where all are kept. */
function keptOf(size: number, zeroed: Int32Array): Int32Array | null {
  if (zeroed.length === 0) return null;
  const held = new Set(zeroed);
  return Int32Array.from({ length: size }, (_, i) => i).filter((i) => !held.has(i));
}

function withoutZeroed(
  all: LinearProblem,
  kept: Int32Array,
  evidence: EvidenceDefinition,
  kernels: VoiceKernels,
): LinearProblem {
  const regularizationMatrix = principalBlock(all.regularizationMatrix, kept);
  return {
    ...all,
    curvatureMatrix: principalBlock(all.curvatureMatrix, kept),
    dataVector: Float64Array.from(kept, (i) => all.dataVector[i]),
    regularizationMatrix,
    logDetRegularizationMatrix:
      evidence === "exact" ? kernels.logDeterminant({ matrix: regularizationMatrix }) : all.logDetRegularizationMatrix,
  };
}

/** ln det (F + H) over the pixels of the sources. */
function logDetOfSources(
  { curvatureMatrix, regularizationMatrix }: LinearProblem,
  sourcePixels: number,
  kernels: VoiceKernels,
): number {
  const kept = Int32Array.from({ length: sourcePixels }, (_, i) => i);
  const matrix = principalBlock(curvatureMatrix, kept);
  principalBlock(regularizationMatrix, kept).values.forEach((value, i) => {
    matrix.values[i] += value;
  });
  return kernels.logDeterminant({ matrix });
}

function spread(values: Float64Array, kept: Int32Array, size: number): Float64Array {
  const all = new Float64Array(size);
  kept.forEach((place, i) => {
    all[place] = values[i];
  });
  return all;
}

/** What certifies a positive-only source; null for another, or where the search failed. */
function positiveOnlyChecks(inversion: Inversion | PositiveInversion): PositiveOnlyChecks | null {
  if (!("kktResidual" in inversion) || !inversion.reconstruction.converged) return null;
  const { free, factorizations } = inversion.reconstruction;
  return { kktResidual: inversion.kktResidual, pixelsAtZero: free.filter((is) => is === 0).length, factorizations };
}

/** Why there is no likelihood, or null. */
function failureOf({ reconstruction }: Inversion | PositiveInversion, terms: EvidenceTerms): string | null {
  if (!reconstruction.positiveDefinite) return "the curvature matrix with regularization is not positive definite";
  if ("converged" in reconstruction && !reconstruction.converged) {
    return "the search for a source that is nowhere negative did not converge";
  }
  return Number.isFinite(logEvidence(terms)) ? null : "a term of the evidence is not finite";
}
