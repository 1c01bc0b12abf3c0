// F = A + A', A = T' L T, by tiles of sixteen image pixels: L T has a short dense panel of the source pixels that a tile's
// panel of L maps to, and what the sixteen map to takes rows of F from it. Tiles go in rounds: threads first share the panels
// of a round, and then the rows of A, each adding the round's products to rows of its own, in one order.
import { allocate, mark, release } from "../operators/arena.as";
import { madd } from "../operators/turns.as";
import { BYTES, ImageWeights } from "./image-weights.as";

// Rows of A in a block, a part's own.
const BLOCK: i32 = 64;
// Tiles in one part of the panels.
const TILES: i32 = 4;
// Room for the panels of a round.
const ROUND_BYTES: usize = 1 << 24;
// Entries of a tile's list: i32 source pixel, i32 which of the sixteen, f64 weight.
const ENTRY: usize = 16;

// @ts-ignore: decorator
@unmanaged
class Products {
  weights: ImageWeights;
  source: i32;
  rowStart: usize;
  columnIndex: usize;
  entries: usize;
  round: i32;
  // Of a tile of the round: the source pixels reached as offsets into a row of A, their number, (16, stride) values.
  columns: usize;
  counts: usize;
  stride: usize;
  panels: usize;
  // (entries of T) of the tiles' sixteen pixels by source pixel, and where each tile's begin.
  lists: usize;
  listBegin: usize;
}

export function prepareProducts(address: usize, source: i32, rowStart: usize, columnIndex: usize, entries: usize): usize {
  const own = allocate(offsetof<Products>());
  const products = changetype<Products>(own), weights = changetype<ImageWeights>(address);
  products.weights = weights;
  products.source = source;
  products.rowStart = rowStart;
  products.columnIndex = columnIndex;
  products.entries = entries;
  products.stride = <usize>(source + 7 & ~7) << 3;
  const most = max(4 * TILES, <i32>(ROUND_BYTES / (16 * products.stride)));
  products.round = max(1, min(most, weights.tiles));
  products.columns = allocate(<usize>products.round * (products.stride >> 1));
  products.counts = allocate(<usize>products.round << 2);
  products.panels = allocate(<usize>products.round * 16 * products.stride);
  listEntries(products);
  return own;
}

export function tilesOfRound(products: usize): i32 {
  return changetype<Products>(products).round;
}

export function productScratch(source: i32): usize {
  return <usize>source * BYTES + <usize>source + 128;
}

// The entries of each tile, in ascending order of their source pixels.
function listEntries(products: Products): void {
  const weights = products.weights, tiles = weights.tiles;
  products.listBegin = allocate(<usize>(tiles + 1) << 2);
  let total = 0;
  for (let tile = 0; tile <= tiles; tile++) {
    store<i32>(products.listBegin + (<usize>tile << 2), total);
    if (tile == tiles) break;
    const pixels = weights.pixels + (<usize>tile << 6);
    for (let k: usize = 0; k < 16; k++) {
      const n = load<i32>(pixels + (k << 2));
      if (n < 0) continue;
      const start = products.rowStart + (<usize>n << 2);
      total += load<i32>(start, 4) - load<i32>(start);
    }
  }
  products.lists = allocate(<usize>total * ENTRY);
  for (let tile = 0; tile < tiles; tile++) {
    const pixels = weights.pixels + (<usize>tile << 6);
    const first = products.lists + <usize>load<i32>(products.listBegin + (<usize>tile << 2)) * ENTRY;
    let end = first;
    for (let k: usize = 0; k < 16; k++) {
      const n = load<i32>(pixels + (k << 2));
      if (n < 0) continue;
      const start = products.rowStart + (<usize>n << 2);
      for (let e = load<i32>(start); e < load<i32>(start, 4); e++, end += ENTRY) {
        const column = load<i32>(products.columnIndex + (<usize>e << 2));
        let at = end;
        for (; at > first && load<i32>(at - ENTRY) > column; at -= ENTRY) v128.store(at, v128.load(at - ENTRY));
        store<i32>(at, column);
        store<i32>(at, <i32>k, 4);
        store<f64>(at, load<f64>(products.entries + (<usize>e << 3)), 8);
      }
    }
  }
}

// values (source, 16) += L T of one tile; seen[source pixel] = 1.
function addTile(products: Products, tile: i32, values: usize, seen: usize): void {
  const weights = products.weights, rowStart = products.rowStart;
  const columnIndex = products.columnIndex, entries = products.entries;
  const begin = weights.begin + (<usize>tile << 2);
  let panel = weights.panels + <usize>load<i32>(begin) * BYTES;
  const last = weights.neighbors + (<usize>load<i32>(begin, 4) << 2);
  for (let at = weights.neighbors + (<usize>load<i32>(begin) << 2); at < last; at += 4, panel += BYTES) {
    const start = rowStart + (<usize>load<i32>(at) << 2);
    const w0 = v128.load(panel), w1 = v128.load(panel, 16), w2 = v128.load(panel, 32), w3 = v128.load(panel, 48);
    const w4 = v128.load(panel, 64), w5 = v128.load(panel, 80), w6 = v128.load(panel, 96), w7 = v128.load(panel, 112);
    const end = <usize>load<i32>(start, 4);
    for (let e = <usize>load<i32>(start); e < end; e++) {
      const column = <usize>load<i32>(columnIndex + (e << 2));
      const t = v128.load64_splat(entries + (e << 3));
      const to = values + column * BYTES;
      v128.store(to, madd(t, w0, v128.load(to)));
      v128.store(to, madd(t, w1, v128.load(to, 16)), 16);
      v128.store(to, madd(t, w2, v128.load(to, 32)), 32);
      v128.store(to, madd(t, w3, v128.load(to, 48)), 48);
      v128.store(to, madd(t, w4, v128.load(to, 64)), 64);
      v128.store(to, madd(t, w5, v128.load(to, 80)), 80);
      v128.store(to, madd(t, w6, v128.load(to, 96)), 96);
      v128.store(to, madd(t, w7, v128.load(to, 112)), 112);
      store<u8>(seen + column, 1);
    }
  }
}

