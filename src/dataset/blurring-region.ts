/**
 * The pixels outside a mask from which a kernel reaches an unmasked one, on the array or beyond its edge: their light is
 * in the data too, blurred.
 * @param nativeIndex (M, 2) row and column of every unmasked pixel.
 * @param kernelShape Rows and columns, odd.
 * @returns (B, 2) row and column in row-major order; negative above and to the left of the array.
 */
export function blurringRegion(nativeIndex: Int32Array, kernelShape: readonly [number, number]): Int32Array {
  const [top, bottom] = rangeOf(nativeIndex, 0);
  const [left, right] = rangeOf(nativeIndex, 1);
  const [halfRows, halfColumns] = [kernelShape[0] >> 1, kernelShape[1] >> 1];
  const [firstRow, firstColumn] = [top - halfRows, left - halfColumns];
  const [rows, columns] = [bottom - top + 1 + 2 * halfRows, right - left + 1 + 2 * halfColumns];
  const unmasked = new Uint8Array(rows * columns);
  for (let m = 0; m < nativeIndex.length; m += 2) {
    unmasked[(nativeIndex[m] - firstRow) * columns + nativeIndex[m + 1] - firstColumn] = 1;
  }
  const reached = widened(widened(unmasked, rows, columns, 1, halfColumns), columns, rows, columns, halfRows);
  const region: number[] = [];
  for (let pixel = 0; pixel < reached.length; pixel++) {
    if (reached[pixel] === 0 || unmasked[pixel] === 1) continue;
    region.push(firstRow + Math.floor(pixel / columns), firstColumn + (pixel % columns));
  }
  return Int32Array.from(region);
}

function rangeOf(nativeIndex: Int32Array, axis: 0 | 1): [first: number, last: number] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = axis; at < nativeIndex.length; at += 2) {
    first = Math.min(first, nativeIndex[at]);
    last = Math.max(last, nativeIndex[at]);
  }
  return [first, last];
}

/** Every set pixel spread by `half` to both sides along lines of `length` pixels `step` apart: a rectangle, side by side. */
function widened(pixels: Uint8Array, lines: number, length: number, step: number, half: number): Uint8Array {
  const out = new Uint8Array(pixels.length);
  const nextLine = step === 1 ? length : 1;
  for (let line = 0; line < lines; line++) {
    // The last set pixel's reach, from either side.
    for (const [first, along] of [
      [line * nextLine, step],
      [line * nextLine + (length - 1) * step, -step],
    ]) {
      let left = 0;
      for (let i = 0, at = first; i < length; i++, at += along) {
        left = pixels[at] === 1 ? half + 1 : left - 1;
        if (left > 0) out[at] = 1;
      }
    }
  }
  return out;
}
