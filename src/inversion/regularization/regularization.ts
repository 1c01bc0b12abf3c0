import type { MatrixProductArgs } from "../../operators/dense.ts";
import type { Matrix, SparseMatrix } from "../../operators/matrix.ts";
import type { Parameter } from "../../profiles/parameter.ts";
import type { Mapping } from "../mapping.ts";
import type { Triangulation } from "../mesh/triangulation.ts";
import type { LogDeterminantArgs, SymmetricInverse, SymmetricInverseArgs } from "../solve.ts";
import type { Neighbors } from "./constant.ts";

/** H of one source, its coefficients inside, and ln det H. NaN where rounding has left H not positive definite. */
export interface Regularization {
  readonly regularizationMatrix: Matrix | SparseMatrix;
  readonly logDetRegularizationMatrix: number;
}

/** The dense kernels that a regularization by a covariance is composed of. */
export interface DenseKernels {
  readonly symmetricInverse: (args: SymmetricInverseArgs) => SymmetricInverse;
  readonly logDeterminant: (args: LogDeterminantArgs) => number;
  readonly matrixProduct: (args: MatrixProductArgs) => Matrix;
}

/** The slopes of a scalar by the two results of a regularization, such as the evidence. */
export interface RegularizationAdjoint {
  /**
   * Of row i and column j, symmetric: the scalar grows by the sum of its products with what is added to the entries of H.
   * Of a sparse H it is asked for the pattern alone.
   */
  readonly regularizationMatrix: (i: number, j: number) => number;
  readonly logDetRegularizationMatrix: number;
}

/** The slopes of that scalar by what the regularization is made of. */
export interface RegularizationSlopes<Key extends string = string> {
  /** By the parameters. */
  readonly values: Readonly<Record<Key, number>>;
  /** (S, 2) by the positions of the source pixels, the triangulation held; null where they do not matter. */
  readonly vertices: Float64Array | null;
  /** Of each view (sub-pixels, B) by the weights of its mapping; none where brightness does not matter. */
  readonly adaptViews: readonly Float64Array[];
}

export interface DifferentiableRegularization<Key extends string = string> extends Regularization {
  slopes(adjoint: RegularizationAdjoint): RegularizationSlopes<Key>;
}

/** An image of what the lensed source is thought to look like, lens light removed, and the source seen in it. */
export interface AdaptView {
  readonly mapping: Mapping;
  /** (M) */
  readonly adaptImage: Float64Array;
}

/** What schemes may know of a source beside its neighbors. */
export interface RegularizedSource {
  /** (S, 2) y and x of every source pixel, arcseconds. */
  readonly vertices: Float64Array;
  /** Between the vertices; null on a mesh that has no triangles. */
  readonly triangulation: Triangulation | null;
  /** One for each dataset with an adapt image; none without. */
  readonly adaptViews: readonly AdaptView[];
}

/** What a scheme may need beyond vertices and neighbors: a triangulation for its crosses, an adapt image. */
export type RegularizationNeed = "crosses" | "adapt_image";

/** What the neighbors alone decide, done: they stay, while a model moves the source pixels. */
export interface PlannedRegularization<Key extends string = string> {
  /** @throws InputError `regularization/needs` where the source has not what the scheme needs. */
  at(values: Readonly<Record<Key, number>>, source: RegularizedSource): DifferentiableRegularization<Key>;
}

/** A kind of regularization: a row of the table in `schemes.ts`. */
export interface RegularizationScheme<Key extends string = string> {
  /** The name in files. */
  readonly name: string;
  /** By their names in code. */
  readonly parameters: Readonly<Record<Key, Parameter>>;
  /** How H grows with `coefficient`: with its square, with itself, or, beside other coefficients, with neither. */
  readonly grows: "squared" | "linear" | "otherwise";
  /** Whether H is dense, and made by kernels that threads share. */
  readonly dense?: boolean;
  readonly needs: readonly RegularizationNeed[];
  plan(neighbors: Neighbors, kernels: DenseKernels): PlannedRegularization<Key>;
}
