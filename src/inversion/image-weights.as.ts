// W = P' N^-1 P between the pixels of an image, by tiles of sixteen, four by four. Half of it: a tile has a panel of the
// pixels of its own rows of tiles from itself on to the right, and of those below, as far as two PSFs reach. Within the tile
// itself W is halved, so that W = L + L'.
import { allocate } from "../operators/arena.as";
import { madd } from "../operators/turns.as";

// Pixels of a tile along a side, and the bytes of a value for each.
export const SIDE: i32 = 4;
export const LANES: usize = <usize>(SIDE * SIDE);
export const BYTES: usize = LANES << 3;

// Counting ends beyond as many rows, 2 GiB, which are not to be held.
const MOST_ROWS: i32 = 1 << 24;

// @ts-ignore: decorator
@unmanaged
export class ImageWeights {
  inputs: i32;
  tiles: i32;
  // (tiles, 16) which pixel it is, -1 where it is none.
  pixels: usize;
  // (tiles + 1) where the panels begin.
  begin: usize;
  // Of every row of a panel: i32 pixel, and its W with the sixteen.
  neighbors: usize;
  panels: usize;
  // Only while panels are made: rows and columns of the tiles' first pixels and of the pixels, which pixel stands where in
  // the box, the PSF as it is and turned around between SIDE - 1 zeros, sigma^-2 in the box.
  corners: usize;
  native: usize;
  index: usize;
  kernelRows: i32;
  kernelColumns: i32;
  kernel: usize;
  turned: usize;
  inverse: usize;
  rows: i32;
  columns: i32;
}

function turnKernel(weights: ImageWeights): usize {
  const rows = weights.kernelRows, columns = weights.kernelColumns;
  const row = <usize>(columns + 2 * (SIDE - 1)) << 3;
  const bytes = <usize>(rows + 2 * (SIDE - 1)) * row;
  const turned = allocate(bytes);
  memory.fill(turned, 0, bytes);
  let from = weights.kernel;
  for (let a = rows - 1; a >= 0; a--) {
    for (let b = columns - 1; b >= 0; b--, from += 8) {
      store<f64>(turned + <usize>(a + SIDE - 1) * row + (<usize>(b + SIDE - 1) << 3), load<f64>(from));
    }
  }
  return turned;
}

function inverseVariances(weights: ImageWeights, count: i32, pixels: usize, noise: usize): usize {
  const bytes = <usize>(weights.rows * weights.columns) << 3;
  const inverse = allocate(bytes);
  memory.fill(inverse, 0, bytes);
  for (let m = 0; m < count; m++, pixels += 8, noise += 8) {
    const sigma = load<f64>(noise);
    const at = load<i32>(pixels) * weights.columns + load<i32>(pixels, 4);
    store<f64>(inverse + (<usize>at << 3), 1 / (sigma * sigma));
  }
  return inverse;
}

// The pixels of the panel of the tile at (row, column), their number returned; `out` may be 0.
function neighborsOf(weights: ImageWeights, row: i32, column: i32, out: usize): i32 {
  const up = weights.kernelRows - 1, across = weights.kernelColumns - 1;
  const bottom = min(weights.rows - 1, row + SIDE - 1 + up), right = min(weights.columns - 1, column + SIDE - 1 + across);
  let count = 0;
  for (let y = row; y <= bottom; y++) {
    for (let x = y < row + SIDE ? column : max(0, column - across); x <= right; x++) {
      const n = load<i32>(weights.index + (<usize>(y * weights.columns + x) << 2));
      if (n < 0) continue;
      if (out != 0) store<i32>(out + (<usize>count << 2), n);
      count++;
    }
  }
  return count;
}

// Pixels are (count, 2) row and column in the box of (rows, columns); those that come out have a noise. Returns the address
// of ImageWeights, for which there is no room yet.
export function prepareImageWeights(
  rows: i32, columns: i32, kernelRows: i32, kernelColumns: i32, kernel: usize, inputs: i32, inputPixels: usize,
  outputs: i32, outputPixels: usize, noise: usize,
): usize {
  const address = allocate(offsetof<ImageWeights>());
  const weights = changetype<ImageWeights>(address);
  weights.inputs = inputs;
  weights.rows = rows;
  weights.columns = columns;
  weights.kernelRows = kernelRows;
  weights.kernelColumns = kernelColumns;
  weights.kernel = kernel;
  weights.native = inputPixels;
  weights.turned = turnKernel(weights);
  weights.inverse = inverseVariances(weights, outputs, outputPixels, noise);
  const index = allocate(<usize>(rows * columns) << 2);
  memory.fill(index, 0xff, <usize>(rows * columns) << 2);
  for (let n = 0; n < inputs; n++) {
    const pixel = inputPixels + (<usize>n << 3);
    store<i32>(index + (<usize>(load<i32>(pixel) * columns + load<i32>(pixel, 4)) << 2), n);
  }
  weights.index = index;
  listTiles(weights);
  const begin = allocate(<usize>(weights.tiles + 1) << 2);
  weights.begin = begin;
  let total = 0;
  for (let tile = 0; tile < weights.tiles && total <= MOST_ROWS; tile++) {
    store<i32>(begin + (<usize>tile << 2), total);
    const corner = weights.corners + (<usize>tile << 3);
    total += neighborsOf(weights, load<i32>(corner), load<i32>(corner, 4), 0);
  }
  store<i32>(begin + (<usize>weights.tiles << 2), total);
  return address;
}

