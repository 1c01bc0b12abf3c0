import type { Table } from "../result/html-page.ts";
import type { Ranking } from "./bench-case.ts";
import type { AtPoint, BenchReport, ComparedRow, ReportRow } from "./report.ts";

/** A table with its title and what there is to say below it. */
export interface TitledTable extends Table {
  readonly title: string;
  readonly notes: readonly string[];
}

/** The report as tables in the study's style: fastest first, ratios to the best in parentheses. */
export function benchTable(report: BenchReport, rankings: readonly Ranking[]): string {
  return tablesText(sizesLine(report), rankingTables(report, rankings));
}

/** The case and its sizes. */
export function sizesLine(report: BenchReport): string {
  if (report.sizes.visibilities === 0) {
    return `${report.case}: M = ${report.sizes.image_pixels}, ${threadsText(report.threads)}`;
  }
  const { grid_size, image_pixels, mapping_neighbors, visibilities, neighbors, source_pixels } = report.sizes;
  return [
    `${report.case}: N = ${grid_size} (M = ${image_pixels}), B = ${mapping_neighbors}, K = ${visibilities},`,
    `P = ${neighbors}, S = ${source_pixels}, ${threadsText(report.threads)}`,
  ].join(" ");
}

export function threadsText(threads: number): string {
  return threads === 1 ? "one thread" : `${threads} threads`;
}

/** Tables below a line. */
export function tablesText(head: string, tables: readonly TitledTable[]): string {
  const texts = tables.map(({ title, header, cells, leftColumns, notes }) => {
    return [title, aligned([header, ...cells], leftColumns), ...notes.map((note) => `  ${note}`)].join("\n");
  });
  return `${[head, ...texts].join("\n\n")}\n`;
}

/** A table of every ranking that has rows, the fastest first. */
export function rankingTables(report: BenchReport, rankings: readonly Ranking[]): TitledTable[] {
  return rankings.flatMap((ranking) => {
    return [...new Set(report.rows.map(pointOf))].flatMap((name) => {
      if (name === undefined) return rankingTable(report, ranking);
      const at = (row: AtPoint): boolean => pointOf(row) === name;
      const point = { ...report, rows: report.rows.filter(at), notes: report.notes.filter(at) };
      return [
        ...rankingTable(point, { ...ranking, title: `${ranking.title}, ${name}` }),
        ...stepsTable(point.rows, name),
      ];
    });
  });
}

/** A scene, or an over-sampling of the parametric case; undefined in a report of one point. */
function pointOf({ curve, sizes }: AtPoint): string | undefined {
  return sizes?.over_sampling === undefined ? curve : `over-sampling ${sizes.over_sampling}`;
}

/** Where the time of rows goes that know their steps: a column for each row. */
function stepsTable(all: readonly ReportRow[], point: string): TitledTable[] {
  const rows = all.filter(({ steps_s }) => steps_s !== undefined);
  if (rows.length === 0) return [];
  const line = (name: string, seconds: (row: ReportRow) => number | null | undefined): string[] => {
    return [name, ...rows.map(seconds).map((time) => (typeof time === "number" ? secondsText(time) : ""))];
  };
  const steps = new Set(rows.flatMap(({ steps_s }) => Object.keys(steps_s!)));
  // The rest comes last, also after what only some rows have.
  if (steps.delete("other")) steps.add("other");
  return [
    {
      title: `steps, ${point}: medians`,
      header: ["", ...rows.map(({ kernel, implementation }) => `${implementation} ${kernel}`)],
      cells: [
        line("least of all", ({ min_s }) => min_s),
        line("all", ({ median_s }) => median_s),
        ...[...steps].map((step) => line(step, ({ steps_s }) => steps_s?.[step])),
      ],
      leftColumns: 1,
      notes: [],
    },
  ];
}

