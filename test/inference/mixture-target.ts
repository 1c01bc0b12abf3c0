import type { SmoothTarget } from "../../src/inference/sampler.ts";

/** A sum of round Gaussians: peaks at `centres` (of as many coordinates), of these log heights and widths, or one width. */
export function mixtureTarget(
  centres: readonly (readonly number[])[],
  logHeights: readonly number[],
  width: number | readonly number[],
): SmoothTarget {
  const sigmas = centres.map((_, k) => (typeof width === "number" ? width : width[k]));
  const dimensions = centres[0].length;
  const both = (points: Float64Array) => {
    const logLikelihoods = new Float64Array(points.length / dimensions);
    const gradients = new Float64Array(points.length);
    for (let n = 0; n < logLikelihoods.length; n++) {
      const u = points.subarray(n * dimensions, (n + 1) * dimensions);
      const terms = centres.map(
        (centre, k) => logHeights[k] - centre.reduce((sum, c, i) => sum + (u[i] - c) ** 2, 0) / (2 * sigmas[k] ** 2),
      );
      const largest = Math.max(...terms);
      const weights = terms.map((term) => Math.exp(term - largest));
      const sum = weights.reduce((a, b) => a + b, 0);
      logLikelihoods[n] = largest + Math.log(sum);
      centres.forEach((centre, k) => {
        centre.forEach((c, i) => {
          gradients[n * dimensions + i] += ((weights[k] / sum) * (c - u[i])) / sigmas[k] ** 2;
        });
      });
    }
    return { logLikelihoods, gradients };
  };
  return {
    dimensions,
    logLikelihoods: async (points) => both(points).logLikelihoods,
    withGradients: async (points) => both(points),
  };
}
