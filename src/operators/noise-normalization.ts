export interface NoiseNormalizationArgs {
  /** (K) standard deviations of the real and the imaginary part, interleaved. */
  readonly noiseMap: Float64Array;
}

/** The Gaussian's normalization: sum of ln(2 pi sigma_re^2) + ln(2 pi sigma_im^2). */
export function noiseNormalization({ noiseMap }: NoiseNormalizationArgs): number {
  let sum = 0;
  for (const sigma of noiseMap) sum += Math.log(2 * Math.PI * sigma * sigma);
  return sum;
}
