import { InputError } from "../errors.ts";
import { LARGEST_MEAN, poisson } from "../inference/poisson.ts";
import { normal, type RandomState } from "../inference/rng.ts";

/** How long and against what a camera counts. */
export interface Exposure {
  /** Seconds. */
  readonly exposureTime: number;
  /** Light of the sky in every pixel, electrons per second; counted, then subtracted. */
  readonly backgroundSkyLevel: number;
  /** Standard deviation of what reading a pixel adds, electrons. */
  readonly readNoise: number;
}

/** An image as a pipeline would deliver it: both (N), electrons per second. */
export interface SimulatedImage {
  readonly data: Float64Array;
  readonly noiseMap: Float64Array;
}

/** What the rounding of a convolution leaves where there is no light, as a part of the brightest pixel. */
const ROUNDING = 1e-12;

/**
 * What a camera makes of an image: counts n of mean (image + sky) t are drawn in every pixel, and
 *
 *   data = (n + read noise) / t - sky,     noise = sqrt((image + sky) t + read noise^2) / t
 *
 * for an exposure time t. The noise map is that of the expected counts, of which chi^2 at the truth is 1 a pixel. One taken
 * from the counts n, as pipelines must, says of a pixel that happens to be faint that it is certain: 1 + 2 / (image + sky) t
 * a pixel, to first order. (PyAutoLens' simulator does so, and its data are image - (n / t - image): 1 + 4 / ... there.)
 * @param image (N) what the camera sees, electrons per second, the PSF applied.
 * @param random null for data without noise; the noise map is the same.
 * @throws InputError `simulate/counts` for a mean that no counts can have, `simulate/noise` where nothing is counted and
 * nothing read, so that the noise would be zero.
 */
export function simulateImaging(
  image: Float64Array,
  { exposureTime, backgroundSkyLevel, readNoise }: Exposure,
  random: RandomState | null,
): SimulatedImage {
  const brightest = image.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const expected = image.map((value, pixel) => {
    const counts = (value + backgroundSkyLevel) * exposureTime;
    if (counts >= -ROUNDING * brightest * exposureTime && counts <= LARGEST_MEAN) return Math.max(0, counts);
    const remedy =
      counts < 0 ? "give more background_sky_level, or light of no negative parts" : "give a fainter model";
    throw new InputError("simulate/counts", `${counts} electrons are expected in pixel ${pixel}`, remedy);
  });
  const noiseMap = expected.map((counts) => Math.sqrt(counts + readNoise * readNoise) / exposureTime);
  const silent = noiseMap.indexOf(0);
  if (silent >= 0) {
    const what = `pixel ${silent} has neither light nor sky nor read noise, so that its noise is zero`;
    throw new InputError("simulate/noise", what, "give background_sky_level or read_noise above zero");
  }
  const data = expected.map((mean) => {
    const counts = random === null ? mean : poisson(random, mean);
    const read = random === null || readNoise === 0 ? 0 : readNoise * normal(random);
    return (counts + read) / exposureTime - backgroundSkyLevel;
  });
  return { data, noiseMap };
}
