import type {
  Cholesky,
  CholeskyArgs,
  LogDeterminantArgs,
  Reconstruction,
  ReconstructionArgs,
  TriangularSolveArgs,
} from "../inversion/solve.ts";
import type { GramMatrixArgs, MatrixProductArgs } from "../operators/dense.ts";
import type { Matrix } from "../operators/matrix.ts";
import type { WasmKernels } from "./wasm.ts";
import { fresh, square } from "./wasm-voices.ts";

/** The WebAssembly voice of dense linear algebra. */

/** A factor U'U = matrix in WebAssembly memory. */
interface Factor {
  /** A multiple of four: the matrix is padded with the identity. */
  readonly size: number;
  /** Doubles from one row to the next. */
  readonly stride: number;
  readonly address: number;
}

/** Factorizes in WebAssembly memory; null where the matrix is not positive definite. */
function factorize(wasm: WasmKernels, { rows, values }: Matrix): Factor | null {
  const size = (rows + 3) & ~3;
  // Rows at multiples of 512 bytes would all fall into the same few sets of the cache.
  const stride = size % 64 === 0 ? size + 4 : size;
  const address = wasm.output(size * stride);
  const upper = wasm.view(address, size * stride);
  for (let i = 0; i < rows; i++) {
    upper.set(values.subarray(i * rows + i, (i + 1) * rows), i * stride + i);
    upper.fill(0, i * stride + rows, i * stride + size);
  }
  for (let i = rows; i < size; i++) {
    upper.fill(0, i * stride + i, i * stride + size);
    upper[i * stride + i] = 1;
  }
  return wasm.call("choleskyFactor", size, stride, address) === 0 ? null : { size, stride, address };
}

export function reconstruction({ curvatureRegMatrix, dataVector }: ReconstructionArgs): Reconstruction {
  const wasm = fresh();
  const factor = factorize(wasm, curvatureRegMatrix);
  if (factor === null) {
    return { positiveDefinite: false, values: dataVector.map(() => Number.NaN), logDeterminant: Number.NaN };
  }
  const { rows } = curvatureRegMatrix;
  const x = wasm.input(dataVector);
  wasm.call("choleskySolve", rows, factor.stride, factor.address, x);
  const logDeterminant = wasm.call("choleskyLogDeterminant", rows, factor.stride, factor.address);
  return { positiveDefinite: true, values: wasm.float64(x, rows), logDeterminant };
}

export function logDeterminant({ matrix }: LogDeterminantArgs): number {
  const wasm = fresh();
  const factor = factorize(wasm, matrix);
  if (factor === null) return Number.NaN;
  return wasm.call("choleskyLogDeterminant", matrix.rows, factor.stride, factor.address);
}

export function cholesky({ matrix }: CholeskyArgs): Cholesky {
  const wasm = fresh();
  const { rows } = matrix;
  const factor = factorize(wasm, matrix);
  if (factor === null) {
    return { positiveDefinite: false, factor: square(rows, new Float64Array(rows * rows).fill(Number.NaN)) };
  }
  const out = wasm.output(rows * rows);
  wasm.call("choleskyLower", rows, factor.stride, factor.address, out);
  return { positiveDefinite: true, factor: square(rows, wasm.float64(out, rows * rows)) };
}

export function triangularSolve({ lower, rightHandSides, transposed }: TriangularSolveArgs): Matrix {
  const wasm = fresh();
  const { rows, columns, values } = rightHandSides;
  const x = wasm.input(values);
  wasm.call("triangularSolve", transposed ? 1 : 0, rows, columns, wasm.input(lower.values), x);
  return { rows, columns, values: wasm.float64(x, rows * columns) };
}

export function matrixProduct({ left, right }: MatrixProductArgs): Matrix {
  const wasm = fresh();
  const [rows, columns, length] = [left.rows, right.columns, left.columns];
  const out = wasm.output(rows * columns);
  const [a, b] = [left, right].map(({ values }) => wasm.input(values));
  wasm.call("matrixProduct", rows, columns, length, a, b, out);
  return { rows, columns, values: wasm.float64(out, rows * columns) };
}

export function gramMatrix({ matrix, ofRows }: GramMatrixArgs): Matrix {
  const wasm = fresh();
  const { rows, columns, values } = matrix;
  const [size, length] = ofRows ? [rows, columns] : [columns, rows];
  const [rowStep, columnStep] = ofRows ? [8, 8 * columns] : [8 * columns, 8];
  const out = wasm.output(size * size);
  wasm.call("gramMatrix", size, length, wasm.input(values), rowStep, columnStep, out);
  return square(size, wasm.float64(out, size * size));
}
