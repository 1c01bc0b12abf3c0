import { describe, expect, test } from "vitest";
import { draws, normal, type RandomState, randomState, uniform } from "../../src/inference/rng.ts";
import { type EvidenceTerms, invert } from "../../src/inversion/evidence.ts";
import { rectangularNeighbors } from "../../src/inversion/mesh/rectangular.ts";
import { minimumDegreeOrder } from "../../src/inversion/minimum-degree.ts";
import {
  constantRegularizationLogDeterminant,
  constantRegularizationMatrix,
  constantRegularizationSparseMatrix,
  type Neighbors,
} from "../../src/inversion/regularization/constant.ts";
import { inverseOnPattern } from "../../src/inversion/selected-inverse.ts";
import { logDeterminant, reconstruction } from "../../src/inversion/solve.ts";
import { factorize, sparseLogDeterminant, sparseSolve, symbolic } from "../../src/inversion/sparse-cholesky.ts";
import { productsBothWays } from "../../src/operators/dense.ts";
import { type Matrix, matrixSum, type SparseMatrix, zeros } from "../../src/operators/matrix.ts";

/** Symmetric with a dominant diagonal, from pairs of rows that may repeat. */
function fromPairs(size: number, pairs: readonly (readonly [number, number])[], state: RandomState): SparseMatrix {
  const rows = Array.from({ length: size }, () => new Map<number, number>());
  for (const [i, j] of pairs) {
    const value = normal(state);
    rows[i].set(j, value);
    rows[j].set(i, value);
  }
  rows.forEach((row, i) => {
    row.set(i, 0);
    row.set(i, 0.1 + [...row.values()].reduce((sum, value) => sum + Math.abs(value), 0));
  });
  const entries = rows.map((row) => [...row].sort(([a], [b]) => a - b));
  const rowStart = new Int32Array(size + 1);
  entries.forEach((row, i) => {
    rowStart[i + 1] = rowStart[i] + row.length;
  });
  const flat = entries.flat();
  return {
    rows: size,
    columns: size,
    rowStart,
    columnIndex: Int32Array.from(flat, ([j]) => j),
    values: Float64Array.from(flat, ([, value]) => value),
  };
}

function randomSparse(size: number, density: number, seed: number): SparseMatrix {
  const state = randomState(seed);
  const count = Math.floor(size * density);
  const pairs = Array.from({ length: count }, () => {
    return [Math.floor(uniform(state) * size), Math.floor(uniform(state) * size)] as const;
  });
  return fromPairs(
    size,
    pairs.filter(([i, j]) => i !== j),
    state,
  );
}

/** Points of the unit square joined to all within a distance, as a triangulation joins neighbors. */
function planarNeighbors(size: number, seed: number): Neighbors {
  const state = randomState(seed);
  const points = draws(state, 2 * size, uniform);
  const reach = 1.6 / Math.sqrt(size);
  const lists = Array.from({ length: size }, (_, i) => {
    return Array.from({ length: size }, (_, j) => j).filter((j) => {
      return j !== i && Math.hypot(points[2 * i] - points[2 * j], points[2 * i + 1] - points[2 * j + 1]) < reach;
    });
  });
  return neighborsOf(lists);
}

function neighborsOf(lists: readonly (readonly number[])[]): Neighbors {
  const width = Math.max(0, ...lists.map((list) => list.length));
  const indexes = new Int32Array(lists.length * width).fill(-1);
  lists.forEach((list, i) => {
    indexes.set(list, i * width);
  });
  return { sourcePixels: lists.length, neighborsPerPixel: width, indexes };
}

function shuffled({ sourcePixels, neighborsPerPixel: width, indexes }: Neighbors, seed: number): Neighbors {
  const keys = draws(randomState(seed), sourcePixels, uniform);
  const order = Array.from(keys, (_, i) => i).sort((a, b) => keys[a] - keys[b]);
  const place = new Int32Array(sourcePixels);
  order.forEach((pixel, i) => {
    place[pixel] = i;
  });
  const rows = order.map((pixel) => [...indexes.subarray(pixel * width, (pixel + 1) * width)]);
  return neighborsOf(rows.map((row) => row.map((neighbor) => (neighbor < 0 ? -1 : place[neighbor]))));
}

function dense(matrix: SparseMatrix): Matrix {
  return matrixSum(zeros(matrix.rows, matrix.columns), matrix);
}

