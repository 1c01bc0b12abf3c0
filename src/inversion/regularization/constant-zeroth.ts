import { dot } from "../../operators/matrix.ts";
import {
  BY_PARAMETERS_ALONE,
  COEFFICIENT,
  type ConstantRegularizationPlan,
  DIAGONAL,
  planConstantRegularization,
} from "./constant.ts";
import { laplacianLogDeterminant, laplacianPlus } from "./laplacian.ts";
import { laplacianSlopes } from "./laplacian-slopes.ts";
import type { Regularization, RegularizationScheme } from "./regularization.ts";

/**
 * Constant and zeroth-order regularization together: s'Hs = coefficient^2 sum over neighboring pairs (s_i - s_j)^2 +
 * (coefficient_zeroth^2 + 1e-8) s's.
 */
export function constantZerothRegularization(
  { graph, elimination }: Pick<ConstantRegularizationPlan, "graph" | "elimination">,
  coefficient: number,
  coefficientZeroth: number,
): Regularization {
  const weights = { ...graph, values: graph.values.map((count) => coefficient * coefficient * count) };
  const diagonal = coefficientZeroth * coefficientZeroth + DIAGONAL;
  return {
    regularizationMatrix: laplacianPlus(weights, () => diagonal),
    logDetRegularizationMatrix: laplacianLogDeterminant(
      elimination,
      weights,
      new Float64Array(graph.rows).fill(diagonal),
    ),
  };
}

/** PyAutoLens calls its coefficient `coefficient_neighbor`. */
export const constantZeroth = {
  name: "constant_zeroth",
  parameters: {
    coefficient: COEFFICIENT,
    coefficientZeroth: { ...COEFFICIENT, name: "coefficient_zeroth", meaning: "strength of the pull to zero" },
  },
  grows: "otherwise",
  needs: [],
  plan(neighbors) {
    const plan = planConstantRegularization(neighbors);
    const { graph, elimination } = plan;
    return {
      at: ({ coefficient, coefficientZeroth }) => ({
        ...constantZerothRegularization(plan, coefficient, coefficientZeroth),
        slopes(adjoint) {
          const weights = { ...graph, values: graph.values.map((count) => coefficient * coefficient * count) };
          const diagonal = new Float64Array(graph.rows).fill(coefficientZeroth * coefficientZeroth + DIAGONAL);
          const by = laplacianSlopes(elimination, weights, diagonal, adjoint);
          const values = {
            coefficient: 2 * coefficient * dot(by.weights, graph.values),
            coefficientZeroth: 2 * coefficientZeroth * by.diagonal.reduce((sum, each) => sum + each, 0),
          };
          return { values, ...BY_PARAMETERS_ALONE };
        },
      }),
    };
  },
} as const satisfies RegularizationScheme<"coefficient" | "coefficientZeroth">;
