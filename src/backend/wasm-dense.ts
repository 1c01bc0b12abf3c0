import type {
  Cholesky,
  CholeskyArgs,
  LogDeterminantArgs,
  Reconstruction,
  ReconstructionArgs,
  SymmetricInverse,
  SymmetricInverseArgs,
  TriangularSolveArgs,
} from "../inversion/solve.ts";
import type { Matrix } from "../operators/matrix.ts";
import { factorize } from "./wasm-cholesky.ts";
import { inverseOfFactor } from "./wasm-inverse.ts";
import { fresh, square } from "./wasm-voices.ts";

/** The WebAssembly voice of factors, solves and inverses. */

export function reconstruction({ curvatureRegMatrix, dataVector, withInverse }: ReconstructionArgs): Reconstruction {
  const wasm = fresh(curvatureRegMatrix.values);
  const factor = factorize(wasm, curvatureRegMatrix);
  if (factor === null) {
    return { positiveDefinite: false, values: dataVector.map(() => Number.NaN), logDeterminant: Number.NaN };
  }
  const { rows } = curvatureRegMatrix;
  const x = wasm.input(dataVector);
  wasm.call("choleskySolve", rows, factor.stride, factor.address, x);
  const logDeterminant = wasm.call("choleskyLogDeterminant", rows, factor.stride, factor.address);
  const solved = { positiveDefinite: true, values: wasm.float64(x, rows), logDeterminant };
  return withInverse ? { ...solved, inverse: inverseOfFactor(wasm, factor, rows) } : solved;
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

export function symmetricInverse({ matrix }: SymmetricInverseArgs): SymmetricInverse {
  const wasm = fresh();
  const { rows } = matrix;
  const factor = factorize(wasm, matrix);
  if (factor === null) {
    return { inverse: square(rows, new Float64Array(rows * rows).fill(Number.NaN)), logDeterminant: Number.NaN };
  }
  const logDeterminant = wasm.call("choleskyLogDeterminant", rows, factor.stride, factor.address);
  return { inverse: inverseOfFactor(wasm, factor, rows), logDeterminant };
}
