import { columnCentres, type PixelGrid, rowCentres } from "../grid.ts";

/**
 * A Gaussian primary beam around the phase centre: exp(-4 ln 2 r^2 / fwhm^2).
 * @param fwhm Full width at half maximum, arcseconds.
 * @returns (rows, columns)
 */
export function gaussianBeam(grid: PixelGrid, fwhm: number): Float64Array {
  const y = rowCentres(grid);
  const x = columnCentres(grid);
  return Float64Array.from({ length: y.length * x.length }, (_, pixel) => {
    const [i, j] = [Math.floor(pixel / x.length), pixel % x.length];
    return Math.exp((-4 * Math.LN2 * (y[i] * y[i] + x[j] * x[j])) / (fwhm * fwhm));
  });
}
