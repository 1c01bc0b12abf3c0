import { InputError } from "../errors.ts";
import { encodePng } from "../io/png.ts";
import { GLYPH_ADVANCE, GLYPH_ROWS, inkOf } from "./bitmap-font.ts";

/** RGB bytes, (height, width, 3) row-major from the top. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export type Color = readonly [red: number, green: number, blue: number];

/** Pixels of the bitmap a pixel of the font is wide. */
const TEXT_SCALE = 2;
export const TEXT_HEIGHT = GLYPH_ROWS * TEXT_SCALE;
const BACKGROUND = 255;

/** Wider than any screen; a picture beyond it is a mistake rather than a figure. */
const LARGEST_SIDE = 16_384;

/** A white bitmap. @throws InputError where it would be enormous. */
export function blankBitmap(width: number, height: number): Bitmap {
  requireSide(width);
  requireSide(height);
  return { width, height, data: new Uint8Array(3 * width * height).fill(BACKGROUND) };
}

export function requireSide(side: number): void {
  if (side <= LARGEST_SIDE) return;
  throw new InputError("figure/size", `a figure ${side} pixels wide or high`, `stay within ${LARGEST_SIDE}`);
}

export function paste(whole: Bitmap, part: Bitmap, top: number, left: number): void {
  for (let row = 0; row < part.height; row++) {
    const line = part.data.subarray(3 * row * part.width, 3 * (row + 1) * part.width);
    whole.data.set(line, 3 * ((top + row) * whole.width + left));
  }
}

/** Bitmap pixels from where a text begins to where it ends. */
export function textWidth(text: string): number {
  return (GLYPH_ADVANCE * [...text].length - 1) * TEXT_SCALE;
}

/** Writes a text in black from its top left corner on, cut to a width. */
export function writeText(whole: Bitmap, text: string, top: number, left: number, width = whole.width - left): void {
  const fitting = text.slice(0, Math.max(0, Math.floor(width / (GLYPH_ADVANCE * TEXT_SCALE))));
  for (const [row, column] of inkOf(fitting)) {
    fill(whole, top + row * TEXT_SCALE, left + column * TEXT_SCALE, TEXT_SCALE, TEXT_SCALE, [0, 0, 0]);
  }
}

/** A filled rectangle, inside the bitmap. */
export function fill(whole: Bitmap, top: number, left: number, width: number, height: number, color: Color): void {
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) whole.data.set(color, 3 * (y * whole.width + x));
  }
}

/**
 * A line between two places in bitmap pixels, (y, x) from the top left corner; what is outside is left out. Pixels take the
 * color by the share of them that is nearer to the line than half its width.
 */
export function drawLine(
  whole: Bitmap,
  from: readonly number[],
  to: readonly number[],
  width: number,
  color: Color,
): void {
  const reach = width / 2 + 1;
  const [[top, bottom], [left, right]] = [0, 1].map((axis) => {
    const most = (axis === 0 ? whole.height : whole.width) - 1;
    const ends = [from[axis], to[axis]];
    return [Math.max(0, Math.floor(Math.min(...ends) - reach)), Math.min(most, Math.ceil(Math.max(...ends) + reach))];
  });
  const [dy, dx] = [to[0] - from[0], to[1] - from[1]];
  const squared = dy * dy + dx * dx;
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [ofY, ofX] = [y + 0.5 - from[0], x + 0.5 - from[1]];
      const along = squared === 0 ? 0 : Math.min(1, Math.max(0, (ofY * dy + ofX * dx) / squared));
      const distance = Math.hypot(ofY - along * dy, ofX - along * dx);
      const share = Math.min(1, Math.max(0, width / 2 + 0.5 - distance));
      if (share === 0) continue;
      const at = 3 * (y * whole.width + x);
      for (let c = 0; c < 3; c++) whole.data[at + c] += Math.round(share * (color[c] - whole.data[at + c]));
    }
  }
}

/** PNG bytes. */
export function bitmapPng({ width, height, data }: Bitmap): Uint8Array {
  return encodePng({ width, height, channels: 3, data });
}
