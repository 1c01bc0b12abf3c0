import type { Mask } from "../../dataset/mask.ts";

/** The outermost rows and columns that have an unmasked pixel. */
export interface UnmaskedBox {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** The box of the unmasked pixels; without any, `bottom` and `right` are -1. */
export function unmaskedBox({ shape, masked }: Mask): UnmaskedBox {
  const [rows, columns] = shape;
  let [top, bottom, left, right] = [rows, -1, columns, -1];
  masked.forEach((ignored, pixel) => {
    if (ignored !== 0) return;
    const [i, j] = [Math.floor(pixel / columns), pixel % columns];
    [top, bottom, left, right] = [Math.min(top, i), Math.max(bottom, i), Math.min(left, j), Math.max(right, j)];
  });
  return { top, bottom, left, right };
}
