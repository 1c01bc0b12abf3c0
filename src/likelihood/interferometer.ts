import type { VoiceName } from "../backend/contract.ts";
import type { VoiceKernels } from "../backend/kernels.ts";
import { nativeFromSlim, slimFromNative } from "../dataset/mask.ts";
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
import type { Mapping } from "../inversion/mapping.ts";
import { rectangularMesh, rectangularNeighbors } from "../inversion/mesh/rectangular.ts";
import {
  type ConstantRegularizationPlan,
  constantRegularization,
  planConstantRegularization,
} from "../inversion/regularization/constant.ts";
import { lensPlanes } from "../lens/lens-planes.ts";
import { traceRaysTo } from "../lens/trace-rays.ts";
import { instantiate, type Model, type ModelGalaxy } from "../model/model.ts";
import { type SparseMatrix, sparseTimesVector } from "../operators/matrix.ts";
import { vectorsOf } from "./batch.ts";
import { errorBoundOfImage, imageChiSquared } from "./chi-squared.ts";
import { type CurvatureForm, type CurvatureOperator, planCurvature } from "./curvature-form.ts";
import type { Evaluation, Likelihood, PositiveOnlyChecks } from "./evaluation.ts";
import type { InterferometerDataset } from "./interferometer-dataset.ts";
import { maximizeEvidence } from "./maximize-evidence.ts";
import type { Explained } from "./picks.ts";
import { stopwatch, timed, withTotal } from "./stopwatch.ts";

export interface InterferometerPlan {
  readonly dataset: InterferometerDataset;
  readonly model: Model;
  readonly voice: VoiceName;
  readonly kernels: VoiceKernels;
  readonly form: CurvatureForm;
  readonly positiveOnly: boolean;
  readonly picks: readonly Explained[];
}

/**
 * The evidence of compacted visibilities under a lens model with one pixelized source. What depends on the dataset
 * alone is done here, once.
 * @throws InputError for a model that this likelihood cannot take.
 */
export function planInterferometer(plan: InterferometerPlan): Likelihood {
  const { dataset, model, kernels } = plan;
  const pixelized = pixelizedSource(model);
  const curvature = planCurvature(
    plan.form,
    { wCompact: dataset.compaction.sums.wCompact, nativeIndex: dataset.nativeIndex },
    kernels,
  );
  const dirtyImage = slimFromNative(
    dataset.compaction.sums.data.dirtyImage,
    dataset.compaction.grid.shape[1],
    dataset.nativeIndex,
  );
  // The pixels of a rectangular mesh have the same neighbors wherever they lie.
  const [rows, columns] = model.galaxies[pixelized].pixelization!.mesh.shape;
  const regularization = planConstantRegularization(rectangularNeighbors(rows, columns));
  return {
    picks: plan.picks,
    async evaluate(batch, { gradient = false } = {}) {
      if (gradient) {
        const remedy = "leave the gradient out, or give light profiles";
        throw new InputError("likelihood/gradient", "the evidence of a pixelized source has no gradient yet", remedy);
      }
      return vectorsOf(model, batch).map((vector) => {
        const { galaxies } = instantiate(model, vector);
        return evaluateOne(plan, { curvature, dirtyImage, regularization }, galaxies, galaxies[pixelized]);
      });
    },
  };
}

/**
 * The index of the one galaxy with a pixelization, in a model that this likelihood can take.
 * @throws InputError for any other; `where` is a path of the spec, where there is one to blame.
 */
