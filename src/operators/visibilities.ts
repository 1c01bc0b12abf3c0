import { ARCSECOND, columnCentres, type PixelGrid, rowCentres } from "../grid.ts";

export interface VisibilitiesArgs {
  readonly grid: PixelGrid;
  /** (rows, columns) intensity per pixel. */
  readonly image: Float64Array;
  /** (K, 2) u and v in wavelengths, along x and y of the grid. */
  readonly uvWavelengths: Float64Array;
}

/**
 * Visibilities of an image, by direct sum: V_k = sum_p I_p exp(-2 pi i (x_p u_k + y_p v_k)), x and y in radians, no
 * pixel-area factor.
 * @returns (K) complex, interleaved.
 */
export function visibilities({ grid, image, uvWavelengths }: VisibilitiesArgs): Float64Array {
  const [rows, columns] = grid.shape;
  const y = rowCentres(grid).map((arcseconds) => 2 * Math.PI * ARCSECOND * arcseconds);
  const x = columnCentres(grid).map((arcseconds) => 2 * Math.PI * ARCSECOND * arcseconds);
  const out = new Float64Array(uvWavelengths.length);
  for (let k = 0; k < out.length; k += 2) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const phase = x[j] * uvWavelengths[k] + y[i] * uvWavelengths[k + 1];
        out[k] += image[i * columns + j] * Math.cos(phase);
        out[k + 1] -= image[i * columns + j] * Math.sin(phase);
      }
    }
  }
  return out;
}
