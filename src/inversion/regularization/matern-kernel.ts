import { COEFFICIENT } from "./constant.ts";
import { covarianceRegularization, SCALE } from "./covariance.ts";
import { maternFunction } from "./matern-function.ts";
import type { RegularizationScheme } from "./regularization.ts";

/** M_nu(sqrt(2 nu) r / scale): the exponential at nu = 1/2, towards the Gaussian of the same scale as nu grows. */
export function maternCorrelation(scale: number, nu: number): (distance: number) => number {
  const matern = maternFunction(nu);
  return (distance) => matern((Math.sqrt(2 * nu) * distance) / scale);
}

export const maternKernel = {
  name: "matern_kernel",
  parameters: {
    coefficient: COEFFICIENT,
    scale: SCALE,
    nu: {
      name: "nu",
      unit: "none",
      meaning: "smoothness: 0.5 is an exponential kernel, large a Gaussian one",
      bounds: [0.01, 100],
      defaultPrior: { prior: "uniform", lower: 0.5, upper: 5.5 },
    },
  },
  grows: "linear",
  needs: [],
  plan: (_, kernels) => ({
    at: ({ coefficient, scale, nu }, { vertices }) =>
      covarianceRegularization({ vertices, coefficient, correlation: maternCorrelation(scale, nu) }, kernels),
  }),
} as const satisfies RegularizationScheme<"coefficient" | "scale" | "nu">;
