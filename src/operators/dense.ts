import { type Matrix, zeros } from "./matrix.ts";

export interface MatrixProductArgs {
  /** A (n, k) */
  readonly left: Matrix;
  /** B (k, m) */
  readonly right: Matrix;
}

/** A B (n, m) */
export function matrixProduct({ left, right }: MatrixProductArgs): Matrix {
  const out = zeros(left.rows, right.columns);
  for (let i = 0; i < left.rows; i++) {
    for (let k = 0; k < left.columns; k++) {
      const entry = left.values[i * left.columns + k];
      for (let j = 0; j < right.columns; j++) {
        out.values[i * right.columns + j] += entry * right.values[k * right.columns + j];
      }
    }
  }
  return out;
}

export interface GramMatrixArgs {
  /** A (n, m) */
  readonly matrix: Matrix;
  /** A A', the products of the rows, instead of A'A, those of the columns. */
  readonly ofRows: boolean;
}

/** A'A (m, m), or A A' (n, n): symmetric, both triangles filled. */
export function gramMatrix({ matrix, ofRows }: GramMatrixArgs): Matrix {
  const { rows, columns, values } = matrix;
  const [size, length] = ofRows ? [rows, columns] : [columns, rows];
  const [step, next] = ofRows ? [columns, 1] : [1, columns];
  const out = zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < length; k++) sum += values[i * step + k * next] * values[j * step + k * next];
      out.values[i * size + j] = sum;
      out.values[j * size + i] = sum;
    }
  }
  return out;
}

export interface ProductsArgs {
  /** A (n, n) */
  readonly matrix: Matrix;
  /** z (n) */
  readonly vector: Float64Array;
}

/** (n) each; of a symmetric A the same but for rounding. */
export interface ProductsBothWays {
  /** A z */
  readonly product: Float64Array;
  /** A'z */
  readonly transposed: Float64Array;
}

/** A z and A'z, which read A once. */
export function productsBothWays({ matrix, vector: z }: ProductsArgs): ProductsBothWays {
  const { rows, columns, values } = matrix;
  const product = new Float64Array(rows);
  const transposed = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) {
    const factor = z[i];
    let sum = 0;
    for (let j = 0; j < columns; j++, at++) {
      const value = values[at];
      sum += value * z[j];
      transposed[j] += value * factor;
    }
    product[i] = sum;
  }
  return { product, transposed };
}
