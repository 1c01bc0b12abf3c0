import { InputError } from "../errors.ts";
import { benchCase, type PublishedTime } from "./bench-case.ts";
import type { BenchRow } from "./schedule.ts";
import type { WorkSizes } from "./work.ts";

/** A bench as JSON, by the command line's contract; null where there is no such number. */
export interface BenchReport {
  readonly case: string;
  readonly sizes: Readonly<Record<string, number>>;
  readonly threads: number;
  readonly device: string;
  readonly machine: Readonly<Record<string, unknown>>;
  readonly rows: readonly ReportRow[];
  /** What there is to say of rows besides numbers: why there is no time, what was extrapolated or sampled. */
  readonly notes: readonly ReportNote[];
}

export interface ReportNote extends AtPoint {
  readonly kernel: string;
  readonly implementation: string;
  readonly note: string;
}

/** Which point of which curve, by the names of curves.ts, which over-sampling or which scene: where a report has several. */
export interface AtPoint {
  readonly curve?: string;
  /** The sizes at that point; those of the report are the largest of all curves. */
  readonly sizes?: Readonly<Record<string, number>>;
}

export interface ReportRow extends AtPoint {
  readonly kernel: string;
  readonly implementation: string;
  readonly by: string;
  readonly median_s: number | null;
  readonly min_s: number | null;
  readonly spread_s: number | null;
  readonly runs: number;
  readonly max_relative_error: number | null;
  readonly peak_bytes: number | null;
  readonly extrapolated: boolean;
  /** Medians of parts of the time, by the names of `seconds` in an evaluation's JSON, and the rest as `other`. */
  readonly steps_s?: Readonly<Record<string, number>>;
}

/** What was measured at the same sizes. */
export interface PointRows {
  readonly at: { readonly curve: string; readonly sizes: WorkSizes } | null;
  readonly rows: readonly BenchRow[];
}

export function benchReport(
  name: string,
  sizes: WorkSizes,
  threads: number,
  machine: Readonly<Record<string, unknown>>,
  points: readonly PointRows[],
): BenchReport {
  const rows = points.flatMap(({ at, rows }) => {
    const atPoint: AtPoint = at === null ? {} : { curve: at.curve, sizes: sizesOf(at.sizes) };
    return rows.map((row) => ({ ...row, atPoint }));
  });
  return {
    case: name,
    sizes: sizesOf(sizes),
    threads,
    device: "cpu",
    machine,
    rows: rows.map((row) => ({
      ...row.atPoint,
      kernel: row.kernel,
      implementation: row.implementation,
      by: row.by,
      median_s: row.median,
      min_s: row.min,
      spread_s: row.spread,
      runs: row.runs,
      // JSON has no infinity: as wrong as a number can say.
      max_relative_error: row.error === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : row.error,
      peak_bytes: row.peakBytes,
      extrapolated: row.extrapolated,
      ...(row.steps === undefined ? {} : { steps_s: row.steps }),
    })),
    notes: rows.flatMap((row) => {
      const { kernel, atPoint } = row;
      const rivals = rows.filter((other) => other.kernel === kernel && other.atPoint === atPoint);
      const beside = row === fastest(rivals) ? publishedTimes(name, sizes, kernel, atPoint.curve) : [];
      const note = [row.note, ...beside.map((time) => ratioTo(time, time.least ? row.min! : row.median!))]
        .filter((each) => each !== null)
        .join("; ");
      return note === "" ? [] : [{ ...row.atPoint, kernel: row.kernel, implementation: row.implementation, note }];
    }),
  };
}

function sizesOf(sizes: WorkSizes): BenchReport["sizes"] {
  return {
    grid_size: sizes.gridSize,
    image_pixels: sizes.pixels,
    visibilities: sizes.visibilities,
    mapping_neighbors: sizes.mappingNeighbors,
    neighbors: sizes.neighbors,
    source_pixels: sizes.sourcePixels,
    ...(sizes.overSampling === undefined ? {} : { over_sampling: sizes.overSampling }),
  };
}

/** Of Arclet's own rows. */
function fastest(rows: readonly BenchRow[]): BenchRow | undefined {
  const timed = rows.filter((row) => row.by === "arclet" && row.median !== null);
  return timed.sort((a, b) => a.median! - b.median!)[0];
}

/** What others have measured of a kernel, where the sizes or the scene are those that they had. */
function publishedTimes(name: string, sizes: WorkSizes, kernel: string, at?: string): readonly PublishedTime[] {
  const { sizes: theirs, published = [] } = benchCase(name);
  const same = (["gridSize", "visibilities", "sourcePixels"] as const).every((size) => sizes[size] === theirs[size]);
  return published.filter((time) => {
    return time.kernel === kernel && (time.scene === undefined ? same : time.scene === at);
  });
}

function ratioTo({ seconds, of }: PublishedTime, ours: number): string {
  const times = seconds / ours;
  const comparison = times >= 1 ? `${times.toPrecision(3)} times faster` : `${(1 / times).toPrecision(3)} times slower`;
  return `${comparison} than ${of}: ${seconds} s, published, not of this run`;
}

/** A row of two reports. */
export interface ComparedRow extends AtPoint {
  readonly kernel: string;
  readonly implementation: string;
  readonly by: string;
  readonly old_s: number | null;
  readonly new_s: number | null;
  /** new / old: below one is faster. */
  readonly ratio: number | null;
}

/** Rows of `report` beside the rows of the same kernel and implementation in an earlier report. */
export function compareReports(report: BenchReport, earlier: BenchReport): ComparedRow[] {
  return report.rows.map(({ kernel, implementation, by, median_s, curve, sizes }) => {
    const old = earlier.rows.find((row) => {
      const samePoint = row.curve === curve && JSON.stringify(row.sizes) === JSON.stringify(sizes);
      return row.kernel === kernel && row.implementation === implementation && row.by === by && samePoint;
    });
    const oldSeconds = old?.median_s ?? null;
    const ratio = median_s === null || oldSeconds === null ? null : median_s / oldSeconds;
    const atPoint: AtPoint = curve === undefined || sizes === undefined ? {} : { curve, sizes };
    return { ...atPoint, kernel, implementation, by, old_s: oldSeconds, new_s: median_s, ratio };
  });
}

/**
 * A report from the text of a file that `--save` wrote.
 * @throws InputError `bench/report`
 */
export function parseReport(text: string, where: string): BenchReport {
  const wrong = (what: string): InputError => {
    return new InputError("bench/report", what, "give a file that arclet bench --save wrote", where);
  };
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    throw wrong("this is not JSON");
  }
  const rows: unknown = (report as { rows?: unknown } | null)?.rows;
  if (!Array.isArray(rows)) throw wrong("there are no rows");
  const sound = rows.every((row: Partial<ReportRow> | null) => {
    const time = row?.median_s;
    return typeof row?.kernel === "string" && (time === null || (typeof time === "number" && time >= 0));
  });
  if (!sound) throw wrong("a row has no kernel or no median_s");
  return report as BenchReport;
}
