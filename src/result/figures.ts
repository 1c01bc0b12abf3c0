import { InputError } from "../errors.ts";
import { type Bitmap, bitmapPng, blankBitmap, paste, requireSide, TEXT_HEIGHT, writeText } from "./bitmap.ts";
import { type ColorMap, colorOf, SEQUENTIAL } from "./color-map.ts";
import { LINEAR, type Stretch, stretched } from "./stretch.ts";

/** A 2-D array to look at. */
export interface Picture {
  /** Rows and columns; row 0 is drawn at the top. */
  readonly shape: readonly [rows: number, columns: number];
  /** (rows, columns) row-major; NaN is a masked pixel and is drawn in grey. */
  readonly values: ArrayLike<number>;
  /** Written above it. */
  readonly title?: string;
  /** `SEQUENTIAL` without it. */
  readonly colorMap?: ColorMap;
  /** Linear over all finite values without it. */
  readonly stretch?: Stretch;
}

export interface PanelOptions {
  /** Height of every panel without its title, pixels; without it the tallest picture times a whole number, at least 256. */
  readonly height?: number;
  /** Background between the panels, pixels. */
  readonly gap?: number;
}

const TEXT_MARGIN = 4;

/** One picture, every pixel drawn as `scale` x `scale`, without title. */
export function pictureBitmap(picture: Picture, scale = 1): Bitmap {
  requireWhole(scale, "scale");
  return resized(picture, picture.shape[0] * scale);
}

/** PNG bytes of one picture, every pixel drawn as `scale` x `scale`. */
export function picturePng(picture: Picture, scale = 1): Uint8Array {
  return bitmapPng(pictureBitmap(picture, scale));
}

/** PNG bytes of pictures side by side, at equal height, each under its title. */
export function panelsPng(pictures: readonly Picture[], options: PanelOptions = {}): Uint8Array {
  return bitmapPng(panelsBitmap(pictures, options));
}

/**
 * Pictures side by side, at equal height. A picture whose rows do not divide the height has pixels that differ by one
 * in size; none is smoothed.
 * @throws InputError when there is no picture, a shape does not fit its values, or the figure would be enormous.
 */
export function panelsBitmap(pictures: readonly Picture[], { height, gap = 8 }: PanelOptions = {}): Bitmap {
  if (pictures.length === 0) throw new InputError("figure/empty", "a figure of no pictures", "give at least one");
  const tallest = Math.max(...pictures.map(({ shape }) => shape[0]));
  const panelHeight = height ?? tallest * Math.max(1, Math.ceil(256 / tallest));
  requireWhole(panelHeight, "height");
  const panels = pictures.map((picture) => resized(picture, panelHeight));
  const titled = pictures.some(({ title }) => title !== undefined && title !== "");
  const top = titled ? TEXT_HEIGHT + 2 * TEXT_MARGIN : 0;
  const width = panels.reduce((sum, panel) => sum + panel.width, gap * (panels.length - 1));
  const whole = blankBitmap(width, top + panelHeight);
  let left = 0;
  panels.forEach((panel, index) => {
    paste(whole, panel, top, left);
    writeText(whole, pictures[index].title ?? "", TEXT_MARGIN, left, panel.width);
    left += panel.width + gap;
  });
  return whole;
}

/** The picture at a height in pixels. */
function resized(picture: Picture, height: number): Bitmap {
  const [rows, columns] = picture.shape;
  return drawnPicture(picture, Math.max(1, Math.round((columns * height) / rows)), height);
}

/**
 * The picture at a size in pixels, each drawn in the color of the array pixel that it lies in, without title.
 * @throws InputError when the shape does not fit the values, or the size is enormous.
 */
export function drawnPicture(picture: Picture, width: number, height: number): Bitmap {
  const [rows, columns] = picture.shape;
  if (rows * columns !== picture.values.length || rows < 1 || columns < 1) {
    throw new InputError(
      "figure/shape",
      `${picture.values.length} values do not fill ${rows} x ${columns} pixels`,
      "give a shape with as many pixels as values",
    );
  }
  requireSide(height);
  requireSide(width);
  const brightness = stretched(picture.values, picture.stretch ?? LINEAR);
  const map = picture.colorMap ?? SEQUENTIAL;
  const data = new Uint8Array(3 * width * height);
  for (let row = 0; row < height; row++) {
    const i = Math.floor((row * rows) / height);
    for (let column = 0; column < width; column++) {
      const j = Math.floor((column * columns) / width);
      data.set(colorOf(map, brightness[i * columns + j]), 3 * (row * width + column));
    }
  }
  return { width, height, data };
}

function requireWhole(value: number, what: string): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new InputError("figure/size", `figure ${what} ${value} is not a positive integer`, "give a number of pixels");
}
