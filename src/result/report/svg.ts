import { escapeMarkup } from "../html-page.ts";

/*
 * Pieces of SVG. How they look is in style.ts, so that they follow the page into the dark and onto paper.
 */

/** A coordinate with as many digits as an eye can see. */
export function at(pixels: number): string {
  return String(Number(pixels.toFixed(1)));
}

/** A figure by itself. @param title Read out in its place. */
export function svgFigure(width: number, height: number, title: string, content: readonly string[]): string {
  const size = `viewBox="0 0 ${at(width)} ${at(height)}" width="${at(width)}" height="${at(height)}"`;
  return `<svg class="plot" xmlns="http://www.w3.org/2000/svg" ${size} role="img"><title>${escapeMarkup(title)}</title>${content.join("")}</svg>`;
}

export interface TextLook {
  readonly anchor?: "start" | "middle" | "end";
  readonly look?: string;
  /** Degrees clockwise about where it is anchored. */
  readonly turn?: number;
}

export function svgText(
  x: number,
  y: number,
  content: string,
  { anchor = "start", look, turn }: TextLook = {},
): string {
  const place =
    turn === undefined ? `x="${at(x)}" y="${at(y)}"` : `transform="translate(${at(x)} ${at(y)}) rotate(${turn})"`;
  const aligned = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  return `<text ${place}${aligned}${look === undefined ? "" : ` class="${look}"`}>${escapeMarkup(content)}</text>`;
}

export function svgPath(look: string, d: string, more = ""): string {
  return d === "" ? "" : `<path class="${look}" d="${d}"${more}/>`;
}

export function svgRect(look: string, x: number, y: number, width: number, height: number): string {
  return `<rect class="${look}" x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}"/>`;
}

/** A line through points, (x, y) each in pixels. */
export function lineThrough(points: readonly (readonly [x: number, y: number])[], closed = false): string {
  if (points.length === 0) return "";
  return `M${points.map(([x, y]) => `${at(x)} ${at(y)}`).join("L")}${closed ? "Z" : ""}`;
}

/** Points as small squares of one path: filled, which is drawn much faster than round ends of lines. */
export function dotsAt(points: readonly (readonly [x: number, y: number])[]): string {
  return points.map(([x, y]) => `M${at(x - 1)} ${at(y - 1)}h2v2h-2z`).join("");
}

/** Some 6 px a character at 12 px, for what must be given room. */
export function textWidth(text: string): number {
  return 6.3 * text.length;
}

/** `ticksBetween` gives whole multiples of a step, of which the shortest text is the right one. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential().replace("e+", "e") : String(value);
  return text.replace(/^-/, "−").replace("e-", "e−");
}
