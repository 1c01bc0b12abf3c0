import { type Mask, nativeIndexForSlimIndex } from "../../dataset/mask.ts";
import { columnCentres, type PixelGrid, rowCentres } from "../../grid.ts";
import { type BrightnessSeedsOptions, requireAdaptImage, requireSeeds } from "./seeds.ts";
import { unmaskedBox } from "./unmasked-box.ts";
import { weightMap } from "./weight-map.ts";

/**
 * A square that Hilbert's curve fills, from `corner` to `corner + along`, `along` and `across` being its sides, (row,
 * column) each.
 */
interface Square {
  readonly corner: readonly [number, number];
  readonly along: readonly [number, number];
  readonly across: readonly [number, number];
}

/** Quarterings of a pixel: seeds that share one are at different places unless there are 4^16 of them. */
const DEPTH_IN_PIXEL = 16;

/**
 * Seeds along Hilbert's space-filling curve (Hilbert 1891) through the unmasked pixels, at the middles of S equal shares of
 * the weight along it (PyAutoLens' `Hilbert`): as dense as the image is bright, and, since the curve's neighborhoods are
 * those of the plane, evenly spread. A pixel's weight lies evenly along the curve in it, so that several seeds in a bright
 * pixel are at different places, and none is in a masked one. Nothing is random.
 *
 * PyAutoArray orders a square lattice of its own over a circular mask, and interpolates the image and the curve.
 * @param adaptImage (M) brightness in the unmasked pixels.
 * @returns (S, 2) y and x, arcseconds, in the order of the curve.
 * @throws InputError as `weightMap` does, and `mesh/seeds` for more seeds than pixels.
 */
export function hilbertSeeds(
  grid: PixelGrid,
  mask: Mask,
  adaptImage: Float64Array,
  options: BrightnessSeedsOptions,
): Float64Array {
  const nativeIndex = nativeIndexForSlimIndex(mask);
  requireAdaptImage(adaptImage, nativeIndex.length / 2);
  requireSeeds(options.seeds, adaptImage.length, "unmasked");
  const { squares, slim } = pixelsAlongCurve(mask);
  const weights = weightMap(adaptImage, options);
  const total = slim.reduce((sum, m) => sum + weights[m], 0);
  const [firstY, firstX] = [rowCentres(grid)[0], columnCentres(grid)[0]];
  const seeds = new Float64Array(2 * options.seeds);
  let at = 0;
  let before = 0;
  for (let s = 0; s < options.seeds; s++) {
    const target = ((s + 0.5) / options.seeds) * total;
    while (before + weights[slim[at]] <= target) before += weights[slim[at++]];
    const [row, column] = placeOnCurve(squares[at], (target - before) / weights[slim[at]]);
    seeds[2 * s] = firstY - (row - 0.5) * grid.pixelScale;
    seeds[2 * s + 1] = firstX + (column - 0.5) * grid.pixelScale;
  }
  return seeds;
}

/** The q-th of the four squares that the curve goes through one after the other. */
function quarter({ corner, along: [a, b], across: [c, d] }: Square, q: number): Square {
  const [row, column] = corner;
  if (q === 0) return { corner, along: [c / 2, d / 2], across: [a / 2, b / 2] };
  if (q === 3) {
    return { corner: [row + a / 2 + c, column + b / 2 + d], along: [-c / 2, -d / 2], across: [-a / 2, -b / 2] };
  }
  const start = q === 1 ? [row + a / 2, column + b / 2] : [row + (a + c) / 2, column + (b + d) / 2];
  return { corner: start as [number, number], along: [a / 2, b / 2], across: [c / 2, d / 2] };
}

/** The unmasked pixels in the order of the curve, as squares in rows and columns from the array's upper and left edges. */
function pixelsAlongCurve(mask: Mask): { squares: Square[]; slim: number[] } {
  const columns = mask.shape[1];
  const { top, bottom, left, right } = unmaskedBox(mask);
  const slimOf = new Int32Array(mask.masked.length);
  let unmasked = 0;
  mask.masked.forEach((ignored, pixel) => {
    slimOf[pixel] = ignored !== 0 ? -1 : unmasked++;
  });
  const squares: Square[] = [];
  const slim: number[] = [];
  const visit = (square: Square, side: number): void => {
    const [row, column] = [0, 1].map((axis) => {
      return square.corner[axis] + Math.min(0, square.along[axis] + square.across[axis]);
    });
    if (row > bottom || column > right) return;
    if (side > 1) {
      for (let q = 0; q < 4; q++) visit(quarter(square, q), side / 2);
    } else if (slimOf[row * columns + column] >= 0) {
      squares.push(square);
      slim.push(slimOf[row * columns + column]);
    }
  };
  const side = 2 ** Math.ceil(Math.log2(Math.max(bottom - top, right - left) + 1));
  visit({ corner: [top, left], along: [0, side], across: [side, 0] }, side);
  return { squares, slim };
}

/** Where the curve is after a fraction of its way through a square: row and column, fractional. */
function placeOnCurve(square: Square, fraction: number): [row: number, column: number] {
  let within = square;
  let left = fraction;
  for (let depth = 0; depth < DEPTH_IN_PIXEL; depth++) {
    const q = Math.min(Math.floor(4 * left), 3);
    within = quarter(within, q);
    left = 4 * left - q;
  }
  const { corner, along, across } = within;
  return [corner[0] + (along[0] + across[0]) / 2, corner[1] + (along[1] + across[1]) / 2];
}
