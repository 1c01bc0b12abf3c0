import type { VoiceKernels } from "../backend/kernels.ts";
import { InputError } from "../errors.ts";
import {
  type EvidenceTerms,
  type Inversion,
  invert,
  type LinearProblem,
  logEvidence,
  logLikelihood,
} from "../inversion/evidence.ts";
import { type ConstantRegularizationPlan, constantRegularization } from "../inversion/regularization/constant.ts";
import { lensPlanes } from "../lens/lens-planes.ts";
import { type GalaxyTemplate, instantiate, type Model } from "../model/model.ts";
import type { RectangularMeshSpec } from "../model/spec.ts";
import type { SparseMatrix } from "../operators/matrix.ts";
import type { DatasetEvaluation } from "./evaluation.ts";
import { maximizeEvidence } from "./maximize-evidence.ts";
import { type Stopwatch, timed } from "./stopwatch.ts";

/* What the likelihoods of a pixelized source have in common, whatever observed it. */

/**
 * The index of the one galaxy with a pixelization, in a model that the likelihood of such a dataset can take: beside it
 * an image may have light of given intensities, visibilities may not.
 * @throws InputError for any other; `where` is a path of the spec, where there is one to blame.
 */
export function pixelizedSource(model: Model, dataset: DatasetEvaluation["type"]): number {
  for (const { name, profiles } of model.galaxies) {
    if (profiles.every(({ kind }) => kind === "mass")) continue;
    if (profiles.some(({ linear }) => linear)) {
      throw new InputError(
        "likelihood/linear",
        "has light with intensity: linear beside a pixelized source, which no likelihood solves for yet",
        "remove it, or the pixelization",
        `galaxies.${name}`,
      );
    }
    if (dataset === "imaging") continue;
    throw new InputError(
      "likelihood/light",
      "has a light profile beside a pixelized source, which no likelihood of visibilities takes yet",
      "remove it, or the pixelization",
      `galaxies.${name}`,
    );
  }
  const pixelized = model.galaxies.flatMap(({ pixelization }, index) => (pixelization === undefined ? [] : [index]));
  if (pixelized.length !== 1) {
    throw new InputError(
      "likelihood/source",
      `${pixelized.length} galaxies have a pixelization`,
      "give one galaxy, the source, a pixelization",
      pixelized.length === 0 ? undefined : `galaxies.${model.galaxies[pixelized[1]].name}`,
    );
  }
  // Planes are the same for all values of the parameters.
  lensPlanes(instantiate(model, new Float64Array(model.parameters.length)).galaxies);
  if (dataset === "interferometer") rectangularMeshOf(model.galaxies[pixelized[0]]);
  return pixelized[0];
}

/** The mesh of a source in visibilities. @throws InputError for one that no likelihood of visibilities takes. */
export function rectangularMeshOf({
  name,
  pixelization,
}: Pick<GalaxyTemplate, "name" | "pixelization">): RectangularMeshSpec {
  const mesh = pixelization?.mesh;
  if (mesh?.type === "rectangular_uniform") return mesh;
  const what = `has a ${mesh?.type} mesh, which no likelihood of visibilities takes yet`;
  throw new InputError("likelihood/mesh", what, "give a rectangular_uniform one", `galaxies.${name}`);
}

/**
 * Solves for the source, with the coefficient of largest evidence where the model leaves it open.
 * @param data F, D and what the data add to the evidence.
 */
export function reconstructSource(
  planned: ConstantRegularizationPlan,
  coefficient: number | "maximize",
  data: Omit<LinearProblem, "regularizationMatrix" | "logDetRegularizationMatrix">,
  kernels: VoiceKernels,
  watch: Stopwatch,
): { readonly inversion: Inversion; readonly coefficient: number } {
  const solve = (coefficient: number): Inversion => {
    const regularization = timed(watch, "regularization_matrix", () => constantRegularization(planned, coefficient));
    return timed(watch, "solve", () => invert({ ...data, ...regularization }, kernels.reconstruction));
  };
  const best =
    coefficient === "maximize"
      ? maximizeEvidence(data.curvatureMatrix, planned.neighbors, (trial) => logEvidence(solve(trial).terms))
      : coefficient;
  return { inversion: solve(best), coefficient: best };
}

/** T' image. @returns (S) */
export function transposeTimes(
  kernels: VoiceKernels,
  sparseMappingMatrix: SparseMatrix,
  image: Float64Array,
): Float64Array {
  const matrix = { rows: image.length, columns: 1, values: image };
  return kernels.sparseMappingMatrixTransposeTimes({ sparseMappingMatrix, matrix }).values;
}

/** What a solved inversion says of the model: its likelihood, or why there is none. */
export function outcome(inversion: Inversion, terms: EvidenceTerms) {
  const evidence = logEvidence(terms);
  if (inversion.reconstruction.positiveDefinite && Number.isFinite(evidence)) {
    return { logLikelihood: logLikelihood(terms), logEvidence: evidence, failure: null };
  }
  const failure = inversion.reconstruction.positiveDefinite
    ? "a term of the evidence is not finite"
    : "the curvature matrix with regularization is not positive definite";
  return { logLikelihood: Number.NEGATIVE_INFINITY, logEvidence: Number.NEGATIVE_INFINITY, failure };
}
