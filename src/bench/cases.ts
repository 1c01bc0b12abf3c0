import type { ArgsOf, KernelName } from "../backend/kernels.ts";
import { type Mask, maskCircular, nativeIndexForSlimIndex, slimFromNative } from "../dataset/mask.ts";
import { ARCSECOND, type PixelGrid, pixelGrid, slimPositions } from "../grid.ts";
import { draws, normal, type RandomState, randomState, uniform } from "../inference/rng.ts";
import { curvatureMatrixViaWCompactSparse } from "../inversion/curvature.ts";
import { dataVector, type Mapping, mappingMatrix, sparseMappingMatrix } from "../inversion/mapping.ts";
import { delaunayMesh } from "../inversion/mesh/delaunay.ts";
import { constantRegularizationMatrix, type Neighbors } from "../inversion/regularization/constant.ts";
import { cholesky } from "../inversion/solve.ts";
import {
  type Convolution,
  type ConvolutionKernel,
  planConvolution,
  planConvolutionViaFft,
} from "../operators/convolve.ts";
import { dirtyImage } from "../operators/dirty-image.ts";
import { fftSize } from "../operators/fft.ts";
import { pixelLattice } from "../operators/nufft.ts";
import { wCompact, wTildeFromCompact } from "../operators/w-compact.ts";
import { wPreloadFromCompact } from "../operators/w-preload.ts";
import { lensedPlane } from "./lensed-plane.ts";

/**
 * Seeded inputs for every kernel of the table. Tests, exported cases and benchmarks use these, so that what is timed is
 * what is tested.
 */

/** The study's sizes: N image pixels a side, K visibilities, B mappings, P neighbors, S source pixels. */
export interface Sizes {
  readonly gridSize: readonly [rows: number, columns: number];
  readonly visibilities: number;
  readonly mappings: number;
  readonly neighbors: number;
  readonly sourcePixels: number;
}

export interface CaseOptions {
  readonly seed?: number;
  /** Arcseconds; every pixel is kept without it. */
  readonly maskRadius?: number;
  readonly maskCentre?: readonly [number, number];
  readonly origin?: readonly [number, number];
  /** Noise of the imaginary parts differs from that of the real parts. */
  readonly unequalNoise?: boolean;
  /** Standard deviation of u and v in wavelengths; 0 puts every visibility at the phase centre. */
  readonly uvScale?: number;
  /** Where to put entries of -1 among a pixel's mappings and neighbors. */
  readonly padding?: "none" | "first" | "middle" | "last" | "all";
  /** No image pixel maps to the last source pixel. */
  readonly unmapped?: boolean;
  /** Every mapping of a pixel goes to one source pixel, so that duplicates must add. */
  readonly duplicates?: boolean;
  /** Sub-pixels a side of an image pixel. */
  readonly oversampling?: number;
  /** The source is a Delaunay mesh seen through a lens, which has its own numbers of mappings and neighbors. */
  readonly mesh?: "delaunay" | undefined;
}

/** Everything that any kernel takes. */
export interface Case {
  readonly name: string;
  readonly grid: PixelGrid;
  readonly mask: Mask;
  readonly maskRadius: number;
  readonly maskCentre: readonly [number, number];
  readonly nativeIndex: Int32Array;
  readonly uvWavelengths: Float64Array;
  readonly visibilities: Float64Array;
  readonly noiseMap: Float64Array;
  readonly image: Float64Array;
  readonly mapping: Mapping;
  readonly neighbors: Neighbors;
  readonly coefficient: number;
}

const PIXEL_SCALE = 0.2;

export function makeCase(name: string, sizes: Sizes, options: CaseOptions = {}): Case {
  const random = randomState(options.seed ?? 1);
  const grid = pixelGrid(sizes.gridSize, PIXEL_SCALE, options.origin);
  const pixelScales = [PIXEL_SCALE, PIXEL_SCALE] as const;
  const maskCentre = options.maskCentre ?? [0, 0];
  const maskRadius = options.maskRadius ?? Number.MAX_VALUE;
  const mask = {
    shape: grid.shape,
    masked: maskCircular({ shape: grid.shape, pixelScales, radius: maskRadius, centre: maskCentre }),
  };
  const nativeIndex = nativeIndexForSlimIndex(mask);
  const count = sizes.visibilities;
  const noiseReal = draws(random, count, (state) => 0.5 + uniform(state));
  return {
    name,
    grid,
    mask,
    maskRadius,
    maskCentre,
    nativeIndex,
    uvWavelengths: draws(random, 2 * count, normal).map((value) => value * (options.uvScale ?? 2e5)),
    visibilities: draws(random, 2 * count, normal),
    noiseMap: Float64Array.from({ length: 2 * count }, (_, k) => {
      const unequal = options.unequalNoise === true && k % 2 === 1;
      return noiseReal[k >> 1] * (unequal ? 0.5 + uniform(random) : 1);
    }),
    image: draws(random, sizes.gridSize[0] * sizes.gridSize[1], uniform),
    ...(options.mesh === "delaunay"
      ? meshed(random, grid, nativeIndex, sizes.sourcePixels)
      : {
          mapping: makeMapping(random, nativeIndex.length / 2, sizes, options),
          neighbors: makeNeighbors(random, sizes, options),
        }),
    coefficient: 1.3,
  };
}

