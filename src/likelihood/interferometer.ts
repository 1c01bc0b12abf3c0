import type { VoiceName } from "../backend/contract.ts";
import type { VoiceKernels } from "../backend/kernels.ts";
import { nativeFromSlim, slimFromNative } from "../dataset/mask.ts";
import { InputError } from "../errors.ts";
import type { Mapping } from "../inversion/mapping.ts";
import { pixelCentres, rectangularMesh, rectangularNeighbors } from "../inversion/mesh/rectangular.ts";
import type { PlannedRegularization } from "../inversion/regularization/regularization.ts";
import { lensPlanes } from "../lens/lens-planes.ts";
import { traceRaysTo } from "../lens/trace-rays.ts";
import { instantiate, type Model, type ModelGalaxy } from "../model/model.ts";
import type { RectangularMeshSpec } from "../model/spec.ts";
import { sparseTimesVector } from "../operators/matrix.ts";
import { vectorsOf } from "./batch.ts";
import { errorBoundOfImage, imageChiSquared } from "./chi-squared.ts";
import { type CurvatureForm, type CurvatureOperator, planCurvature } from "./curvature-form.ts";
import type { Evaluation, Likelihood } from "./evaluation.ts";
import type { InterferometerDataset } from "./interferometer-dataset.ts";
import type { Explained } from "./picks.ts";
import {
  outcome,
  pixelizedSource,
  positiveOnlyChecks,
  reconstructSource,
  rectangularMeshOf,
  schemeOf,
  transposeTimes,
} from "./pixelized-source.ts";
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
  const pixelized = pixelizedSource(model, "interferometer");
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
  const meshSpec = rectangularMeshOf(model.galaxies[pixelized]);
  const scheme = schemeOf(model.galaxies[pixelized].pixelization!);
  const planned = scheme.plan(rectangularNeighbors(...meshSpec.shape), kernels);
  return {
    picks: plan.picks,
    async evaluate(batch, { gradient = false } = {}) {
      if (gradient) {
        const remedy = "leave the gradient out, or give light profiles";
        throw new InputError("likelihood/gradient", "the evidence of a pixelized source has no gradient yet", remedy);
      }
      return vectorsOf(model, batch).map((vector) => {
        const { galaxies } = instantiate(model, vector);
        return evaluateOne(plan, { meshSpec, curvature, dirtyImage, planned }, galaxies, galaxies[pixelized]);
      });
    },
  };
}

/** What depends on the dataset and the mesh alone. */
interface Prepared {
  readonly meshSpec: RectangularMeshSpec;
  readonly curvature: CurvatureOperator;
  /** (M) of the unmasked pixels. */
  readonly dirtyImage: Float64Array;
  readonly planned: PlannedRegularization;
}

function evaluateOne(
  plan: InterferometerPlan,
  { meshSpec, curvature, dirtyImage, planned }: Prepared,
  galaxies: readonly ModelGalaxy[],
  source: ModelGalaxy,
): Evaluation {
  const { dataset, kernels } = plan;
  const { sums, grid } = dataset.compaction;
  const watch = stopwatch();
  const positions = timed(watch, "trace_rays", () =>
    traceRaysTo(lensPlanes(galaxies), source.redshift, dataset.positions),
  );
  const mesh = timed(watch, "mesh", () => rectangularMesh(positions, meshSpec.shape, meshSpec.edges));
  const mapping = withBeam(mesh.mapping, dataset.primaryBeam);
  const sparse = timed(watch, "mapping_matrix", () => kernels.sparseMappingMatrix({ mapping }));
  const curvatureMatrix = timed(watch, "curvature_matrix", () => curvature(mapping, sparse));
  const dataVector = timed(watch, "data_vector", () => transposeTimes(kernels, sparse, dirtyImage));
  const { inversion, coefficient } = reconstructSource(
    source.pixelization!,
    planned,
    { vertices: pixelCentres(mesh), triangulation: null, adaptViews: [] },
    {
      curvatureMatrix,
      dataVector,
      chiSquaredOfData: sums.data.chiSquared,
      noiseNormalization: sums.noiseNormalization,
    },
    kernels,
    plan.positiveOnly,
    watch,
  );
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
    positiveOnly: positiveOnlyChecks(inversion),
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
