import type { Chart, ChartPoint } from "../result/chart.ts";
import { CURVES, type Curve } from "./curves.ts";
import type { BenchReport, ReportRow } from "./report.ts";
import { errorText, numberedNotes, secondsText, type TitledTable, tablesText, threadsText, timeOf } from "./table.ts";

/** What stands on the axis: its name among a row's sizes and in the field. */
const ALONG = {
  visibilities: { key: "visibilities", symbol: "K", axis: "K, visibilities" },
  gridSize: { key: "image_pixels", symbol: "M", axis: "M, image pixels inside the mask" },
  sourcePixels: { key: "source_pixels", symbol: "S", axis: "S, source pixels" },
} as const;

/** A curve as it is drawn, and as a table. */
export interface DrawnCurve {
  readonly chart: Chart;
  readonly table: TitledTable;
}

/** Every curve that the report has rows of. */
export function drawnCurves(report: BenchReport): DrawnCurve[] {
  return CURVES.flatMap((curve) => {
    const rows = report.rows.filter((row) => row.curve === curve.name);
    return rows.length === 0 ? [] : drawn(curve, rows, report);
  });
}

/** The curves as tables: a column for every size. */
export function curveTable(report: BenchReport): string {
  const tables = drawnCurves(report).map(({ table }) => table);
  return tablesText(`${report.case}: medians, ${threadsText(report.threads)}`, tables);
}

function drawn(curve: Curve, rows: readonly ReportRow[], report: BenchReport): DrawnCurve {
  const { key, symbol, axis } = ALONG[curve.along];
  const sizeOf = (row: ReportRow): number => row.sizes?.[key] ?? Number.NaN;
  const sizes = [...new Set(rows.map(sizeOf))].sort((a, b) => a - b);
  const lines = [...new Set(rows.map(({ implementation }) => implementation))].map((implementation) => {
    const ofLine = rows.filter((row) => row.implementation === implementation);
    return { implementation, rows: ofLine.sort((a, b) => sizeOf(a) - sizeOf(b)) };
  });
  const last = (line: readonly ReportRow[]): number =>
    line.findLast(({ median_s }) => median_s !== null)?.median_s ?? 0;
  const fastestFirst = lines.toSorted((a, b) => last(a.rows) - last(b.rows));
  const title = `${curve.title}: ${heldSizes(curve, rows[0], symbol)}`;
  const notes: string[] = [];
  const cellOf = (line: readonly ReportRow[], size: number): string => {
    const row = line.find((each) => sizeOf(each) === size);
    if (row === undefined) return "";
    const reason = row.median_s === null ? noteOf(report, row) : undefined;
    if (reason === undefined) return timeOf(row);
    if (!notes.includes(reason)) notes.push(reason);
    return `${timeOf(row)} [${notes.indexOf(reason) + 1}]`;
  };
  const cells = fastestFirst.map((line) => {
    const errors = line.rows.flatMap(({ max_relative_error }) => max_relative_error ?? []);
    const error = errors.length === 0 ? "" : errorText(Math.max(...errors));
    return [line.implementation, ...sizes.map((size) => cellOf(line.rows, size)), error];
  });
  return {
    table: {
      title,
      header: ["implementation", ...sizes.map((size) => `${symbol} = ${sizeText(size)}`), "largest error"],
      cells,
      leftColumns: 1,
      notes: [...numberedNotes(notes), ...(curve.note === undefined ? [] : [curve.note])],
    },
    chart: {
      title,
      x: { label: axis, tick: powerOfTen },
      y: { label: "seconds a call, median and standard deviation", tick: secondsTick },
      series: lines.map(({ implementation, rows }) => ({
        label: implementation,
        points: rows.flatMap((row) => pointOf(row, sizeOf(row))),
      })),
    },
  };
}

function pointOf({ median_s, min_s, spread_s, extrapolated }: ReportRow, x: number): ChartPoint[] {
  if (median_s === null || min_s === null || spread_s === null) return [];
  // A spread as large as the median has no lower end that a logarithm could show.
  return [{ x, y: median_s, low: Math.max(min_s, median_s - spread_s), high: median_s + spread_s, extrapolated }];
}

function heldSizes(curve: Curve, row: ReportRow, along: string): string {
  const { grid_size, image_pixels, visibilities, source_pixels, mapping_neighbors, neighbors } = row.sizes ?? {};
  const grid = along === "M" ? [] : [`N = ${grid_size} (M = ${image_pixels})`];
  const ofModel = [`B = ${mapping_neighbors}`, ...(along === "S" ? [] : [`S = ${source_pixels}`])];
  const ofLikelihood = curve.kernel === "log_likelihood" ? [`P = ${neighbors}`] : [];
  const ofDataset = along === "K" || curve.kernel === "curvature_matrix" ? [] : [`K = ${visibilities}`];
  return [...grid, ...(curve.kernel === "w_compact" ? [] : ofModel), ...ofLikelihood, ...ofDataset].join(", ");
}

function noteOf(report: BenchReport, row: ReportRow): string | undefined {
  const sizes = JSON.stringify(row.sizes);
  return report.notes.find((note) => {
    return (
      note.curve === row.curve && note.implementation === row.implementation && JSON.stringify(note.sizes) === sizes
    );
  })?.note;
}

/** 1e7 is read at a glance, 10000000 is counted. */
function sizeText(size: number): string {
  const power = Math.round(Math.log10(size));
  return power >= 4 && size === 10 ** power ? `1e${power}` : `${size}`;
}

function powerOfTen(value: number): string {
  const superscript = [...`${Math.round(Math.log10(value))}`].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]);
  return `10${superscript.join("")}`;
}

/** 1 us to 100 s. */
function secondsTick(value: number): string {
  const [number, unit] = secondsText(value).split(" ");
  return `${Number(number)} ${unit === "us" ? "µs" : unit}`;
}
