import { ADAPTIVE_PARAMETERS, type AdaptiveKey, adaptiveWeights } from "./adaptive-brightness.ts";
import type { RegularizationScheme } from "./regularization.ts";
import { crossesOf, splitRegularization } from "./split.ts";

/** Split regularization, weak where an image of the source is bright and strong where it is not. */
export const adaptiveBrightnessSplit = {
  name: "adaptive_brightness_split",
  parameters: ADAPTIVE_PARAMETERS,
  grows: "otherwise",
  needs: ["crosses", "adapt_image"],
  plan: () => ({ at: (values, source) => splitRegularization(crossesOf(source), adaptiveWeights(values, source)) }),
} as const satisfies RegularizationScheme<AdaptiveKey>;