// Room for the panels, which are still to be made.
export function allocateImageWeights(address: usize): void {
  const weights = changetype<ImageWeights>(address);
  const total = <usize>rowsOfImageWeights(address);
  weights.neighbors = allocate(total << 2);
  for (let tile = 0; tile < weights.tiles; tile++) {
    const corner = weights.corners + (<usize>tile << 3);
    const out = weights.neighbors + (<usize>load<i32>(weights.begin + (<usize>tile << 2)) << 2);
    neighborsOf(weights, load<i32>(corner), load<i32>(corner, 4), out);
  }
  weights.panels = allocate(total * BYTES);
}

// The tiles that have pixels, and which.
function listTiles(weights: ImageWeights): void {
  const rows = weights.rows, columns = weights.columns;
  const most = ((rows + SIDE - 1) / SIDE) * ((columns + SIDE - 1) / SIDE);
  weights.pixels = allocate(<usize>most << 6);
  weights.corners = allocate(<usize>most << 3);
  let tiles = 0;
  for (let i = 0; i < rows; i += SIDE) {
    for (let j = 0; j < columns; j += SIDE) {
      const pixels = weights.pixels + (<usize>tiles << 6);
      let any = false;
      for (let k = 0; k < SIDE * SIDE; k++) {
        const y = i + k / SIDE, x = j + k % SIDE;
        const n = y < rows && x < columns ? load<i32>(weights.index + (<usize>(y * columns + x) << 2)) : -1;
        store<i32>(pixels + (<usize>k << 2), n);
        any = any || n >= 0;
      }
      if (!any) continue;
      store<i32>(weights.corners + (<usize>tiles << 3), i);
      store<i32>(weights.corners + (<usize>tiles << 3), j, 4);
      tiles++;
    }
  }
  weights.tiles = tiles;
}

export function tilesOfImageWeights(address: usize): i32 {
  return changetype<ImageWeights>(address).tiles;
}

export function rowsOfImageWeights(address: usize): i32 {
  const weights = changetype<ImageWeights>(address);
  return load<i32>(weights.begin + (<usize>weights.tiles << 2));
}

// W of the tile at (row, column) with the pixel at (y, x): the sum over the pixels that both PSFs reach.
function weigh(weights: ImageWeights, row: i32, column: i32, y: i32, x: i32, out: usize): void {
  const kernelRows = weights.kernelRows, kernelColumns = weights.kernelColumns;
  const up = kernelRows - 1 - (kernelRows >> 1), left = kernelColumns - 1 - (kernelColumns >> 1);
  const down = kernelRows >> 1, right = kernelColumns >> 1;
  // Light of pixel m reaches from m - down to m + up, m + a - (rows >> 1) with weight a.
  const firstRow = max(0, max(y, row) - down), lastRow = min(weights.rows - 1, min(y, row + SIDE - 1) + up);
  const firstColumn = max(0, max(x, column) - right), lastColumn = min(weights.columns - 1, min(x, column + SIDE - 1) + left);
  const stride = <usize>(kernelColumns + 2 * (SIDE - 1)) << 3;
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  for (let r = firstRow; r <= lastRow; r++) {
    let weight = weights.kernel + (<usize>((r - y + down) * kernelColumns + firstColumn - x + right) << 3);
    let inverse = weights.inverse + (<usize>(r * weights.columns + firstColumn) << 3);
    let turned = weights.turned + <usize>(row - r + up + SIDE - 1) * stride
      + (<usize>(column - firstColumn + left + SIDE - 1) << 3);
    for (let c = firstColumn; c <= lastColumn; c++, weight += 8, inverse += 8, turned -= 8) {
      const t = f64x2.mul(v128.load64_splat(weight), v128.load64_splat(inverse));
      s0 = madd(v128.load(turned), t, s0);
      s1 = madd(v128.load(turned, 16), t, s1);
      s2 = madd(v128.load(turned + stride), t, s2);
      s3 = madd(v128.load(turned + stride, 16), t, s3);
      s4 = madd(v128.load(turned + 2 * stride), t, s4);
      s5 = madd(v128.load(turned + 2 * stride, 16), t, s5);
      s6 = madd(v128.load(turned + 3 * stride), t, s6);
      s7 = madd(v128.load(turned + 3 * stride, 16), t, s7);
    }
  }
  const half = f64x2.splat(y < row + SIDE && x < column + SIDE ? 0.5 : 1);
  v128.store(out, f64x2.mul(half, s0));
  v128.store(out, f64x2.mul(half, s1), 16);
  v128.store(out, f64x2.mul(half, s2), 32);
  v128.store(out, f64x2.mul(half, s3), 48);
  v128.store(out, f64x2.mul(half, s4), 64);
  v128.store(out, f64x2.mul(half, s5), 80);
  v128.store(out, f64x2.mul(half, s6), 96);
  v128.store(out, f64x2.mul(half, s7), 112);
}

// The panel of one tile.
export function weighTile(tile: i32, address: usize): void {
  const weights = changetype<ImageWeights>(address);
  const corner = weights.corners + (<usize>tile << 3);
  const begin = weights.begin + (<usize>tile << 2);
  let out = weights.panels + <usize>load<i32>(begin) * BYTES;
  const end = weights.neighbors + (<usize>load<i32>(begin, 4) << 2);
  for (let at = weights.neighbors + (<usize>load<i32>(begin) << 2); at < end; at += 4, out += BYTES) {
    const pixel = weights.native + (<usize>load<i32>(at) << 3);
    weigh(weights, load<i32>(corner), load<i32>(corner, 4), load<i32>(pixel), load<i32>(pixel, 4), out);
  }
}
