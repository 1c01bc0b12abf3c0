import { CHART_STYLE, logLogChart } from "../result/chart.ts";
import { escapeMarkup, htmlPage, htmlTable } from "../result/html-page.ts";
import type { Ranking } from "./bench-case.ts";
import { drawnCurves } from "./curve-table.ts";
import type { BenchReport } from "./report.ts";
import { rankingTables, sizesLine, type TitledTable, threadsText } from "./table.ts";

/** A report as one page that needs no other file: plots of curves, tables of everything, and the machine. */
export function benchPage(report: BenchReport, rankings: readonly Ranking[]): string {
  const curves = drawnCurves(report);
  const lead = curves.length === 0 ? sizesLine(report) : threadsText(report.threads);
  const body = [
    `<p>${escapeMarkup(lead)}. ~ marks a time that was extrapolated from a part of the work; errors are relative to the
largest magnitude of the reference's result.${curves.length === 0 ? "" : " Hollow points were extrapolated; bars are one standard deviation."}</p>`,
    ...curves.map(({ chart, table }) => section(table, logLogChart(chart))),
    ...rankingTables(report, rankings).map((table) => section(table)),
    "<h2>Machine</h2>",
    definitions(report.machine),
  ];
  return htmlPage(`arclet bench ${report.case}`, CHART_STYLE, body.join("\n"));
}

function section(table: TitledTable, chart = ""): string {
  const notes = table.notes.map((note) => `<p>${escapeMarkup(note)}</p>`).join("\n");
  const plot = chart === "" ? "" : `<div class="wide">${chart}</div>\n`;
  return `<h2>${escapeMarkup(table.title)}</h2>\n${plot}${htmlTable(table)}\n${notes}`;
}

function definitions(values: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(values).map(([name, value]) => {
    const text = typeof value === "object" ? JSON.stringify(value) : `${value}`;
    return `<dt>${escapeMarkup(name.replaceAll("_", " "))}</dt><dd>${escapeMarkup(text)}</dd>`;
  });
  return `<dl>${entries.join("\n")}</dl>`;
}
