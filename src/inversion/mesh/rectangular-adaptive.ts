import { type AdaptiveAxis, adaptiveAxis } from "./adaptive-axis.ts";
import { type MeshEdges, RECTANGULAR_MAPPINGS, type RectangularMesh, rectangularNeighbors } from "./rectangular.ts";

/** A rectangular mesh whose rows, and whose columns, each hold as much weight of rays as the others. */
export interface RectangularAdaptiveMesh extends RectangularMesh {
  /** y of the boundaries of rows (rows + 1, top first) and x of those of columns (columns + 1), arcseconds. */
  readonly yBoundaries: Float64Array;
  readonly xBoundaries: Float64Array;
  readonly edges: MeshEdges;
  /** The axes along -y, the direction in which rows are counted, and along x. */
  readonly down: AdaptiveAxis;
  readonly right: AdaptiveAxis;
}

/**
 * A rectangular mesh with small pixels where rays are dense (PyAutoLens' `RectangularAdaptDensity`) or, with weights from an
 * image, where it is bright (`RectangularAdaptImage`): `adaptiveAxis` places rows by the rays' y and columns by their x.
 * Interpolation is bilinear between pixel centres in arcseconds, so that a source linear in y and x is reproduced there.
 *
 * PyAutoArray instead maps positions by their cumulative distributions into a square of n - 2 pixels a side and
 * interpolates in that.
 * @param positions (N, 2) y and x in the source plane, arcseconds; where one is not finite, weights are NaN.
 * @param weights (N) of the rays, none negative, not all zero; null where all are equal.
 */
export function rectangularAdaptiveMesh(
  positions: Float64Array,
  shape: readonly [rows: number, columns: number],
  edges: MeshEdges,
  weights: Float64Array | null = null,
): RectangularAdaptiveMesh {
  const [rows, columns] = shape;
  const count = positions.length / 2;
  const down = adaptiveAxis(coordinates(positions, 0, -1), weights, rows);
  const right = adaptiveAxis(coordinates(positions, 1, 1), weights, columns);
  const indexes = new Int32Array(RECTANGULAR_MAPPINGS * count);
  const interpolation = new Float64Array(RECTANGULAR_MAPPINGS * count);
  for (let m = 0; m < count; m++) {
    const row = pixelBefore(down.centres, -positions[2 * m]);
    const column = pixelBefore(right.centres, positions[2 * m + 1]);
    const below = Math.min(row + 1, rows - 1);
    const beside = Math.min(column + 1, columns - 1);
    const v = weightAfter(down.centres, row, -positions[2 * m], edges);
    const u = weightAfter(right.centres, column, positions[2 * m + 1], edges);
    const entry = RECTANGULAR_MAPPINGS * m;
    indexes[entry] = row * columns + column;
    indexes[entry + 1] = row * columns + beside;
    indexes[entry + 2] = below * columns + column;
    indexes[entry + 3] = below * columns + beside;
    interpolation[entry] = (1 - v) * (1 - u);
    interpolation[entry + 1] = (1 - v) * u;
    interpolation[entry + 2] = v * (1 - u);
    interpolation[entry + 3] = v * u;
  }
  return {
    shape,
    y: down.centres.map((centre) => -centre),
    x: right.centres,
    yBoundaries: down.boundaries.map((boundary) => -boundary),
    xBoundaries: right.boundaries,
    edges,
    down,
    right,
    mapping: {
      imagePixels: count,
      sourcePixels: rows * columns,
      mappingsPerPixel: RECTANGULAR_MAPPINGS,
      indexes,
      weights: interpolation,
      slimIndexForSubSlimIndex: null,
      subFraction: null,
    },
    neighbors: rectangularNeighbors(rows, columns),
  };
}

/** One coordinate of the positions, 0 for y and 1 for x, times `sign`. */
function coordinates(positions: Float64Array, axis: 0 | 1, sign: 1 | -1): Float64Array {
  const out = new Float64Array(positions.length / 2);
  for (let m = 0; m < out.length; m++) out[m] = sign * positions[2 * m + axis];
  return out;
}

/** The last pixel but one whose centre is not beyond the coordinate, or the first. */
export function pixelBefore(centres: Float64Array, coordinate: number): number {
  let low = 0;
  let high = Math.max(centres.length - 1, 1);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (centres[middle] <= coordinate) low = middle;
    else high = middle;
  }
  return low;
}

/** The weight of the pixel after `before`. */
export function weightAfter(centres: Float64Array, before: number, coordinate: number, edges: MeshEdges): number {
  if (centres.length === 1) return 0;
  const gap = centres[before + 1] - centres[before];
  // So far from the origin that a rounding is wider than the mesh, centres may be one.
  const weight = gap === 0 ? 0 : (coordinate - centres[before]) / gap;
  return edges === "clamp" ? Math.min(Math.max(weight, 0), 1) : weight;
}
