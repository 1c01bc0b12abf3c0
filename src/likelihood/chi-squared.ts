import type { VoiceKernels } from "../backend/kernels.ts";
import type { Compaction } from "../dataset/compaction.ts";
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
