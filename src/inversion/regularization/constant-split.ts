import { COEFFICIENT } from "./constant.ts";
import type { RegularizationScheme } from "./regularization.ts";
import { constantSplitRegularization, crossesOf } from "./split.ts";

/** Split regularization with one coefficient. */
export const constantSplit = {
  name: "constant_split",
  parameters: { coefficient: COEFFICIENT },
  grows: "squared",
  needs: ["crosses"],
  plan: () => ({ at: ({ coefficient }, source) => constantSplitRegularization(crossesOf(source), coefficient) }),
} as const satisfies RegularizationScheme<"coefficient">;
