import type { FitsHeader } from "../io/fits.ts";

/** Degrees of right ascension or declination from one pixel to the next along an axis; undefined without a WCS. */
export function wcsStep(header: FitsHeader, axis: 1 | 2): number | undefined {
  const step = header.get(`CDELT${axis}`) ?? header.get(`CD${axis}_${axis}`);
  const hasWcs = header.get(`CTYPE${axis}`) !== undefined;
  return hasWcs && typeof step === "number" && step !== 0 ? step : undefined;
}

/**
 * Pixel scale in arcseconds of a celestial WCS (Greisen & Calabretta 2002, A&A 395, 1061): the lengths of the columns of
 * the CD matrix, or of CDELT times PC, in units of CUNIT (degrees without it). Undefined without one.
 */
export function wcsPixelScale(header: FitsHeader): readonly [y: number, x: number] | undefined {
  const celestial = /^(RA--|DEC-|.LON|.LAT)/;
  if (![1, 2].every((axis) => celestial.test(String(header.get(`CTYPE${axis}`))))) return undefined;
  const matrix = ["CD1_1", "CD1_2", "CD2_1", "CD2_2"].some((keyword) => header.get(keyword) !== undefined);
  const length = (axis: 1 | 2) => {
    const along = [1, 2].map((row) =>
      matrix
        ? real(header, `CD${row}_${axis}`, 0)
        : real(header, `CDELT${row}`, 1) * real(header, `PC${row}_${axis}`, row === axis ? 1 : 0),
    );
    return Math.hypot(...along.map((value, index) => value * arcseconds(header.get(`CUNIT${index + 1}`))));
  };
  const scale = [length(2), length(1)] as const;
  return scale.every((value) => value > 0 && Number.isFinite(value)) ? scale : undefined;
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
