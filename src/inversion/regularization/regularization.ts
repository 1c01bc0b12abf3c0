import type { GramMatrixArgs } from "../../operators/dense.ts";
import type { Matrix, SparseMatrix } from "../../operators/matrix.ts";
import type { Parameter } from "../../profiles/parameter.ts";
import type { Cholesky, CholeskyArgs, TriangularSolveArgs } from "../solve.ts";
import type { Neighbors } from "./constant.ts";

/** H of one source, its coefficients inside, and ln det H. NaN where rounding has left H not positive definite. */
export interface Regularization {
  readonly regularizationMatrix: Matrix | SparseMatrix;
  readonly logDetRegularizationMatrix: number;
}

/** The dense kernels that a regularization by a covariance is composed of. */
export interface DenseKernels {
  readonly cholesky: (args: CholeskyArgs) => Cholesky;
  readonly triangularSolve: (args: TriangularSolveArgs) => Matrix;
  readonly gramMatrix: (args: GramMatrixArgs) => Matrix;
}

/** What the neighbors alone decide, done: they stay, while a model moves the source pixels. */
export interface PlannedRegularization<Key extends string = string> {
  /** @param vertices (S, 2) y and x of every source pixel, arcseconds. */
  at(values: Readonly<Record<Key, number>>, vertices: Float64Array): Regularization;
}

/** A regularization that needs nothing but the mesh. */
export interface RegularizationScheme<Key extends string = string> {
  /** The name in files. */
  readonly name: string;
  /** By their names in code. */
  readonly parameters: Readonly<Record<Key, Parameter>>;
  /** How H grows with `coefficient`: with its square, with itself, or, beside other coefficients, with neither. */
  readonly grows: "squared" | "linear" | "otherwise";
  plan(neighbors: Neighbors, kernels: DenseKernels): PlannedRegularization<Key>;
}
