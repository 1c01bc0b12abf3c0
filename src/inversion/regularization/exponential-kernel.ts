import { COEFFICIENT } from "./constant.ts";
import type { CorrelationSlopes } from "./correlation.ts";
import { covarianceRegularization, SCALE } from "./covariance.ts";
import type { RegularizationScheme } from "./regularization.ts";

/** exp(-r / scale) */
export function exponentialCorrelation(scale: number): (distance: number) => number {
  return (distance) => Math.exp(-distance / scale);
}

export function exponentialCorrelationSlopes(scale: number): CorrelationSlopes<"scale"> {
  const correlation = exponentialCorrelation(scale);
  return {
    distance: (r) => -correlation(r) / scale,
    values: { scale: (r) => (r / (scale * scale)) * correlation(r) },
  };
}

export const exponentialKernel = {
  name: "exponential_kernel",
  parameters: { coefficient: COEFFICIENT, scale: SCALE },
  grows: "linear",
  dense: true,
  needs: [],
  plan: (_, kernels) => ({
    at: ({ coefficient, scale }, { vertices }) =>
      covarianceRegularization(
        {
          vertices,
          coefficient,
          correlation: exponentialCorrelation(scale),
          correlationSlopes: () => exponentialCorrelationSlopes(scale),
        },
        kernels,
      ),
  }),
} as const satisfies RegularizationScheme<"coefficient" | "scale">;
