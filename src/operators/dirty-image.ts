import { ARCSECOND, columnCentres, type PixelGrid, rowCentres } from "../grid.ts";

export interface DirtyImageArgs {
  readonly grid: PixelGrid;
  /** (K, 2) u and v in wavelengths, along x and y of the grid. */
  readonly uvWavelengths: Float64Array;
  /** (K) complex, interleaved. */
  readonly visibilities: Float64Array;
  /** (K) standard deviations of the real and the imaginary part, interleaved. */
  readonly noiseMap: Float64Array;
}

/**
 * The adjoint of the transform applied to the weighted visibilities, all that a likelihood needs of them besides c0:
 * D_i = Re sum_k (Re d_k / sigma_re^2 + i Im d_k / sigma_im^2) exp(+i phi_ik), phi_ik = 2 pi (x_i u_k + y_i v_k).
 * @returns (rows, columns)
 */
export function dirtyImage({ grid, uvWavelengths, visibilities, noiseMap }: DirtyImageArgs): Float64Array {
  const [rows, columns] = grid.shape;
  const y = rowCentres(grid).map((arcseconds) => 2 * Math.PI * ARCSECOND * arcseconds);
  const x = columnCentres(grid).map((arcseconds) => 2 * Math.PI * ARCSECOND * arcseconds);
  const out = new Float64Array(rows * columns);
  for (let k = 0; k < uvWavelengths.length; k += 2) {
    const re = visibilities[k] / (noiseMap[k] * noiseMap[k]);
    const im = visibilities[k + 1] / (noiseMap[k + 1] * noiseMap[k + 1]);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const phase = x[j] * uvWavelengths[k] + y[i] * uvWavelengths[k + 1];
        out[i * columns + j] += re * Math.cos(phase) - im * Math.sin(phase);
      }
    }
  }
  return out;
}

export interface WTildeDataArgs {
  /** (K) real parts. */
  readonly visibilitiesReal: Float64Array;
  /** (K) standard deviations of the real parts. */
  readonly noiseMapReal: Float64Array;
  /** (K, 2) wavelengths. */
  readonly uvWavelengths: Float64Array;
  /** (M, 2) y and x in radians. */
  readonly gridRadians: Float64Array;
}

/**
 * The published "w-tilde data" vector, for parity with PyAutoArray and python-autojax:
 * sum_k (n_k^2 / v_k)^2 cos(2 pi (x_i u_k + y_i v_k)).
 *
 * Its weights are the inverse square of v / n^2, which grow where the signal vanishes and drop its sign and its
 * imaginary part, so this is not the D of chi^2 = s'Fs - 2 s'D + c0. The likelihood uses `dirtyImage`.
 * @returns (M)
 */
export function wTildeData(args: WTildeDataArgs): Float64Array {
  const { visibilitiesReal, noiseMapReal, uvWavelengths, gridRadians } = args;
  const out = new Float64Array(gridRadians.length / 2);
  for (let i = 0; i < out.length; i++) {
    for (let k = 0; k < noiseMapReal.length; k++) {
      const weight = (noiseMapReal[k] * noiseMapReal[k]) / visibilitiesReal[k];
      const turns = gridRadians[2 * i + 1] * uvWavelengths[2 * k] + gridRadians[2 * i] * uvWavelengths[2 * k + 1];
      out[i] += weight * weight * Math.cos(2 * Math.PI * turns);
    }
  }
  return out;
}
