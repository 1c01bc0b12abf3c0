import { COEFFICIENT } from "./constant.ts";
import type { CorrelationSlopes } from "./correlation.ts";
import { bracedCovarianceRegularization, SCALE } from "./covariance.ts";
import type { RegularizationScheme } from "./regularization.ts";

/** exp(-r^2 / (2 scale^2)) */
export function gaussianCorrelation(scale: number): (distance: number) => number {
  return (distance) => Math.exp(-0.5 * (distance / scale) ** 2);
}

export function gaussianCorrelationSlopes(scale: number): CorrelationSlopes<"scale"> {
  const correlation = gaussianCorrelation(scale);
  return {
    distance: (r) => (-r / scale ** 2) * correlation(r),
    values: { scale: (r) => (r ** 2 / scale ** 3) * correlation(r) },
  };
}

export const gaussianKernel = {
  name: "gaussian_kernel",
  parameters: { coefficient: COEFFICIENT, scale: SCALE },
  grows: "linear",
  dense: true,
  needs: [],
  plan: (_, kernels) => ({
    at: ({ coefficient, scale }, { vertices }) =>
      bracedCovarianceRegularization(
        {
          vertices,
          coefficient,
          correlation: gaussianCorrelation(scale),
          correlationSlopes: () => gaussianCorrelationSlopes(scale),
        },
        kernels,
      ),
  }),
} as const satisfies RegularizationScheme<"coefficient" | "scale">;
