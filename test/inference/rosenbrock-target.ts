import type { SmoothTarget } from "../../src/inference/sampler.ts";

/**
 * -(sum of 100 (y - x^2)^2 + (1 - x)^2 over neighboring coordinates) / temperature, x = 4 u - 2: a curved valley with one
 * maximum of zero, at x = 1, u = 3/4 (Rosenbrock 1960, The Computer Journal 3, 175).
 */
export function rosenbrockTarget(dimensions: number, temperature = 1): SmoothTarget {
  const both = (points: Float64Array) => {
    const logLikelihoods = new Float64Array(points.length / dimensions);
    const gradients = new Float64Array(points.length);
    for (let n = 0; n < logLikelihoods.length; n++) {
      for (let i = n * dimensions; i + 1 < (n + 1) * dimensions; i++) {
        const x = 4 * points[i] - 2;
        const off = 4 * points[i + 1] - 2 - x * x;
        logLikelihoods[n] -= (100 * off * off + (1 - x) ** 2) / temperature;
        gradients[i] += (4 * (400 * off * x + 2 * (1 - x))) / temperature;
        gradients[i + 1] -= (4 * 200 * off) / temperature;
      }
    }
    return { logLikelihoods, gradients };
  };
  return {
    dimensions,
    logLikelihoods: async (points) => both(points).logLikelihoods,
    withGradients: async (points) => both(points),
  };
}
