import type { VoiceKernels } from "../backend/kernels.ts";
import { nativeFromSlim } from "../dataset/mask.ts";
import { fixedSubSizes, subPixelPositions } from "../dataset/oversampling.ts";
import { type CurvatureOptions, type ImageWeights, imageWeightsViaBlurredMapping } from "../inversion/image-weights.ts";
import type { Matrix, SparseMatrix } from "../operators/matrix.ts";
import {
  PSF_RESPONSE_TOLERANCE,
  type PsfResponseArgs,
  psfResponseResidual,
  widelySeen,
} from "../operators/psf-response.ts";
import { errorBoundOfImage, type ImageChiSquared, planImageChiSquared, planTimesW } from "./chi-squared.ts";
import { type CurvatureForm, planCurvature } from "./curvature-form.ts";
import type { Dataset } from "./dataset.ts";
import { chiSquaredOf, noiseNormalizationOf, planBlurring, planCamera } from "./imaging.ts";
import type { ImagingDataset } from "./imaging-dataset.ts";
import type { InterferometerDataset } from "./interferometer-dataset.ts";
import type { Explained } from "./picks.ts";
import type { Instrument } from "./seen-light.ts";

/** Where light is taken. */
export interface Sampling {
  /** (sum of subSizes^2, 2) image-plane y and x of the sub-pixels, arcseconds, pixel by pixel. */
  readonly positions: Float64Array;
  /** Sub-pixels along a side of each pixel. */
  readonly subSizes: Int32Array;
}

/** How light profiles are seen: from N pixels, which may be more than the M that are compared with the data. */
export interface LightView extends Sampling {
  readonly instrument: Instrument;
}

/**
 * How a pixelized source is seen: from the unmasked pixels alone, as in PyAutoLens. What a PSF would bring in from around
 * them is left out, so that a mask must reach beyond the arcs.
 */
export interface SourceView extends Sampling {
  /** A of A T: through the PSF or the primary beam, (M) to (M). */
  see(lensed: Float64Array): Float64Array;
  /** A' */
  adjoint(image: Float64Array): Float64Array;
  /**
   * F = T' A' N^-1 A T.
   * @param sparseMappingMatrix T (M, S)
   */
  curvature(sparseMappingMatrix: SparseMatrix, options: CurvatureOptions): Matrix;
  /**
   * A' N^-1 A T C at the entries of T, in their order: half the derivatives of tr(C F) by them.
   * @param curvatureWeights C (S, S), symmetric.
   */
  mappingSlopes(sparseMappingMatrix: SparseMatrix, curvatureWeights: Matrix): Float64Array;
}

/** A dataset, and what a likelihood that solves for light asks of it. What depends on the data alone is done once. */
export interface Observation {
  readonly dataset: Dataset;
  readonly picks: readonly Explained[];
  readonly light: LightView;
  readonly source: SourceView;
  readonly noiseNormalization: number;
  /** Of an image (M) as the instrument sees it. */
  chiSquared(image: Float64Array): number;
  /** Bound of what rounding in a compaction adds to the log likelihood: 0 where nothing is compacted. */
  errorBound(image: Float64Array): number;
}

/**
 * Plans a dataset for the inversion.
 * @param form Of the curvature matrix, for visibilities.
 * @param once Whether few evaluations will come: what only many make up for is then not made.
 * @throws InputError where over-sampling makes too many sub-pixels, or a form does not fit in memory.
 */
export function observe(
  dataset: Dataset,
  form: CurvatureForm | null,
  once: boolean,
  kernels: VoiceKernels,
): Observation {
  if (dataset.type === "imaging") return observeImage(dataset, once, kernels);
  return observeVisibilities(dataset, form ?? "w_compact_symmetric", kernels);
}

function observeImage(dataset: ImagingDataset, once: boolean, kernels: VoiceKernels): Observation {
  const { data, noiseMap, grid, nativeIndex } = dataset;
  const { pick, ...light } = planCamera(dataset, kernels);
  // Between the unmasked pixels.
  const { convolution, blur, adjoint } = planBlurring({ ...dataset, blurringRegion: new Int32Array(0) }, kernels);
  requireResponse({ blur, psf: dataset.psf, inputPixels: nativeIndex, outputPixels: nativeIndex });
  const subSizes = fixedSubSizes(data.length, dataset.overSampling.source);
  const args = { convolution, noiseMap };
  const weights = once ? imageWeightsViaBlurredMapping(kernels, args) : kernels.planImageWeights(args);
  return {
    dataset,
    picks: [pick, explained(dataset, weights, once)],
    light,
    source: {
      positions: subPixelPositions(grid, nativeIndex, subSizes),
      subSizes,
      see: blur,
      adjoint,
      curvature: weights.curvature,
      mappingSlopes: weights.mappingSlopes,
    },
    noiseNormalization: noiseNormalizationOf(noiseMap),
    chiSquared: (image) => chiSquaredOf(data, image, noiseMap),
    errorBound: () => 0,
  };
}