function meshed(random: RandomState, grid: PixelGrid, nativeIndex: Int32Array, sourcePixels: number) {
  const { mapping, neighbors } = delaunayMesh(lensedPlane(random, grid, nativeIndex, sourcePixels));
  return { mapping, neighbors };
}

function isPadding(position: number, width: number, options: CaseOptions): boolean {
  switch (options.padding ?? "none") {
    case "none":
      return false;
    case "first":
      return position === 0;
    case "middle":
      return position === width >> 1;
    case "last":
      return position === width - 1;
    case "all":
      return true;
  }
}

function makeMapping(random: RandomState, imagePixels: number, sizes: Sizes, options: CaseOptions): Mapping {
  const width = sizes.mappings;
  const subs = (options.oversampling ?? 1) ** 2;
  const mapped = Math.max(1, sizes.sourcePixels - (options.unmapped === true ? 1 : 0));
  const rows = imagePixels * subs;
  const indexes = new Int32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const first = Math.floor(uniform(random) * mapped);
    for (let b = 0; b < width; b++) {
      const index = options.duplicates === true ? first : (first + b) % mapped;
      // A fully padded mapping leaves every other image pixel without a source, not all of them.
      const padded = isPadding(b, width, options) && (options.padding !== "all" || row % 2 === 0);
      indexes[row * width + b] = padded ? -1 : index;
    }
  }
  return {
    imagePixels,
    sourcePixels: sizes.sourcePixels,
    mappingsPerPixel: width,
    indexes,
    weights: draws(random, rows * width, (state) => uniform(state) / width),
    slimIndexForSubSlimIndex: subs === 1 ? null : Int32Array.from({ length: rows }, (_, row) => Math.floor(row / subs)),
    subFraction: subs === 1 ? null : new Float64Array(imagePixels).fill(1 / subs),
  };
}

/** Symmetric: rings of growing distance around each pixel. */
function makeNeighbors(random: RandomState, sizes: Sizes, options: CaseOptions): Neighbors {
  const { sourcePixels: size, neighbors: width } = sizes;
  const indexes = new Int32Array(size * width).fill(-1);
  const place = Math.floor(uniform(random) * 2);
  for (let i = 0; i < size; i++) {
    for (let n = 0; n < width; n++) {
      const distance = (n >> 1) + 1;
      const neighbor = n % 2 === 0 ? i + distance : i - distance;
      if (neighbor < 0 || neighbor >= size || options.padding === "all") continue;
      // Rows start at either end, so that -1 stands before, between and after entries.
      indexes[i * width + (place === 0 ? n : width - 1 - n)] = neighbor;
    }
  }
  return { sourcePixels: size, neighborsPerPixel: width, indexes };
}

const SMALL: Sizes = { gridSize: [8, 8], visibilities: 40, mappings: 3, neighbors: 4, sourcePixels: 12 };
const MEDIUM: Sizes = { gridSize: [15, 12], visibilities: 517, mappings: 4, neighbors: 6, sourcePixels: 31 };

/** Two ordinary sizes, then what is hard. */
export const CASES: readonly Case[] = [
  makeCase("small", SMALL),
  makeCase("medium", MEDIUM, { seed: 2, maskRadius: 1.25 }),
  makeCase("mask off centre", MEDIUM, { seed: 3, maskRadius: 0.9, maskCentre: [0.3, -0.2] }),
  makeCase("mask does not fill its array", { ...SMALL, gridSize: [14, 17] }, { seed: 4, maskRadius: 0.7 }),
  makeCase("grid off the phase centre", SMALL, { seed: 5, origin: [0.7, -1.1], unequalNoise: true }),
  makeCase("unequal noise", MEDIUM, { seed: 6, maskRadius: 1.4, unequalNoise: true }),
  makeCase("one visibility", { ...SMALL, visibilities: 1 }, { seed: 7 }),
  makeCase("one source pixel", { ...SMALL, sourcePixels: 1, neighbors: 2, mappings: 1 }, { seed: 8 }),
  makeCase("one image pixel", { ...SMALL, gridSize: [1, 1] }, { seed: 9 }),
  makeCase("no neighbors", { ...SMALL, neighbors: 0 }, { seed: 10 }),
  makeCase("uv = 0", SMALL, { seed: 11, uvScale: 0 }),
  makeCase("padding first", SMALL, { seed: 12, padding: "first" }),
  makeCase("padding in the middle", SMALL, { seed: 13, padding: "middle" }),
  makeCase("padding last", SMALL, { seed: 14, padding: "last" }),
  makeCase("pixels without a source", SMALL, { seed: 15, padding: "all" }),
  makeCase("a source pixel nobody maps to", SMALL, { seed: 16, unmapped: true }),
  makeCase("duplicates, B > S", { ...SMALL, mappings: 5, sourcePixels: 3 }, { seed: 17, duplicates: true }),
  makeCase("a Delaunay mesh", MEDIUM, { seed: 19, mesh: "delaunay" }),
  makeCase("oversampled", SMALL, { seed: 18, oversampling: 3 }),
];

