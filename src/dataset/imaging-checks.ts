import { flagLimit, type ImagingArrays } from "./imaging.ts";
import { surroundings } from "./mask-checks.ts";

/*
 * What an image says of its own noise, sky and mask before there is a model. All by quantiles, so that neighboring
 * galaxies and bad pixels count little.
 */

/** Pixels next to a mask. */
export interface Surroundings {
  /** Median signal to noise. */
  readonly level: number;
  /** By how much a twentieth of them outshine the pixels opposite, in units of the noise of such a difference. */
  readonly asymmetry: number;
}

/** Pixels far from the lens. */
export interface Sky {
  readonly pixels: number;
  /** Median signal to noise. */
  readonly level: number;
  /** The same of a wider surrounding, nearer to the lens too. */
  readonly levelBefore: number;
  /** Of pixels about the mean of those around them, in units of the noise that this difference should have. */
  readonly scatter: number;
}

/** Fewer pixels say little: a scatter to a tenth. */
const FEWEST = 100;
/** More say no more, and take time to sort: quantiles of as many are known to a hundredth of the scatter. */
const MOST = 20_000;
/** Shares of an image that are farthest from the lens: what counts as its sky, and what tells a sky from a halo. */
const SKY = 0.1;
const BEFORE_SKY = 1 / 3;
/** Pixels to those that a pixel is compared with: beyond what drizzling correlates, and before a halo changes. */
const APART = 4;

const NOISE_TOO_LARGE = 0.8;
const NOISE_TOO_SMALL = 1.25;
const SKY_LEVEL = 0.5;
/** From the outer third to the outer tenth of an image the halos of SLACS lenses fade to 0.66 to 0.87; sky does not. */
const FADED = 0.9;
/** Noise has an asymmetry of 1.6, masks of SLACS lenses that cut through the arcs have 2.9 to 19, others below 2.8. */
const CUT_LIGHT = 3;
/** Pixels that a mask's surroundings are wide. */
const WIDE = 2;

/** What noise, sky and light around the mask say, a line each. */
export function imagingWarnings(image: ImagingArrays): string[] {
  const usable = usablePixels(image);
  const sky = skyOf(image, usable);
  return [...(sky === null ? [] : skyWarnings(sky)), ...cutLightWarnings(image, usable, sky)];
}

/** Of the tenth of an image's pixels that is farthest from the mask's centre; null where too few of them have data. */
export function skyOf(image: ImagingArrays, usable = usablePixels(image)): Sky | null {
  const { data, noiseMap } = image;
  const [rows, columns] = image.grid.shape;
  const [centreRow, centreColumn] = centreOf(image);
  const squaredDistance = (pixel: number): number => {
    return (Math.floor(pixel / columns) - centreRow) ** 2 + ((pixel % columns) - centreColumn) ** 2;
  };
  const distances = sortedSample(data.length, squaredDistance);
  const [nearest, farthest] = [quantile(distances, 1 - BEFORE_SKY), quantile(distances, 1 - SKY)];
  const before = pixelsOf(usable, (pixel) => squaredDistance(pixel) >= nearest);
  const far = before.filter((pixel) => squaredDistance(pixel) >= farthest);
  const others = [-APART * columns, APART * columns, -APART, APART];
  const compared = far.filter((pixel) => {
    const [row, column] = [Math.floor(pixel / columns), pixel % columns];
    const inside = row >= APART && row + APART < rows && column >= APART && column + APART < columns;
    return inside && others.every((step) => usable[pixel + step] !== 0);
  });
  if (compared.length < FEWEST) return null;
  const differences = sortedSample(compared.length, (k) => {
    const pixel = compared[k];
    const mean = others.reduce((sum, step) => sum + data[pixel + step], 0) / others.length;
    const variance = others.reduce((sum, step) => sum + noiseMap[pixel + step] ** 2, 0) / others.length ** 2;
    return (data[pixel] - mean) / Math.sqrt(noiseMap[pixel] ** 2 + variance);
  });
  return {
    pixels: far.length,
    level: levelOf(image, far),
    levelBefore: levelOf(image, before),
    // Half of what holds the middle 68 %: a standard deviation of a Gaussian.
    scatter: (quantile(differences, 0.8413) - quantile(differences, 0.1587)) / 2,
  };
}

