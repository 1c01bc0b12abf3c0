import type { VoiceName } from "../backend/contract.ts";
import type { VoiceKernels } from "../backend/kernels.ts";
import { fixedSubSizes, subPixelPositions } from "../dataset/oversampling.ts";
import { InputError } from "../errors.ts";
import { meanOverSubPixels } from "../inversion/mapping.ts";
import { instantiate, type Model } from "../model/model.ts";
import { sparseTimesVector } from "../operators/matrix.ts";
import { vectorsOf } from "./batch.ts";
import type { Evaluation, Likelihood } from "./evaluation.ts";
import {
  type Blurring,
  chiSquaredOf,
  type LightInCamera,
  noiseNormalizationOf,
  planBlurring,
  planLightInCamera,
  weightedResidual,
} from "./imaging.ts";
import type { ImagingDataset } from "./imaging-dataset.ts";
import type { Explained } from "./picks.ts";
import {
  outcome,
  pixelizedSource,
  positiveOnlyChecks,
  reconstructSource,
  schemeOf,
  transposeTimes,
} from "./pixelized-source.ts";
import type { ModelLightVoice } from "./seen-light.ts";
import { planSourceMesh } from "./source-mesh.ts";
import type { SourceRays } from "./source-rays.ts";
import { stopwatch, timed, withTotal } from "./stopwatch.ts";

export interface PixelizedImagingPlan {
  readonly dataset: ImagingDataset;
  readonly model: Model;
  /** The light profiles beside the source; null where there are none. */
  readonly light: ModelLightVoice | null;
  /** The rays to the source. */
  readonly rays: SourceRays;
  /** Whether the source may be negative nowhere. */
  readonly positiveOnly: boolean;
  readonly voice: VoiceName;
  readonly kernels: VoiceKernels;
  readonly picks: readonly Explained[];
}

/**
 * The evidence of an image under a lens model with one pixelized source, solved for freely or nowhere negative, after
 * the light profiles are taken off the data. What depends on the dataset alone is done here, once.
 *
 * The source's light is mapped from inside the mask only, as in PyAutoLens: what the PSF would bring in from the blurring
 * region is left out, so that a mask must reach beyond the arcs. Light profiles are blurred with it.
 * @throws InputError for a model that this likelihood cannot take, and where over-sampling makes too many sub-pixels.
 */
export function planPixelizedImaging(plan: PixelizedImagingPlan): Likelihood {
  const { dataset, model, kernels } = plan;
  const pixelized = pixelizedSource(model, "imaging");
  const pixelization = model.galaxies[pixelized].pixelization!;
  const light = plan.light && planLightInCamera(dataset, plan.light, kernels);
  const blurring = planBlurring({ ...dataset, blurringRegion: new Int32Array(0) }, kernels);
  const subSizes = fixedSubSizes(dataset.data.length, dataset.overSampling.source);
  const prepared: Prepared = {
    light,
    blurring,
    subSizes,
    trace: plan.rays.from(subPixelPositions(dataset.grid, dataset.nativeIndex, subSizes)),
    noiseNormalization: noiseNormalizationOf(dataset.noiseMap),
    layMesh: planSourceMesh(pixelization.mesh, dataset, schemeOf(pixelization), plan.rays, kernels),
  };
  return {
    picks: [...plan.picks, blurring.pick],
    async evaluate(batch, { gradient = false } = {}) {
      if (gradient) {
        const remedy = "leave the gradient out, or give light profiles";
        throw new InputError("likelihood/gradient", "the evidence of a pixelized source has no gradient yet", remedy);
      }
      return vectorsOf(model, batch).map((vector) => evaluateOne(plan, prepared, vector, pixelized));
    },
  };
}

/** What depends on the dataset and the mesh alone. */
interface Prepared {
  readonly light: LightInCamera | null;
  /** Of the source: between the unmasked pixels. */
  readonly blurring: Blurring;
  /** (M) sub-pixels along a side, for the source. */
  readonly subSizes: Int32Array;
  /** From the free parameters to where each sub-pixel is in the source plane, (sum of subSizes^2, 2). */
  readonly trace: (vector: Float64Array) => Float64Array;
  readonly noiseNormalization: number;
  readonly layMesh: ReturnType<typeof planSourceMesh>;
}

function evaluateOne(
  { dataset, model, kernels, voice, positiveOnly }: PixelizedImagingPlan,
  { light, blurring, subSizes, trace, noiseNormalization, layMesh }: Prepared,
  vector: Float64Array,
  pixelized: number,
): Evaluation {
  const { data, noiseMap } = dataset;
  const { convolution } = blurring;
  const watch = stopwatch();
  const source = instantiate(model, vector).galaxies[pixelized];
  const profiles = light === null ? new Float64Array(data.length) : light.light.at(vector, false, watch).image;
  const sourcePositions = timed(watch, "trace_rays", () => trace(vector));
  const { mesh, source: regularized, regularization } = timed(watch, "mesh", () => layMesh(vector, sourcePositions));
  const mapping = meanOverSubPixels(mesh.mapping, subSizes);
  const sparseMappingMatrix = timed(watch, "mapping_matrix", () => kernels.sparseMappingMatrix({ mapping }));
  const curvatureMatrix = timed(watch, "curvature_matrix", () =>
    kernels.curvatureMatrixViaBlurredMapping({ convolution, noiseMap, sparseMappingMatrix }),
  );
  // D = T' P' N^-1 (d - profiles): neither P T nor another product with it.
  const weighted = weightedResidual(data, profiles, noiseMap);
  const dataVector = timed(watch, "data_vector", () =>
    transposeTimes(kernels, sparseMappingMatrix, blurring.adjoint(weighted)),
  );
  const chiSquaredOfData = chiSquaredOf(data, profiles, noiseMap);
  const { inversion, coefficient } = reconstructSource(
    source.pixelization!,
    regularization,
    regularized,
    { curvatureMatrix, dataVector, chiSquaredOfData, noiseNormalization },
    kernels,
    positiveOnly,
    watch,
  );
  const { values } = inversion.reconstruction;
  const lensed = sparseTimesVector(sparseMappingMatrix, values);
  const image = timed(watch, "instrument", () => blurring.blur(lensed)).map((seen, m) => seen + profiles[m]);
  // From the image: s'Fs - 2 s'D + c0 loses the digits that its terms share.
  const chiSquared = timed(watch, "chi_squared", () => chiSquaredOf(data, image, noiseMap));
  const terms = { ...inversion.terms, chiSquared };
  return {
    ...outcome(inversion, terms),
    gradient: null,
    terms,
    source: { galaxy: source.name, mesh, values, coefficient, image: lensed },
    datasets: [
      {
        name: dataset.name,
        type: "imaging",
        chiSquared,
        noiseNormalization,
        image,
        intensities: {},
        failure: null,
        gradient: null,
        logLikelihoodErrorBound: 0,
        latticeSums: null,
      },
    ],
    logLikelihoodErrorBound: 0,
    solveResidual: "solveResidual" in inversion ? inversion.solveResidual : null,
    positiveOnly: positiveOnlyChecks(inversion),
    backend: voice,
    curvatureForm: null,
    seconds: withTotal(watch),
  };
}
