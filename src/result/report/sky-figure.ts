import type { SkyOrientation } from "../../dataset/sky-orientation.ts";
import { type ColorMap, DIVERGING } from "../color-map.ts";
import { escapeMarkup } from "../html-page.ts";
import type { Curve } from "../sky-panel.ts";
import type { Extent } from "../source-raster.ts";
import { finiteRange, type Stretch, stretched } from "../stretch.ts";
import { ticksBetween } from "../ticks.ts";
import { imageUri } from "./image-uri.ts";
import { at, lineThrough, svgFigure, svgPath, svgRect, svgText, tickText } from "./svg.ts";

/** A critical curve or a caustic. */
export interface SkyCurve extends Curve {
  readonly kind: "tangential" | "radial";
}

/** An image with its place on the sky, or in a source plane. */
export interface SkyFigure {
  /** Read out in its place. */
  readonly alternative: string;
  readonly shape: readonly [rows: number, columns: number];
  /** (rows, columns) row 0 the top; NaN where it is masked. */
  readonly values: ArrayLike<number>;
  readonly extent: Extent;
  readonly colorMap: ColorMap;
  readonly stretch: Stretch;
  readonly curves?: readonly SkyCurve[];
  /** Draws a scale bar, and arrows to the north and the east, in white. */
  readonly sky?: SkyOrientation;
}

/** Pixels of the longer side of the image, and what is about it. */
const SIDE = 280;
const MARGIN = { left: 46, top: 8, bottom: 30, right: 70 };
const BAR = { gap: 8, width: 12, levels: 64 };
/** Ticks of a color bar are no nearer than this. */
const TICK_DISTANCE = 20;

/** A figure under its title. */
export function captionedFigure(title: string, note: string, figure: SkyFigure): string {
  const caption = `<b>${escapeMarkup(title)}</b>${note === "" ? "" : ` ${escapeMarkup(note)}`}`;
  return `<figure><figcaption>${caption}</figcaption>${skyFigure(figure)}</figure>`;
}

/** An image in a frame with ticks in arcseconds, lines over it, and a bar of its colors. */
function skyFigure(figure: SkyFigure): string {
  const { extent, shape, values, colorMap, stretch, curves = [], sky } = figure;
  const [height, width] = [extent.top - extent.bottom, extent.right - extent.left];
  const scale = SIDE / Math.max(height, width);
  const [down, across] = [height * scale, width * scale];
  const { left, top } = MARGIN;
  const x = (arcsec: number) => left + (arcsec - extent.left) * scale;
  const y = (arcsec: number) => top + (extent.top - arcsec) * scale;
  const place = `x="${at(left)}" y="${at(top)}" width="${at(across)}" height="${at(down)}"`;
  const isPale = colorMap === DIVERGING;
  const lines = curves.map(({ points, closed, kind }) => {
    const corners = Array.from({ length: points.length / 2 }, (_, i): [number, number] => {
      return [x(points[2 * i + 1]), y(points[2 * i])];
    });
    const d = lineThrough(corners, closed);
    return svgPath("halo", d) + svgPath(kind === "radial" ? "curve radial" : "curve", d);
  });
  const ticks = [
    ...ticksBetween(extent.left, extent.right, 4).map((value) => {
      return (
        svgPath("tick", `M${at(x(value))} ${at(top + down)}v4`) +
        svgText(x(value), top + down + 17, `${tickText(value)}"`, { anchor: "middle" })
      );
    }),
    ...ticksBetween(extent.bottom, extent.top, 4).map((value) => {
      return (
        svgPath("tick", `M${at(left)} ${at(y(value))}h-4`) +
        svgText(left - 7, y(value) + 4, `${tickText(value)}"`, { anchor: "end" })
      );
    }),
  ];
  return svgFigure(left + SIDE + MARGIN.right, top + down + MARGIN.bottom, figure.alternative, [
    svgRect(isPale ? "light" : "dark", left, top, across, down),
    `<image href="${imageUri(shape, values, colorMap, stretch)}" ${place} preserveAspectRatio="none" style="image-rendering: pixelated"/>`,
    // A viewport of its own clips what leaves it, and needs no name that another figure could have.
    `<svg ${place} viewBox="${at(left)} ${at(top)} ${at(across)} ${at(down)}">${lines.join("")}</svg>`,
    ...(sky === undefined ? [] : [scaleBar(left, top + down, width, scale), compass(left + across, top + down, sky)]),
    svgRect("frame", left, top, across, down),
    ...ticks,
    colorBar(figure, left + across + BAR.gap, top, down),
  ]);
}