const MATRICES: readonly (readonly [string, SparseMatrix])[] = [
  ...[1, 2, 3, 10, 60, 150].flatMap((size) => {
    return [0, 0.5, 2, 6].map((density) => [`random ${size} x ${density}`, randomSparse(size, density, size)] as const);
  }),
  ["every pair", randomSparse(30, 300, 5)],
  [
    "a star",
    fromPairs(
      40,
      Array.from({ length: 39 }, (_, i) => [7, i < 7 ? i : i + 1] as const),
      randomState(1),
    ),
  ],
  [
    "a chain",
    fromPairs(
      40,
      Array.from({ length: 39 }, (_, i) => [i, i + 1] as const),
      randomState(2),
    ),
  ],
  ...(
    [
      [1, 1],
      [1, 9],
      [7, 5],
      [12, 15],
    ] as const
  ).map(([rows, columns]) => {
    const args = { coefficient: 0.9, neighbors: rectangularNeighbors(rows, columns) };
    return [`mesh of ${rows} x ${columns}`, constantRegularizationSparseMatrix(args)] as const;
  }),
  ...[20, 200].map((size) => {
    const args = { coefficient: 0.01, neighbors: planarNeighbors(size, size) };
    return [`${size} points of a plane`, constantRegularizationSparseMatrix(args)] as const;
  }),
];

describe.each(MATRICES)("%s", (_, matrix) => {
  test("log determinant and solution are those of the dense matrix", () => {
    const factor = factorize(symbolic(matrix), matrix.values)!;
    const dataVector = draws(randomState(3), matrix.rows, normal);
    const expected = reconstruction({ curvatureRegMatrix: dense(matrix), dataVector });
    // H alone has a condition number of some 1e8.
    expect(Math.abs(sparseLogDeterminant(factor) - expected.logDeterminant)).toBeLessThan(1e-6);
    const solved = sparseSolve(factor, dataVector);
    const scale = expected.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    solved.forEach((value, i) => {
      expect(Math.abs(value - expected.values[i])).toBeLessThan(1e-6 * scale);
    });
  });

  test("the inverse on the pattern is that of the dense matrix", () => {
    const factor = factorize(symbolic(matrix), matrix.values)!;
    const inverse = inverseOnPattern(factor);
    const column = (j: number) => {
      const dataVector = new Float64Array(matrix.rows);
      dataVector[j] = 1;
      return reconstruction({ curvatureRegMatrix: dense(matrix), dataVector }).values;
    };
    for (let i = 0; i < matrix.rows; i += Math.ceil(matrix.rows / 12)) {
      const expected = column(i);
      const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      for (let e = matrix.rowStart[i]; e < matrix.rowStart[i + 1]; e++) {
        // H alone has a condition number of some 1e8.
        expect(Math.abs(inverse[e] - expected[matrix.columnIndex[e]])).toBeLessThan(1e-6 * scale);
      }
    }
  });

  test("the order names every row once, and the plan is of a lower triangle with ascending columns", () => {
    const { order, position, parent, columnStart, rowIndex } = symbolic(matrix);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from(order, (_, i) => i));
    expect(Array.from(order, (row) => position[row])).toEqual(Array.from(order, (_, i) => i));
    for (let k = 0; k < order.length; k++) {
      const column = [...rowIndex.subarray(columnStart[k], columnStart[k + 1])];
      expect(column).toEqual([...new Set(column)].sort((a, b) => a - b));
      expect(parent[k]).toBe(column[0] ?? -1);
      expect(column.every((row) => row > k)).toBe(true);
    }
  });
});

test("a factor times its transpose is the matrix, in the plan's order", () => {
  const matrix = randomSparse(80, 3, 11);
  const { plan, diagonal, values } = factorize(symbolic(matrix), matrix.values)!;
  const lower = zeros(80, 80);
  for (let k = 0; k < 80; k++) {
    lower.values[k * 81] = diagonal[k];
    for (let e = plan.columnStart[k]; e < plan.columnStart[k + 1]; e++) {
      lower.values[plan.rowIndex[e] * 80 + k] = values[e];
    }
  }
  const expected = dense(matrix).values;
  for (let i = 0; i < 80; i++) {
    for (let j = 0; j < 80; j++) {
      let sum = 0;
      for (let k = 0; k < 80; k++) sum += lower.values[i * 80 + k] * lower.values[j * 80 + k];
      expect(Math.abs(sum - expected[plan.order[i] * 80 + plan.order[j]])).toBeLessThan(1e-12);
    }
  }
});

test("the inverse on a pattern, to rounding where the matrix is well-conditioned", () => {
  const matrix = randomSparse(120, 3, 12);
  const values = matrix.values.slice();
  for (let i = 0; i < 120; i++) {
    for (let e = matrix.rowStart[i]; e < matrix.rowStart[i + 1]; e++) if (matrix.columnIndex[e] === i) values[e] += 1;
  }
  const factor = factorize(symbolic(matrix), values)!;
  const inverse = inverseOnPattern(factor);
  for (let i = 0; i < 120; i++) {
    const unit = new Float64Array(120);
    unit[i] = 1;
    const column = sparseSolve(factor, unit);
    for (let e = matrix.rowStart[i]; e < matrix.rowStart[i + 1]; e++) {
      expect(Math.abs(inverse[e] - column[matrix.columnIndex[e]])).toBeLessThan(1e-14);
    }
  }
});

