import {
  type Bitmap,
  blankBitmap,
  type Color,
  drawLine,
  fill,
  paste,
  TEXT_HEIGHT,
  textWidth,
  writeText,
} from "./bitmap.ts";
import { drawnPicture, type Picture } from "./figures.ts";
import type { Extent } from "./source-raster.ts";
import { finiteRange, LINEAR, stretched } from "./stretch.ts";
import { tickLabel, ticksBetween } from "./ticks.ts";

/** A line over a picture, such as a critical curve. */
export interface Curve {
  /** (n, 2) y and x, arcseconds. */
  readonly points: Float64Array;
  readonly closed: boolean;
}

/** A picture with its place on the sky, or in a source plane. */
export interface SkyPanel extends Picture {
  readonly extent: Extent;
  readonly curves?: readonly Curve[];
}

const TICK = 4;
const LABELS = 52;
const MARGIN = { left: LABELS + TICK, top: TEXT_HEIGHT + 8, bottom: TEXT_HEIGHT + 12, right: 8 + 12 + TICK + LABELS };
const BAR_WIDTH = 12;
const INK: Color = [0, 0, 0];
const CURVE: Color = [255, 255, 255];
/** Under a curve, so that it shows on what is bright too. */
const SHADOW: Color = [40, 40, 40];

/**
 * A panel with its title, a frame with ticks in arcseconds and a bar of its colors; the longer side of the picture is
 * `side` pixels long, and all panels of one side are of one size.
 */
export function skyPanelBitmap(panel: SkyPanel, side: number): Bitmap {
  const { extent, title = "", curves = [] } = panel;
  const [height, width] = [extent.top - extent.bottom, extent.right - extent.left];
  const perArcsecond = side / Math.max(height, width);
  const [down, across] = [height, width].map((length) => Math.max(1, Math.round(length * perArcsecond)));
  const picture = drawnPicture(panel, across, down);
  const toPixels = (y: number, x: number) => [(extent.top - y) * perArcsecond, (x - extent.left) * perArcsecond];
  for (const [color, thick] of [
    [SHADOW, 3.5],
    [CURVE, 1.5],
  ] as const) {
    for (const { points, closed } of curves) {
      const corners = Array.from({ length: points.length / 2 }, (_, i) => toPixels(points[2 * i], points[2 * i + 1]));
      corners.forEach((corner, i) => {
        if (i > 0 || closed) drawLine(picture, corners.at(i - 1)!, corner, thick, color);
      });
    }
  }
  const whole = blankBitmap(MARGIN.left + side + MARGIN.right, MARGIN.top + side + MARGIN.bottom);
  const { left, top } = MARGIN;
  fill(whole, top - 1, left - 1, across + 2, down + 2, INK);
  paste(whole, picture, top, left);
  writeText(whole, title, 0, left, side + MARGIN.right);
  for (const y of ticksBetween(extent.bottom, extent.top, 5)) {
    const row = top + Math.min(down - 1, Math.round(toPixels(y, 0)[0]));
    fill(whole, row, left - TICK, TICK, 1, INK);
    const label = `${tickLabel(y)}"`;
    writeText(whole, label, row - TEXT_HEIGHT / 2, Math.max(0, left - TICK - 4 - textWidth(label)));
  }
  for (const x of ticksBetween(extent.left, extent.right, 5)) {
    const column = left + Math.min(across - 1, Math.round(toPixels(0, x)[1]));
    fill(whole, top + down, column, 1, TICK, INK);
    const label = `${tickLabel(x)}"`;
    writeText(whole, label, top + down + TICK + 4, Math.max(0, column - Math.round(textWidth(label) / 2)));
  }
  drawBar(whole, panel, top, left + across + 8, down);
  return whole;
}

/** The colors from the bottom to the top of the range, with the values that they stand for. */
function drawBar(
  whole: Bitmap,
  { values, stretch = LINEAR, colorMap }: Picture,
  top: number,
  left: number,
  height: number,
) {
  const range = stretch.range ?? finiteRange(values);
  const colors = Float64Array.from({ length: height }, (_, row) => 1 - (row + 0.5) / height);
  const bar: Picture = { shape: [height, 1], values: colors, stretch: { kind: "linear", range: [0, 1] } };
  fill(whole, top - 1, left - 1, BAR_WIDTH + 2, height + 2, INK);
  paste(whole, drawnPicture(colorMap === undefined ? bar : { ...bar, colorMap }, BAR_WIDTH, height), top, left);
  const ticks = ticksBetween(...range, 6);
  const at = stretched(ticks, { ...stretch, range });
  let lowest = Number.POSITIVE_INFINITY;
  ticks.forEach((value, i) => {
    const row = top + Math.min(height - 1, Math.round((1 - at[i]) * height));
    // A logarithmic end crowds them.
    if (lowest - row < 1.5 * TEXT_HEIGHT) return;
    lowest = row;
    fill(whole, row, left + BAR_WIDTH, TICK, 1, INK);
    writeText(whole, tickLabel(value), row - TEXT_HEIGHT / 2, left + BAR_WIDTH + TICK + 4);
  });
}

/** Panels in rows, the first at the top left. @throws InputError where the figure would be enormous. */
export function skyFigure(panels: readonly SkyPanel[], { side = 320, columns = 3, gap = 12 } = {}): Bitmap {
  const bitmaps = panels.map((panel) => skyPanelBitmap(panel, side));
  const [{ width, height }] = bitmaps;
  const across = Math.min(columns, bitmaps.length);
  const rows = Math.ceil(bitmaps.length / columns);
  const whole = blankBitmap(gap + across * (width + gap), gap + rows * (height + gap));
  bitmaps.forEach((bitmap, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    paste(whole, bitmap, gap + row * (height + gap), gap + column * (width + gap));
  });
  return whole;
}
