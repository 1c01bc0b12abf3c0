import { InputError } from "../errors.ts";
import { columnCentres, type PixelGrid, rowCentres } from "../grid.ts";
import { type LensMapping, type LocalMapping, localMapping } from "./lens-mapping.ts";

/** A lens mapping to first order where lines of y meet lines of x. */
export interface ImageLattice {
  /** Lines of y and of x, y descending and x ascending. */
  readonly shape: readonly [rows: number, columns: number];
  /** Row-major. */
  readonly vertices: readonly LocalMapping[];
  readonly at: (image: readonly [number, number]) => LocalMapping;
}

/** Each vertex takes microseconds and some hundred bytes. */
const MOST_VERTICES = 4_000_000;

/** Lines about a centre at a third of a pixel, a ninth, ..., so that curves and images far smaller than a pixel are seen. */
const LINES_ABOUT_CENTRE = 6;

/**
 * The lattice of the corners of a grid's pixels, with lines that draw near to every centre of mass.
 * @throws InputError for a grid of millions of pixels.
 */
export function imageLattice(mapping: LensMapping, grid: PixelGrid): ImageLattice {
  const y = lines(
    rowCentres(grid),
    mapping.centres.map(([centre]) => centre),
    grid.pixelScale,
  ).reverse();
  const x = lines(
    columnCentres(grid),
    mapping.centres.map(([, centre]) => centre),
    grid.pixelScale,
  );
  if (y.length * x.length > MOST_VERTICES) {
    throw new InputError(
      "lens/lattice",
      `the lens mapping would be needed at ${y.length} x ${x.length} positions`,
      "give a grid of fewer pixels: critical curves and images are refined from a coarse one",
    );
  }
  const at = localMapping(mapping);
  return { shape: [y.length, x.length], vertices: y.flatMap((row) => x.map((column) => at([row, column]))), at };
}

function lines(pixelCentres: Float64Array, centres: readonly number[], pixelScale: number): number[] {
  const [lowest, highest] = [Math.min(...pixelCentres) - pixelScale / 2, Math.max(...pixelCentres) + pixelScale / 2];
  const corners = [...pixelCentres.map((centre) => centre - pixelScale / 2), highest];
  const near = centres.flatMap((centre) =>
    Array.from({ length: LINES_ABOUT_CENTRE }, (_, k) => pixelScale * 3 ** -(k + 1)).flatMap((away) => [
      centre - away,
      centre + away,
    ]),
  );
  return [...corners, ...near.filter((line) => line > lowest && line < highest)]
    .sort((a, b) => a - b)
    .filter((line, i, all) => i === 0 || line - all[i - 1] > SAME_LINE * pixelScale);
}

/** In pixels: far below the closest lines about a centre. */
const SAME_LINE = 1e-6;
