import type { VoiceKernels } from "../backend/kernels.ts";
import type { Mapping } from "../inversion/mapping.ts";
import type {
  DifferentiableRegularization,
  RegularizationAdjoint,
} from "../inversion/regularization/regularization.ts";
import { addSlotSlopes, type Slot, valueAt } from "../model/slot.ts";
import { dot, type Matrix, principalBlock, type SparseMatrix, sparseTimesVector, zeros } from "../operators/matrix.ts";
import type { LaidSource } from "./lensed-source.ts";
import type { BasisInPixels } from "./light-basis.ts";
import type { LinearShare } from "./linear-share.ts";
import {
  integratedOver,
  isUnseen,
  LIGHT_PRIOR,
  type LinearSystem,
  notHeld,
  type SolvedSystem,
  type SystemOptions,
} from "./linear-system.ts";
import type { Observation } from "./observation.ts";

/** One dataset of a solved system. */
export interface SolvedDataset {
  readonly observation: Observation;
  readonly share: LinearShare;
  /** The model's light profiles; null where there are none. */
  readonly basis: BasisInPixels | null;
  /** The factor of all light in it. */
  readonly fluxScale: Slot;
  /** N^-1 I */
  readonly weigh: (image: Float64Array) => Float64Array;
  /** (M) as the instrument sees the solution. */
  readonly image: Float64Array;
  /** The sources that it sees, in the order of its unknowns, and the place of this dataset among theirs. */
  readonly seen: readonly { readonly source: number; readonly among: number }[];
}

export interface SolvedSource {
  readonly laid: LaidSource;
  readonly regularization: DifferentiableRegularization;
  /** Of the regularization's parameters, by their names in code. */
  readonly slots: Readonly<Record<string, Slot>>;
  /** Its first unknown and their number. */
  readonly first: number;
  readonly count: number;
}

/**
 * The gradient of the log evidence by the free parameters, with the solution s held, since the evidence is stationary in it
 * (the envelope theorem), and with what is discrete held: which triangle a ray is in, which pixels are at zero.
 *
 * With K = F + H, C = K^-1 and r = N^-1 (d - A s): d log E = r'(dA s) - tr(C A' N^-1 dA) - 1/2 s'dH s
 * - 1/2 tr((C - H^-1) dH). What multiplies the entries of T, the light of each profile and the entries of H is computed
 * first, then taken through mesh, rays and profiles to the parameters. A log likelihood without evidence has r'(dA s) alone: where there
 * is no inverse.
 * @returns (P)
 */
export function evidenceSlopes(
  vector: Float64Array,
  system: LinearSystem,
  { values: s, inverse }: SolvedSystem,
  sources: readonly SolvedSource[],
  datasets: readonly SolvedDataset[],
  options: SystemOptions,
  kernels: VoiceKernels,
): Float64Array {
  const gradient = new Float64Array(vector.length);
  if (inverse === null) {
    for (const dataset of datasets) add(gradient, heldLightSlopes(dataset, vector, s));
    return gradient;
  }
  const c = inverseOfAll(system, inverse, options);
  const byWeights = sources.map(({ laid }) => laid.mappings.map(({ weights }) => new Float64Array(weights.length)));
  datasets.forEach((dataset, d) => {
    const at = system.places[d];
    const ofDataset = { c: at.length === s.length ? c : principalBlock(c, at), s: Float64Array.from(at, (i) => s[i]) };
    const scale = valueAt(dataset.fluxScale, vector);
    const byScale = addMappingSlopes(dataset, ofDataset, scale, sources, byWeights);
    addSlotSlopes(gradient, dataset.fluxScale, vector, byScale);
    if (dataset.basis !== null) add(gradient, lightSlopes(dataset, ofDataset, vector, options));
  });
  sources.forEach((source, k) => {
    const { laid, regularization, slots } = source;
    const slopes = regularization.slopes(regularizationAdjoint(source, c, s, options, kernels));
    for (const [key, slot] of Object.entries(slots)) {
      addSlotSlopes(gradient, slot, vector, slopes.values[key]);
    }
    for (const [i, ofView] of slopes.adaptViews.entries()) add(byWeights[k][i], ofView);
    add(gradient, laid.slopes(byWeights[k], slopes.vertices));
  });
  return gradient;
}

/** -1/2 (C + s s') by the entries of H, and 1/2 by ln det H; where pixels are held at zero, that is of what is left of H. */
function regularizationAdjoint(
  source: SolvedSource,
  { rows: size, values: c }: Matrix,
  s: Float64Array,
  { evidence, zeroed = new Int32Array(0) }: SystemOptions,
  kernels: VoiceKernels,
): RegularizationAdjoint {
  const { first, count } = source;
  const ofSolution = (i: number, j: number) => {
    return -0.5 * (c[(first + i) * size + first + j] + s[first + i] * s[first + j]);
  };
  if (evidence !== "exact" || zeroed.length === 0) {
    return { regularizationMatrix: ofSolution, logDetRegularizationMatrix: 0.5 };
  }
  const { values: inverse } = regularizationInverse(source, zeroed, kernels);
  return {
    regularizationMatrix: (i, j) => ofSolution(i, j) + 0.5 * inverse[i * count + j],
    logDetRegularizationMatrix: 0,
  };
}

/** C of all unknowns: zero for those that are not in the determinant. */
function inverseOfAll(system: LinearSystem, inverse: Matrix, options: SystemOptions): Matrix {
  const size = system.curvatureMatrix.rows;
  return inverse.rows === size ? inverse : spread(inverse, integratedOver(system, options), size);
}

