import { turnedMap } from "../dataset/map.ts";
import type { FitsCard, FitsOutput } from "../io/fits.ts";
import type { SourceReconstruction } from "../likelihood/evaluation.ts";
import { type Extent, sourceRaster } from "./source-raster.ts";

/** Pixels along the longer side of a raster of a mesh that is none. */
const SIDE = 256;

/**
 * A source as HDUs, images with the bottom row first.
 *
 * A rectangular mesh is the image SOURCE, with ERRORS and the centres of its rows, Y, and columns, X, in arcseconds: its
 * pixels need not be of one size. Of a mesh of vertices SOURCE is a raster of it, and VERTICES (S, 2), y and x, VALUES and
 * ERRORS (S) are the source itself. ERRORS are there where the evaluation was asked for them.
 * @param unit BUNIT of the values, where it is known.
 */
export function sourceHdus(source: SourceReconstruction, unit?: string): FitsOutput[] {
  const { mesh, values, vertices, errors } = source;
  const units: FitsCard[] = unit === undefined ? [] : [{ keyword: "BUNIT", value: unit }];
  const arcseconds: FitsCard[] = [{ keyword: "BUNIT", value: "arcsec" }];
  if ("shape" in mesh) {
    const { shape } = mesh;
    const raster = sourceRaster(source, SIDE);
    const image = (name: string, of: Float64Array, cards: readonly FitsCard[]): FitsOutput => {
      return { name, data: turnedMap(of, shape, BOTTOM_FIRST), shape, cards: [...units, ...cards] };
    };
    const cards = isUniform(mesh.y) && isUniform(mesh.x) ? planeWcs(shape, raster.extent) : [];
    return [
      image("SOURCE", values, cards),
      ...(errors === null ? [] : [image("ERRORS", errors, cards)]),
      { name: "Y", data: mesh.y.toReversed(), shape: [shape[0]], cards: arcseconds },
      { name: "X", data: mesh.x, shape: [shape[1]], cards: arcseconds },
    ];
  }
  const { shape, extent, values: pixels } = sourceRaster(source, SIDE);
  const count = values.length;
  return [
    {
      name: "SOURCE",
      data: turnedMap(pixels, shape, BOTTOM_FIRST),
      shape,
      cards: [...units, ...planeWcs(shape, extent)],
    },
    { name: "VERTICES", data: vertices, shape: [count, 2], cards: arcseconds },
    { name: "VALUES", data: values, shape: [count], cards: units },
    ...(errors === null ? [] : [{ name: "ERRORS", data: errors, shape: [count], cards: units }]),
  ];
}

const BOTTOM_FIRST = { rows: true, columns: false };

/** Centres are a pixel apart but for rounding. */
const SAME_STEP = 1e-9;

function isUniform(centres: Float64Array): boolean {
  const steps = centres.slice(1).map((centre, i) => Math.abs(centre - centres[i]));
  return steps.every((step) => Math.abs(step / steps[0] - 1) < SAME_STEP);
}

/** A linear WCS of the source plane: not of the sky, which the lens has moved. */
function planeWcs([rows, columns]: readonly [number, number], extent: Extent): FitsCard[] {
  const { bottom, top, left, right } = extent;
  const axis = (number: 1 | 2, name: string, pixels: number, from: number, to: number): FitsCard[] => [
    { keyword: `CTYPE${number}`, value: name },
    { keyword: `CUNIT${number}`, value: "arcsec" },
    { keyword: `CRPIX${number}`, value: (pixels + 1) / 2 },
    { keyword: `CRVAL${number}`, value: (from + to) / 2 },
    { keyword: `CDELT${number}`, value: (to - from) / pixels },
  ];
  return [...axis(1, "X", columns, left, right), ...axis(2, "Y", rows, bottom, top)];
}
