import type { PixelGrid } from "../grid.ts";
import type { FitsCard, FitsHeader } from "../io/fits.ts";
import type { ArrayFile } from "./array-file.ts";
import { type MapOrientation, type MapTurns, mapTurns } from "./map.ts";
import { type SkyOrientation, skyOrientation } from "./sky-orientation.ts";
import { wcsPixelScale } from "./wcs.ts";

/** How maps on a dataset's grid are to lie in FITS files, and the cards that say where on the sky. */
export interface MapFrame {
  readonly turns: MapTurns;
  readonly cards: readonly FitsCard[];
  /** BUNIT of the data; undefined where it is not known. */
  readonly unit: string | undefined;
  /** Where north and east are in the grid's coordinates. */
  readonly sky: SkyOrientation;
}

/** The keywords of a celestial WCS and of the distortions that may come with it. */
const WCS =
  /^(WCSAXES|WCSNAME|CTYPE[12]|CUNIT[12]|CRVAL[12]|CRPIX[12]|CDELT[12]|CROTA[12]|CD[12]_[12]|PC[12]_[12]|PV[12]_\d+|LONPOLE|LATPOLE|RADESYS|EQUINOX|(A|B|AP|BP)_(ORDER|\d_\d))$/;

/**
 * Maps lie as the image that they belong to, so that they can be laid over it pixel by pixel, with its WCS. Without an
 * image in FITS they lie with the bottom row first and columns along x, and a WCS is made that has the grid's position
 * (0, 0) at right ascension and declination 0, which is not known better. An image without a celestial WCS keeps its order
 * and gets such a one.
 * @param image The file of the data; null where that is none.
 */
export function mapFrame(image: ArrayFile | null, grid: PixelGrid, orientation: MapOrientation): MapFrame {
  const header = image?.header;
  const turns = image === null || header === undefined ? { rows: true, columns: false } : mapTurns(image, orientation);
  const unit = header?.get("BUNIT");
  return {
    turns,
    cards:
      header !== undefined && wcsPixelScale(header) !== undefined ? carried(header) : made(grid, turns, orientation),
    unit: isPlainText(unit) ? unit : undefined,
    sky: skyOrientation(header, turns, orientation),
  };
}

function carried({ cards }: FitsHeader): readonly FitsCard[] {
  return cards.filter(({ keyword, value }) => {
    return WCS.test(keyword) && (typeof value === "string" ? isPlainText(value) : value !== undefined);
  });
}

/** Files hold what FITS does not allow, and what is carried must be written again. */
function isPlainText(value: unknown): value is string {
  return typeof value === "string" && /^[ -~]+$/.test(value);
}

function made({ shape, pixelScale, origin }: PixelGrid, turns: MapTurns, { xAxis }: MapOrientation): FitsCard[] {
  const [rows, columns] = shape;
  // Pixels of FITS are counted from 1, along the file's axes; x of the grid grows to the right, y to the top.
  const right = turns.columns ? -1 : 1;
  const up = turns.rows ? 1 : -1;
  const degrees = pixelScale / 3600;
  return [
    { keyword: "CTYPE1", value: "RA---TAN" },
    { keyword: "CTYPE2", value: "DEC--TAN" },
    { keyword: "CUNIT1", value: "deg" },
    { keyword: "CUNIT2", value: "deg" },
    { keyword: "CRVAL1", value: 0, comment: "not known: offsets from the centre" },
    { keyword: "CRVAL2", value: 0, comment: "not known: offsets from the centre" },
    { keyword: "CRPIX1", value: (columns + 1) / 2 - (right * origin[1]) / pixelScale },
    { keyword: "CRPIX2", value: (rows + 1) / 2 - (up * origin[0]) / pixelScale },
    { keyword: "CDELT1", value: (xAxis === "east" ? right : -right) * degrees },
    { keyword: "CDELT2", value: up * degrees },
  ];
}
