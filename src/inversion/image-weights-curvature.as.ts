// F = A + A', A = T' L T: what the sixteen pixels of a tile map to takes rows of A from the panel of L T. Tiles go in rounds:
// threads first share the panels of a round, and then the rows of A, each adding the round's products to rows of its own, in
// one order.
import { allocate, mark, release } from "../operators/arena.as";
import { madd } from "../operators/turns.as";
import { LANES } from "./image-weights.as";
import { endOfRun, ENTRY, listOf, panelOfTile, valuesBytes, WeightedMapping } from "./image-weights-panels.as";

// Rows of A in a block, a part's own.
const BLOCK: i32 = 64;
// Tiles in one part of the panels.
const TILES: i32 = 4;
// Room for the panels of a round, of which tiles use the part that they reach.
const ROUND_BYTES: usize = 1 << 24;

// @ts-ignore: decorator
@unmanaged
class Round {
  mapping: WeightedMapping;
  tiles: i32;
  // Of each tile of the round: the columns of its panel, how many, and the panel.
  columns: usize;
  counts: usize;
  panels: usize;
}

export function prepareRound(mapping: usize): usize {
  const address = allocate(offsetof<Round>());
  const round = changetype<Round>(address);
  round.mapping = changetype<WeightedMapping>(mapping);
  const row = round.mapping.rowBytes;
  round.tiles = max(1, min(round.mapping.weights.tiles, max(4 * TILES, <i32>(ROUND_BYTES / (LANES * row)))));
  round.columns = allocate(<usize>round.tiles * (row >> 1));
  round.counts = allocate(<usize>round.tiles << 2);
  round.panels = allocate(<usize>round.tiles * LANES * row);
  return address;
}

export function tilesOfRound(round: usize): i32 {
  return changetype<Round>(round).tiles;
}

export function roundScratch(source: i32): usize {
  return valuesBytes(source) + 64;
}

// The panels of `TILES` tiles of the round that begins with tile `begin`.
export function weightedPanels(part: i32, state: usize, begin: i32): void {
  const round = changetype<Round>(state), mapping = round.mapping;
  const top = mark();
  const bytes = valuesBytes(mapping.source), values = allocate(bytes), row = mapping.rowBytes;
  memory.fill(values, 0, bytes);
  const last = min(min((part + 1) * TILES, round.tiles), mapping.weights.tiles - begin);
  for (let g = part * TILES; g < last; g++) {
    const columns = round.columns + <usize>g * (row >> 1), panel = round.panels + <usize>g * LANES * row;
    store<i32>(round.counts + (<usize>g << 2), panelOfTile(mapping, begin + g, values, columns, panel));
  }
  release(top);
}

// @ts-ignore: decorator
@inline
function addPair(row: usize, columns: usize, sums: v128): void {
  const a = row + <usize>load<i32>(columns), b = row + <usize>load<i32>(columns, 4);
  store<f64>(a, load<f64>(a) + f64x2.extract_lane(sums, 0));
  store<f64>(b, load<f64>(b) + f64x2.extract_lane(sums, 1));
}

// A row of A += the entries of its source pixel times the rows of the panel.
function addToRow(entry: usize, end: usize, columns: usize, count: i32, panel: usize, panelRow: usize, row: usize): void {
  for (const last = columns + (<usize>count << 2); columns < last; columns += 32, panel += 64) {
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let e = entry; e < end; e += ENTRY) {
      const from = panel + <usize>load<i32>(e, 4) * panelRow, t = v128.load64_splat(e, 8);
      s0 = madd(t, v128.load(from), s0);
      s1 = madd(t, v128.load(from, 16), s1);
      s2 = madd(t, v128.load(from, 32), s2);
      s3 = madd(t, v128.load(from, 48), s3);
    }
    addPair(row, columns, s0);
    addPair(row, columns + 8, s1);
    addPair(row, columns + 16, s2);
    addPair(row, columns + 24, s3);
  }
}

// Adds the products of a round to the rows of one block of A.
export function weightedProducts(part: i32, state: usize, begin: i32, a: usize): void {
  const round = changetype<Round>(state), mapping = round.mapping, source = mapping.source, panelRow = mapping.rowBytes;
  const first = part * BLOCK, last = min(first + BLOCK, source), row = <usize>source << 3;
  if (begin == 0) memory.fill(a + <usize>first * row, 0, <usize>(last - first) * row);
  const count = min(round.tiles, mapping.weights.tiles - begin);
  for (let g = 0; g < count; g++) {
    const columns = round.columns + <usize>g * (panelRow >> 1), panel = round.panels + <usize>g * LANES * panelRow;
    const reached = load<i32>(round.counts + (<usize>g << 2));
    const end = listOf(mapping, begin + g + 1);
    for (let e = listOf(mapping, begin + g), next: usize = 0; e < end; e = next) {
      next = endOfRun(e, end);
      const p = load<i32>(e);
      if (p < first) continue;
      if (p >= last) break;
      addToRow(e, next, columns, reached, panel, panelRow, a + <usize>p * row);
    }
  }
}
