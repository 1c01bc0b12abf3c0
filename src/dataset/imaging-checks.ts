import { flagLimit, type ImagingArrays } from "./imaging.ts";
import { surroundings } from "./mask-checks.ts";

/*
 * What an image says of its own noise, sky and mask before there is a model. All quantiles, so that neighboring galaxies and
 * bad pixels count little.
 */

/** Signal to noise of pixels: its median, and the widths of its distribution below and above, each in units of noise. */
export interface SignalToNoise {
  readonly pixels: number;
  readonly median: number;
  /** From the 16th percentile to the median: one for pure noise of the stated size, whatever shines on top of it. */
  readonly scatter: number;
  /** From the median to the 95th percentile: 1.64 times the scatter for pure noise. */
  readonly brightTail: number;
}

/** Fewer pixels say little: a scatter to a tenth. */
const FEWEST = 100;
/** More say no more, and take time to sort: quantiles of as many are known to a hundredth of the scatter. */
const MOST = 20_000;
/** The share of an image that is farthest from the lens. */
const FARTHEST = 0.1;

const NOISE_TOO_LARGE = 0.8;
const NOISE_TOO_SMALL = 1.25;
const SKY_LEVEL = 0.5;
/** In units of the noise, the bright tail around a mask. Of five SLACS lenses cut through their arcs it is 3.6 to 17, else below 2.6. */
const CUT_LIGHT = 3;

/** Of the tenth of an image farthest from its mask's centre: the sky, where the image is wide enough; null for too few. */
export function skyOf(image: ImagingArrays, usable = usablePixels(image)): SignalToNoise | null {
  const { shape } = image.grid;
  const [centreRow, centreColumn] = centreOf(image);
  const squaredDistance = (pixel: number): number => {
    return (Math.floor(pixel / shape[1]) - centreRow) ** 2 + ((pixel % shape[1]) - centreColumn) ** 2;
  };
  const limit = quantile(sortedSample(usable, squaredDistance), 1 - FARTHEST);
  return signalToNoise(
    image,
    usable.filter((pixel) => squaredDistance(pixel) >= limit),
  );
}

/** Of the pixels outside of the mask's outer rim from which the PSF reaches into it; null for too few. */
export function aroundMask(image: ImagingArrays, usable = usablePixels(image)): SignalToNoise | null {
  const around = surroundings({ shape: image.grid.shape, masked: image.masked }, image.psf.shape);
  return signalToNoise(
    image,
    usable.filter((pixel) => around[pixel] !== 0),
  );
}

/** What noise, sky and light around the mask say, a line each. */
export function imagingWarnings(image: ImagingArrays): string[] {
  const usable = usablePixels(image);
  const sky = skyOf(image, usable);
  return [...(sky === null ? [] : skyWarnings(sky)), ...cutLightWarnings(image, usable, sky)];
}

function skyWarnings({ scatter, median, pixels }: SignalToNoise): string[] {
  const where = `in the ${pixels} pixels farthest from the lens`;
  const warnings: string[] = [];
  if (!(scatter >= NOISE_TOO_LARGE)) {
    warnings.push(
      `the sky scatters by ${scatter.toFixed(2)} of its noise ${where}: the noise map has a floor or neighboring pixels are ` +
        `correlated, and chi^2 of a perfect model is some ${(scatter * scatter).toFixed(2)} a pixel there`,
    );
  }
  if (scatter > NOISE_TOO_SMALL) {
    const why = "the noise is underestimated, or the sky has structure";
    warnings.push(`the sky scatters by ${scatter.toFixed(2)} times its noise ${where}: ${why}`);
  }
  // The level of a sky that scatters more is known less well.
  if (Math.abs(median) > SKY_LEVEL * Math.max(1, scatter)) {
    const why = median > 0 ? "sky is left in them, or the lens shines as far" : "too much sky was subtracted";
    warnings.push(`the data are ${median.toFixed(2)} times their noise ${where}: ${why}`);
  }
  return warnings;
}

/**
 * Whether the mask cuts through arcs: light in parts of its surroundings, or light in all of them that is brighter than
 * inside. The smooth halo of a lens, which any mask cuts, is neither.
 */
function cutLightWarnings(image: ImagingArrays, usable: readonly number[], sky: SignalToNoise | null): string[] {
  const around = aroundMask(image, usable);
  if (around === null) return [];
  const { median, brightTail } = around;
  const limit = CUT_LIGHT * Math.max(1, sky?.scatter ?? 1);
  const brighterThanInside = (): boolean => {
    const kept = usable.filter((pixel) => image.masked[pixel] === 0);
    const inside = signalToNoise(image, kept);
    return inside !== null && median > inside.median;
  };
  if (brightTail <= limit && (median <= limit || !brighterThanInside())) return [];
  const twentieth = (median + brightTail).toFixed(1);
  return [
    `light beyond the mask: where the PSF reaches into it from, half of the pixels are brighter than ${median.toFixed(1)} ` +
      `and a twentieth than ${twentieth} times their noise; widen the mask if this is light of the source`,
  ];
}

function signalToNoise({ data, noiseMap }: ImagingArrays, pixels: readonly number[]): SignalToNoise | null {
  if (pixels.length < FEWEST) return null;
  const sorted = sortedSample(pixels, (pixel) => data[pixel] / noiseMap[pixel]);
  const median = quantile(sorted, 0.5);
  return {
    pixels: pixels.length,
    median,
    scatter: median - quantile(sorted, 0.1587),
    brightTail: quantile(sorted, 0.95) - median,
  };
}

/** Pixels that are neither flagged nor bad; data of exactly zero are where a mosaic has none. */
function usablePixels({ data, noiseMap }: ImagingArrays): readonly number[] {
  const flagged = flagLimit(noiseMap);
  const pixels: number[] = [];
  for (let pixel = 0; pixel < data.length; pixel++) {
    const sigma = noiseMap[pixel];
    if (sigma > 0 && sigma < flagged && data[pixel] !== 0 && Number.isFinite(data[pixel])) pixels.push(pixel);
  }
  return pixels;
}

/** Mean row and column of what the mask keeps. */
function centreOf({ grid, masked }: ImagingArrays): [row: number, column: number] {
  const [, columns] = grid.shape;
  let [row, column, count] = [0, 0, 0];
  masked.forEach((byte, pixel) => {
    if (byte !== 0) return;
    row += Math.floor(pixel / columns);
    column += pixel % columns;
    count++;
  });
  return [row / count, column / count];
}

function sortedSample(pixels: readonly number[], of: (pixel: number) => number): Float64Array {
  const step = Math.ceil(pixels.length / MOST);
  return Float64Array.from({ length: Math.floor(pixels.length / step) }, (_, k) => of(pixels[k * step])).sort();
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
