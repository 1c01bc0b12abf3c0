import { blurringRegion } from "./blurring-region.ts";
import { flagLimit, type ImagingArrays } from "./imaging.ts";
import type { Mask } from "./mask.ts";

/**
 * The pixels of the array around a mask, within half of the PSF of what it keeps, but not those in its holes or in
 * galaxies masked at the array's rim: they see the rim along their row and along their column, past masked pixels
 * only.
 * @param kernelShape Rows and columns of the PSF, both odd.
 * @returns (rows, columns) bytes, 1 = around.
 */
export function surroundings(mask: Mask, kernelShape: readonly [rows: number, columns: number]): Uint8Array {
  const [rows, columns] = mask.shape;
  const sees = seesRim(mask);
  const around = new Uint8Array(rows * columns);
  const region = blurringRegion(mask, kernelShape);
  for (let b = 0; b < region.length; b += 2) {
    const [row, column] = [region[b], region[b + 1]];
    if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
    if (sees[row * columns + column] === BOTH) around[row * columns + column] = 1;
  }
  return around;
}

const ALONG_ROW = 1;
const ALONG_COLUMN = 2;
const BOTH = ALONG_ROW | ALONG_COLUMN;

/** Along what the rim of the array is seen from masked pixels. */
function seesRim({ shape: [rows, columns], masked }: Mask): Uint8Array {
  const sees = new Uint8Array(rows * columns);
  const look = (along: number, first: number, step: number, count: number) => {
    for (let k = 0; k < count && masked[first + k * step] !== 0; k++) sees[first + k * step] |= along;
    for (let k = count - 1; k >= 0 && masked[first + k * step] !== 0; k--) sees[first + k * step] |= along;
  };
  for (let i = 0; i < rows; i++) look(ALONG_ROW, i * columns, 1, columns);
  for (let j = 0; j < columns; j++) look(ALONG_COLUMN, j, columns, rows);
  return sees;
}

/** Says that the stamp is smaller than mask and PSF together, where it is. */
export function stampWarnings({ shape: [rows, columns], masked }: Mask, psf: readonly [number, number]): string[] {
  const [up, across] = [psf[0] >> 1, psf[1] >> 1];
  let count = 0;
  for (let i = 0; i < rows; i++) {
    const nearRow = i < up || i + up >= rows;
    for (let j = 0; j < columns; j++) {
      if (masked[i * columns + j] === 0 && (nearRow || j < across || j + across >= columns)) count++;
    }
  }
  if (count === 0) return [];
  const pixels = count === 1 ? "1 unmasked pixel is" : `${count} unmasked pixels are`;
  return [
    `a stamp smaller than mask + PSF: ${pixels} closer to the rim of the ${rows} x ${columns} array than half of the ` +
      `${psf.join(" x ")} PSF, and light profiles alone reach into them from beyond it; ` +
      "give a larger cutout or a smaller mask",
  ];
}

/** A step by which a mask would hide the bad pixels that it keeps. */
export interface MaskShift {
  readonly rows: number;
  readonly columns: number;
  /** Bad pixels that it keeps as it is, and as shifted. */
  readonly kept: number;
  readonly keptIfShifted: number;
}

/** So few bad pixels may lie along one side of a mask by chance. */
const FEW = 4;
/** Of the bad pixels that a mask keeps, at least so many in ten are hidden by the shift that it should have. */
const HIDDEN = 0.9;

/**
 * Whether a mask is off by one pixel: a mask made to hide bad pixels leaves a rim of them at one side of every hole
 * then, all of which one step hides. Bad are data that are not finite, noise that is no standard deviation, and noise
 * that flags.
 * @returns null where it keeps hardly any, or no step hides those that it keeps.
 */
export function maskShift({ grid, masked, data, noiseMap }: Omit<ImagingArrays, "psf">): MaskShift | null {
  const [rows, columns] = grid.shape;
  const limit = flagLimit(noiseMap);
  const bad: number[] = [];
  for (let pixel = 0; pixel < data.length; pixel++) {
    if (!(noiseMap[pixel] > 0 && noiseMap[pixel] < limit && Number.isFinite(data[pixel]))) bad.push(pixel);
  }
  // Beyond the array a mask hides nothing, or else the bad rim of an array would ask for a shift.
  const keptAt = (down: number, right: number): number => {
    return bad.reduce((count, pixel) => {
      const [i, j] = [Math.floor(pixel / columns) - down, (pixel % columns) - right];
      const hidden = i >= 0 && i < rows && j >= 0 && j < columns && masked[i * columns + j] !== 0;
      return hidden ? count : count + 1;
    }, 0);
  };
  const kept = keptAt(0, 0);
  if (kept < FEW) return null;
  const steps = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) => ({ rows: down, columns: right })));
  const shifts = steps.map((step) => ({ ...step, kept, keptIfShifted: keptAt(step.rows, step.columns) }));
  const [best] = shifts.sort((a, b) => a.keptIfShifted - b.keptIfShifted);
  return best.keptIfShifted <= (1 - HIDDEN) * kept ? best : null;
}

/** What a shift means, in a line. */
export function maskShiftMessage({ rows, columns, kept, keptIfShifted }: MaskShift): string {
  const steps = [
    ...(rows === 0 ? [] : [`one row ${rows > 0 ? "down" : "up"}`]),
    ...(columns === 0 ? [] : [`one column to the ${columns > 0 ? "right" : "left"}`]),
  ];
  const hidden = keptIfShifted === 0 ? "all" : `all but ${keptIfShifted}`;
  const step = steps.join(" and ");
  return `the mask keeps ${kept} bad pixels, ${hidden} of which it would hide if it were ${step}: is it shifted?`;
}
