import type { Mask } from "./mask.ts";

/**
 * The border of a mask: its unmasked pixels that see the rim of the array along their row or their column, past masked
 * pixels only. They are the first and last of every row and column; the rim of a hole is not among them. The same pixels as
 * PyAutoLens's `border_slim`.
 * @returns slim indices, rising.
 */
export function borderPixels({ shape: [rows, columns], masked }: Mask): Int32Array {
  const isBorder = new Uint8Array(rows * columns);
  const markEnds = (first: number, step: number, count: number) => {
    let from = 0;
    while (from < count && masked[first + from * step] !== 0) from++;
    if (from === count) return;
    let to = count - 1;
    while (masked[first + to * step] !== 0) to--;
    isBorder[first + from * step] = 1;
    isBorder[first + to * step] = 1;
  };
  for (let i = 0; i < rows; i++) markEnds(i * columns, 1, columns);
  for (let j = 0; j < columns; j++) markEnds(j, columns, rows);
  const border: number[] = [];
  let slim = 0;
  for (let pixel = 0; pixel < masked.length; pixel++) {
    if (isBorder[pixel] === 1) border.push(slim);
    if (masked[pixel] === 0) slim++;
  }
  return Int32Array.from(border);
}
