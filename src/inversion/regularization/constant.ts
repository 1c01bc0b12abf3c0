import { type Matrix, zeros } from "../../operators/matrix.ts";

/** Which source pixels touch which. An index of -1, anywhere in a row, is no neighbor. */
export interface Neighbors {
  /** S */
  readonly sourcePixels: number;
  /** P, the width of a row of `indexes`. */
  readonly neighborsPerPixel: number;
  /** (S, P) source pixel, or -1; if i is a neighbor of j, then j is one of i. */
  readonly indexes: Int32Array;
}

/** Added to the diagonal so that ln det H exists although a constant source costs nothing; as in PyAutoArray. */
export const DIAGONAL = 1e-8;

export interface ConstantRegularizationArgs {
  readonly coefficient: number;
  readonly neighbors: Neighbors;
}

/**
 * Gradient regularization with one coefficient: s'Hs = coefficient^2 sum over neighboring pairs (s_i - s_j)^2 +
 * 1e-8 s's (Warren & Dye 2003, section 4, on any mesh). The coefficient is inside H.
 * @returns H (S, S)
 */
export function constantRegularizationMatrix({ coefficient, neighbors }: ConstantRegularizationArgs): Matrix {
  const { sourcePixels: size, neighborsPerPixel, indexes } = neighbors;
  const out = zeros(size, size);
  for (let i = 0; i < size; i++) {
    out.values[i * size + i] += DIAGONAL;
    for (const neighbor of indexes.subarray(i * neighborsPerPixel, (i + 1) * neighborsPerPixel)) {
      if (neighbor < 0) continue;
      out.values[i * size + i] += coefficient * coefficient;
      out.values[i * size + neighbor] -= coefficient * coefficient;
    }
  }
  return out;
}

/**
 * ln det H, to rounding for any coefficient.
 *
 * Cholesky's pivots of H lose its 1e-8 beside coefficient^2 and its last one with it, above a coefficient of some 1e3
 * for hundreds of pixels. H / coefficient^2 is instead kept as its off-diagonal weights and its row sums, both
 * positive, and eliminated by additions alone (Grassmann, Taksar & Heyman 1985), pixel by pixel in mesh order.
 */
export function constantRegularizationLogDeterminant({ coefficient, neighbors }: ConstantRegularizationArgs): number {
  const { sourcePixels: size, neighborsPerPixel, indexes } = neighbors;
  const scale = coefficient * coefficient;
  if (scale === 0) return size * Math.log(DIAGONAL);
  const rowSums = new Float64Array(size).fill(DIAGONAL / scale);
  // Weights to later pixels only: those to earlier ones are eliminated.
  const weights = Array.from({ length: size }, () => new Map<number, number>());
  for (let i = 0; i < size; i++) {
    for (const j of indexes.subarray(i * neighborsPerPixel, (i + 1) * neighborsPerPixel)) {
      if (j > i) weights[i].set(j, (weights[i].get(j) ?? 0) + 1);
    }
  }
  let logDeterminant = size * Math.log(scale);
  for (let i = 0; i < size; i++) {
    const later = [...weights[i]].sort(([a], [b]) => a - b);
    const pivot = later.reduce((sum, [, weight]) => sum + weight, rowSums[i]);
    logDeterminant += Math.log(pivot);
    later.forEach(([j, weight], position) => {
      const share = weight / pivot;
      rowSums[j] += share * rowSums[i];
      for (const [k, other] of later.slice(position + 1)) {
        weights[j].set(k, (weights[j].get(k) ?? 0) + share * other);
      }
    });
  }
  return logDeterminant;
}
