import { ADAPTIVE_PARAMETERS, type AdaptiveKey, adaptiveWeightSlopes, adaptiveWeights } from "./brightness-weights.ts";
import type { RegularizationScheme } from "./regularization.ts";
import { splitRegularization } from "./split.ts";
import { splitCrosses, trianglesOf } from "./split-crosses.ts";

/** Split regularization, weak where an image of the source is bright and strong where it is not. */
export const adaptiveBrightnessSplit = {
  name: "adaptive_brightness_split",
  parameters: ADAPTIVE_PARAMETERS,
  grows: "otherwise",
  needs: ["crosses", "adapt_image"],
  plan: () => ({
    at(values, source) {
      const triangulation = trianglesOf(source);
      const split = splitRegularization(splitCrosses(triangulation), adaptiveWeights(values, source));
      return {
        ...split,
        slopes(adjoint) {
          const { weights, vertices } = split.slopes(adjoint, triangulation);
          return { ...adaptiveWeightSlopes(values, source, weights), vertices };
        },
      };
    },
  }),
} as const satisfies RegularizationScheme<AdaptiveKey>;
