import type { VoiceKernels } from "../backend/kernels.ts";
import { type Compaction, logLikelihoodErrorBound } from "../dataset/compaction.ts";
import { nativeFromSlim, nativeIndexForSlimIndex, slimFromNative } from "../dataset/mask.ts";
import { planConvolution, planConvolutionViaFft } from "../operators/convolve.ts";
import { dot, type SparseMatrix } from "../operators/matrix.ts";

/**
 * chi^2 of an image against compacted visibilities: d'Wd - 2 d'D_r + c_r with d the image minus the reference image and
 * D_r, c_r of the residual visibilities. Without a reference image, d is the image and chi^2 loses digits as the small
 * difference of large numbers that it then is.
 * @param image (rows, columns) of the compaction's grid.
 */
export function imageChiSquared(compaction: Compaction, image: Float64Array, kernels: VoiceKernels): number {
  const { sums, grid } = compaction;
  const data = sums.residual ?? sums.data;
  const difference = departure(compaction, image);
  // d'Wd is the curvature matrix of a source of one pixel that looks like d.
  const { nativeIndex, sparseMappingMatrix } = oneColumn(difference, grid.shape[1]);
  const args = { wCompact: sums.wCompact, nativeIndex, sparseMappingMatrix };
  const [power] = kernels.curvatureMatrixViaWCompactSymmetric(args).values;
  return power - 2 * dot(difference, data.dirtyImage) + data.chiSquared;
}

/** The image minus the reference image, where there is one. */
export function departure({ referenceImage }: Compaction, image: Float64Array): Float64Array {
  return referenceImage === null ? image : image.map((value, pixel) => value - referenceImage[pixel]);
}

/** Bound of what rounding in the compaction adds to the log likelihood of an image on the compaction's grid. */
export function errorBoundOfImage(compaction: Compaction, image: Float64Array): number {
  const flux = departure(compaction, image).reduce((sum, intensity) => sum + Math.abs(intensity), 0);
  return logLikelihoodErrorBound(compaction, flux);
}

/** chi^2 of an image, and how it changes with the image. */
export interface ImageChiSquared {
  readonly chiSquared: number;
  /** (M) derivatives 2 (Wd - D_r) by the pixels that may be lit. */
  slopes(): Float64Array;
}

/**
 * W times images that are dark outside some pixels, in those pixels: a convolution with the lattice of differences and,
 * where noise is unequal, of the image turned about the grid's centre with the lattice of sums. Two transforms, in the
 * place of a product of all pairs of pixels.
 * @param lit (M, 2) row and column of these pixels.
 */
export function planTimesW(
  { sums, grid }: Compaction,
  lit: Int32Array,
  kernels: VoiceKernels,
): (image: Float64Array) => Float64Array {
  const [rows, columns] = grid.shape;
  const turned = lit.map((index, at) => (at % 2 === 0 ? rows : columns) - 1 - index);
  const shape = [2 * rows - 1, 2 * columns - 1] as const;
  const planned = (values: Float64Array, from: Int32Array) => {
    const convolution = planConvolutionViaFft(planConvolution({ shape, values }, from, lit), kernels.fft2d);
    return (image: Float64Array): Float64Array => kernels.convolutionViaFft({ convolution, image });
  };
  const { minus, plus } = sums.wCompact;
  const timesMinus = planned(allDifferences(minus, shape), lit);
  const timesPlus = plus === null ? null : planned(plus, turned);
  return (image) => {
    const product = timesMinus(image);
    timesPlus?.(image).forEach((value, i) => {
      product[i] += value;
    });
    return product;
  };
}

/**
 * The same chi^2, planned once for many images that are dark outside some pixels. W is symmetric, so that the derivatives
 * need no more than Wd.
 * @param nativeIndex (M, 2) row and column of the pixels that may be lit; a reference image may light any others.
 */
export function planImageChiSquared(
  compaction: Compaction,
  nativeIndex: Int32Array,
  kernels: VoiceKernels,
): (image: Float64Array) => ImageChiSquared {
  const { sums, grid, referenceImage } = compaction;
  const [, columns] = grid.shape;
  const data = sums.residual ?? sums.data;
  const lit = referenceImage === null ? nativeIndex : everyPixel(grid.shape);
  const timesW = planTimesW(compaction, lit, kernels);
  const dirtyImage = slimFromNative(data.dirtyImage, columns, nativeIndex);
  return (image) => {
    const difference = departure(compaction, image);
    const d = slimFromNative(difference, columns, lit);
    const product = timesW(d);
    return {
      chiSquared: dot(d, product) - 2 * dot(difference, data.dirtyImage) + data.chiSquared,
      slopes() {
        const ofPixels =
          lit === nativeIndex
            ? product
            : slimFromNative(nativeFromSlim(product, grid.shape, lit), columns, nativeIndex);
        return ofPixels.map((value, m) => 2 * (value - dirtyImage[m]));
      },
    };
  };
}

/** The lattice of differences with its rows above the first, which are the same turned by 180 degrees. */
function allDifferences(minus: Float64Array, [rows, columns]: readonly [number, number]): Float64Array {
  const above = (rows >> 1) * columns;
  const all = new Float64Array(rows * columns);
  all.set(minus, above);
  for (let k = 0; k < above; k++) all[k] = all[all.length - 1 - k];
  return all;
}

/** (rows * columns, 2) row and column of every pixel. */
export function everyPixel([rows, columns]: readonly [number, number]): Int32Array {
  return nativeIndexForSlimIndex({ shape: [rows, columns], masked: new Uint8Array(rows * columns) });
}

/** The pixels of an image that are not dark, as the one column of a mapping matrix. */
function oneColumn(image: Float64Array, columns: number) {
  const lit = Int32Array.from(image.keys()).filter((pixel) => image[pixel] !== 0);
  const nativeIndex = new Int32Array(2 * lit.length);
  lit.forEach((pixel, i) => {
    nativeIndex[2 * i] = Math.floor(pixel / columns);
    nativeIndex[2 * i + 1] = pixel % columns;
  });
  const sparseMappingMatrix: SparseMatrix = {
    rows: lit.length,
    columns: 1,
    rowStart: Int32Array.from({ length: lit.length + 1 }, (_, i) => i),
    columnIndex: new Int32Array(lit.length),
    values: Float64Array.from(lit, (pixel) => image[pixel]),
  };
  return { nativeIndex, sparseMappingMatrix };
}