function rankingTable(report: BenchReport, { title, kernels }: Ranking): TitledTable[] {
  const rows = report.rows.filter(({ kernel }) => (kernels as readonly string[]).includes(kernel));
  if (rows.length === 0) return [];
  rows.sort((a, b) => (a.median_s ?? Number.POSITIVE_INFINITY) - (b.median_s ?? Number.POSITIVE_INFINITY));
  const best = rows[0].median_s;
  const notes = new Map(report.notes.map(({ kernel, implementation, note }) => [`${kernel} ${implementation}`, note]));
  const numbered: string[] = [];
  const several = kernels.length > 1;
  const cells = rows.map((row) => {
    const note = notes.get(`${row.kernel} ${row.implementation}`);
    if (note !== undefined && !numbered.includes(note)) numbered.push(note);
    const mark = note === undefined ? "" : ` [${numbered.indexOf(note) + 1}]`;
    return [
      row.implementation,
      ...(several ? [row.kernel] : []),
      row.by,
      timeOf(row),
      row.median_s === null || best === null ? "" : `(${ratio(row.median_s / best)})`,
      row.spread_s === null ? "" : secondsText(row.spread_s),
      row.max_relative_error === null ? "" : errorText(row.max_relative_error),
      row.peak_bytes === null ? "" : `${(row.peak_bytes / 2 ** 20).toFixed(1)} MiB${mark}`,
      row.peak_bytes === null ? mark.trim() : "",
    ];
  });
  const header = ["implementation", ...(several ? ["kernel"] : []), "by", "median", "", "sigma", "error", "memory", ""];
  return [
    {
      title,
      header,
      cells,
      leftColumns: several ? 3 : 2,
      ratios: rows.map(({ median_s }) => (median_s === null || best === null ? null : median_s / best)),
      notes: [...numberedNotes(numbered), ...againstPeers(rows)],
    },
  ];
}

export function numberedNotes(notes: readonly string[]): string[] {
  return notes.map((note, index) => `[${index + 1}] ${note}`);
}

/** A time; `~` is before one that was extrapolated. */
export function timeOf({ median_s, extrapolated, runs }: ReportRow): string {
  if (median_s === null) return runs > 0 ? "wrong" : "-";
  return `${extrapolated ? "~ " : ""}${secondsText(median_s)}`;
}

/** Among the rows that have a time, the best of either side. */
function againstPeers(rows: readonly ReportRow[]): string[] {
  const best = (by: string) => rows.find((row) => row.by === by && row.median_s !== null);
  const [own, peer] = [best("arclet"), best("python")];
  if (own === undefined || peer === undefined) return [];
  const times = peer.median_s! / own.median_s!;
  const comparison = times >= 1 ? `${times.toPrecision(3)} times faster` : `${(1 / times).toPrecision(3)} times slower`;
  return [`${own.implementation} is ${comparison} than the fastest peer, ${peer.implementation}`];
}

/** What changed since an earlier report. */
export function comparisonTable(rows: readonly ComparedRow[]): string {
  const text = (value: number | null): string => (value === null ? "-" : secondsText(value));
  const cells = rows.map((row) => {
    return [
      row.implementation,
      `${row.kernel}${pointText(row.sizes)}`,
      text(row.new_s),
      text(row.old_s),
      row.ratio?.toFixed(3) ?? "-",
    ];
  });
  return `\n${aligned([["implementation", "kernel", "new", "old", "new/old"], ...cells], 2)}\n`;
}

function pointText(sizes: ComparedRow["sizes"]): string {
  return sizes === undefined ? "" : `, N = ${sizes.grid_size}, K = ${sizes.visibilities}, S = ${sizes.source_pixels}`;
}

/** Cells under a header, the first columns to the left and numbers to the right. */
export function aligned(rows: readonly (readonly string[])[], leftColumns: number): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]): string => {
    const cells = row.map((cell, column) => {
      return column < leftColumns ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
    });
    return `  ${cells.join("  ")}`.trimEnd();
  };
  return rows.map(line).join("\n");
}

/** With four digits, in s, ms or us. */
export function secondsText(value: number): string {
  const [scale, unit] = value >= 1 || value === 0 ? [1, "s"] : value >= 1e-3 ? [1e3, "ms"] : [1e6, "us"];
  const scaled = value * scale;
  return `${scaled >= 1e5 ? scaled.toExponential(2) : scaled.toPrecision(scaled >= 1000 ? 5 : 4)} ${unit}`;
}

function ratio(value: number): string {
  return value > 1000 ? ">1000" : value.toFixed(2);
}

export function errorText(value: number): string {
  return value === 0 ? "0" : value.toExponential(1);
}
