import type { Role } from "./inspect-roles.ts";

/** What the values of an array are like; of a complex one, real and imaginary parts together. */
export interface Statistics {
  readonly values: number;
  readonly nan: number;
  readonly infinite: number;
  /** Of the finite values; undefined where there are none. */
  readonly min: number | undefined;
  readonly median: number | undefined;
  readonly max: number | undefined;
}

/** Noise so far above the median marks a pixel as masked rather than being a noise. */
export const MASKING_NOISE = 1e6;

export function statisticsOf(values: Float64Array): Statistics {
  let nan = 0;
  for (const value of values) if (Number.isNaN(value)) nan++;
  const finite = values.filter(Number.isFinite).sort();
  const middle = finite.length >> 1;
  const median = finite.length % 2 === 1 ? finite[middle] : (finite[middle - 1] + finite[middle]) / 2;
  return {
    values: values.length,
    nan,
    infinite: values.length - nan - finite.length,
    min: finite[0],
    median: finite.length === 0 ? undefined : median,
    max: finite[finite.length - 1],
  };
}

/** What may be wrong with an array, one sentence each. */
export function warningsFor(
  role: Role | undefined,
  shape: readonly number[],
  values: Float64Array,
  statistics: Statistics,
): string[] {
  const { nan, infinite, min, max, median } = statistics;
  const warnings: string[] = [];
  if (values.length === 0) warnings.push("the array is empty");
  if (nan > 0) warnings.push(`${counted(nan, "value")} of ${values.length} NaN: mask them`);
  if (infinite > 0) warnings.push(`${counted(infinite, "value")} of ${values.length} infinite: mask them`);
  if (min !== undefined && min === max && values.length > 1 && (role === "data" || role === "visibilities")) {
    warnings.push(`all values are ${min}`);
  }
  if (role === "noise map") warnings.push(...noiseWarnings(values, median));
  if (role === "psf") warnings.push(...psfWarnings(shape, values));
  return warnings;
}

function noiseWarnings(values: Float64Array, median: number | undefined): string[] {
  const warnings: string[] = [];
  let unphysical = 0;
  let masking = 0;
  for (const value of values) {
    if (value <= 0) unphysical++;
    if (median !== undefined && median > 0 && value > MASKING_NOISE * median && Number.isFinite(value)) masking++;
  }
  if (unphysical > 0) warnings.push(`noise is zero or negative in ${counted(unphysical, "value")}: mask them`);
  if (masking > 0) {
    warnings.push(`noise is more than 1e6 times its median in ${counted(masking, "value")}: masked pixels, it seems`);
  }
  return warnings;
}

function psfWarnings(shape: readonly number[], values: Float64Array): string[] {
  if (shape.length !== 2) return [`a PSF has two axes, this has ${shape.length}`];
  const [rows, columns] = shape as [number, number];
  const warnings: string[] = [];
  if (rows % 2 === 0 || columns % 2 === 0) {
    warnings.push(`the PSF has an even side (${rows} x ${columns}), so no central pixel: it shifts the image`);
  }
  let sum = 0;
  let peak = 0;
  let negative = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i];
    if (values[i] > values[peak]) peak = i;
    if (values[i] < 0) negative++;
  }
  // Rounding to f32 and to a few decimals is no matter; a missing wing of a percent of the light is.
  if (!(Math.abs(sum - 1) < 1e-3)) warnings.push(`the PSF sums to ${sum.toPrecision(4)}, not 1: normalize it`);
  if (negative > 0) warnings.push(`the PSF is negative in ${counted(negative, "pixel")}`);
  const row = Math.floor(peak / columns);
  const column = peak % columns;
  if (Math.abs(row - (rows - 1) / 2) > 0.5 || Math.abs(column - (columns - 1) / 2) > 0.5) {
    warnings.push(`the PSF peaks in row ${row}, column ${column}, not in its centre`);
  }
  return warnings;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
