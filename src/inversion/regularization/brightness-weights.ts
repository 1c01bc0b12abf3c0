import { InputError } from "../../errors.ts";
import type { ParameterTable } from "../../profiles/parameter.ts";
import { COEFFICIENT } from "./constant.ts";
import type { AdaptView, RegularizationSlopes, RegularizedSource } from "./regularization.ts";

/**
 * (S) how bright each source pixel is, to the power of the scale, the brightest at 1: the adapt images where it maps to,
 * by the weights of the interpolation, over the number of entries (not of the sum of their weights: as in PyAutoArray). What
 * has no weight but by rounding is no entry: on a ray that hits a vertex, roundings choose its triangle.
 * A negative signal counts as none.
 * @param views At least one.
 * @param signalScale Above 1, only the brightest pixels count as bright; zero makes all pixels equal.
 */
export function pixelSignals(views: readonly AdaptView[], signalScale: number): Float64Array {
  const { means, brightest } = meanBrightness(views);
  return means.map((mean) => (mean / brightest) ** signalScale);
}

const NO_WEIGHT = 1e-12;

/** (S) the means that signals are of, of how many entries each, and the largest of them, or 1 where there is no light. */
export function meanBrightness(views: readonly AdaptView[]) {
  const signals = new Float64Array(views[0].mapping.sourcePixels);
  const entries = new Float64Array(signals.length);
  for (const { mapping, adaptImage } of views) {
    const { indexes, weights, mappingsPerPixel, slimIndexForSubSlimIndex } = mapping;
    for (let entry = 0; entry < indexes.length; entry++) {
      if (indexes[entry] < 0 || Math.abs(weights[entry]) < NO_WEIGHT) continue;
      const sub = Math.floor(entry / mappingsPerPixel);
      const pixel = slimIndexForSubSlimIndex === null ? sub : slimIndexForSubSlimIndex[sub];
      signals[indexes[entry]] += adaptImage[pixel] * weights[entry];
      entries[indexes[entry]]++;
    }
  }
  const means = signals.map((sum, p) => Math.max(0, sum / Math.max(1, entries[p])));
  const brightest = means.reduce((most, mean) => Math.max(most, mean), 0) || 1;
  return { means, entries, brightest };
}

/** (S) w = (inner s + outer (1 - s))^2: the coefficient of each pixel. */
export function brightnessWeights(signals: Float64Array, inner: number, outer: number): Float64Array {
  return signals.map((signal) => (inner * signal + outer * (1 - signal)) ** 2);
}

export const ADAPTIVE_PARAMETERS = {
  innerCoefficient: { ...COEFFICIENT, name: "inner_coefficient", meaning: "strength where the source is brightest" },
  outerCoefficient: { ...COEFFICIENT, name: "outer_coefficient", meaning: "strength where the source is dark" },
  signalScale: {
    name: "signal_scale",
    unit: "none",
    meaning: "power of the brightness: large, and only the brightest pixels count as bright",
    bounds: [0, Infinity],
    defaultPrior: { prior: "uniform", lower: 0, upper: 1 },
  },
} as const satisfies ParameterTable;

export type AdaptiveKey = keyof typeof ADAPTIVE_PARAMETERS;

/**
 * (S) the coefficient of each pixel of a source.
 * @throws InputError `regularization/needs` where the source has no adapt image.
 */
export function adaptiveWeights(
  { innerCoefficient, outerCoefficient, signalScale }: Readonly<Record<AdaptiveKey, number>>,
  { adaptViews }: RegularizedSource,
): Float64Array {
  if (adaptViews.length === 0) {
    const remedy = "give an adapt image: what the lensed source is thought to look like";
    throw new InputError("regularization/needs", "adaptive regularization without an adapt image", remedy);
  }
  return brightnessWeights(pixelSignals(adaptViews, signalScale), innerCoefficient, outerCoefficient);
}

/**
 * The slopes of a scalar by what the coefficients of pixels, `adaptiveWeights`, are made of.
 * @param ofWeights (S) its slopes by them.
 */
export function adaptiveWeightSlopes(
  { innerCoefficient, outerCoefficient, signalScale }: Readonly<Record<AdaptiveKey, number>>,
  { adaptViews }: RegularizedSource,
  ofWeights: Float64Array,
): Pick<RegularizationSlopes<AdaptiveKey>, "values" | "adaptViews"> {
  const { means, entries, brightest } = meanBrightness(adaptViews);
  const values = { innerCoefficient: 0, outerCoefficient: 0, signalScale: 0 };
  const ofMeans = new Float64Array(means.length);
  let ofBrightest = 0;
  means.forEach((mean, p) => {
    const share = mean / brightest;
    const signal = share ** signalScale;
    const ofRoot = 2 * ofWeights[p] * (innerCoefficient * signal + outerCoefficient * (1 - signal));
    values.innerCoefficient += ofRoot * signal;
    values.outerCoefficient += ofRoot * (1 - signal);
    // A pixel without light stays dark at any scale, and has no slope: for scales below 1 it would be infinite.
    if (mean === 0) return;
    const ofSignal = ofRoot * (innerCoefficient - outerCoefficient);
    values.signalScale += ofSignal * signal * Math.log(share);
    ofMeans[p] = (ofSignal * signalScale * signal) / mean;
    ofBrightest -= (ofSignal * signalScale * signal) / brightest;
  });
  const peak = means.indexOf(brightest);
  if (peak >= 0) ofMeans[peak] += ofBrightest;
  const views = adaptViews.map(({ mapping, adaptImage }) => {
    const { indexes, weights, mappingsPerPixel, slimIndexForSubSlimIndex } = mapping;
    const slopes = new Float64Array(indexes.length);
    for (let entry = 0; entry < indexes.length; entry++) {
      const p = indexes[entry];
      if (p < 0 || Math.abs(weights[entry]) < NO_WEIGHT) continue;
      const sub = Math.floor(entry / mappingsPerPixel);
      const pixel = slimIndexForSubSlimIndex === null ? sub : slimIndexForSubSlimIndex[sub];
      slopes[entry] = (ofMeans[p] * adaptImage[pixel]) / entries[p];
    }
    return slopes;
  });
  return { values, adaptViews: views };
}
