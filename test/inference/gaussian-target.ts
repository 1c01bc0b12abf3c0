import type { SmoothTarget } from "../../src/inference/sampler.ts";

/** A correlated Gaussian well inside the unit cube, and how often it was asked. */
export interface GaussianTarget extends SmoothTarget {
  readonly mean: Float64Array;
  /** (dimensions, dimensions) */
  readonly covariance: Float64Array;
  batches(): number;
}

/**
 * Neighboring coordinates are correlated by `correlation`, x_i = correlation x_(i-1) + noise: the inverse covariance of such an
 * autoregressive series is tridiagonal and known in closed form.
 */
export function gaussianTarget(dimensions: number, correlation: number, sigma = 0.04): GaussianTarget {
  const d = dimensions;
  const mean = Float64Array.from({ length: d }, (_, i) => 0.4 + (0.2 * i) / d);
  const scale = Float64Array.from({ length: d }, (_, i) => sigma * (1 + i / d));
  const covariance = Float64Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    return correlation ** Math.abs(i - j) * scale[i] * scale[j];
  });
  const norm = 1 / (1 - correlation ** 2);
  let batches = 0;
  const both = (points: Float64Array) => {
    batches++;
    const count = points.length / d;
    const logLikelihoods = new Float64Array(count);
    const gradients = new Float64Array(count * d);
    for (let n = 0; n < count; n++) {
      const z = Float64Array.from({ length: d }, (_, i) => (points[n * d + i] - mean[i]) / scale[i]);
      for (let i = 0; i < d; i++) {
        const isInner = i > 0 && i < d - 1;
        const precise =
          d === 1
            ? z[i]
            : norm * ((isInner ? 1 + correlation ** 2 : 1) * z[i] - correlation * ((z[i - 1] ?? 0) + (z[i + 1] ?? 0)));
        logLikelihoods[n] -= 0.5 * z[i] * precise;
        gradients[n * d + i] = -precise / scale[i];
      }
    }
    return { logLikelihoods, gradients };
  };
  return {
    dimensions,
    mean,
    covariance,
    batches: () => batches,
    logLikelihoods: async (points) => both(points).logLikelihoods,
    withGradients: async (points) => both(points),
  };
}
