import type { FitsHeader } from "../io/fits.ts";
import type { MapOrientation, MapTurns } from "./map.ts";
import { celestialMatrix } from "./wcs.ts";

/** Where north and east are in the coordinates of the grid: unit vectors (y, x). */
export interface SkyOrientation {
  readonly north: readonly [y: number, x: number];
  readonly east: readonly [y: number, x: number];
}

/**
 * North and east by the WCS of an image, which may be turned by any angle. Without one that names right ascension and
 * declination north is up, and x points where `xAxis` says.
 * @param header Of the image; undefined where there is none.
 * @param turns What turns its array into the grid's order.
 */
export function skyOrientation(
  header: FitsHeader | undefined,
  turns: MapTurns,
  { xAxis }: Pick<MapOrientation, "xAxis">,
): SkyOrientation {
  const unturned: SkyOrientation = { north: [1, 0], east: [0, xAxis === "east" ? 1 : -1] };
  const isEquatorial = /^RA--/.test(String(header?.get("CTYPE1"))) && /^DEC-/.test(String(header?.get("CTYPE2")));
  const matrix = header !== undefined && isEquatorial ? celestialMatrix(header) : undefined;
  if (matrix === undefined) return unturned;
  // Steps along the file's axes for steps of the grid: rows of a file that is not turned run down.
  const [along, up] = [turns.columns ? -1 : 1, turns.rows ? 1 : -1];
  const [east, north] = matrix.map(([byColumn, byRow]) => {
    const [y, x] = [up * byRow, along * byColumn];
    const length = Math.hypot(y, x);
    return [y / length, x / length] as const;
  });
  return [...east, ...north].every(Number.isFinite) ? { north, east } : unturned;
}

/**
 * The position angle of an axis, degrees east of north, in [0, 180).
 * @param angle of the axis, radians counter-clockwise from +x of the grid.
 */
export function positionAngleOnSky({ north, east }: SkyOrientation, angle: number): number {
  const [y, x] = [Math.sin(angle), Math.cos(angle)];
  const degrees = (Math.atan2(y * east[0] + x * east[1], y * north[0] + x * north[1]) * 180) / Math.PI;
  return axisAngle(degrees);
}

/** The angle in [0, 180) of the axis that lies at some angle, degrees. */
export function axisAngle(degrees: number): number {
  const within = ((degrees % 180) + 180) % 180;
  // The smallest of negative angles round to 180.
  return within === 180 ? 0 : within;
}
