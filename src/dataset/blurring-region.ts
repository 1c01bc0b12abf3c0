import { InputError } from "../errors.ts";
import type { Mask } from "./mask.ts";

/** An image and half of its PSF on every side, in pixels: 64 MB of flags. */
const MOST_PIXELS = 2 ** 26;

/**
 * The pixels outside of a mask whose light a PSF carries into it: those within half of the kernel of an unmasked pixel,
 * whether or not the array reaches as far. A pixel beyond it has no data, but a model has light there.
 * @param kernelShape Rows and columns of the PSF, both odd.
 * @returns (B, 2) row and column, in row-major order; negative, or the array's shape and above, beyond the array.
 * @throws InputError when a side of the kernel is even, and for an image and PSF that together are beyond memory.
 */
export function blurringRegion(
  { shape: [rows, columns], masked }: Mask,
  kernelShape: readonly [rows: number, columns: number],
): Int32Array {
  if (!kernelShape.every((side) => side > 0 && side % 2 === 1)) {
    const what = `the PSF has ${kernelShape.join(" x ")} pixels, which have no central one`;
    throw new InputError("psf/even", what, "give a PSF with an odd number of rows and columns");
  }
  const [up, across] = [(kernelShape[0] - 1) / 2, (kernelShape[1] - 1) / 2];
  const width = columns + 2 * across;
  if (width * (rows + 2 * up) > MOST_PIXELS) {
    const what = `an image of ${rows} x ${columns} pixels with a PSF of ${kernelShape.join(" x ")} around it`;
    throw new InputError("imaging/size", what, "crop the image or the PSF");
  }
  const kept = masked.map((byte) => (byte === 0 ? 1 : 0));
  const reached = widened(widened(kept, rows, columns, across), width, rows, up);
  const index: number[] = [];
  reached.forEach((is, at) => {
    if (is === 0) return;
    const [row, column] = [Math.floor(at / width) - up, (at % width) - across];
    const inArray = row >= 0 && row < rows && column >= 0 && column < columns;
    if (!inArray || masked[row * columns + column] !== 0) index.push(row, column);
  });
  return Int32Array.from(index);
}

/** Flags (rows, columns) widened by `half` to both sides of their rows, and transposed: (columns + 2 half, rows). */
function widened(flags: Uint8Array, rows: number, columns: number, half: number): Uint8Array {
  const width = columns + 2 * half;
  const out = new Uint8Array(width * rows);
  for (let i = 0; i < rows; i++) {
    let last = Number.NEGATIVE_INFINITY;
    for (let w = 0; w < width; w++) {
      if (w < columns && flags[i * columns + w] !== 0) last = w;
      if (w - last <= 2 * half) out[w * rows + i] = 1;
    }
  }
  return out;
}
