import type { Mapping } from "../mapping.ts";
import type { Neighbors } from "../regularization/constant.ts";

/**
 * What happens to a position in the outer half of a border pixel, beyond the last pixel centre: `clamp` gives it the
 * border pixel's value, so that weights stay in [0, 1]; `extrapolate` continues the slope, as PyAutoArray does.
 */
export type MeshEdges = "clamp" | "extrapolate";

/** A rectangular mesh laid over positions, with their bilinear interpolation from its pixel centres. */
export interface RectangularMesh {
  readonly shape: readonly [rows: number, columns: number];
  /** y of every row (top first) and x of every column of pixel centres, arcseconds. */
  readonly y: Float64Array;
  readonly x: Float64Array;
  readonly mapping: Mapping;
  readonly neighbors: Neighbors;
}

/** Arcseconds by which the mesh is wider than the positions on every side, as in PyAutoArray. */
const BUFFER = 1e-8;

/** Source pixels that an image pixel maps to: the corners of a cell. */
export const RECTANGULAR_MAPPINGS = 4;

/**
 * A mesh of equal pixels over the bounding box of the positions. Pixels are in row-major order, row 0 at the top.
 * @param positions (M, 2) y and x in the source plane, arcseconds; all finite.
 */
export function rectangularMesh(
  positions: Float64Array,
  shape: readonly [rows: number, columns: number],
  edges: MeshEdges,
): RectangularMesh {
  const [rows, columns] = shape;
  const yAxis = pixelAxis(positions, 0, rows);
  const xAxis = pixelAxis(positions, 1, columns);
  const count = positions.length / 2;
  const indexes = new Int32Array(4 * count);
  const weights = new Float64Array(4 * count);
  for (let m = 0; m < count; m++) {
    // Rows are counted from the top, where y is largest.
    const [row, down] = between((yAxis.last - positions[2 * m]) / yAxis.step, rows, edges);
    const [column, right] = between((positions[2 * m + 1] - xAxis.first) / xAxis.step, columns, edges);
    const below = Math.min(row + 1, rows - 1);
    const beside = Math.min(column + 1, columns - 1);
    indexes.set(
      [row * columns + column, row * columns + beside, below * columns + column, below * columns + beside],
      4 * m,
    );
    weights.set([(1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right], 4 * m);
  }
  return {
    shape,
    y: Float64Array.from({ length: rows }, (_, i) => yAxis.last - i * yAxis.step),
    x: Float64Array.from({ length: columns }, (_, j) => xAxis.first + j * xAxis.step),
    mapping: {
      imagePixels: count,
      sourcePixels: rows * columns,
      mappingsPerPixel: RECTANGULAR_MAPPINGS,
      indexes,
      weights,
      slimIndexForSubSlimIndex: null,
      subFraction: null,
    },
    neighbors: rectangularNeighbors(rows, columns),
  };
}

/** (S, 2) y and x of the pixel centres, in the order of the pixels, arcseconds. */
export function pixelCentres({ y, x }: Pick<RectangularMesh, "y" | "x">): Float64Array {
  return Float64Array.from(Array.from(y).flatMap((row) => Array.from(x).flatMap((column) => [row, column])));
}

/** First and last pixel centre, and their distance, of `count` pixels over one coordinate of the positions. */
export function pixelAxis(positions: Float64Array, coordinate: 0 | 1, count: number) {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let m = coordinate; m < positions.length; m += 2) {
    lowest = Math.min(lowest, positions[m]);
    highest = Math.max(highest, positions[m]);
  }
  const step = (highest - lowest + 2 * BUFFER) / count;
  return { first: lowest - BUFFER + step / 2, last: highest + BUFFER - step / 2, step };
}

/** The pixel before a coordinate counted in pixels from the first centre, and the weight of the one after it. */
export function between(coordinate: number, count: number, edges: MeshEdges): [before: number, weight: number] {
  if (count === 1) return [0, 0];
  const before = Math.min(Math.max(Math.floor(coordinate), 0), count - 2);
  const weight = coordinate - before;
  return [before, edges === "clamp" ? Math.min(Math.max(weight, 0), 1) : weight];
}

/** The up to four pixels that share a side with each. */
export function rectangularNeighbors(rows: number, columns: number): Neighbors {
  const indexes = new Int32Array(4 * rows * columns).fill(-1);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const pixel = i * columns + j;
      if (i > 0) indexes[4 * pixel] = pixel - columns;
      if (j > 0) indexes[4 * pixel + 1] = pixel - 1;
      if (j < columns - 1) indexes[4 * pixel + 2] = pixel + 1;
      if (i < rows - 1) indexes[4 * pixel + 3] = pixel + columns;
    }
  }
  return { sourcePixels: rows * columns, neighborsPerPixel: 4, indexes };
}
