// G = W T C at the entries of T, C symmetric, by tiles of sixteen image pixels: W = L + L'. L T of a tile is a short panel,
// whose products with rows of C go to the tile's own entries; T C of the tile, at the source pixels of that panel, goes back
// through its panel of L to the entries of the neighbors.
import { allocate, mark, release } from "../operators/arena.as";
import { madd } from "../operators/turns.as";
import { BYTES, LANES } from "./image-weights.as";
import { endOfRun, ENTRY, listOf, panelOfTile, valuesBytes, WeightedMapping } from "./image-weights-panels.as";

// Parts at most; each has a G of its own.
const PARTS: i32 = 32;

export function partsOfWeightedSlopes(mapping: usize): i32 {
  return max(1, min(PARTS, changetype<WeightedMapping>(mapping).weights.tiles));
}

export function weightedSlopesScratch(source: i32): usize {
  const row = <usize>(source + 7) << 3;
  return valuesBytes(source) + (2 * LANES + 1) * row + (row >> 1) + 128;
}

function gather(columns: usize, count: i32, row: usize, out: usize): void {
  for (const last = columns + (<usize>count << 2); columns < last; columns += 8, out += 16) {
    const pair = v128.load64_zero(row + <usize>load<i32>(columns));
    v128.store(out, v128.load64_lane(row + <usize>load<i32>(columns, 4), pair, 1));
  }
}

// @ts-ignore: decorator
@inline
function sumOf(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

// Returns c . panel and adds t c to back, for rows of `count` doubles, a multiple of eight.
function dotAndAdd(c: usize, count: i32, t: f64, panel: usize, back: usize): f64 {
  const weight = f64x2.splat(t);
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (const last = c + (<usize>count << 3); c < last; c += 64, panel += 64, back += 64) {
    const c0 = v128.load(c), c1 = v128.load(c, 16), c2 = v128.load(c, 32), c3 = v128.load(c, 48);
    s0 = madd(c0, v128.load(panel), s0);
    s1 = madd(c1, v128.load(panel, 16), s1);
    s2 = madd(c2, v128.load(panel, 32), s2);
    s3 = madd(c3, v128.load(panel, 48), s3);
    v128.store(back, madd(c0, weight, v128.load(back)));
    v128.store(back, madd(c1, weight, v128.load(back, 16)), 16);
    v128.store(back, madd(c2, weight, v128.load(back, 32)), 32);
    v128.store(back, madd(c3, weight, v128.load(back, 48)), 48);
  }
  return sumOf(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)));
}

// values[column] (16) = the column of `back` (16, columns).
function spread(columns: usize, count: i32, back: usize, row: usize, values: usize): void {
  for (const last = columns + (<usize>count << 2); columns < last; columns += 4, back += 8) {
    const to = values + (<usize>load<i32>(columns) << 4);
    for (let k: usize = 0; k < LANES; k++) store<f64>(to + (k << 3), load<f64>(back + k * row));
  }
}

// slopes[entry] += the panel of L, transposed, times the values of the entry's source pixel.
function takeTile(mapping: WeightedMapping, tile: i32, values: usize, slopes: usize): void {
  const weights = mapping.weights, rowStart = mapping.rowStart, columnIndex = mapping.columnIndex;
  const begin = weights.begin + (<usize>tile << 2);
  let panel = weights.panels + <usize>load<i32>(begin) * BYTES;
  const last = weights.neighbors + (<usize>load<i32>(begin, 4) << 2);
  for (let at = weights.neighbors + (<usize>load<i32>(begin) << 2); at < last; at += 4, panel += BYTES) {
    const start = rowStart + (<usize>load<i32>(at) << 2), end = <usize>load<i32>(start, 4);
    const w0 = v128.load(panel), w1 = v128.load(panel, 16), w2 = v128.load(panel, 32), w3 = v128.load(panel, 48);
    const w4 = v128.load(panel, 64), w5 = v128.load(panel, 80), w6 = v128.load(panel, 96), w7 = v128.load(panel, 112);
    for (let e = <usize>load<i32>(start); e < end; e++) {
      const from = values + <usize>load<i32>(columnIndex + (e << 2)) * BYTES;
      let even = f64x2.mul(w0, v128.load(from)), odd = f64x2.mul(w1, v128.load(from, 16));
      even = madd(w2, v128.load(from, 32), even);
      odd = madd(w3, v128.load(from, 48), odd);
      even = madd(w4, v128.load(from, 64), even);
      odd = madd(w5, v128.load(from, 80), odd);
      even = madd(w6, v128.load(from, 96), even);
      odd = madd(w7, v128.load(from, 112), odd);
      const to = slopes + (e << 3);
      store<f64>(to, load<f64>(to) + sumOf(f64x2.add(even, odd)));
    }
  }
}

// The tiles of one part, which adds to partial[part] (entries of T), zero before.
export function weightedSlopes(part: i32, state: usize, count: i32, c: usize, partial: usize): void {
  const mapping = changetype<WeightedMapping>(state), row = mapping.rowBytes, tiles = mapping.weights.tiles;
  const top = mark();
  const bytes = valuesBytes(mapping.source), values = allocate(bytes), columns = allocate(row >> 1);
  const panel = allocate(LANES * row), back = allocate(LANES * row), gathered = allocate(row);
  memory.fill(values, 0, bytes);
  const slopes = partial + (<usize>part * <usize>count << 3);
  memory.fill(slopes, 0, <usize>count << 3);
  const parts = partsOfWeightedSlopes(state), last = (part + 1) * tiles / parts;
  for (let tile = part * tiles / parts; tile < last; tile++) {
    const reached = panelOfTile(mapping, tile, values, columns, panel);
    for (let k: usize = 0; k < LANES; k++) memory.fill(back + k * row, 0, <usize>reached << 3);
    const end = listOf(mapping, tile + 1);
    for (let e = listOf(mapping, tile), next: usize = 0; e < end; e = next) {
      next = endOfRun(e, end);
      gather(columns, reached, c + (<usize>(load<i32>(e) * mapping.source) << 3), gathered);
      for (let at = e; at < next; at += ENTRY) {
        const lane = <usize>load<i32>(at, 4) * row, to = slopes + (<usize>load<i32>(at, 16) << 3);
        store<f64>(to, load<f64>(to) + dotAndAdd(gathered, reached, load<f64>(at, 8), panel + lane, back + lane));
      }
    }
    spread(columns, reached, back, row, values);
    takeTile(mapping, tile, values, slopes);
    for (let q = 0; q < reached; q++) memory.fill(values + (<usize>load<i32>(columns + (<usize>q << 2)) << 4), 0, BYTES);
  }
  release(top);
}