/** As long as a round number of arcseconds, about a fifth of the image. */
function scaleBar(left: number, bottom: number, width: number, scale: number): string {
  const raw = width / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const length = (raw / power < 2 ? 1 : raw / power < 5 ? 2 : 5) * power;
  const d = `M${at(left + 12)} ${at(bottom - 12)}h${at(length * scale)}`;
  const label = svgText(left + 12 + (length * scale) / 2, bottom - 18, `${tickText(Number(length.toPrecision(1)))}"`, {
    anchor: "middle",
    look: "onsky",
  });
  return svgPath("halo", d) + svgPath("sign", d) + label;
}

/** Arrows to the north and the east, with their names at their ends, in the lower right corner. */
function compass(right: number, bottom: number, { north, east }: SkyOrientation): string {
  const [length, label, margin] = [22, 32, 14];
  const directions = [north, east].map(([y, x]) => ({ x, y: -y }));
  // From where they begin the labels reach this far to the right and down.
  const [x, y] = [
    right - margin - label * Math.max(0, ...directions.map((direction) => direction.x)),
    bottom - margin - label * Math.max(0, ...directions.map((direction) => direction.y)),
  ];
  const arrows = directions.map((direction) => {
    const tip = [x + length * direction.x, y + length * direction.y] as const;
    const barbs = [1, -1].map((side): [number, number] => {
      return [tip[0] - 5 * direction.x + 3 * side * direction.y, tip[1] - 5 * direction.y - 3 * side * direction.x];
    });
    return lineThrough([[x, y], tip]) + lineThrough([barbs[0], tip, barbs[1]]);
  });
  const names = directions.map((direction, i) => {
    return svgText(x + label * direction.x, y + label * direction.y + 4, "NE"[i], { anchor: "middle", look: "onsky" });
  });
  return [svgPath("halo", arrows.join("")), svgPath("sign", arrows.join("")), ...names].join("");
}

/** The colors from the bottom to the top of the range, with the values that they stand for. */
function colorBar({ values, stretch, colorMap }: SkyFigure, left: number, top: number, height: number): string {
  const range = stretch.range ?? finiteRange(values);
  const colors = Float64Array.from({ length: BAR.levels }, (_, row) => 1 - (row + 0.5) / BAR.levels);
  const uri = imageUri([BAR.levels, 1], colors, colorMap, { kind: "linear", range: [0, 1] });
  const place = `x="${at(left)}" y="${at(top)}" width="${BAR.width}" height="${at(height)}"`;
  const ticks = barTicks(range, stretch, height).map(({ value, up }) => {
    const y = top + height - up;
    return (
      svgPath("tick", `M${at(left + BAR.width)} ${at(y)}h4`) + svgText(left + BAR.width + 7, y + 4, tickText(value))
    );
  });
  return [
    `<image href="${uri}" ${place} preserveAspectRatio="none"/>`,
    svgRect("frame", left, top, BAR.width, height),
    ...ticks,
  ].join("");
}

/**
 * Round values apart from each other: a logarithmic end crowds those that are evenly spaced, so that the roundest (zero,
 * powers of ten) have their places first.
 */
function barTicks(range: readonly [number, number], stretch: Stretch, height: number) {
  const [lower, upper] = range;
  const largest = Math.max(Math.abs(lower), Math.abs(upper));
  const decades = Array.from({ length: 3 }, (_, i) => 10 ** (Math.floor(Math.log10(largest || 1)) - i));
  const signed = (factor: number) =>
    decades.flatMap((power) => [1, -1].map((sign) => Number((sign * factor * power).toPrecision(2))));
  const candidates =
    stretch.kind === "linear" ? ticksBetween(lower, upper, 5) : [0, ...signed(1), ...signed(5), ...signed(2)];
  const inside = candidates.filter((value) => value >= lower && value <= upper);
  const places = stretched(inside, { ...stretch, range });
  const kept: { readonly value: number; readonly up: number }[] = [];
  inside.forEach((value, i) => {
    const up = places[i] * height;
    if (kept.every((other) => Math.abs(other.up - up) >= TICK_DISTANCE)) kept.push({ value, up });
  });
  return kept;
}
