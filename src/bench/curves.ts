import type { BenchKernel } from "./implementation.ts";
import type { BenchSizes } from "./work.ts";

/** How the cost of one kernel grows with one size, all other sizes held. */
export interface Curve {
  readonly name: string;
  readonly title: string;
  readonly kernel: BenchKernel;
  readonly along: "visibilities" | "gridSize" | "sourcePixels";
  /** The sizes are `first`, then each `factor` times the one before, up to the largest. */
  readonly first: number;
  readonly factor: number;
  /** What the reader should know of the rows. */
  readonly note?: string;
  /** Rows that are drawn unless others are asked for. */
  readonly rows: readonly string[];
}

/** Sizes that are held while another grows: no larger than the case's. */
const HELD = { gridSize: 64, visibilities: 1000, sourcePixels: 256 } as const;

const CURVATURE_ROWS = [
  ...["wasm_compact_symmetric", "wasm_compact_fft", "wasm_compact_sparse", "wasm_compact_direct"],
  ...["wasm_sparse", "wasm_dense", "wasm_preload_direct"],
];

export const CURVES: readonly Curve[] = [
  {
    name: "w_compact_by_visibilities",
    title: "w compact against K",
    kernel: "w_compact",
    along: "visibilities",
    first: 1000,
    factor: 10,
    rows: ["wasm_nufft", "wasm_separable", "reference_nufft", "reference_direct"],
  },
  {
    name: "curvature_matrix_by_image_pixels",
    title: "curvature matrix against M",
    kernel: "curvature_matrix",
    along: "gridSize",
    first: 16,
    factor: 2,
    rows: CURVATURE_ROWS,
  },
  {
    name: "curvature_matrix_by_source_pixels",
    title: "curvature matrix against S",
    kernel: "curvature_matrix",
    along: "sourcePixels",
    first: 16,
    factor: 4,
    rows: CURVATURE_ROWS,
  },
  {
    name: "log_likelihood_by_visibilities",
    title: "log likelihood against K, W given",
    kernel: "log_likelihood",
    along: "visibilities",
    first: 1000,
    factor: 10,
    note: "compacted begins with what a compaction keeps, of no length K; the study's functions sum chi^2 of the data anew",
    rows: ["wasm_compacted", "wasm_compact_symmetric", "wasm_compact_sparse", "wasm_dense"],
  },
];

/** Curves that are measured at the same sizes, and so on the same inputs. */
export interface CurvePoint {
  readonly sizes: BenchSizes;
  readonly curves: readonly Curve[];
}

/** Every point of the curves once, whatever number of them goes through it. */
export function curvePoints(largest: BenchSizes, curves: readonly Curve[] = CURVES): CurvePoint[] {
  const points = new Map<string, { sizes: BenchSizes; curves: Curve[] }>();
  for (const curve of curves) {
    const held = {
      ...largest,
      gridSize: Math.min(HELD.gridSize, largest.gridSize),
      visibilities: Math.min(HELD.visibilities, largest.visibilities),
      sourcePixels: Math.min(HELD.sourcePixels, largest.sourcePixels),
    };
    for (const value of valuesAlong(curve, largest[curve.along])) {
      const sizes = { ...held, [curve.along]: value };
      const point = points.get(JSON.stringify(sizes)) ?? { sizes, curves: [] };
      points.set(JSON.stringify(sizes), point);
      point.curves.push(curve);
    }
  }
  return [...points.values()];
}

/** The largest is always one of them. */
function valuesAlong({ first, factor }: Curve, largest: number): number[] {
  const values: number[] = [];
  for (let value = first; value < largest; value *= factor) values.push(value);
  return [...values, largest];
}
