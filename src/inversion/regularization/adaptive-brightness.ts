import type { SparseMatrix } from "../../operators/matrix.ts";
import { ADAPTIVE_PARAMETERS, type AdaptiveKey, adaptiveWeightSlopes, adaptiveWeights } from "./brightness-weights.ts";
import { type ConstantRegularizationPlan, DIAGONAL, planConstantRegularization } from "./constant.ts";
import { laplacianLogDeterminant, laplacianPlus } from "./laplacian.ts";
import { laplacianSlopes } from "./laplacian-slopes.ts";
import type { Regularization, RegularizationAdjoint, RegularizationScheme } from "./regularization.ts";

/**
 * Regularization that is weak where an image of the source is bright and strong where it is not (Nightingale, Dye &
 * Massey 2018). The weights are of the pixels; of a pair, both count.
 */

/** What the neighbors alone decide. */
type NeighborPlan = Pick<ConstantRegularizationPlan, "graph" | "elimination">;

/** s'Hs = sum over neighboring pairs (w_i^2 + w_j^2) (s_i - s_j)^2 + 1e-8 s's: of equal weights twice the constant one. */
export function adaptiveBrightnessRegularization(plan: NeighborPlan, weights: Float64Array): Regularization {
  const ofPairs = pairWeights(plan, weights);
  const rowSums = new Float64Array(weights.length).fill(DIAGONAL);
  return {
    regularizationMatrix: laplacianPlus(ofPairs, () => DIAGONAL),
    logDetRegularizationMatrix: laplacianLogDeterminant(plan.elimination, ofPairs, rowSums),
  };
}

/** (S) the slopes of a scalar of it by the weights. */
function adaptiveBrightnessSlopes(
  plan: NeighborPlan,
  weights: Float64Array,
  adjoint: RegularizationAdjoint,
): Float64Array {
  const { rows, rowStart, columnIndex, values: counts } = plan.graph;
  const rowSums = new Float64Array(rows).fill(DIAGONAL);
  const ofPairs = laplacianSlopes(plan.elimination, pairWeights(plan, weights), rowSums, adjoint).weights;
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
      out[i] += 2 * weights[i] * counts[e] * ofPairs[e];
      out[columnIndex[e]] += 2 * weights[columnIndex[e]] * counts[e] * ofPairs[e];
    }
  }
  return out;
}

function pairWeights({ graph }: NeighborPlan, weights: Float64Array): SparseMatrix {
  const { rows, rowStart, columnIndex } = graph;
  const values = graph.values.slice();
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) values[e] *= weights[i] ** 2 + weights[columnIndex[e]] ** 2;
  }
  return { ...graph, values };
}

export const adaptiveBrightness = {
  name: "adaptive_brightness",
  parameters: ADAPTIVE_PARAMETERS,
  grows: "otherwise",
  needs: ["adapt_image"],
  plan(neighbors) {
    const plan = planConstantRegularization(neighbors);
    return {
      at(values, source) {
        const weights = adaptiveWeights(values, source);
        return {
          ...adaptiveBrightnessRegularization(plan, weights),
          slopes(adjoint) {
            const ofWeights = adaptiveBrightnessSlopes(plan, weights, adjoint);
            return { ...adaptiveWeightSlopes(values, source, ofWeights), vertices: null };
          },
        };
      },
    };
  },
} as const satisfies RegularizationScheme<AdaptiveKey>;
