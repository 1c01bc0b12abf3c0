import { COEFFICIENT } from "./constant.ts";
import type { RegularizationScheme } from "./regularization.ts";
import { constantSplitRegularization } from "./split.ts";
import { splitCrosses, trianglesOf } from "./split-crosses.ts";

/** Split regularization with one coefficient. */
export const constantSplit = {
  name: "constant_split",
  parameters: { coefficient: COEFFICIENT },
  grows: "squared",
  needs: ["crosses"],
  plan: () => ({
    at({ coefficient }, source) {
      const triangulation = trianglesOf(source);
      const split = constantSplitRegularization(splitCrosses(triangulation), coefficient);
      return {
        ...split,
        slopes(adjoint) {
          const { weights, vertices } = split.slopes(adjoint, triangulation);
          return { values: { coefficient: weights.reduce((sum, each) => sum + each, 0) }, vertices, adaptViews: [] };
        },
      };
    },
  }),
} as const satisfies RegularizationScheme<"coefficient">;