/** How each kernel's arguments are taken from a case; derived inputs come from the reference. */
export const ARGUMENTS: { readonly [N in KernelName]: (c: Case) => ArgsOf<N> } = {
  maskCentres: (c) => ({ shape: c.grid.shape, pixelScales: [PIXEL_SCALE, PIXEL_SCALE], centre: c.maskCentre }),
  maskCircular: (c) => ({ ...ARGUMENTS.maskCentres(c), radius: c.maskRadius }),
  visibilities: (c) => c,
  dirtyImage: (c) => c,
  wTildeData: (c) => ({
    visibilitiesReal: c.visibilities.filter((_, k) => k % 2 === 0),
    noiseMapReal: c.noiseMap.filter((_, k) => k % 2 === 0),
    uvWavelengths: c.uvWavelengths,
    gridRadians: gridRadians(c),
  }),
  wTilde: (c) => ({ gridRadians: gridRadians(c), uvWavelengths: c.uvWavelengths, noiseMap: c.noiseMap }),
  wCompact: (c) => c,
  wTildeFromCompact: (c) => ({ wCompact: wCompact(c), nativeIndex: c.nativeIndex }),
  wPreload: (c) => c,
  wTildeFromPreload: (c) => ({ wPreload: wPreloadFromCompact(wCompact(c)), nativeIndex: c.nativeIndex }),
  noiseNormalization: (c) => c,
  convolution: (c) => convolved(c, convolutionOf(c)),
  convolutionViaFft: (c) => convolved(c, planConvolutionViaFft(convolutionOf(c))),
  fft2d: (c) => {
    const shape = [fftSize(c.grid.shape[0]), fftSize(c.grid.shape[1])] as const;
    const values = Float64Array.from({ length: 2 * shape[0] * shape[1] }, (_, p) => c.image[p % c.image.length] - 0.5);
    return { shape, values, inverse: c.grid.shape[0] === c.grid.shape[1] };
  },
  nufftType1: (c) => ({ ...c, lattice: pixelLattice(c.grid), strengths: c.visibilities, tolerance: 1e-9 }),
  nufftType2: (c) => ({ ...c, lattice: pixelLattice(c.grid), values: complexImage(c), tolerance: 1e-9 }),
  wCompactViaNufft: (c) => c,
  dirtyImageViaNufft: (c) => c,
  visibilitiesViaNufft: (c) => c,
  compaction: (c) => ({ ...c, referenceImage: c.image }),
  compactionViaNufft: (c) => ({ ...c, referenceImage: c.image }),
  delaunayMesh: (c) => lensedPlane(randomState(1), c.grid, c.nativeIndex, c.mapping.sourcePixels),
  mappingMatrix: (c) => c,
  sparseMappingMatrix: (c) => c,
  dataVector: (c) => ({ mappingMatrix: mappingMatrix(c), dirtyImage: slimDirtyImage(c) }),
  sparseMappingMatrixTransposeTimes: (c) => ({
    sparseMappingMatrix: sparseMappingMatrix(c),
    matrix: wTildeFromCompact({ wCompact: wCompact(c), nativeIndex: c.nativeIndex }),
  }),
  wCompactTimesSparseMappingMatrix: (c) => viaCompact(c),
  curvatureMatrixViaWTildeDense: (c) => ({ wTilde: fullW(c), mappingMatrix: mappingMatrix(c) }),
  curvatureMatrixViaWTildeSparse: (c) => ({ wTilde: fullW(c), sparseMappingMatrix: sparseMappingMatrix(c) }),
  curvatureMatrixViaWCompactSparse: (c) => viaCompact(c),
  curvatureMatrixViaWCompactSymmetric: (c) => viaCompact(c),
  curvatureMatrixViaWCompactFft: (c) => viaCompact(c),
  curvatureMatrixViaWCompactDirect: (c) => viaCompact(c),
  curvatureMatrixViaPreloadDirect: (c) => ({ ...viaCompact(c), wPreload: wPreloadFromCompact(wCompact(c)) }),
  curvatureMatrixViaBlurredMapping: (c) => ({
    convolution: planConvolution(lopsidedKernel(c), c.nativeIndex, c.nativeIndex),
    noiseMap: slimFromNative(c.image, c.grid.shape[1], c.nativeIndex).map((value) => 0.5 + value),
    sparseMappingMatrix: sparseMappingMatrix(c),
  }),
  blurredMappingSlopes: (c) => ({
    ...ARGUMENTS.curvatureMatrixViaBlurredMapping(c),
    curvatureWeights: constantRegularizationMatrix(c),
  }),
  wCompactMappingSlopes: (c) => ({ ...viaCompact(c), matrix: constantRegularizationMatrix(c) }),
  constantRegularizationMatrix: (c) => c,
  reconstruction: (c) => ({
    curvatureRegMatrix: curvatureRegMatrix(c),
    dataVector: dataVector({ mappingMatrix: mappingMatrix(c), dirtyImage: slimDirtyImage(c) }),
  }),
  positiveOnly: (c) => ARGUMENTS.reconstruction(c),
  logDeterminant: (c) => ({ matrix: curvatureRegMatrix(c) }),
  cholesky: (c) => ({ matrix: curvatureRegMatrix(c) }),
  triangularSolve: (c) => ({
    lower: cholesky({ matrix: curvatureRegMatrix(c) }).factor,
    rightHandSides: constantRegularizationMatrix(c),
    transposed: c.mask.shape[0] % 2 === 1,
  }),
  symmetricInverse: (c) => ({ matrix: curvatureRegMatrix(c) }),
  matrixProduct: (c) => ({ left: fullW(c), right: mappingMatrix(c) }),
  // Of a triangle, whose two products differ.
  productsBothWays: (c) => ({
    matrix: cholesky({ matrix: curvatureRegMatrix(c) }).factor,
    vector: ARGUMENTS.reconstruction(c).dataVector,
  }),
  // Of columns and of rows, by turns.
  gramMatrix: (c) => ({ matrix: mappingMatrix(c), ofRows: c.mask.shape[0] % 2 === 1 }),
  logLikelihoodViaWTilde: (c) => ({ ...c, dirtyImage: slimDirtyImage(c), wTilde: fullW(c) }),
  logLikelihoodViaWCompactSymmetric: (c) => ARGUMENTS.logLikelihoodViaWCompact(c),
  logLikelihoodViaWCompact: (c) => ({ ...c, dirtyImage: slimDirtyImage(c), ...viaCompact(c) }),
};