/** H^-1 of one source, zero for pixels that are held at zero. */
function regularizationInverse(
  { regularization, first, count }: SolvedSource,
  zeroed: Int32Array,
  kernels: VoiceKernels,
): Matrix {
  const kept = notHeld(
    count,
    zeroed.map((pixel) => pixel - first),
  );
  const matrix = principalBlock(regularization.regularizationMatrix, kept);
  return spread(kernels.symmetricInverse({ matrix }).inverse, kept, count);
}

interface OfDataset {
  /** C and s of its unknowns. */
  readonly c: Matrix;
  readonly s: Float64Array;
}

/**
 * By the entries of T, s_j (P'r)_m - (P' N^-1 A C)_mj, and from there by the weights of every source's mapping.
 * @returns By the flux scale that the entries have as a factor.
 */
function addMappingSlopes(
  { observation: { source, light }, share, weigh, image, seen }: SolvedDataset,
  { c, s }: OfDataset,
  scale: number,
  sources: readonly SolvedSource[],
  byWeights: readonly (readonly Float64Array[])[],
): number {
  const t = share.sparseMappingMatrix;
  if (t === null) return 0;
  const size = c.rows;
  const pixels = Int32Array.from({ length: t.columns }, (_, i) => i);
  const slopes = source.mappingSlopes(t, size === t.columns ? c : principalBlock(c, pixels)).map((slope) => -slope);
  const backwards = source.adjoint(light.instrument.weightedResidual(image));
  const ofLight = share.columns.map((column) => source.adjoint(weigh(column)));
  for (let m = 0; m < t.rows; m++) {
    for (let e = t.rowStart[m]; e < t.rowStart[m + 1]; e++) {
      const j = t.columnIndex[e];
      slopes[e] += s[j] * backwards[m];
      ofLight.forEach((image, l) => {
        slopes[e] -= c.values[j * size + t.columns + l] * image[m];
      });
    }
  }
  const byScale = dot(slopes, t.values) / scale;
  if (scale !== 1) for (let e = 0; e < slopes.length; e++) slopes[e] *= scale;
  let offset = 0;
  for (const { source: k, among } of seen) {
    addEntrySlopes(sources[k].laid.mappings[among], offset, t, slopes, byWeights[k][among]);
    offset += sources[k].count;
  }
  return byScale;
}

/** From slopes by the entries of T to those by the weights that they are sums of. */
function addEntrySlopes(
  { indexes, mappingsPerPixel, slimIndexForSubSlimIndex, subFraction }: Mapping,
  offset: number,
  { rowStart, columnIndex }: SparseMatrix,
  slopes: Float64Array,
  byWeights: Float64Array,
): void {
  for (let entry = 0; entry < indexes.length; entry++) {
    if (indexes[entry] < 0) continue;
    const sub = Math.floor(entry / mappingsPerPixel);
    const m = slimIndexForSubSlimIndex === null ? sub : slimIndexForSubSlimIndex[sub];
    const column = offset + indexes[entry];
    let e = rowStart[m];
    while (columnIndex[e] !== column) e++;
    byWeights[entry] += (subFraction === null ? 1 : subFraction[m]) * slopes[e];
  }
}

/** Of the log likelihood where light is all that is solved for. */
function heldLightSlopes(
  { observation: { light }, basis, image }: SolvedDataset,
  vector: Float64Array,
  s: Float64Array,
): Float64Array {
  const byImage = light.instrument.adjoint(light.instrument.weightedResidual(image));
  const byColumns = Array.from(s, (intensity) => byImage.map((slope) => intensity * slope));
  return basis!.slopes!(vector, [byImage, ...byColumns]);
}

/** By the light of each profile in every pixel, and from there by the parameters. */
function lightSlopes(
  { observation: { source, light }, share, basis, weigh, image }: SolvedDataset,
  { c, s }: OfDataset,
  vector: Float64Array,
  { evidence, positiveOnly }: SystemOptions,
): Float64Array {
  const { instrument } = light;
  const residual = instrument.weightedResidual(image);
  const t = share.sparseMappingMatrix;
  const [size, sources] = [c.rows, t?.columns ?? 0];
  const byColumns = share.columns.map((column, l) => {
    const row = c.values.subarray((sources + l) * size, (sources + l + 1) * size);
    const spread =
      t === null ? new Float64Array(column.length) : source.see(sparseTimesVector(t, row.subarray(0, sources)));
    for (const [k, other] of share.columns.entries()) addTimes(spread, row[sources + k], other);
    const slopes = weigh(spread).map((weighed, m) => s[sources + l] * residual[m] - weighed);
    const curvature = share.curvatureMatrix.values[(sources + l) * (size + 1)];
    if (evidence === "exact" && !isUnseen(curvature)) {
      // Of the prior's precision P = 1e-10 F: -1/2 (s^2 + C) dP, and 1/2 d ln P of what is integrated over.
      const factor = (positiveOnly ? 0 : 1 / curvature) - LIGHT_PRIOR * (s[sources + l] ** 2 + row[sources + l]);
      addTimes(slopes, factor, weigh(column));
    }
    return instrument.adjoint(slopes);
  });
  return basis!.slopes!(vector, [instrument.adjoint(residual), ...byColumns]);
}

function add(to: Float64Array, other: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += other[i];
}

function addTimes(to: Float64Array, factor: number, other: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * other[i];
}

/** A block of a larger matrix of zeros, in the rows and columns that are named. */
function spread({ rows, values }: Matrix, places: Int32Array, size: number): Matrix {
  const out = zeros(size, size);
  places.forEach((row, a) => {
    for (let b = 0; b < rows; b++) out.values[row * size + places[b]] = values[a * rows + b];
  });
  return out;
}
