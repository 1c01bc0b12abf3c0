import { InputError } from "../errors.ts";
import type { Mask } from "./mask.ts";

/**
 * The pixels outside of a mask whose light a PSF carries into it: those within half of the kernel of an unmasked pixel.
 * @param kernelShape Rows and columns of the PSF, both odd.
 * @returns (B, 2) row and column, in row-major order.
 * @throws InputError when a side of the kernel is even, and when the region leaves the array.
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
  const region = new Uint8Array(masked.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      if (masked[i * columns + j] !== 0) continue;
      if (i < up || i + up >= rows || j < across || j + across >= columns) {
        throw smallStamp([i, j], [rows, columns], kernelShape);
      }
      for (let row = i - up; row <= i + up; row++) {
        region.fill(1, row * columns + j - across, row * columns + j + across + 1);
      }
    }
  }
  const index: number[] = [];
  region.forEach((reached, pixel) => {
    if (reached === 1 && masked[pixel] !== 0) index.push(Math.floor(pixel / columns), pixel % columns);
  });
  return Int32Array.from(index);
}

function smallStamp(pixel: readonly number[], shape: readonly number[], kernelShape: readonly number[]): InputError {
  return new InputError(
    "mask/stamp",
    `a stamp smaller than mask + PSF: pixel (${pixel.join(", ")}) of the mask is closer to the rim of the ` +
      `${shape.join(" x ")} array than half of the ${kernelShape.join(" x ")} PSF`,
    "give a larger cutout, a smaller mask or a smaller PSF",
  );
}