function explained({ name }: ImagingDataset, { heldBytes }: ImageWeights, once: boolean): Explained {
  const because =
    heldBytes === null
      ? once
        ? "P' N^-1 P pays for itself after some ten evaluations"
        : "P' N^-1 P is not held: it is too large, or the voice holds nothing"
      : `P' N^-1 P takes ${Math.ceil(heldBytes / 1e6)} MB, and is made with the first curvature matrix`;
  return { choice: `weights of ${name}`, picked: heldBytes === null ? "anew" : "held", because, candidates: [] };
}

/** @throws Error where one pixel of light does not make the PSF around it: what follows would be wrong in silence. */
function requireResponse(args: PsfResponseArgs): void {
  const residual = psfResponseResidual(args, widelySeen(args));
  if (residual <= PSF_RESPONSE_TOLERANCE) return;
  throw new Error(`light is not blurred by the PSF (${residual} of its peak): a defect of Arclet, please report it`);
}

function observeVisibilities(dataset: InterferometerDataset, form: CurvatureForm, kernels: VoiceKernels): Observation {
  const { compaction, nativeIndex, primaryBeam } = dataset;
  const { instrument, chiSquared, ...sampling } = planArray(dataset, kernels);
  const curvature = planCurvature(form, { wCompact: compaction.sums.wCompact, nativeIndex }, kernels);
  return {
    dataset,
    picks: [dataset.latticeSums],
    light: { instrument, ...sampling },
    source: {
      ...sampling,
      see: instrument.see,
      adjoint: instrument.adjoint,
      curvature: (t, { resident = false }) => curvature(primaryBeam === null ? t : rowsTimes(t, primaryBeam), resident),
      mappingSlopes(t, curvatureWeights) {
        const seen = primaryBeam === null ? t : rowsTimes(t, primaryBeam);
        const slopes = kernels.wCompactMappingSlopes({
          wCompact: compaction.sums.wCompact,
          nativeIndex,
          sparseMappingMatrix: seen,
          matrix: curvatureWeights,
        });
        return primaryBeam === null ? slopes : rowsTimes({ ...t, values: slopes }, primaryBeam).values;
      },
    },
    noiseNormalization: compaction.sums.noiseNormalization,
    chiSquared: (image) => chiSquared(image).chiSquared,
    errorBound: (image) => errorBoundOfImage(compaction, nativeFromSlim(image, compaction.grid.shape, nativeIndex)),
  };
}

/** Compacted visibilities as an instrument: light is taken at the pixels' centres and seen through the primary beam. */
export function planArray(
  { compaction, nativeIndex, positions, primaryBeam }: InterferometerDataset,
  kernels: VoiceKernels,
): LightView & { chiSquared(image: Float64Array): ImageChiSquared } {
  const throughBeam = (image: Float64Array) => {
    return primaryBeam === null ? image.slice() : image.map((intensity, m) => intensity * primaryBeam[m]);
  };
  const ofNative = planImageChiSquared(compaction, nativeIndex, kernels);
  const chiSquared = (image: Float64Array) => ofNative(nativeFromSlim(image, compaction.grid.shape, nativeIndex));
  return {
    positions,
    subSizes: fixedSubSizes(nativeIndex.length / 2, 1),
    chiSquared,
    instrument: {
      see: throughBeam,
      adjoint: throughBeam,
      weightedResidual: (image) => residualOf(chiSquared(image)),
      planWeigh: () => planTimesW(compaction, nativeIndex, kernels),
    },
  };
}

/** N^-1 (d - I): the derivatives of -chi^2 / 2 by the image. */
export function residualOf({ slopes }: ImageChiSquared): Float64Array {
  return slopes().map((slope) => -0.5 * slope);
}

/** diag(factors) T */
function rowsTimes(t: SparseMatrix, factors: Float64Array): SparseMatrix {
  const values = t.values.slice();
  for (let i = 0; i < t.rows; i++) {
    for (let e = t.rowStart[i]; e < t.rowStart[i + 1]; e++) values[e] *= factors[i];
  }
  return { ...t, values };
}
