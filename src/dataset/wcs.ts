import type { FitsHeader } from "../io/fits.ts";

/** Degrees of right ascension or declination from one pixel to the next along an axis; undefined without a WCS. */
export function wcsStep(header: FitsHeader, axis: 1 | 2): number | undefined {
  const step = header.get(`CDELT${axis}`) ?? header.get(`CD${axis}_${axis}`);
  const hasWcs = header.get(`CTYPE${axis}`) !== undefined;
  return hasWcs && typeof step === "number" && step !== 0 ? step : undefined;
}

/**
 * Pixel scale in arcseconds of a celestial WCS: the lengths of the columns of its matrix, whose units may not be known.
 * Undefined without one.
 */
export function wcsPixelScale(header: FitsHeader): readonly [y: number, x: number] | undefined {
  const matrix = celestialMatrix(header);
  if (matrix === undefined) return undefined;
  const [[a, b], [c, d]] = matrix;
  const scale = [Math.hypot(b, d), Math.hypot(a, c)] as const;
  return scale.every((value) => value > 0 && Number.isFinite(value)) ? scale : undefined;
}

/**
 * The matrix of a celestial WCS (Greisen & Calabretta 2002, A&A 395, 1061), arcseconds of its two axes, row by row, for a
 * step along the first and the second axis of the array: CD, or CDELT times PC, in units of CUNIT (degrees without it; NaN
 * for one that is not known). Undefined without a celestial WCS.
 */
export function celestialMatrix(
  header: FitsHeader,
): readonly [readonly [number, number], readonly [number, number]] | undefined {
  const celestial = /^(RA--|DEC-|.LON|.LAT)/;
  if (![1, 2].every((axis) => celestial.test(String(header.get(`CTYPE${axis}`))))) return undefined;
  const isCd = ["CD1_1", "CD1_2", "CD2_1", "CD2_2"].some((keyword) => header.get(keyword) !== undefined);
  const entry = (row: 1 | 2, axis: 1 | 2) => {
    const along = isCd
      ? real(header, `CD${row}_${axis}`, 0)
      : real(header, `CDELT${row}`, 1) * real(header, `PC${row}_${axis}`, row === axis ? 1 : 0);
    return along * arcseconds(header.get(`CUNIT${row}`));
  };
  return [
    [entry(1, 1), entry(1, 2)],
    [entry(2, 1), entry(2, 2)],
  ];
}

function real(header: FitsHeader, keyword: string, otherwise: number): number {
  const value = header.get(keyword) ?? otherwise;
  return typeof value === "number" ? value : Number.NaN;
}

function arcseconds(unit: unknown): number {
  if (unit === "arcsec") return 1;
  if (unit === "arcmin") return 60;
  if (unit === "rad") return 648_000 / Math.PI;
  return unit === undefined || unit === "deg" ? 3600 : Number.NaN;
}
