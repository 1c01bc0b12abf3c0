import { COEFFICIENT } from "./constant.ts";
import { covarianceRegularization, SCALE } from "./covariance.ts";
import type { RegularizationScheme } from "./regularization.ts";

/** exp(-r / scale) */
export function exponentialCorrelation(scale: number): (distance: number) => number {
  return (distance) => Math.exp(-distance / scale);
}

export const exponentialKernel = {
  name: "exponential_kernel",
  parameters: { coefficient: COEFFICIENT, scale: SCALE },
  grows: "linear",
  needs: [],
  plan: (_, kernels) => ({
    at: ({ coefficient, scale }, { vertices }) =>
      covarianceRegularization({ vertices, coefficient, correlation: exponentialCorrelation(scale) }, kernels),
  }),
} as const satisfies RegularizationScheme<"coefficient" | "scale">;