export function pixelizedSource(model: Model): number {
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
    throw new InputError(
      "likelihood/light",
      "has a light profile beside a pixelized source, which no likelihood takes yet",
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
  return pixelized[0];
}

/** What depends on the dataset and the mesh alone. */
interface Prepared {
  readonly curvature: CurvatureOperator;
  /** (M) of the unmasked pixels. */
  readonly dirtyImage: Float64Array;
  readonly regularization: ConstantRegularizationPlan;
}

function evaluateOne(
  plan: InterferometerPlan,
  { curvature, dirtyImage, regularization: planned }: Prepared,
  galaxies: readonly ModelGalaxy[],
  source: ModelGalaxy,
): Evaluation {
  const { dataset, kernels } = plan;
  const { sums, grid } = dataset.compaction;
  const watch = stopwatch();
  const { mesh: meshSpec, regularization } = source.pixelization as NonNullable<ModelGalaxy["pixelization"]>;
  const positions = timed(watch, "trace_rays", () =>
    traceRaysTo(lensPlanes(galaxies), source.redshift, dataset.positions),
  );
  const mesh = timed(watch, "mesh", () => rectangularMesh(positions, meshSpec.shape, meshSpec.edges));
  const mapping = withBeam(mesh.mapping, dataset.primaryBeam);
  const sparse = timed(watch, "mapping_matrix", () => kernels.sparseMappingMatrix({ mapping }));
  const curvatureMatrix = timed(watch, "curvature_matrix", () => curvature(mapping, sparse));
  const dataVector = timed(watch, "data_vector", () => transposeTimes(kernels, sparse, dirtyImage));
  const solve = (coefficient: number): Inversion | PositiveInversion => {
    const problem: LinearProblem = {
      ...timed(watch, "regularization_matrix", () => constantRegularization(planned, coefficient)),
      curvatureMatrix,
      dataVector,
      chiSquaredOfData: sums.data.chiSquared,
      noiseNormalization: sums.noiseNormalization,
    };
    return timed(watch, "solve", () =>
      plan.positiveOnly ? invertPositive(problem, kernels.positiveOnly) : invert(problem, kernels.reconstruction),
    );
  };
  const coefficient =
    regularization.coefficient === "maximize"
      ? maximizeEvidence(curvatureMatrix, mesh.neighbors, (trial) => logEvidence(solve(trial).terms))
      : regularization.coefficient;
  const inversion = solve(coefficient);
  const seen = sparseTimesVector(sparse, inversion.reconstruction.values);
  const native = nativeFromSlim(seen, grid.shape, dataset.nativeIndex);
  const terms = {
    ...inversion.terms,
    // From the image, where recentring gives digits back that s'Fs - 2 s'D + c0 has lost.
    chiSquared:
      sums.residual === null
        ? inversion.terms.chiSquared
        : timed(watch, "chi_squared", () => imageChiSquared(dataset.compaction, native, kernels)),
  };
  const bound = errorBoundOfImage(dataset.compaction, native);
  return {
    ...outcome(inversion, terms),
    gradient: null,
    terms,
    source: {
      galaxy: source.name,
      mesh,
      values: inversion.reconstruction.values,
      coefficient,
      image: dataset.primaryBeam === null ? seen : unattenuated(kernels, mesh.mapping, inversion.reconstruction.values),
    },
    logLikelihoodErrorBound: bound,
    datasets: [
      {
        name: dataset.name,
        type: "interferometer",
        chiSquared: terms.chiSquared,
        noiseNormalization: terms.noiseNormalization,
        image: seen,
        intensities: {},
        failure: null,
        gradient: null,
        logLikelihoodErrorBound: bound,
        latticeSums: dataset.compaction.latticeSums,
      },
    ],
    solveResidual: "solveResidual" in inversion ? inversion.solveResidual : null,
    positiveOnly: "kktResidual" in inversion ? positiveOnlyChecks(inversion) : null,
    backend: plan.voice,
    curvatureForm: plan.form,
    seconds: withTotal(watch),
  };
}

/** T scaled by the primary beam: the visibilities are those of the beam times the sky. */
function withBeam(mapping: Mapping, beam: Float64Array | null): Mapping {
  if (beam === null) return mapping;
  const weights = mapping.weights.map((weight, entry) => weight * beam[Math.floor(entry / mapping.mappingsPerPixel)]);
  return { ...mapping, weights };
}

/** The lensed source as it is, not as the beam shows it. */
function unattenuated(kernels: VoiceKernels, mapping: Mapping, source: Float64Array): Float64Array {
  return sparseTimesVector(kernels.sparseMappingMatrix({ mapping }), source);
}

function transposeTimes(kernels: VoiceKernels, sparseMappingMatrix: SparseMatrix, image: Float64Array): Float64Array {
  const matrix = { rows: image.length, columns: 1, values: image };
  return kernels.sparseMappingMatrixTransposeTimes({ sparseMappingMatrix, matrix }).values;
}

function positiveOnlyChecks({ reconstruction, kktResidual }: PositiveInversion): PositiveOnlyChecks | null {
  const { converged, free, factorizations } = reconstruction;
  if (!converged) return null;
  return { kktResidual, pixelsAtZero: free.filter((is) => is === 0).length, factorizations };
}

function outcome({ reconstruction }: Inversion | PositiveInversion, terms: EvidenceTerms) {
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
