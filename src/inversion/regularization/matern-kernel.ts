import { COEFFICIENT } from "./constant.ts";
import type { CorrelationSlopes } from "./correlation.ts";
import { covarianceRegularization, SCALE } from "./covariance.ts";
import { maternFunction, maternSlope } from "./matern-function.ts";
import type { RegularizationScheme } from "./regularization.ts";
import { tabulatedCorrelation } from "./tabulated-correlation.ts";

/** M_nu(sqrt(2 nu) r / scale): the exponential at nu = 1/2, towards the Gaussian of the same scale as nu grows. */
export function maternCorrelation(scale: number, nu: number): (distance: number) => number {
  const matern = maternFunction(nu);
  return (distance) => matern((Math.sqrt(2 * nu) * distance) / scale);
}

/** Of nu: the function is good to some 1e-13, and of a difference of fourth order 1e-10 is left. */
const STEP_OF_NU = 1 / 200;

/** By nu a difference of fourth order, since the integral's derivative by its order is another integral. */
export function maternCorrelationSlopes(scale: number, nu: number): CorrelationSlopes<"scale" | "nu"> {
  const perDistance = Math.sqrt(2 * nu) / scale;
  const slope = maternSlope(nu);
  const step = STEP_OF_NU * nu;
  const [down2, down1, up1, up2] = [-2, -1, 1, 2].map((steps) => maternCorrelation(scale, nu + steps * step));
  return {
    distance: (r) => perDistance * slope(perDistance * r),
    values: {
      scale: (r) => ((-r * perDistance) / scale) * slope(perDistance * r),
      nu: (r) => (8 * (up1(r) - down1(r)) - (up2(r) - down2(r))) / (12 * step),
    },
  };
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
  dense: true,
  needs: [],
  plan: (_, kernels) => ({
    at: ({ coefficient, scale, nu }, { vertices }) =>
      covarianceRegularization(
        {
          vertices,
          coefficient,
          correlation: tabulatedCorrelation(vertices, maternCorrelation(scale, nu)),
          correlationSlopes() {
            const { distance, values } = maternCorrelationSlopes(scale, nu);
            return {
              distance: tabulatedCorrelation(vertices, distance),
              values: {
                scale: tabulatedCorrelation(vertices, values.scale),
                nu: tabulatedCorrelation(vertices, values.nu),
              },
            };
          },
        },
        kernels,
      ),
  }),
} as const satisfies RegularizationScheme<"coefficient" | "scale" | "nu">;