test("not positive definite, or NaN: null", () => {
  const matrix = randomSparse(50, 3, 8);
  const plan = symbolic(matrix);
  for (const row of [0, 20, 49]) {
    for (const pivot of [-1, 0, Number.NaN]) {
      const values = matrix.values.slice();
      for (let e = matrix.rowStart[row]; e < matrix.rowStart[row + 1]; e++) {
        if (matrix.columnIndex[e] === row) values[e] = pivot;
      }
      expect(factorize(plan, values)).toBeNull();
    }
  }
});

test("the order fills little: a tree nothing, a shuffled mesh far less than row by row", () => {
  const tree = fromPairs(
    200,
    Array.from({ length: 199 }, (_, i) => [i + 1, i >> 1] as const),
    randomState(4),
  );
  expect(symbolic(tree).rowIndex.length).toBe(199);
  const graph = constantRegularizationSparseMatrix({ coefficient: 1, neighbors: rectangularNeighbors(30, 40) });
  const rowByRow = symbolic(
    graph,
    Int32Array.from({ length: 1200 }, (_, i) => i),
  ).rowIndex.length;
  expect(symbolic(graph).rowIndex.length).toBeLessThan(rowByRow / 2.5);
  const args = { coefficient: 1, neighbors: shuffled(rectangularNeighbors(30, 40), 6) };
  expect(symbolic(constantRegularizationSparseMatrix(args)).rowIndex.length).toBeLessThan(rowByRow / 2.5);
});

test("the same order on repeat", () => {
  const matrix = randomSparse(150, 3, 21);
  expect(minimumDegreeOrder(matrix)).toEqual(minimumDegreeOrder(matrix));
});

describe("constant regularization", () => {
  const meshes: readonly (readonly [string, Neighbors])[] = [
    ["mesh", rectangularNeighbors(9, 13)],
    ["points of a plane", planarNeighbors(120, 3)],
    [
      "a neighbor named twice, itself, and none",
      neighborsOf([
        [1, 1, -1],
        [0, 0, 2],
        [1, 2, -1],
        [-1, -1, -1],
      ]),
    ],
    ["no width", neighborsOf([[], [], []])],
  ];

  test.each(meshes)("%s: the sparse matrix is the dense one", (_, neighbors) => {
    const args = { coefficient: 1.7, neighbors };
    const expected = constantRegularizationMatrix(args).values;
    const found = dense(constantRegularizationSparseMatrix(args)).values;
    found.forEach((value, at) => {
      expect(Math.abs(value - expected[at])).toBeLessThan(1e-14 * 50);
    });
  });

  test.each(meshes)("%s: ln det H is Cholesky's", (_, neighbors) => {
    const args = { coefficient: 1, neighbors };
    const expected = logDeterminant({ matrix: constantRegularizationMatrix(args) });
    expect(Math.abs(constantRegularizationLogDeterminant(args) - expected)).toBeLessThan(1e-6);
  });

  test.each(meshes)("%s: an inversion is the same with a sparse H", (_, neighbors) => {
    const args = { coefficient: 1.7, neighbors };
    const size = neighbors.sourcePixels;
    const curvatureMatrix = dense(randomSparse(size, 3, 5));
    const invertWith = (regularizationMatrix: Matrix | SparseMatrix) => {
      const rest = { logDetRegularizationMatrix: 1, chiSquaredOfData: 2, noiseNormalization: 3 };
      const dataVector = draws(randomState(6), size, normal);
      return invert(
        { curvatureMatrix, regularizationMatrix, dataVector, ...rest },
        { reconstruction, productsBothWays },
      );
    };
    const ofSparse = invertWith(constantRegularizationSparseMatrix(args));
    const ofDense = invertWith(constantRegularizationMatrix(args));
    for (const [name, term] of Object.entries(ofDense.terms)) {
      expect(Math.abs(ofSparse.terms[name as keyof EvidenceTerms] - term)).toBeLessThan(1e-11 * (1 + Math.abs(term)));
    }
    expect(ofSparse.solveResidual).toBeLessThan(1e-13);
  });

  test.each([1e-6, 1, 1e6, 1e12])("at a coefficient of %d ln det H does not depend on the order", (coefficient) => {
    const mesh = rectangularNeighbors(20, 21);
    const expected = constantRegularizationLogDeterminant({ coefficient, neighbors: mesh });
    for (const seed of [1, 2, 3]) {
      const found = constantRegularizationLogDeterminant({ coefficient, neighbors: shuffled(mesh, seed) });
      expect(Math.abs(found - expected)).toBeLessThan(1e-12 * Math.abs(expected));
    }
  });
});
