import type { Errand } from "../backend/contract.ts";
import type { VoiceKernels } from "../backend/kernels.ts";
import { type CurvatureCheck, checkCurvature, probeVector } from "../inversion/curvature-check.ts";
import { dot, type Matrix, type SparseMatrix, sparseTimesVector, zeros } from "../operators/matrix.ts";
import type { Observation } from "./observation.ts";
import { once } from "./once.ts";
import { type Stopwatch, timed } from "./stopwatch.ts";

/** Light profiles as an instrument sees them. */
export interface SeenProfiles {
  /** (M) the light of given intensities. */
  readonly fixed: Float64Array;
  /** (L) of (M): of every profile whose intensity is solved for its light at intensity 1. */
  readonly columns: readonly Float64Array[];
}

/**
 * What one dataset brings to a linear system. Its unknowns are the pixels of the sources that it sees, then the
 * intensities of its light: F = A' N^-1 A, D = A' N^-1 (d - fixed) (Warren & Dye 2003, equation 4).
 */
export interface LinearShare extends SeenProfiles {
  /** T (M, S): the sources side by side; null where there are none. */
  readonly sparseMappingMatrix: SparseMatrix | null;
  /** (S + L, S + L) */
  readonly curvatureMatrix: Matrix;
  /** (S + L) */
  readonly dataVector: Float64Array;
  /** chi^2 of the given light alone. */
  readonly chiSquaredOfData: number;
  readonly probe: Probe;
}

/** A product of F that does not need F. */
export interface Probe {
  /** (S + L) z */
  readonly vector: Float64Array;
  /** (S + L) F z, through the operators that F is made of. */
  readonly product: Float64Array;
}

export interface ShareOptions {
  /** N^-1 I */
  readonly weigh: (image: Float64Array) => Float64Array;
  /** Whether F may be left in the backend's memory, where that of the next share overwrites it. */
  readonly resident: boolean;
  /** What may be done while F is made. */
  readonly errands: readonly Errand[];
}

/** @param profiles Asked for once. */
export function linearShare(
  observation: Observation,
  t: SparseMatrix | null,
  profiles: () => SeenProfiles,
  { weigh, resident, errands }: ShareOptions,
  kernels: VoiceKernels,
  watch: Stopwatch,
): LinearShare {
  const { source, chiSquared } = observation;
  const seen = once(profiles);
  const residual = once(() => observation.light.instrument.weightedResidual(seen().fixed));
  // D = T' P' N^-1 (d - fixed): neither P T nor another product with it.
  const dataOfSources = once(() => {
    if (t === null) return new Float64Array(0);
    return timed(watch, "data_vector", () => transposeTimes(kernels, t, [source.adjoint(residual())]).values);
  });
  const probe = once(() =>
    timed(watch, "check", () => throughOperators(observation, t, seen().columns, weigh, kernels)),
  );
  const light = once(() => {
    if (seen().columns.length === 0) return null;
    return timed(watch, "linear_light", () => {
      const weighed = seen().columns.map(weigh);
      return { weighed, cross: t === null ? null : transposeTimes(kernels, t, weighed.map(source.adjoint)) };
    });
  });
  // The short ones first.
  const meanwhile = [seen, dataOfSources, probe, light, ...errands];
  const ofSources =
    t === null ? zeros(0, 0) : timed(watch, "curvature_matrix", () => source.curvature(t, { resident, meanwhile }));
  const { fixed, columns } = seen();
  const share = { sparseMappingMatrix: t, fixed, columns, chiSquaredOfData: chiSquared(fixed), probe: probe() };
  const weighedLight = light();
  if (weighedLight === null) return { ...share, curvatureMatrix: ofSources, dataVector: dataOfSources() };
  const { weighed, cross } = weighedLight;
  return timed(watch, "linear_light", () => ({
    ...share,
    curvatureMatrix: bordered(ofSources, cross, columns, weighed),
    dataVector: Float64Array.of(...dataOfSources(), ...columns.map((column) => dot(column, residual()))),
  }));
}

