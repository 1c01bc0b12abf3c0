import { addAxisSlopes } from "./adaptive-axis.ts";
import { type MeshEdges, RECTANGULAR_MAPPINGS } from "./rectangular.ts";
import { pixelBefore, type RectangularAdaptiveMesh, weightAfter } from "./rectangular-adaptive.ts";

/*
 * The way back through `rectangularAdaptiveMesh`: a position moves its own weights, and the pixel centres of whose shares it
 * is a part.
 */

/**
 * Derivatives of a function of the interpolation weights, the order of the rays and the cell that each lies in given. A weight
 * that is clamped does not change.
 * @param positions (N, 2) as given to `rectangularAdaptiveMesh`.
 * @param byWeights (N, 4) the function's derivatives by the weights of its mapping.
 * @returns (N, 2) its derivatives by the positions.
 */
export function rectangularAdaptiveSlopes(
  { down, right, edges }: Pick<RectangularAdaptiveMesh, "down" | "right" | "edges">,
  positions: Float64Array,
  byWeights: Float64Array,
): Float64Array {
  const count = positions.length / 2;
  const byDown = new Float64Array(count);
  const byRight = new Float64Array(count);
  const byRow = new Float64Array(down.centres.length);
  const byColumn = new Float64Array(right.centres.length);
  for (let m = 0; m < count; m++) {
    const row = pixelBefore(down.centres, -positions[2 * m]);
    const column = pixelBefore(right.centres, positions[2 * m + 1]);
    const v = weightAfter(down.centres, row, -positions[2 * m], edges);
    const u = weightAfter(right.centres, column, positions[2 * m + 1], edges);
    const entry = RECTANGULAR_MAPPINGS * m;
    const above = byWeights[entry + 1] - byWeights[entry];
    const below = byWeights[entry + 3] - byWeights[entry + 2];
    const byV = byWeights[entry + 2] - byWeights[entry] + u * (below - above);
    const byU = above + v * (below - above);
    byDown[m] = addCentreSlopes(down.centres, row, -positions[2 * m], edges, byV, byRow);
    byRight[m] = addCentreSlopes(right.centres, column, positions[2 * m + 1], edges, byU, byColumn);
  }
  addAxisSlopes(down, byRow, byDown);
  addAxisSlopes(right, byColumn, byRight);
  return interleaved(byDown, byRight);
}

/**
 * Derivatives of a function of the pixel centres, the order of the rays given.
 * @param byCentres (S, 2) the function's derivatives by them, in the order of `pixelCentres`.
 * @returns (N, 2) its derivatives by the positions.
 */
export function adaptivePixelCentreSlopes(
  { down, right }: Pick<RectangularAdaptiveMesh, "down" | "right">,
  byCentres: Float64Array,
): Float64Array {
  const columns = right.centres.length;
  const byRow = new Float64Array(down.centres.length);
  const byColumn = new Float64Array(columns);
  for (let pixel = 0; pixel < byCentres.length / 2; pixel++) {
    byRow[Math.floor(pixel / columns)] -= byCentres[2 * pixel];
    byColumn[pixel % columns] += byCentres[2 * pixel + 1];
  }
  const byDown = new Float64Array(down.order.length);
  const byRight = new Float64Array(right.order.length);
  addAxisSlopes(down, byRow, byDown);
  addAxisSlopes(right, byColumn, byRight);
  return interleaved(byDown, byRight);
}

/** From slopes along -y and along x to those by positions. */
function interleaved(byDown: Float64Array, byRight: Float64Array): Float64Array {
  const byPositions = new Float64Array(2 * byDown.length);
  for (let m = 0; m < byDown.length; m++) {
    byPositions[2 * m] = -byDown[m];
    byPositions[2 * m + 1] = byRight[m];
  }
  return byPositions;
}

/**
 * Adds what a slope by `weightAfter` brings to the slopes by the two centres.
 * @returns The slope by the coordinate.
 */
function addCentreSlopes(
  centres: Float64Array,
  before: number,
  coordinate: number,
  edges: MeshEdges,
  slope: number,
  byCentre: Float64Array,
): number {
  if (centres.length === 1) return 0;
  const gap = centres[before + 1] - centres[before];
  const weight = (coordinate - centres[before]) / gap;
  if (gap === 0 || (edges === "clamp" && (weight < 0 || weight > 1))) return 0;
  byCentre[before] += (slope * (weight - 1)) / gap;
  byCentre[before + 1] -= (slope * weight) / gap;
  return slope / gap;
}
