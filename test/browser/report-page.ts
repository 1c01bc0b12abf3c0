import { reportHtml } from "../../src/result/report.ts";
import { reportCase } from "./report-case.ts";

/** A picture as it shows. */
export interface SeenFigure {
  readonly title: string;
  /** On the page, pixels. */
  readonly width: number;
  readonly height: number;
  /** Of the brightness of its pixels in [0, 255]: 0 where nothing is there. */
  readonly deviation: number;
}

/** What a browser makes of a report. */
export interface ReportPage {
  readonly title: string;
  readonly verdict: string;
  readonly figures: readonly SeenFigure[];
  /** Images in the figures; the sizes are their own. */
  readonly images: readonly SeenFigure[];
  /** Addresses that it asked for. */
  readonly requests: readonly string[];
  readonly errors: readonly string[];
  /** Pixels that the page is wider than a phone of 400. */
  readonly overflow: number;
  /** Elements that a report has not: scripts, and what a name brought in. */
  readonly foreign: number;
  /** Headers of columns and rows, and how many of them say which. */
  readonly headers: readonly [count: number, scoped: number];
  /** Pixels of what is folded away, on a screen and on paper. */
  readonly folded: readonly (readonly [screen: number, paper: number])[];
  /** On paper: what of the figures may be broken between pages, and what is cut off at the side of tables and text. */
  readonly paper: { readonly breakable: number; readonly cut: number };
}

/** Makes a report in the browser, opens it, and looks at it. */
export async function run(say: (message: string) => Promise<unknown>): Promise<void> {
  const errors: string[] = [];
  const { error } = console;
  console.error = (...text) => errors.push(text.join(" "));
  const html = reportHtml(await reportCase("nested"));
  const frame = document.createElement("iframe");
  frame.style.width = "1200px";
  frame.style.height = "900px";
  frame.srcdoc = html;
  const loaded = new Promise((done) => {
    frame.onload = done;
  });
  document.body.append(frame);
  await loaded;
  const page = frame.contentDocument as Document;
  const view = frame.contentWindow as Window & typeof globalThis;
  // Images in SVG say nothing when they fail: each is decoded by itself.
  const images = [...page.querySelectorAll("image")].map(async (image) => {
    const title = image.closest("svg[role=img]")?.querySelector("title")?.textContent ?? "";
    return seen(title, image.getAttribute("href") as string);
  });
  const figures = [...page.querySelectorAll<SVGSVGElement>("svg[role=img]")].map(async (svg) => {
    const { width, height } = svg.getBoundingClientRect();
    const drawn = await seen(svg.querySelector("title")?.textContent ?? "", standalone(svg, page));
    return { ...drawn, width, height };
  });
  const report = { images: await Promise.all(images), figures: await Promise.all(figures) };
  frame.style.width = "400px";
  const overflow = page.documentElement.scrollWidth - page.documentElement.clientWidth;
  const folds = [...page.querySelectorAll("details")];
  const heights = () => folds.map((fold) => fold.getBoundingClientRect().height);
  const onScreen = heights();
  frame.style.width = "720px";
  print(page, view);
  const onPaper = heights();
  const headers = [...page.querySelectorAll("th")];
  const result: ReportPage = {
    ...report,
    title: page.title,
    verdict: page.querySelector(".verdict")?.textContent ?? "",
    requests: view.performance.getEntriesByType("resource").map(({ name }) => name),
    errors,
    overflow,
    foreign: page.querySelectorAll("script, img, link, iframe, object").length,
    headers: [headers.length, headers.filter((header) => header.hasAttribute("scope")).length],
    folded: folds.map((_, index) => [onScreen[index], onPaper[index]]),
    paper: {
      breakable: [...page.querySelectorAll("figure, .plot")].filter((figure) => {
        return view.getComputedStyle(figure).breakInside !== "avoid";
      }).length,
      cut: [...page.querySelectorAll("pre, .wide")].filter((box) => box.scrollWidth > box.clientWidth).length,
    },
  };
  console.error = error;
  await say(JSON.stringify(result));
}

/** Makes the page's style for paper that for the screen: a page cannot ask to be printed and look at itself. */
function print(page: Document, view: Window & typeof globalThis): void {
  for (const sheet of page.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (rule instanceof view.CSSMediaRule && rule.media.mediaText === "print") rule.media.mediaText = "all";
    }
  }
}

/** An SVG with the style of its page, as an address. */
function standalone(svg: SVGSVGElement, page: Document): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const style = page.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = page.querySelector("style")?.textContent ?? "";
  copy.prepend(style);
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
}

/** @throws DOMException where the image cannot be decoded. */
async function seen(title: string, address: string): Promise<SeenFigure> {
  const image = new Image();
  image.src = address;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const brightness = Float64Array.from({ length: width * height }, (_, p) => {
    return (data[4 * p] + data[4 * p + 1] + data[4 * p + 2]) / 3;
  });
  const mean = brightness.reduce((sum, value) => sum + value, 0) / brightness.length;
  const variance = brightness.reduce((sum, value) => sum + (value - mean) ** 2, 0) / brightness.length;
  return { title, width, height, deviation: Math.sqrt(variance) };
}
