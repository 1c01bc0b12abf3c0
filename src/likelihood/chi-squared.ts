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
  const { sums } = compaction;
  const data = sums.residual ?? sums.data;
  const difference = departure(compaction, image);
  const [, columns] = compaction.grid.shape;
  const matrix = kernels.wCompactTimesSparseMappingMatrix({
    wCompact: sums.wCompact,
    nativeIndex: Int32Array.from({ length: 2 * image.length }, (_, n) => {
      const pixel = n >> 1;
      return n % 2 === 0 ? Math.floor(pixel / columns) : pixel % columns;
    }),
    sparseMappingMatrix: oneColumn(difference),
  });
  return dot(difference, matrix.values) - 2 * dot(difference, data.dirtyImage) + data.chiSquared;
}

/** The image minus the reference image, where there is one. */
export function departure({ referenceImage }: Compaction, image: Float64Array): Float64Array {
  return referenceImage === null ? image : image.map((value, pixel) => value - referenceImage[pixel]);
}

/** An image as the one column of a mapping matrix. */
function oneColumn(image: Float64Array): SparseMatrix {
  return {
    rows: image.length,
    columns: 1,
    rowStart: Int32Array.from({ length: image.length + 1 }, (_, i) => i),
    columnIndex: new Int32Array(image.length),
    values: image,
  };
}
