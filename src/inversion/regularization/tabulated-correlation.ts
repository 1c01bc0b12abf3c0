import { COEFFICIENTS, MARGIN } from "../../compiler/interpolation.ts";
import type { Correlation } from "./correlation.ts";

/** Of the table, from the largest distance down; shorter ones are asked of the function itself. */
const RANGE = 1e-4;

/**
 * In the logarithm of the distance a step is 4.6e-3. There the eighth derivative of a Gaussian, the steepest of
 * correlations, is 1e6 at most, and the interpolation errs by 1.07e-3 of that times step^8: 3e-16.
 */
const PIECES = 2000;

/** Coefficients of a piece. */
const ORDER = COEFFICIENTS.length;

/**
 * A function of distance that costs much, tabulated in the logarithm of the distance (`compiler/interpolation.ts`) where
 * there are enough pairs of vertices (S, 2) to be worth it: there are half of S^2 distances, but they are in one range.
 */
export function tabulatedCorrelation(vertices: Float64Array, f: Correlation): Correlation {
  const size = vertices.length / 2;
  const upper = diagonalOf(vertices);
  // Written so that NaN is asked of the function too.
  if (size * size < 4 * PIECES || !(upper > 0 && upper < Infinity)) return f;
  const step = -Math.log(RANGE) / PIECES;
  const first = Math.log(RANGE * upper);
  const values = Float64Array.from({ length: PIECES + ORDER }, (_, n) => f(Math.exp(first + (n - MARGIN) * step)));
  const table = new Float64Array(ORDER * (PIECES + 1));
  for (let piece = 0; piece <= PIECES; piece++) {
    for (let k = 0; k < ORDER; k++) {
      for (let j = 0; j < ORDER; j++) table[ORDER * piece + k] += COEFFICIENTS[k][j] * values[piece + j];
    }
  }
  return (distance) => {
    const position = (Math.log(distance) - first) / step;
    if (!(position >= 0)) return f(distance);
    const piece = Math.min(Math.floor(position), PIECES);
    const v = position - piece - 0.5;
    let sum = 0;
    for (let at = ORDER * (piece + 1) - 1; at >= ORDER * piece; at--) sum = sum * v + table[at];
    return sum;
  };
}

/** Of the box around the vertices: no two are farther from each other. */
function diagonalOf(vertices: Float64Array): number {
  const sides = [0, 1].map((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (let n = axis; n < vertices.length; n += 2) {
      low = Math.min(low, vertices[n]);
      high = Math.max(high, vertices[n]);
    }
    return high - low;
  });
  return Math.hypot(...sides);
}
