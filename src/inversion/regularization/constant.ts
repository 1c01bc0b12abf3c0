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
