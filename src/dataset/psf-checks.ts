import type { ConvolutionKernel } from "../operators/convolve.ts";
import type { Mask } from "./mask.ts";

/** Pixels. A shift of the image by as much is seen in the residuals of a bright lens. */
const OFF_CENTRE = 0.1;
/** Of one, the sum. A smaller departure is the wings beyond the array. */
const OFF_SUM = 0.05;
/** Of the peak, at the rim of the array: a Gaussian cut off there has lost a percent of its light. */
const UNDECAYED = 0.02;
/** Of the light, below zero. Noise of a measured PSF is less. */
const NEGATIVE = 0.02;

/**
 * What is odd about a PSF, a line each: it is used as it is, since a likelihood of it can be computed. Of its
 * orientation nothing can be said without data.
 * @param psf As the file has it.
 * @param normalized Whether it is divided by its sum before use.
 * @param mask Of the image.
 */
export function psfWarnings(psf: ConvolutionKernel, normalized: boolean, mask: Mask): string[] {
  return [
    ...centreWarnings(psf),
    ...sumWarnings(psf, normalized),
    ...negativeWarnings(psf),
    ...rimWarnings(psf),
    ...widthWarnings(psf, mask),
  ];
}

/**
 * How far the peak is from the middle pixel along rows and along columns, in pixels: the vertex of the parabola
 * through the logarithms of the middle pixel and its two neighbors, exact for a Gaussian. Wings, which are seldom
 * even, do not count.
 */
export function psfOffset({ shape, values }: ConvolutionKernel): [row: number, column: number] {
  const middle = (values.length - 1) / 2;
  const along = (step: number, side: number): number => {
    if (side === 1) return 0;
    const three = [values[middle - step], values[middle], values[middle + step]];
    const [before, at, after] = three.every((value) => value > 0) ? three.map(Math.log) : three;
    return (before - after) / 2 / (before - 2 * at + after);
  };
  return [along(shape[1], shape[0]), along(1, shape[1])];
}

function centreWarnings(psf: ConvolutionKernel): string[] {
  const { shape, values } = psf;
  const peak = values.reduce((best, value, k) => (value > values[best] ? k : best), (values.length - 1) / 2);
  const [row, column] = [Math.floor(peak / shape[1]), peak % shape[1]];
  const [middleRow, middleColumn] = [shape[0] >> 1, shape[1] >> 1];
  if (row !== middleRow || column !== middleColumn) {
    const middle = `its middle is row ${middleRow}, column ${middleColumn}`;
    return [`the PSF peaks in row ${row}, column ${column} and ${middle}: it shifts the image; centre it`];
  }
  const offset = psfOffset(psf);
  if (offset.every((by) => Math.abs(by) <= OFF_CENTRE)) return [];
  const [down, right] = offset.map((by) => by.toFixed(2));
  return [`the PSF's peak is ${down} rows and ${right} columns off its middle pixel, and shifts the image by as much`];
}

function sumWarnings({ values }: ConvolutionKernel, normalized: boolean): string[] {
  const sum = values.reduce((total, value) => total + value, 0);
  if (Math.abs(sum - 1) <= OFF_SUM) return [];
  const then = normalized ? "it was divided by it" : "with normalize_psf: false it scales the image";
  return [`the PSF sums to ${sum.toPrecision(4)}: ${then}`];
}

function negativeWarnings({ values }: ConvolutionKernel): string[] {
  let [negative, positive] = [0, 0];
  for (const value of values) {
    if (value < 0) negative -= value;
    else positive += value;
  }
  if (negative <= NEGATIVE * positive) return [];
  const share = positive === 0 ? "everywhere" : `by ${percent(negative / positive)} of its light`;
  return [`the PSF is negative ${share}: is its background subtracted too much?`];
}

function rimWarnings({ shape: [rows, columns], values }: ConvolutionKernel): string[] {
  // An array one pixel wide has no wings along that axis.
  if (rows === 1 || columns === 1) return [];
  let [rim, peak] = [0, 0];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = values[i * columns + j];
      peak = Math.max(peak, value);
      if (i === 0 || j === 0 || i === rows - 1 || j === columns - 1) rim = Math.max(rim, Math.abs(value));
    }
  }
  if (rim <= UNDECAYED * peak) return [];
  return [
    `the PSF is ${percent(rim / peak)} of its peak at the rim of its array: its wings are cut off; give a wider one`,
  ];
}

function widthWarnings({ shape: psf }: ConvolutionKernel, { shape: image, masked }: Mask): string[] {
  let [top, bottom, left, right] = [image[0], -1, image[1], -1];
  for (let pixel = 0; pixel < masked.length; pixel++) {
    if (masked[pixel] !== 0) continue;
    const [row, column] = [Math.floor(pixel / image[1]), pixel % image[1]];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  }
  const wider = ([rows, columns]: readonly [number, number]): boolean => psf[0] > rows || psf[1] > columns;
  const unmasked = [bottom - top + 1, right - left + 1] as const;
  if (wider(image)) return [`the PSF (${psf.join(" x ")}) is wider than the image (${image.join(" x ")}); crop it`];
  if (!wider(unmasked)) return [];
  return [`the PSF (${psf.join(" x ")}) is wider than what the mask keeps (${unmasked.join(" x ")}); crop it`];
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
