import { type Matrix, zeros } from "./matrix.ts";

export interface WTildeArgs {
  /** (M, 2) y and x in radians. */
  readonly gridRadians: Float64Array;
  /** (K, 2) wavelengths. */
  readonly uvWavelengths: Float64Array;
  /** (K) standard deviations of the real and the imaginary part, interleaved. */
  readonly noiseMap: Float64Array;
}

/**
 * The precision of the data seen from the image, W = A' N^-1 A with A the transform to visibilities, by direct sum:
 * W_ij = sum_k cos(phi_ik) cos(phi_jk) / sigma_re^2 + sin(phi_ik) sin(phi_jk) / sigma_im^2.
 *
 * With equal real and imaginary noise this is the published sum_k cos(phi_ik - phi_jk) / n_k^2.
 * @returns (M, M), symmetric.
 */
export function wTilde({ gridRadians, uvWavelengths, noiseMap }: WTildeArgs): Matrix {
  const size = gridRadians.length / 2;
  const out = zeros(size, size);
  const phase = new Float64Array(size);
  for (let k = 0; k < uvWavelengths.length; k += 2) {
    const a = 1 / (noiseMap[k] * noiseMap[k]);
    const b = 1 / (noiseMap[k + 1] * noiseMap[k + 1]);
    for (let i = 0; i < size; i++) {
      phase[i] = 2 * Math.PI * (gridRadians[2 * i + 1] * uvWavelengths[k] + gridRadians[2 * i] * uvWavelengths[k + 1]);
    }
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const difference = ((a + b) / 2) * Math.cos(phase[i] - phase[j]);
        const sum = a === b ? 0 : ((a - b) / 2) * Math.cos(phase[i] + phase[j]);
        out.values[i * size + j] += difference + sum;
      }
    }
  }
  return out;
}
