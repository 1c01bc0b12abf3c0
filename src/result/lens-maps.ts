import { numbers } from "../compiler/algebra.ts";
import { turnedMap } from "../dataset/map.ts";
import type { MapFrame } from "../dataset/map-frame.ts";
import { columnCentres, type PixelGrid, rowCentres } from "../grid.ts";
import type { FitsCard, FitsOutput } from "../io/fits.ts";
import { compiledOptics } from "../lens/compiled-mapping.ts";
import type { Galaxy } from "../lens/galaxy.ts";
import { localMapping } from "../lens/lens-mapping.ts";
import { type LensPlane, lensPlanes } from "../lens/lens-planes.ts";
import type { Pair } from "../profiles/parameter.ts";

export type LensMapName = "CONVERGENCE" | "MAGNIFICATION" | "DEFLECTION_Y" | "DEFLECTION_X" | "POTENTIAL";

/** (rows, columns) each, row 0 the top, at the centres of all pixels, masked ones too. */
export type LensMaps = Readonly<Partial<Record<LensMapName, Float64Array>>>;

/**
 * The masses of a model as a source in the last plane sees them: the deflection image - source, half its divergence as the
 * convergence, and the signed magnification, negative where an image is mirrored. POTENTIAL is there for masses in one plane
 * that all have one.
 * @param galaxies With numbers for all parameters.
 * @returns null without a mass.
 */
export function lensMaps(galaxies: readonly Galaxy[], grid: PixelGrid): LensMaps | null {
  const planes = lensPlanes(galaxies);
  if (planes.every(({ masses }) => masses.length === 0)) return null;
  const at = localMapping(compiledOptics().mapping(planes));
  const map = () => new Float64Array(grid.shape[0] * grid.shape[1]);
  const maps = { CONVERGENCE: map(), MAGNIFICATION: map(), DEFLECTION_Y: map(), DEFLECTION_X: map() };
  const potential = potentialOf(planes);
  const potentials = potential === null ? {} : { POTENTIAL: map() };
  let pixel = 0;
  for (const y of rowCentres(grid)) {
    for (const x of columnCentres(grid)) {
      const { source, jacobian, determinant } = at([y, x]);
      maps.CONVERGENCE[pixel] = 1 - (jacobian[0] + jacobian[3]) / 2;
      maps.MAGNIFICATION[pixel] = 1 / determinant;
      maps.DEFLECTION_Y[pixel] = y - source[0];
      maps.DEFLECTION_X[pixel] = x - source[1];
      if (potentials.POTENTIAL !== undefined) potentials.POTENTIAL[pixel] = potential!([y, x]);
      pixel++;
    }
  }
  return { ...maps, ...potentials };
}

/** psi of masses in one plane; null where there are several, or a mass without one. */
function potentialOf(planes: readonly LensPlane[]): ((position: Pair<number>) => number) | null {
  const [lens, ...others] = planes.filter(({ masses }) => masses.length > 0);
  const formulas = lens.masses.flatMap(({ profile: { potential }, values }) => {
    return typeof potential === "function" ? [(at: Pair<number>) => potential(numbers, at, values)] : [];
  });
  if (others.length > 0 || formulas.length < lens.masses.length) return null;
  return (position) => formulas.reduce((sum, formula) => sum + formula(position), 0);
}

const UNITS: Readonly<Partial<Record<LensMapName, FitsCard>>> = {
  DEFLECTION_Y: { keyword: "BUNIT", value: "arcsec", comment: "along y of the grid, up" },
  DEFLECTION_X: { keyword: "BUNIT", value: "arcsec", comment: "along x of the grid, right" },
  POTENTIAL: { keyword: "BUNIT", value: "arcsec2" },
};

/** The maps as HDUs, EXTNAME their names, laid as the dataset's own maps are. */
export function lensMapHdus(maps: LensMaps, { shape }: PixelGrid, { turns, cards }: MapFrame): FitsOutput[] {
  return Object.entries(maps).map(([name, values]) => {
    const unit = UNITS[name as LensMapName];
    return { name, data: turnedMap(values, shape, turns), shape, cards: [...(unit ? [unit] : []), ...cards] };
  });
}
