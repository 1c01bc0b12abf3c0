import { dot } from "../vectors.ts";

/** Iterations of the power method, which need no more than a rough axis. */
const POWERS = 20;

/**
 * The longest of the correlations, which does not ask for units, as long as its standard deviation: where a posterior is curved,
 * it is curved along its degeneracy.
 * @param scale (d, d) A covariance.
 */
export function longestAxis(scale: Float64Array, d: number): Float64Array {
  const widths = Float64Array.from({ length: d }, (_, i) => Math.sqrt(scale[i * (d + 1)]));
  // Not along any axis of symmetry.
  let axis = widths.map((_, i) => 1 + i / (7 * d));
  let correlation = 0;
  for (let power = 0; power < POWERS; power++) {
    const next = axis.map((_, i) =>
      axis.reduce((sum, a, j) => sum + (scale[i * d + j] / (widths[i] * widths[j])) * a, 0),
    );
    correlation = Math.sqrt(dot(next, next));
    axis = next.map((value) => value / correlation);
  }
  return axis.map((value, i) => value * Math.sqrt(correlation) * widths[i]);
}
