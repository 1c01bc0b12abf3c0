import { escapeMarkup, htmlPage } from "./html-page.ts";
import type { ReportContent } from "./report/content.ts";
import { imageSection } from "./report/image-section.ts";
import { phaseTable, phaseTimeline } from "./report/phase-timeline.ts";
import { posteriorSection, traceSection } from "./report/posterior-section.ts";
import { REPORT_STYLE } from "./report/style.ts";
import { summarySection } from "./report/summary-section.ts";
import {
  basinTable,
  checkTable,
  diagnosticTable,
  factTable,
  failureTable,
  parameterTable,
  quantityTable,
  termTable,
  timingTable,
} from "./report/tables.ts";

export type {
  CredibleInterval,
  ReportBasin,
  ReportContent,
  ReportFact,
  ReportParameter,
  ReportPhase,
  ReportQuantity,
} from "./report/content.ts";

/** A part of the page; one without content is left out. */
interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: readonly string[];
}

/**
 * The report of a search as one page that needs nothing else: no script, no font, no file, no network. Images are PNG in the
 * page, lines and text SVG; it follows the reader's system into the dark, and prints.
 */
export function reportHtml(content: ReportContent): string {
  const { phases, basins, inputs, provenance, timing, quantities } = content;
  const sections: readonly Section[] = [
    { id: "images", title: "Data and model", content: [imageSection(content)] },
    {
      id: "phases",
      title: "Phases",
      content: phases.length < 2 ? [] : [wide(phaseTimeline(phases)), phaseTable(phases)],
    },
    { id: "parameters", title: "Parameters", content: [parameterTable(content)] },
    { id: "quantities", title: "Derived quantities", content: quantities.length === 0 ? [] : [quantityTable(content)] },
    { id: "posterior", title: "Posterior", content: [posteriorSection(content)] },
    { id: "traces", title: "Traces", content: [traceSection(content)] },
    { id: "terms", title: "Terms of the evidence", content: [termTable(content)] },
    { id: "diagnostics", title: "Diagnostics", content: [diagnosticTable(content)] },
    { id: "basins", title: "Basins", content: basins.length === 0 ? [] : [basinTable(content)] },
    {
      id: "checks",
      title: "Production checks",
      content: [checkTable(content), "<h3>Evaluations without a likelihood</h3>", failureTable(content)],
    },
    { id: "timing", title: "Timing", content: timing.length === 0 ? [] : [timingTable(content)] },
    {
      id: "provenance",
      title: "Provenance",
      content: [
        factTable(["fact", "value"], provenance),
        ...(inputs.length === 0 ? [] : ["<h3>Inputs</h3>", factTable(["file", "hash"], inputs)]),
        `<details><summary>The spec</summary><pre tabindex="0">${escapeMarkup(content.specText)}</pre></details>`,
      ],
    },
  ];
  const shown = sections.filter((section) => section.content.join("") !== "");
  const links = shown.map(({ id, title }) => `<li><a href="#${id}">${title}</a></li>`);
  const body = [
    summarySection(content),
    `<nav aria-label="Sections"><ul>${links.join("")}</ul></nav>`,
    ...shown.map(({ id, title, content }) => {
      return `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>\n${content.join("\n")}\n</section>`;
    }),
  ];
  return htmlPage(content.name, REPORT_STYLE, body.join("\n"));
}

function wide(figure: string): string {
  return `<div class="wide" tabindex="0">${figure}</div>`;
}
