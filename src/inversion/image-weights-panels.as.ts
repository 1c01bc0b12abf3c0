// L T for sixteen image pixels at a time: the tile's panel of L maps to few source pixels, and has a short dense panel of them.
import { allocate } from "../operators/arena.as";
import { madd } from "../operators/turns.as";
import { BYTES, ImageWeights, LANES } from "./image-weights.as";

// A tile's entries of T by source pixel: i32 source pixel, i32 which of the sixteen, f64 weight, i32 which entry it is.
export const ENTRY: usize = 24;

// Tiles in one part of the lists.
const TILES_OF_LISTS: i32 = 32;

// W and a T.
// @ts-ignore: decorator
@unmanaged
export class WeightedMapping {
  weights: ImageWeights;
  source: i32;
  rowStart: usize;
  columnIndex: usize;
  entries: usize;
  // From row to row of a panel (16, source), whose rows are padded with zeros to a multiple of eight.
  rowBytes: usize;
  lists: usize;
  // (tiles + 1) where each tile's list begins.
  listBegin: usize;
}

export function prepareWeightedMapping(
  weights: usize, source: i32, rowStart: usize, columnIndex: usize, entries: usize,
): usize {
  const address = allocate(offsetof<WeightedMapping>());
  const mapping = changetype<WeightedMapping>(address);
  mapping.weights = changetype<ImageWeights>(weights);
  mapping.source = source;
  mapping.rowStart = rowStart;
  mapping.columnIndex = columnIndex;
  mapping.entries = entries;
  mapping.rowBytes = <usize>(source + 7 & ~7) << 3;
  const tiles = mapping.weights.tiles, size = mapping.weights.inputs;
  mapping.listBegin = allocate(<usize>(tiles + 1) << 2);
  mapping.lists = allocate(<usize>load<i32>(rowStart + (<usize>size << 2)) * ENTRY);
  let listed = 0;
  for (let tile = 0; tile < tiles; tile++) {
    store<i32>(mapping.listBegin + (<usize>tile << 2), listed * <i32>ENTRY);
    const pixels = mapping.weights.pixels + (<usize>tile << 6);
    for (let k: usize = 0; k < LANES; k++) {
      const n = load<i32>(pixels + (k << 2)), start = rowStart + (<usize>n << 2);
      if (n >= 0) listed += load<i32>(start, 4) - load<i32>(start);
    }
  }
  store<i32>(mapping.listBegin + (<usize>tiles << 2), listed * <i32>ENTRY);
  return address;
}

export function partsOfLists(mapping: usize): i32 {
  return (changetype<WeightedMapping>(mapping).weights.tiles + TILES_OF_LISTS - 1) / TILES_OF_LISTS;
}

// One of `partsOfLists` parts of the lists.
export function listEntries(part: i32, state: usize): void {
  const mapping = changetype<WeightedMapping>(state);
  const last = min((part + 1) * TILES_OF_LISTS, mapping.weights.tiles);
  for (let tile = part * TILES_OF_LISTS; tile < last; tile++) listTile(mapping, tile);
}

// The entries of a tile sorted by insertion: there are some fifty.
function listTile(mapping: WeightedMapping, tile: i32): void {
  const pixels = mapping.weights.pixels + (<usize>tile << 6), first = listOf(mapping, tile);
  let end = first;
  for (let k: usize = 0; k < LANES; k++) {
    const n = load<i32>(pixels + (k << 2));
    if (n < 0) continue;
    const start = mapping.rowStart + (<usize>n << 2);
    for (let e = load<i32>(start); e < load<i32>(start, 4); e++, end += ENTRY) {
      const column = load<i32>(mapping.columnIndex + (<usize>e << 2));
      let at = end;
      for (; at > first && load<i32>(at - ENTRY) > column; at -= ENTRY) {
        v128.store(at, v128.load(at - ENTRY));
        store<i64>(at, load<i64>(at - 8), 16);
      }
      store<i32>(at, column);
      store<i32>(at, <i32>k, 4);
      store<f64>(at, load<f64>(mapping.entries + (<usize>e << 3)), 8);
      store<i32>(at, e, 16);
    }
  }
}

// The list of a tile begins and, with the next tile, ends here.
// @ts-ignore: decorator
@inline
export function listOf(mapping: WeightedMapping, tile: i32): usize {
  return mapping.lists + <usize>load<i32>(mapping.listBegin + (<usize>tile << 2));
}

// Where the entries of the source pixel of `entry` end.
// @ts-ignore: decorator
@inline
export function endOfRun(entry: usize, end: usize): usize {
  const column = load<i32>(entry);
  for (entry += ENTRY; entry < end && load<i32>(entry) == column; entry += ENTRY) {}
  return entry;
}

