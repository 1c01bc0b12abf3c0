import { InputError } from "../errors.ts";
import { colorOf, SEQUENTIAL } from "./color-map.ts";
import type { Picture } from "./figures.ts";
import { LINEAR, stretched } from "./stretch.ts";

export interface TerminalImageOptions {
  /** Side of the square that the picture must fit into, in widths of a character; 60 without it. */
  readonly columns?: number;
  /** Whether the terminal shows 24-bit colours; without them brightness is drawn in characters. */
  readonly color: boolean;
}

/** From faint to bright; a masked pixel is a space, so the faintest is not. */
const RAMP = ".:-=+*#%@";

/**
 * A picture as lines of text, each ending in a newline. In colour every character is two pixels, one above the other
 * (the upper half block, with its own colour and its background's); without, one character is about two rows high.
 * @throws InputError when the shape does not fit the values.
 */
export function terminalImage(picture: Picture, { columns = 60, color }: TerminalImageOptions): string {
  const [rows, width] = picture.shape;
  if (rows * width !== picture.values.length || rows < 1 || width < 1) {
    throw new InputError(
      "figure/shape",
      `${picture.values.length} values do not fill ${rows} x ${width} pixels`,
      "give a shape with as many pixels as values",
    );
  }
  // As many lines as columns at most, so that a tall array stays on the screen too.
  const box = Math.max(1, Math.floor(columns));
  const across = Math.max(1, Math.min(width, box, Math.floor((box * width) / rows)));
  const square = Math.min(box, Math.max(1, Math.round((rows * across) / width)));
  // Averages, not every n-th pixel: a thin arc must not fall between the characters.
  const values = averaged(picture, color ? square : Math.max(1, Math.round(square / 2)), across);
  const brightness = stretched(values, picture.stretch ?? LINEAR);
  return color ? halfBlocks(brightness, across, picture.colorMap ?? SEQUENTIAL) : characters(brightness, across);
}

function halfBlocks(brightness: Float64Array, across: number, map: Uint8Array): string {
  const rows = brightness.length / across;
  let text = "";
  for (let row = 0; row < rows; row += 2) {
    for (let column = 0; column < across; column++) {
      const upper = colorOf(map, brightness[row * across + column]).join(";");
      text += `\u001b[38;2;${upper}m`;
      if (row + 1 < rows) text += `\u001b[48;2;${colorOf(map, brightness[(row + 1) * across + column]).join(";")}m`;
      text += "▀";
    }
    text += "\u001b[0m\n";
  }
  return text;
}

function characters(brightness: Float64Array, across: number): string {
  let text = "";
  for (let start = 0; start < brightness.length; start += across) {
    for (const value of brightness.subarray(start, start + across)) {
      text += Number.isNaN(value) ? " " : RAMP[Math.min(RAMP.length - 1, Math.floor(value * RAMP.length))];
    }
    text += "\n";
  }
  return text;
}

/** Means over blocks of pixels, masked ones left out; NaN where all of a block are masked. */
function averaged({ shape: [rows, columns], values }: Picture, down: number, across: number): Float64Array {
  const means = new Float64Array(down * across);
  for (let row = 0; row < down; row++) {
    const [top, bottom] = block(row, down, rows);
    for (let column = 0; column < across; column++) {
      const [left, right] = block(column, across, columns);
      let sum = 0;
      let count = 0;
      for (let i = top; i < bottom; i++) {
        for (let j = left; j < right; j++) {
          const value = values[i * columns + j];
          if (Number.isNaN(value)) continue;
          sum += value;
          count++;
        }
      }
      means[row * across + column] = sum / count;
    }
  }
  return means;
}

/** Pixels that part `index` of `parts` covers, at least one. */
function block(index: number, parts: number, pixels: number): readonly [from: number, to: number] {
  const from = Math.min(pixels - 1, Math.floor((index * pixels) / parts));
  return [from, Math.max(from + 1, Math.floor(((index + 1) * pixels) / parts))];
}
