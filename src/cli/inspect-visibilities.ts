import { ARCSECOND, columnCentres, type PixelGrid, pixelGrid, rowCentres } from "../grid.ts";
import type { DirtyImageArgs } from "../operators/dirty-image.ts";

/** Computes the adjoint of the weighted visibilities, as `dirtyImage` does. */
export type DirtyMap = (args: DirtyImageArgs) => Float64Array | Promise<Float64Array>;

/** K visibilities: three arrays of 2 K numbers, (u, v) and (re, im) interleaved. */
export interface VisibilitySet {
  readonly uvWavelengths: Float64Array;
  readonly visibilities: Float64Array;
  readonly noiseMap: Float64Array;
}

export interface UvCoverage {
  readonly largestU: number;
  readonly largestV: number;
  /** Shortest (not zero) and longest |uv|, wavelengths. */
  readonly uvRange: readonly [shortest: number, longest: number];
  /** 1 / longest |uv|: about the width of the beam, arcseconds. */
  readonly resolution: number;
  /** 1 / shortest |uv|: larger structure is not seen, arcseconds. */
  readonly largestScale: number;
  /** 1 / (2 max(|u|, |v|)): with larger pixels the longest baselines alias, arcseconds. */
  readonly largestPixelScale: number;
  readonly warnings: readonly string[];
}

/** A place in a map: (y, x) in arcseconds for either sign of the visibilities. */
export interface Spot {
  readonly position: readonly [y: number, x: number];
  readonly value: number;
}

export interface DirtyMapSummary {
  readonly grid: PixelGrid;
  /** (rows, columns) for visibilities_sign -1, in the unit of the visibilities per beam. */
  readonly map: Float64Array;
  readonly rms: number;
  /** What the noise map says that the rms of an empty map is. */
  readonly noise: number;
  /** Brightest first, for visibilities_sign -1; for +1 the same with both coordinates negated. */
  readonly spots: readonly Spot[];
  readonly warnings: readonly string[];
}

/** Leaves out what cannot be used: numbers that are not finite, noise that is not positive. */
export function usable(set: VisibilitySet): VisibilitySet {
  const good: number[] = [];
  const { uvWavelengths, visibilities, noiseMap } = set;
  for (let k = 0; k < uvWavelengths.length; k += 2) {
    const finite = [k, k + 1].every(
      (i) =>
        Number.isFinite(uvWavelengths[i]) &&
        Number.isFinite(visibilities[i]) &&
        noiseMap[i] > 0 &&
        Number.isFinite(noiseMap[i]),
    );
    if (finite) good.push(k);
  }
  if (2 * good.length === uvWavelengths.length) return set;
  const kept = (values: Float64Array) => Float64Array.from(good.flatMap((k) => [values[k], values[k + 1]]));
  return { uvWavelengths: kept(uvWavelengths), visibilities: kept(visibilities), noiseMap: kept(noiseMap) };
}

/** What the baselines can see. */
export function uvCoverage(uvWavelengths: Float64Array): UvCoverage {
  let [largestU, largestV, shortest, longest, zero] = [0, 0, Number.POSITIVE_INFINITY, 0, 0];
  for (let k = 0; k < uvWavelengths.length; k += 2) {
    const [u, v] = [Math.abs(uvWavelengths[k]), Math.abs(uvWavelengths[k + 1])];
    const length = Math.hypot(u, v);
    if (u > largestU) largestU = u;
    if (v > largestV) largestV = v;
    if (length > longest) longest = length;
    if (length === 0) zero++;
    else if (length < shortest) shortest = length;
  }
  const warnings: string[] = [];
  if (zero > 0) warnings.push(`baselines of length zero: ${zero} (flagged rows or autocorrelations)`);
  // The shortest arrays used on lenses reach tens of thousands of wavelengths.
  if (longest < 2000) warnings.push(`the longest baseline is ${longest.toPrecision(4)} wavelengths: is uv in metres?`);
  return {
    largestU,
    largestV,
    uvRange: [shortest, longest],
    resolution: 1 / longest / ARCSECOND,
    largestScale: 1 / shortest / ARCSECOND,
    largestPixelScale: 1 / (2 * Math.max(largestU, largestV)) / ARCSECOND,
    warnings,
  };
}

/** A galaxy-scale lens is at most a few arcseconds wide. */
const LENS_FIELD = 4;
const DEFAULT_SIDE = 64;

/** The grid of a dirty map: half the largest pixel scale, or larger where its pixels would not cover a lens. */
export function dirtyMapGrid(
  { largestPixelScale }: UvCoverage,
  shape: readonly [number, number] = [DEFAULT_SIDE, DEFAULT_SIDE],
  pixelScale: number = Math.max(largestPixelScale / 2, LENS_FIELD / Math.min(...shape)),
): PixelGrid {
  return pixelGrid(shape, pixelScale);
}

/**
 * The naturally weighted dirty map and its brightest spots.
 *
 * One map serves both signs: with the other sign the visibilities are the conjugate ones and their map is this one
 * turned by 180 degrees about the phase centre, whatever the noise. So nothing in the visibilities prefers a sign.
 */
export async function dirtyMapSummary(
  set: VisibilitySet,
  grid: PixelGrid,
  { resolution, largestPixelScale }: UvCoverage,
  dirtyMap: DirtyMap,
): Promise<DirtyMapSummary> {
  const adjoint = await dirtyMap({ grid, ...set });
  let weight = 0;
  for (const sigma of set.noiseMap) weight += 1 / (2 * sigma * sigma);
  const map = adjoint.map((value) => value / weight);
  const warnings: string[] = [];
  if (grid.pixelScale > largestPixelScale) {
    warnings.push(`pixels of ${grid.pixelScale.toPrecision(3)}" are wider than the longest baselines resolve`);
  }
  const spots = brightest(map, grid, 2 * resolution, 3);
  const reach = spots[0] === undefined ? 0 : Math.max(...spots[0].position.map(Math.abs));
  if (reach > (Math.min(...grid.shape) / 2 - 2) * grid.pixelScale) {
    warnings.push("the peak is at the edge of the map: give a larger --shape or --pixel-scale");
  }
  return {
    grid,
    map,
    rms: Math.sqrt(map.reduce((sum, value) => sum + value * value, 0) / map.length),
    noise: 1 / Math.sqrt(weight),
    spots,
    warnings,
  };
}

/** Local maxima, brightest first, at least `separation` arcseconds apart. */
function brightest(map: Float64Array, grid: PixelGrid, separation: number, count: number): Spot[] {
  const [rows, columns] = grid.shape;
  const [y, x] = [rowCentres(grid), columnCentres(grid)];
  const maxima: Spot[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      if (isMaximum(map, rows, columns, i, j)) maxima.push({ position: [y[i], x[j]], value: map[i * columns + j] });
    }
  }
  maxima.sort((a, b) => b.value - a.value);
  const chosen: Spot[] = [];
  for (const spot of maxima) {
    if (chosen.length === count) break;
    const [y0, x0] = spot.position;
    const apart = chosen.every(({ position }) => Math.hypot(position[0] - y0, position[1] - x0) >= separation);
    if (apart) chosen.push(spot);
  }
  return chosen;
}

function isMaximum(map: Float64Array, rows: number, columns: number, i: number, j: number): boolean {
  const value = map[i * columns + j];
  for (let row = Math.max(0, i - 1); row <= Math.min(rows - 1, i + 1); row++) {
    for (let column = Math.max(0, j - 1); column <= Math.min(columns - 1, j + 1); column++) {
      if (map[row * columns + column] > value) return false;
    }
  }
  return true;
}
