import type { VoiceKernels } from "../backend/kernels.ts";
import { InputError } from "../errors.ts";
import {
  type EvidenceTerms,
  type Inversion,
  invert,
  invertPositive,
  type LinearProblem,
  logEvidence,
  logLikelihood,
  type PositiveInversion,
} from "../inversion/evidence.ts";
import type {
  PlannedRegularization,
  RegularizationScheme,
  RegularizedSource,
} from "../inversion/regularization/regularization.ts";
import { regularizationSchemes } from "../inversion/regularization/schemes.ts";
import { lensPlanes } from "../lens/lens-planes.ts";
import { type GalaxyTemplate, instantiate, type Model, type Pixelization } from "../model/model.ts";
import type { RectangularMeshSpec } from "../model/spec.ts";
import type { SparseMatrix } from "../operators/matrix.ts";
import type { DatasetEvaluation, PositiveOnlyChecks } from "./evaluation.ts";
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
  const { needs } = schemeOf(model.galaxies[pixelized[0]].pixelization!);
  if (needs.includes("adapt_image")) {
    const what = "has a regularization by an adapt image, which no likelihood takes yet";
    throw new InputError(
      "likelihood/adapt-image",
      what,
      "give constant",
      `galaxies.${model.galaxies[pixelized[0]].name}`,
    );
  }
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

/** The scheme of a pixelization's regularization. */
export function schemeOf({ regularization }: Pick<NonNullable<GalaxyTemplate["pixelization"]>, "regularization">) {
  return regularizationSchemes.get(regularization.type) as RegularizationScheme;
}

/**
 * Solves for the source, with the coefficient of largest evidence where the model leaves it open.
 * @param planned The regularization's, for the mesh of this source.
 * @param data F, D and what the data add to the evidence.
 * @param positiveOnly Whether the source may be negative nowhere.
 */
export function reconstructSource(
  pixelization: Pixelization,
  planned: PlannedRegularization,
  source: RegularizedSource,
  data: Omit<LinearProblem, "regularizationMatrix" | "logDetRegularizationMatrix">,
  kernels: VoiceKernels,
  positiveOnly: boolean,
  watch: Stopwatch,
): { readonly inversion: Inversion | PositiveInversion; readonly coefficient: number } {
  const { values, maximize } = pixelization.regularization;
  const regularize = (trial: number) => {
    return timed(watch, "regularization_matrix", () => planned.at({ ...values, coefficient: trial }, source));
  };
  const solve = (trial: number) => {
    const problem = { ...data, ...regularize(trial) };
    return timed(watch, "solve", () =>
      positiveOnly ? invertPositive(problem, kernels.positiveOnly) : invert(problem, kernels.reconstruction),
    );
  };
  if (!maximize) return { inversion: solve(values.coefficient), coefficient: values.coefficient };
  const unit = { matrix: regularize(1).regularizationMatrix, grows: schemeOf(pixelization).grows };
  const best = maximizeEvidence(data.curvatureMatrix, unit, (trial) => logEvidence(solve(trial).terms));
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

/** What certifies a positive-only source; null for another, or where the search failed. */
export function positiveOnlyChecks(inversion: Inversion | PositiveInversion): PositiveOnlyChecks | null {
  if (!("kktResidual" in inversion) || !inversion.reconstruction.converged) return null;
  const { free, factorizations } = inversion.reconstruction;
  return { kktResidual: inversion.kktResidual, pixelsAtZero: free.filter((is) => is === 0).length, factorizations };
}

/** What a solved inversion says of the model: its likelihood, or why there is none. */
export function outcome({ reconstruction }: Inversion | PositiveInversion, terms: EvidenceTerms) {
  const evidence = logEvidence(terms);
  if (reconstruction.positiveDefinite && Number.isFinite(evidence)) {
    return { logLikelihood: logLikelihood(terms), logEvidence: evidence, failure: null };
  }
  const failure = !reconstruction.positiveDefinite
    ? "the curvature matrix with regularization is not positive definite"
    : "converged" in reconstruction && !reconstruction.converged
      ? "the search for a source that is nowhere negative did not converge"
      : "a term of the evidence is not finite";
  return { logLikelihood: Number.NEGATIVE_INFINITY, logEvidence: Number.NEGATIVE_INFINITY, failure };
}