/** F of the sources and, around it, of light: its columns' products with each other, and with the sources' (S, L). */
function bordered(
  ofSources: Matrix,
  cross: Matrix | null,
  columns: readonly Float64Array[],
  weighed: readonly Float64Array[],
): Matrix {
  const sources = ofSources.rows;
  const size = sources + columns.length;
  const { values } = zeros(size, size);
  for (let p = 0; p < sources; p++) {
    values.set(ofSources.values.subarray(p * sources, (p + 1) * sources), p * size);
    for (let l = 0; l < columns.length; l++) {
      const product = cross === null ? 0 : cross.values[p * columns.length + l];
      values[p * size + sources + l] = product;
      values[(sources + l) * size + p] = product;
    }
  }
  columns.forEach((column, k) => {
    for (let l = 0; l <= k; l++) {
      const product = dot(column, weighed[l]);
      values[(sources + k) * size + sources + l] = product;
      values[(sources + l) * size + sources + k] = product;
    }
  });
  return { rows: size, columns: size, values };
}

/** F of one dataset held to the operators that it is made of, in one product. */
export function checkShare({ curvatureMatrix, probe }: LinearShare, kernels: VoiceKernels): CurvatureCheck {
  const { productsBothWays: products } = kernels;
  return checkCurvature({ curvatureMatrix, products, apply: () => probe.product }, probe.vector);
}

function throughOperators(
  { source }: Observation,
  t: SparseMatrix | null,
  columns: readonly Float64Array[],
  weigh: (image: Float64Array) => Float64Array,
  kernels: VoiceKernels,
): Probe {
  const sources = t === null ? 0 : t.columns;
  const z = probeVector(sources + columns.length);
  const image =
    t === null ? new Float64Array(columns[0].length) : source.see(sparseTimesVector(t, z.subarray(0, sources)));
  for (const [l, column] of columns.entries()) addTimes(image, z[sources + l], column);
  const weighed = weigh(image);
  const product = new Float64Array(z.length);
  if (t !== null) product.set(transposeTimes(kernels, t, [source.adjoint(weighed)]).values);
  for (const [l, column] of columns.entries()) product[sources + l] = dot(column, weighed);
  return { vector: z, product };
}

/** What a solution looks like in one dataset. */
export interface SolvedImage {
  /** (M) as the instrument sees it. */
  readonly image: Float64Array;
  /** (M) the sources as lensed, before the instrument; null without any. */
  readonly lensed: Float64Array | null;
}

/** @param values (S + L) */
export function solvedImage(
  { sparseMappingMatrix: t, fixed, columns }: LinearShare,
  { source }: Observation,
  values: Float64Array,
): SolvedImage {
  const image = fixed.slice();
  const sources = t === null ? 0 : t.columns;
  const lensed = t === null ? null : sparseTimesVector(t, values.subarray(0, sources));
  if (lensed !== null) addTimes(image, 1, source.see(lensed));
  for (const [l, column] of columns.entries()) addTimes(image, values[sources + l], column);
  return { image, lensed };
}

function addTimes(to: Float64Array, factor: number, other: Float64Array): void {
  for (let m = 0; m < to.length; m++) to[m] += factor * other[m];
}

/** T' (a | b | ...) of images (M). @returns (S, C) */
function transposeTimes(kernels: VoiceKernels, t: SparseMatrix, images: readonly Float64Array[]): Matrix {
  const columns = images.length;
  const values = new Float64Array(t.rows * columns);
  images.forEach((image, c) => {
    for (let m = 0; m < t.rows; m++) values[m * columns + c] = image[m];
  });
  return kernels.sparseMappingMatrixTransposeTimes({
    sparseMappingMatrix: t,
    matrix: { rows: t.rows, columns, values },
  });
}
