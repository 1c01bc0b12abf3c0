import { InputError } from "../../errors.ts";
import type { ParameterTable } from "../../profiles/parameter.ts";
import { COEFFICIENT, type ConstantRegularizationPlan, DIAGONAL, planConstantRegularization } from "./constant.ts";
import { laplacianLogDeterminant, laplacianPlus } from "./laplacian.ts";
import type { AdaptView, Regularization, RegularizationScheme, RegularizedSource } from "./regularization.ts";

/**
 * Regularization that is weak where an image of the source is bright and strong where it is not (Nightingale, Dye &
 * Massey 2018). The weights are of the pixels; of a pair, both count.
 */

/**
 * (S) how bright each source pixel is, to the power of the scale, the brightest at 1: the adapt images where it maps to,
 * by the weights of the interpolation, over the number of entries (not of the sum of their weights: as in PyAutoArray).
 * A negative signal counts as none.
 * @param views At least one.
 * @param signalScale Above 1, only the brightest pixels count as bright; zero makes all pixels equal.
 */
export function pixelSignals(views: readonly AdaptView[], signalScale: number): Float64Array {
  const signals = new Float64Array(views[0].mapping.sourcePixels);
  const entries = new Float64Array(signals.length);
  for (const { mapping, adaptImage } of views) {
    const { indexes, weights, mappingsPerPixel, slimIndexForSubSlimIndex } = mapping;
    for (let entry = 0; entry < indexes.length; entry++) {
      if (indexes[entry] < 0) continue;
      const sub = Math.floor(entry / mappingsPerPixel);
      const pixel = slimIndexForSubSlimIndex === null ? sub : slimIndexForSubSlimIndex[sub];
      signals[indexes[entry]] += adaptImage[pixel] * weights[entry];
      entries[indexes[entry]]++;
    }
  }
  const means = signals.map((sum, p) => Math.max(0, sum / Math.max(1, entries[p])));
  const brightest = means.reduce((most, mean) => Math.max(most, mean), 0) || 1;
  return means.map((mean) => (mean / brightest) ** signalScale);
}

/** (S) w = (inner s + outer (1 - s))^2: the coefficient of each pixel. */
export function brightnessWeights(signals: Float64Array, inner: number, outer: number): Float64Array {
  return signals.map((signal) => (inner * signal + outer * (1 - signal)) ** 2);
}

/** s'Hs = sum over neighboring pairs (w_i^2 + w_j^2) (s_i - s_j)^2 + 1e-8 s's: of equal weights twice the constant one. */
export function adaptiveBrightnessRegularization(
  { graph, elimination }: Pick<ConstantRegularizationPlan, "graph" | "elimination">,
  weights: Float64Array,
): Regularization {
  const { rows, rowStart, columnIndex } = graph;
  const values = graph.values.slice();
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) values[e] *= weights[i] ** 2 + weights[columnIndex[e]] ** 2;
  }
  const ofPairs = { ...graph, values };
  return {
    regularizationMatrix: laplacianPlus(ofPairs, () => DIAGONAL),
    logDetRegularizationMatrix: laplacianLogDeterminant(elimination, ofPairs, new Float64Array(rows).fill(DIAGONAL)),
  };
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

export const adaptiveBrightness = {
  name: "adaptive_brightness",
  parameters: ADAPTIVE_PARAMETERS,
  grows: "otherwise",
  needs: ["adapt_image"],
  plan(neighbors) {
    const plan = planConstantRegularization(neighbors);
    return { at: (values, source) => adaptiveBrightnessRegularization(plan, adaptiveWeights(values, source)) };
  },
} as const satisfies RegularizationScheme<AdaptiveKey>;
