import { between, type MeshEdges, pixelAxis } from "./rectangular.ts";

/*
 * The way back through `rectangularMesh`. A coordinate t of a position, in a box from `low` to `high` of n pixels, is w n
 * pixels from `low`, w the share of the box below it, so that
 *
 *   d(w n) = (dt - (1 - w) dlow - w dhigh) / step:
 *
 * what moves a position moves its weights, and what moves the outermost positions, which the mesh lies over, those of all.
 */

/**
 * Derivatives of a function of the weights, the pixel that each position lies in given. A weight that is clamped does not
 * change.
 * @param positions (N, 2), `shape`, `edges` as given to `rectangularMesh`.
 * @param byWeights (N, 4) the function's derivatives by the weights of its mapping.
 * @returns (N, 2) its derivatives by the positions.
 */
export function rectangularSlopes(
  positions: Float64Array,
  shape: readonly [rows: number, columns: number],
  edges: MeshEdges,
  byWeights: Float64Array,
): Float64Array {
  const [rows, columns] = shape;
  const yAxis = pixelAxis(positions, 0, rows);
  const xAxis = pixelAxis(positions, 1, columns);
  const slopes = new Float64Array(positions.length);
  for (let m = 0; m < positions.length / 2; m++) {
    const fromTop = (yAxis.last - positions[2 * m]) / yAxis.step;
    const fromLeft = (positions[2 * m + 1] - xAxis.first) / xAxis.step;
    const [, down] = between(fromTop, rows, edges);
    const [, right] = between(fromLeft, columns, edges);
    const [a, b] = [byWeights[4 * m], byWeights[4 * m + 1]];
    const [c, d] = [byWeights[4 * m + 2], byWeights[4 * m + 3]];
    if (isFree(fromTop, rows, edges)) slopes[2 * m] = -((1 - right) * (c - a) + right * (d - b)) / yAxis.step;
    if (isFree(fromLeft, columns, edges)) slopes[2 * m + 1] = ((1 - down) * (b - a) + down * (d - c)) / xAxis.step;
  }
  // A mesh that moves is positions that move the other way.
  for (const axis of [0, 1] as const) moveBox(positions, axis, positions, slopes, -1, slopes);
  return slopes;
}

/**
 * Derivatives of a function of the pixel centres.
 * @param positions (N, 2) as given to `rectangularMesh`.
 * @param centres (S, 2) those of its mesh, by `pixelCentres`.
 * @param byCentres (S, 2) the function's derivatives by them.
 * @returns (N, 2) its derivatives by the positions: of the outermost ones.
 */
export function pixelCentreSlopes(positions: Float64Array, centres: Float64Array, byCentres: Float64Array) {
  const slopes = new Float64Array(positions.length);
  for (const axis of [0, 1] as const) moveBox(positions, axis, centres, byCentres, 1, slopes);
  return slopes;
}

function isFree(coordinate: number, count: number, edges: MeshEdges): boolean {
  return count > 1 && (edges === "extrapolate" || (coordinate > 0 && coordinate < count - 1));
}

/** Adds to the slopes of the outermost positions those of places that lie at fixed shares of the box, times a sign. */
function moveBox(
  positions: Float64Array,
  axis: 0 | 1,
  places: Float64Array,
  byPlaces: Float64Array,
  sign: 1 | -1,
  slopes: Float64Array,
): void {
  let [lowest, highest] = [axis as number, axis as number];
  for (let at = axis; at < positions.length; at += 2) {
    if (positions[at] < positions[lowest]) lowest = at;
    if (positions[at] > positions[highest]) highest = at;
  }
  const { first, step } = pixelAxis(positions, axis, 1);
  let [byLowest, byHighest] = [0, 0];
  for (let at = axis; at < places.length; at += 2) {
    const share = (places[at] - first) / step + 0.5;
    byLowest += (1 - share) * byPlaces[at];
    byHighest += share * byPlaces[at];
  }
  slopes[lowest] += sign * byLowest;
  slopes[highest] += sign * byHighest;
}
