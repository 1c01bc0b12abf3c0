import { beforeAll, describe, expect, test } from "vitest";
import { reportHtml } from "../../src/result/report.ts";
import { noBrowser } from "./chromium.ts";
import { HOSTILE, reportCase } from "./report-case.ts";
import type { ReportPage } from "./report-page.ts";
import { visit } from "./visit.ts";

describe.skipIf(noBrowser !== undefined)(`a report in a browser${noBrowser ? ` (${noBrowser})` : ""}`, () => {
  let page: ReportPage;
  beforeAll(async () => {
    await visit("report-page.ts", (message) => {
      page = JSON.parse(message);
      return true;
    });
  });

  test("shows its figures, none of them blank", () => {
    const titles = page.figures.map(({ title }) => title);
    for (const start of [
      "Data of hst",
      "Model of hst; critical curves",
      "Residuals / noise of hst",
      "Lens light of hst",
      "Lensed source of hst",
      "Dirty image of alma",
      "Dirty image of the model of alma",
      "Dirty residuals of alma",
      "Source plane of source",
      "Timeline",
      "Corner plot",
      'Values of lens.mass.einstein_radius ["]',
    ]) {
      expect(titles.some((title) => title.startsWith(start))).toBe(true);
    }
    for (const { width, height, deviation } of page.figures) {
      expect(Math.min(width, height)).toBeGreaterThan(50);
      // Frames with ticks and nothing in them have 16 to 18, traces, which are mostly paper, 26.
      expect(deviation).toBeGreaterThan(22);
    }
  });

  test("embeds images that decode and are not of one color", () => {
    // Each with the bar of its colors: five of the image, four of the visibilities (which do not see the lens), two sources.
    expect(page.images).toHaveLength(2 * 11);
    for (const { deviation } of page.images) expect(deviation).toBeGreaterThan(10);
  });

  test("asks for nothing, obeys nothing, complains of nothing", () => {
    expect(page).toMatchObject({ requests: [], errors: [], foreign: 0, title: HOSTILE });
  });

  test("says whether the search converged", () => {
    expect(page.verdict).toContain("The search converged (nested sampling, 30\u202f000 evaluations)");
    expect(page.verdict).toContain('Einstein radius b_SIE: 1.2000 ± 0.0020" (median and 68 %)');
  });

  test("on paper folds nothing away, cuts nothing off and breaks no figure", () => {
    expect(page.folded).toHaveLength(1);
    for (const [screen, paper] of page.folded) {
      expect(screen).toBeLessThan(50);
      // A spec of thirty lines.
      expect(paper).toBeGreaterThan(200);
    }
    expect(page.paper).toEqual({ breakable: 0, cut: 0 });
  });

  test("fits a phone, and its tables say what their headers are of", () => {
    expect(page.overflow).toBe(0);
    expect(page.headers[0]).toBeGreaterThan(40);
    expect(page.headers[1]).toBe(page.headers[0]);
  });
});

test("a report begins with what speaks against it", async () => {
  const html = reportHtml(await reportCase("ensemble"));
  expect(html).toContain("<li>Walkers disagree: split R-hat is 1.30</li>");
  expect(html.indexOf("Walkers disagree")).toBeLessThan(html.indexOf("ended with a warning: read that first"));
  expect(html).toContain("6 of 8 chains");
  // Names and reasons are text, and only SVG names an address: its own.
  expect(html).not.toMatch(/<script|<img|<empty/);
  expect([...html.matchAll(/\w+:\/\/[^"'&<\s]+/g)].map(([address]) => address)).toEqual(
    expect.arrayContaining(["http://www.w3.org/2000/svg"]),
  );
});