function lopsidedKernel(c: Case): ConvolutionKernel {
  const shape = c.grid.shape[0] % 2 === 0 ? ([3, 7] as const) : ([9, 5] as const);
  return { shape, values: Float64Array.from({ length: shape[0] * shape[1] }, (_, k) => Math.cos(k) + 1 / (1 + k)) };
}

/** From every pixel of the grid to the unmasked ones. */
function convolutionOf(c: Case): Convolution {
  const [rows, columns] = c.grid.shape;
  const all = Int32Array.from({ length: 2 * rows * columns }, (_, at) => {
    return at % 2 === 0 ? Math.floor(at / 2 / columns) : (at >> 1) % columns;
  });
  return planConvolution(lopsidedKernel(c), all, c.nativeIndex);
}

function convolved<C extends Convolution>(c: Case, convolution: C): { convolution: C; image: Float64Array } {
  return { convolution, image: c.image };
}

/** The image, and its mirror image as the imaginary part. */
function complexImage({ image }: Case): Float64Array {
  return Float64Array.from({ length: 2 * image.length }, (_, p) =>
    p % 2 === 0 ? image[p >> 1] : image[image.length - 1 - (p >> 1)],
  );
}

function gridRadians(c: Case): Float64Array {
  return slimPositions(c.grid, c.nativeIndex).map((arcseconds) => arcseconds * ARCSECOND);
}

function slimDirtyImage(c: Case): Float64Array {
  return slimFromNative(dirtyImage(c), c.grid.shape[1], c.nativeIndex);
}

function fullW(c: Case) {
  return wTildeFromCompact({ wCompact: wCompact(c), nativeIndex: c.nativeIndex });
}

function viaCompact(c: Case) {
  return { wCompact: wCompact(c), nativeIndex: c.nativeIndex, sparseMappingMatrix: sparseMappingMatrix(c) };
}

function curvatureRegMatrix(c: Case) {
  const f = curvatureMatrixViaWCompactSparse(viaCompact(c));
  const h = constantRegularizationMatrix(c);
  return { ...f, values: f.values.map((value, i) => value + h.values[i]) };
}
