import type { Mapping } from "../mapping.ts";
import { type ConstantRegularizationPlan, DIAGONAL } from "./constant.ts";
import { laplacianLogDeterminant, laplacianPlus } from "./laplacian.ts";
import type { Regularization } from "./regularization.ts";

/**
 * Regularization that is weak where an image of the source is bright and strong where it is not (Nightingale, Dye &
 * Massey 2018). The weights are of the pixels; of a pair, both count.
 */

export interface PixelSignalsArgs {
  readonly mapping: Mapping;
  /** (M) what the lensed source is thought to look like, lens light removed. */
  readonly adaptImage: Float64Array;
  /** Above 1, only the brightest pixels count as bright; zero makes all pixels equal. */
  readonly signalScale: number;
}

/**
 * (S) how bright each source pixel is, to the power of the scale, the brightest at 1: the adapt image where it maps to,
 * by the weights of the interpolation, over the number of entries (not of the sum of their weights: as in PyAutoArray).
 * A negative signal counts as none.
 */
export function pixelSignals({ mapping, adaptImage, signalScale }: PixelSignalsArgs): Float64Array {
  const { indexes, weights, mappingsPerPixel, slimIndexForSubSlimIndex } = mapping;
  const signals = new Float64Array(mapping.sourcePixels);
  const entries = new Float64Array(mapping.sourcePixels);
  for (let entry = 0; entry < indexes.length; entry++) {
    if (indexes[entry] < 0) continue;
    const sub = Math.floor(entry / mappingsPerPixel);
    const pixel = slimIndexForSubSlimIndex === null ? sub : slimIndexForSubSlimIndex[sub];
    signals[indexes[entry]] += adaptImage[pixel] * weights[entry];
    entries[indexes[entry]]++;
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
