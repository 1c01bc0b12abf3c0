import { dot, type Matrix, type SparseMatrix, zeros } from "../../operators/matrix.ts";
import type { Parameter } from "../../profiles/parameter.ts";
import { type CholeskyPlan, symbolic } from "../sparse-cholesky.ts";
import { laplacianLogDeterminant, laplacianPlus } from "./laplacian.ts";
import { laplacianSlopes } from "./laplacian-slopes.ts";
import type { Regularization, RegularizationScheme } from "./regularization.ts";

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

/** What the neighbors of a mesh alone decide, for all coefficients. */
export interface ConstantRegularizationPlan {
  readonly neighbors: Neighbors;
  readonly graph: SparseMatrix;
  readonly elimination: CholeskyPlan;
}

export function planConstantRegularization(neighbors: Neighbors): ConstantRegularizationPlan {
  const graph = neighborGraph(neighbors);
  return { neighbors, graph, elimination: symbolic(graph) };
}

/** H, sparse, and ln det H. */
export function constantRegularization(
  { neighbors, graph, elimination }: ConstantRegularizationPlan,
  coefficient: number,
): Regularization {
  const args = { coefficient, neighbors };
  return {
    regularizationMatrix: constantRegularizationSparseMatrix(args, graph),
    logDetRegularizationMatrix: constantRegularizationLogDeterminant(args, graph, elimination),
  };
}

/**
 * The same H as a sparse matrix: S + S P entries at most.
 * @param graph The neighbors' graph, where it is at hand.
 */
export function constantRegularizationSparseMatrix(
  { coefficient, neighbors }: ConstantRegularizationArgs,
  graph = neighborGraph(neighbors),
): SparseMatrix {
  const weights = graph.values.map((count) => coefficient * coefficient * count);
  return laplacianPlus({ ...graph, values: weights }, () => DIAGONAL);
}

/** How often each pixel names each other as its neighbor, with a diagonal of zeros. */
export function neighborGraph({ sourcePixels: size, neighborsPerPixel, indexes }: Neighbors): SparseMatrix {
  const rowStart = new Int32Array(size + 1);
  const columnIndex = new Int32Array(size * (neighborsPerPixel + 1));
  const values = new Float64Array(columnIndex.length);
  let end = 0;
  for (let i = 0; i < size; i++) {
    const start = end;
    columnIndex[end++] = i;
    for (let n = i * neighborsPerPixel; n < (i + 1) * neighborsPerPixel; n++) {
      const neighbor = indexes[n];
      if (neighbor < 0 || neighbor === i) continue;
      let at = end;
      while (at > start && columnIndex[at - 1] >= neighbor) at--;
      if (at === end || columnIndex[at] !== neighbor) {
        for (let e = end++; e > at; e--) {
          columnIndex[e] = columnIndex[e - 1];
          values[e] = values[e - 1];
        }
        columnIndex[at] = neighbor;
        values[at] = 0;
      }
      values[at]++;
    }
    rowStart[i + 1] = end;
  }
  return { rows: size, columns: size, rowStart, columnIndex: columnIndex.slice(0, end), values: values.slice(0, end) };
}

/**
 * ln det H, to rounding for any coefficient: that of H / coefficient^2 by additions alone, where Cholesky has lost the
 * 1e-8 above a coefficient of some 1e3 for hundreds of pixels.
 * @param graph The neighbors' graph, where it is at hand, and `plan` its elimination: one for all coefficients.
 */
export function constantRegularizationLogDeterminant(
  { coefficient, neighbors }: ConstantRegularizationArgs,
  graph = neighborGraph(neighbors),
  plan = symbolic(graph),
): number {
  const size = neighbors.sourcePixels;
  const scale = coefficient * coefficient;
  if (scale === 0) return size * Math.log(DIAGONAL);
  const rowSums = new Float64Array(size).fill(DIAGONAL / scale);
  return size * Math.log(scale) + laplacianLogDeterminant(plan, graph, rowSums);
}

export const COEFFICIENT = {
  name: "coefficient",
  unit: "none",
  meaning: "strength of the regularization",
  bounds: [Number.MIN_VALUE, Infinity],
  defaultPrior: { prior: "log_uniform", lower: 1e-6, upper: 1e6 },
} as const satisfies Parameter;

/** What is left of the slopes where neither positions nor brightness matter. */
export const BY_PARAMETERS_ALONE = { vertices: null, adaptViews: [] } as const;

export const constant = {
  name: "constant",
  parameters: { coefficient: COEFFICIENT },
  grows: "squared",
  needs: [],
  plan(neighbors) {
    const plan = planConstantRegularization(neighbors);
    const { graph, elimination } = plan;
    return {
      at: ({ coefficient }) => ({
        ...constantRegularization(plan, coefficient),
        slopes(adjoint) {
          const weights = { ...graph, values: graph.values.map((count) => coefficient * coefficient * count) };
          const diagonal = new Float64Array(graph.rows).fill(DIAGONAL);
          const ofWeights = laplacianSlopes(elimination, weights, diagonal, adjoint).weights;
          return { values: { coefficient: 2 * coefficient * dot(ofWeights, graph.values) }, ...BY_PARAMETERS_ALONE };
        },
      }),
    };
  },
} as const satisfies RegularizationScheme<"coefficient">;