/** Of the pixels next to the mask's outer rim; null for too few. */
export function aroundMask(image: ImagingArrays, usable = usablePixels(image)): Surroundings | null {
  const { grid, masked, data, noiseMap } = image;
  const [rows, columns] = grid.shape;
  const around = surroundings({ shape: grid.shape, masked }, [2 * WIDE + 1, 2 * WIDE + 1]);
  const twiceCentre = centreOf(image).map((index) => Math.round(2 * index));
  const opposite = (pixel: number): number => {
    const [row, column] = [twiceCentre[0] - Math.floor(pixel / columns), twiceCentre[1] - (pixel % columns)];
    return row >= 0 && row < rows && column >= 0 && column < columns ? row * columns + column : -1;
  };
  const pixels = pixelsOf(usable, (pixel) => around[pixel] !== 0 && usable[opposite(pixel)] === 1);
  if (pixels.length < FEWEST) return null;
  const differences = sortedSample(pixels.length, (k) => {
    const pixel = pixels[k];
    const other = opposite(pixel);
    return (data[pixel] - data[other]) / Math.hypot(noiseMap[pixel], noiseMap[other]);
  });
  return { level: levelOf(image, pixels), asymmetry: quantile(differences, 0.95) };
}

function skyWarnings({ scatter, level, levelBefore, pixels }: Sky): string[] {
  const where = `in the ${pixels} pixels farthest from the lens`;
  const warnings: string[] = [];
  if (!(scatter >= NOISE_TOO_LARGE)) {
    warnings.push(
      `the sky scatters by ${scatter.toFixed(2)} of its noise ${where}: the noise map has a floor or neighboring pixels ` +
        `are correlated, and chi^2 of a perfect model is some ${(scatter * scatter).toFixed(2)} a pixel there`,
    );
  }
  if (scatter > NOISE_TOO_SMALL) {
    const why = "the noise is underestimated, or the sky has structure";
    warnings.push(`the sky scatters by ${scatter.toFixed(2)} times its noise ${where}: ${why}`);
  }
  if (level < -SKY_LEVEL) {
    warnings.push(`the data are ${level.toFixed(2)} times their noise ${where}: too much sky was subtracted`);
  }
  if (level > SKY_LEVEL && level > FADED * levelBefore) {
    const why = "and do not fade outwards: sky is left in them";
    warnings.push(`the data are ${level.toFixed(2)} times their noise ${where} ${why}`);
  }
  return warnings;
}

/**
 * Whether the mask cuts through arcs: its surroundings are brighter at one side than opposite, or brighter than its
 * inside. The halo of a lens, which any mask cuts, is neither.
 */
function cutLightWarnings(image: ImagingArrays, usable: Uint8Array, sky: Sky | null): string[] {
  const around = aroundMask(image, usable);
  if (around === null) return [];
  const limit = CUT_LIGHT * Math.max(1, sky?.scatter ?? 1);
  const remedy = "widen the mask if this is light of the source";
  if (around.asymmetry > limit) {
    const by = around.asymmetry.toFixed(1);
    return [`light beyond the mask: at its rim it outshines the opposite side by ${by} times the noise; ${remedy}`];
  }
  if (around.level <= limit) return [];
  const inside = levelOf(
    image,
    pixelsOf(usable, (pixel) => image.masked[pixel] === 0),
  );
  if (around.level <= inside) return [];
  const [beyond, kept] = [around.level.toFixed(1), inside.toFixed(1)];
  return [`light beyond the mask: around it the data are ${beyond} times their noise, inside ${kept} times; ${remedy}`];
}

function pixelsOf(usable: Uint8Array, take: (pixel: number) => boolean): number[] {
  const pixels: number[] = [];
  for (let pixel = 0; pixel < usable.length; pixel++) if (usable[pixel] !== 0 && take(pixel)) pixels.push(pixel);
  return pixels;
}

/** Median signal to noise. */
function levelOf({ data, noiseMap }: ImagingArrays, pixels: readonly number[]): number {
  const ratios = sortedSample(pixels.length, (k) => data[pixels[k]] / noiseMap[pixels[k]]);
  return quantile(ratios, 0.5);
}

/** Bytes, 0 where a pixel is flagged or bad. Data of exactly zero are where a mosaic has none. */
function usablePixels({ data, noiseMap }: ImagingArrays): Uint8Array {
  const flagged = flagLimit(noiseMap);
  return Uint8Array.from(data, (value, pixel) => {
    const sigma = noiseMap[pixel];
    return sigma > 0 && sigma < flagged && value !== 0 && Number.isFinite(value) ? 1 : 0;
  });
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

/** `of` the numbers below `count`, or of some of them. */
function sortedSample(count: number, of: (k: number) => number): Float64Array {
  const step = Math.ceil(count / MOST);
  return Float64Array.from({ length: Math.floor(count / step) }, (_, k) => of(k * step)).sort();
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
