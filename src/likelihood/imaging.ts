import type { VoiceKernels } from "../backend/kernels.ts";
import { fixedSubSizes, subPixelPositions } from "../dataset/oversampling.ts";
import {
  adjointConvolution,
  adjointConvolutionViaFft,
  type Convolution,
  type ConvolutionViaFft,
  fftPays,
  planConvolution,
  planConvolutionViaFft,
} from "../operators/convolve.ts";
import type { DatasetLikelihood } from "./evaluation.ts";
import type { ImagingDataset } from "./imaging-dataset.ts";
import type { LightView } from "./observation.ts";
import type { Explained } from "./picks.ts";
import type { Instrument, ModelLightVoice } from "./seen-light.ts";
import { timed } from "./stopwatch.ts";
import { lightSubSizes } from "./sub-sizes.ts";

/** The PSF's blurring of the unmasked pixels and those around the mask, planned for one voice. */
export interface Blurring {
  readonly convolution: Convolution | ConvolutionViaFft;
  readonly pick: Explained;
  /** @param image (M + B) the unmasked pixels, then those of the blurring region. @returns (M) */
  blur(image: Float64Array): Float64Array;
  /** The adjoint: (M) of the unmasked pixels to (M + B). */
  adjoint(image: Float64Array): Float64Array;
}

/** By the sum itself or by FFT, whichever costs less. */
export function planBlurring(
  { name, psf, nativeIndex, blurringRegion }: ImagingDataset,
  kernels: VoiceKernels,
): Blurring {
  const convolution = planConvolution(psf, joined(nativeIndex, blurringRegion), nativeIndex);
  const size = `for a PSF of ${psf.shape.join(" x ")} on ${nativeIndex.length / 2} pixels`;
  const pick = (picked: string): Explained => {
    return { choice: `convolution of ${name}`, picked, because: `built in: the faster ${size}`, candidates: [] };
  };
  if (!fftPays(convolution)) {
    const adjoint = adjointConvolution(convolution);
    return {
      convolution,
      pick: pick("direct"),
      blur: (image) => kernels.convolution({ convolution, image }),
      adjoint: (image) => kernels.convolution({ convolution: adjoint, image }),
    };
  }
  const viaFft = planConvolutionViaFft(convolution, kernels.fft2d);
  const adjoint = adjointConvolutionViaFft(viaFft);
  return {
    convolution: viaFft,
    pick: pick("fft"),
    blur: (image) => kernels.convolutionViaFft({ convolution: viaFft, image }),
    adjoint: (image) => kernels.convolutionViaFft({ convolution: adjoint, image }),
  };
}

function joined(first: Int32Array, second: Int32Array): Int32Array {
  const both = new Int32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/**
 * Plans a camera for light profiles: their over-sampled light in the unmasked pixels, and without over-sampling in the
 * blurring region, blurred by the PSF.
 * @throws InputError where over-sampling makes too many sub-pixels.
 */
export function planCamera(dataset: ImagingDataset, kernels: VoiceKernels): LightView & { readonly pick: Explained } {
  const { grid, nativeIndex, blurringRegion, data, noiseMap } = dataset;
  const subSizes = joined(lightSubSizes(dataset), fixedSubSizes(blurringRegion.length / 2, 1));
  const positions = subPixelPositions(grid, joined(nativeIndex, blurringRegion), subSizes);
  const blurring = planBlurring(dataset, kernels);
  const instrument: Instrument = {
    see: blurring.blur,
    adjoint: blurring.adjoint,
    weightedResidual: (image) => weightedResidual(data, image, noiseMap),
    planWeigh: () => (image) => image.map((value, m) => value / (noiseMap[m] * noiseMap[m])),
  };
  return { instrument, positions, subSizes, pick: blurring.pick };
}

/**
 * The likelihood of an image under light profiles, against data with Gaussian noise.
 * @throws InputError where over-sampling makes too many sub-pixels.
 */
export function planImaging(dataset: ImagingDataset, model: ModelLightVoice, kernels: VoiceKernels): DatasetLikelihood {
  const { data, noiseMap } = dataset;
  const { instrument, positions, subSizes, pick } = planCamera(dataset, kernels);
  const light = model.seenBy(instrument, positions, subSizes);
  const noiseNormalization = noiseNormalizationOf(noiseMap);
  return {
    picks: [pick],
    evaluate(vector, { gradient = false }, watch) {
      const seen = light.at(vector, gradient, watch);
      return {
        name: dataset.name,
        type: "imaging",
        chiSquared: timed(watch, "chi_squared", () => chiSquaredOf(data, seen.image, noiseMap)),
        noiseNormalization,
        ...seen,
        lensed: null,
        gradient: timed(watch, "gradient", () => seen.gradient?.(instrument.weightedResidual(seen.image)) ?? null),
        logLikelihoodErrorBound: 0,
        latticeSums: null,
      };
    },
  };
}

/** Sum of ln 2 pi sigma^2. */
export function noiseNormalizationOf(noiseMap: Float64Array): number {
  return noiseMap.reduce((sum, sigma) => sum + Math.log(2 * Math.PI * sigma * sigma), 0);
}

/** Sum of ((data - image) / noise)^2. */
export function chiSquaredOf(data: Float64Array, image: Float64Array, noiseMap: Float64Array): number {
  let sum = 0;
  for (let m = 0; m < data.length; m++) {
    const residual = (data[m] - image[m]) / noiseMap[m];
    sum += residual * residual;
  }
  return sum;
}

/** (data - image) / noise^2: the derivatives of -chi^2 / 2 by the image. */
export function weightedResidual(data: Float64Array, image: Float64Array, noiseMap: Float64Array): Float64Array {
  const weighted = new Float64Array(data.length);
  for (let m = 0; m < data.length; m++) weighted[m] = (data[m] - image[m]) / (noiseMap[m] * noiseMap[m]);
  return weighted;
}