// Bytes that hold (source, 16) values and a mark for each source pixel.
export function valuesBytes(source: i32): usize {
  return <usize>source * BYTES + <usize>(source + 8);
}

// values (source, 16) += L T of one tile; marks[source pixel] = 1.
function addTile(mapping: WeightedMapping, tile: i32, values: usize, marks: usize): void {
  const weights = mapping.weights, rowStart = mapping.rowStart;
  const columnIndex = mapping.columnIndex, entries = mapping.entries;
  const begin = weights.begin + (<usize>tile << 2);
  let panel = weights.panels + <usize>load<i32>(begin) * BYTES;
  const last = weights.neighbors + (<usize>load<i32>(begin, 4) << 2);
  for (let at = weights.neighbors + (<usize>load<i32>(begin) << 2); at < last; at += 4, panel += BYTES) {
    const start = rowStart + (<usize>load<i32>(at) << 2), end = <usize>load<i32>(start, 4);
    const w0 = v128.load(panel), w1 = v128.load(panel, 16), w2 = v128.load(panel, 32), w3 = v128.load(panel, 48);
    const w4 = v128.load(panel, 64), w5 = v128.load(panel, 80), w6 = v128.load(panel, 96), w7 = v128.load(panel, 112);
    for (let e = <usize>load<i32>(start); e < end; e++) {
      const column = <usize>load<i32>(columnIndex + (e << 2)), t = v128.load64_splat(entries + (e << 3));
      const to = values + column * BYTES;
      v128.store(to, madd(t, w0, v128.load(to)));
      v128.store(to, madd(t, w1, v128.load(to, 16)), 16);
      v128.store(to, madd(t, w2, v128.load(to, 32)), 32);
      v128.store(to, madd(t, w3, v128.load(to, 48)), 48);
      v128.store(to, madd(t, w4, v128.load(to, 64)), 64);
      v128.store(to, madd(t, w5, v128.load(to, 80)), 80);
      v128.store(to, madd(t, w6, v128.load(to, 96)), 96);
      v128.store(to, madd(t, w7, v128.load(to, 112)), 112);
      store<u8>(marks + column, 1);
    }
  }
}

// The source pixels that are marked, as offsets into a row of doubles, in ascending order; clears the marks.
function takeMarks(source: i32, marks: usize, columns: usize): i32 {
  let count = 0;
  for (let base = 0; base < source; base += 8, marks += 8) {
    for (let bits = load<u64>(marks); bits != 0; bits &= bits - 1, count++) {
      store<i32>(columns + (<usize>count << 2), base + (<i32>ctz(bits) >> 3) << 3);
    }
    store<u64>(marks, 0);
  }
  return count;
}

// Moves the values of two source pixels, `b` those of the second, and clears them.
// @ts-ignore: decorator
@inline
function movePair(a: usize, b: usize, to: usize, row: usize): void {
  const zero = f64x2.splat(0);
  for (let k: usize = 0; k < BYTES; k += 16, to += 2 * row) {
    const x = v128.load(a + k), y = v128.load(b + k);
    v128.store(to, v128.shuffle<f64>(x, y, 0, 2));
    v128.store(to + row, v128.shuffle<f64>(x, y, 1, 3));
    v128.store(a + k, zero);
    v128.store(b + k, zero);
  }
}

// The panel (16, columns) of a tile and its columns, as offsets into a row of doubles; returns how many there are, a multiple
// of eight: what is missing has values of zero and the offset zero. `values` and the marks behind it are zero before and after.
export function panelOfTile(mapping: WeightedMapping, tile: i32, values: usize, columns: usize, panel: usize): i32 {
  const source = mapping.source, row = mapping.rowBytes;
  const marks = values + <usize>source * BYTES;
  addTile(mapping, tile, values, marks);
  const count = takeMarks(source, marks, columns), end = count + 7 & ~7;
  for (let q = count; q < end; q++) store<i32>(columns + (<usize>q << 2), 0);
  for (let q = 0; q < count - 1; q += 2, panel += 16) {
    const at = columns + (<usize>q << 2);
    movePair(values + (<usize>load<i32>(at) << 4), values + (<usize>load<i32>(at, 4) << 4), panel, row);
  }
  if ((count & 1) != 0) {
    const last = values + (<usize>load<i32>(columns + (<usize>(count - 1) << 2)) << 4);
    for (let k: usize = 0; k < LANES; k++) {
      v128.store(panel + k * row, f64x2.replace_lane(f64x2.splat(0), 0, load<f64>(last + (k << 3))));
    }
    memory.fill(last, 0, BYTES);
    panel += 16;
  }
  const rest = <usize>(end - (count + 1 & ~1)) << 3;
  for (let k: usize = 0; k < LANES; k++) memory.fill(panel + k * row, 0, rest);
  return end;
}
