import { COEFFICIENT } from "./constant.ts";
import { bracedCovarianceRegularization, SCALE } from "./covariance.ts";
import type { RegularizationScheme } from "./regularization.ts";

/** exp(-r^2 / (2 scale^2)) */
export function gaussianCorrelation(scale: number): (distance: number) => number {
  return (distance) => Math.exp(-0.5 * (distance / scale) ** 2);
}

export const gaussianKernel = {
  name: "gaussian_kernel",
  parameters: { coefficient: COEFFICIENT, scale: SCALE },
  grows: "linear",
  needs: [],
  plan: (_, kernels) => ({
    at: ({ coefficient, scale }, { vertices }) =>
      bracedCovarianceRegularization({ vertices, coefficient, correlation: gaussianCorrelation(scale) }, kernels),
  }),
} as const satisfies RegularizationScheme<"coefficient" | "scale">;