// @ts-ignore: decorator
@inline
function movePair(a: usize, b: usize, to: usize, stride: usize): void {
  const zero = f64x2.splat(0);
  for (let k: usize = 0; k < BYTES; k += 16, to += 2 * stride) {
    const x = v128.load(a + k), y = v128.load(b + k);
    v128.store(to, v128.shuffle<f64>(x, y, 0, 2));
    v128.store(to + stride, v128.shuffle<f64>(x, y, 1, 3));
    v128.store(a + k, zero);
    v128.store(b + k, zero);
  }
}

// The columns seen, as offsets into a row of doubles, in ascending order; clears them. Returns their number.
function columnsSeen(source: i32, seen: usize, columns: usize): i32 {
  let count = 0;
  for (let base = 0; base < source; base += 8, seen += 8) {
    const bytes = load<u64>(seen);
    if (bytes == 0) continue;
    for (let bits = bytes; bits != 0; bits &= bits - 1, count++) {
      store<i32>(columns + (<usize>count << 2), base + (<i32>ctz(bits) >> 3) << 3);
    }
    store<u64>(seen, 0);
  }
  return count;
}

// The panels of `TILES` tiles of the round that begins with tile `begin`.
export function weightsPanels(part: i32, state: usize, begin: i32): void {
  const products = changetype<Products>(state), source = products.source;
  const top = mark();
  const values = allocate(<usize>source * BYTES);
  memory.fill(values, 0, <usize>source * BYTES);
  const seen = allocate(<usize>source + 8);
  memory.fill(seen, 0, <usize>source + 8);
  const stride = products.stride;
  const last = min(min((part + 1) * TILES, products.round), products.weights.tiles - begin);
  for (let g = part * TILES; g < last; g++) {
    addTile(products, begin + g, values, seen);
    const columns = products.columns + <usize>g * (stride >> 1);
    const count = columnsSeen(source, seen, columns);
    // Padded to eight: what is not a column is added to A as zeros in the last one.
    const end = count + 7 & ~7;
    let to = products.panels + <usize>g * 16 * stride;
    for (let q = 0; q < count; q += 2, to += 16) {
      const at = columns + (<usize>q << 2);
      const a = values + (<usize>load<i32>(at) << 4);
      if (q + 1 < count) movePair(a, values + (<usize>load<i32>(at, 4) << 4), to, stride);
      else for (let k: usize = 0; k < 16; k++) {
        v128.store(to + k * stride, f64x2.replace_lane(f64x2.splat(0), 0, load<f64>(a + (k << 3))));
        store<f64>(a + (k << 3), 0);
      }
    }
    for (let q = count + 1 & ~1; q < end; q += 2, to += 16) {
      for (let k: usize = 0; k < 16; k++) v128.store(to + k * stride, f64x2.splat(0));
    }
    for (let q = count; q < end; q++) store<i32>(columns + (<usize>q << 2), 0);
    store<i32>(products.counts + (<usize>g << 2), end);
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

// Row of A += entries of one source pixel times the tile's panel.
function addToRow(entry: usize, end: usize, columns: usize, count: i32, panel: usize, stride: usize, row: usize): void {
  for (const last = columns + (<usize>count << 2); columns < last; columns += 32, panel += 64) {
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let e = entry; e < end; e += ENTRY) {
      const from = panel + <usize>load<i32>(e, 4) * stride, t = v128.load64_splat(e, 8);
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
export function weightsProducts(part: i32, state: usize, begin: i32, out: usize): void {
  const products = changetype<Products>(state), source = products.source, stride = products.stride;
  const first = part * BLOCK, last = min(first + BLOCK, source), row = <usize>source << 3;
  if (begin == 0) memory.fill(out + <usize>first * row, 0, <usize>(last - first) * row);
  const count = min(products.round, products.weights.tiles - begin);
  for (let g = 0; g < count; g++) {
    const list = products.listBegin + (<usize>(begin + g) << 2);
    const end = products.lists + <usize>load<i32>(list, 4) * ENTRY;
    const columns = products.columns + <usize>g * (stride >> 1), panel = products.panels + <usize>g * 16 * stride;
    const reached = load<i32>(products.counts + (<usize>g << 2));
    for (let e = products.lists + <usize>load<i32>(list) * ENTRY; e < end;) {
      const p = load<i32>(e), from = e;
      for (e += ENTRY; e < end && load<i32>(e) == p; e += ENTRY) {}
      if (p >= first && p < last) addToRow(from, e, columns, reached, panel, stride, out + <usize>p * row);
    }
  }
}
