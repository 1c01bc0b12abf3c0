// F = A' N^-1 A for A = P T without A. Groups of sixteen image pixels give short dense panels of the source pixels that they
// reach; products of panels with themselves are added to the upper triangle of F. Groups go in rounds: threads first share
// the panels of a round, and then the rows of F, each adding the round's products to rows of its own, in one order.
import { allocate, mark, release } from "../operators/arena.as";
import { madd } from "../operators/turns.as";
import { addRows, Blurring, BYTES } from "./blurred-groups.as";

// Rows of F in a block, a part's own.
const BLOCK: i32 = 256;
const BLOCK_SHIFT: i32 = 8;
// Groups in one part of the panels.
const GROUPS: i32 = 8;
// F is mirrored by squares of this side.
const SQUARE: i32 = 8;
// Room for the panels of a round, of which groups use the part that they reach: it stays in a cache.
const ROUND_BYTES: usize = 1 << 24;

// Panels are strips of four columns, in each of which the four values of a pixel follow each other. A strip begins with every
// block of rows of F, so that rows of F have one owner; what is missing has values of zero and the column `source`, beyond
// the row or the first of the next, which is below the diagonal.
// @ts-ignore: decorator
@unmanaged
class Panels {
  blurring: Blurring;
  blocks: i32;
  // Groups in a round.
  round: i32;
  // Of a group of the round: (blocks + 1) where the strips of each block begin, the columns of the strips, the panel.
  first: usize;
  firstBytes: usize;
  columns: usize;
  columnBytes: usize;
  panels: usize;
  panelBytes: usize;
  // From row to row of F.
  rowBytes: usize;
}

// Rows of F are `stride` doubles apart.
export function preparePanels(blurring: usize, stride: i32): usize {
  const address = allocate(offsetof<Panels>());
  const panels = changetype<Panels>(address);
  const source = changetype<Blurring>(blurring).source;
  panels.blurring = changetype<Blurring>(blurring);
  panels.blocks = (source + BLOCK - 1) / BLOCK;
  const columns = source + 3 * panels.blocks;
  panels.panelBytes = <usize>(columns + 3 & ~3) * BYTES;
  const most = max(2 * GROUPS, <i32>(ROUND_BYTES / panels.panelBytes));
  panels.round = max(1, min(most, panels.blurring.groups));
  panels.columnBytes = <usize>(columns + 3 & ~3) << 2;
  panels.firstBytes = <usize>(panels.blocks + 1) << 2;
  panels.panels = allocate(<usize>panels.round * panels.panelBytes);
  panels.columns = allocate(<usize>panels.round * panels.columnBytes);
  panels.first = allocate(<usize>panels.round * panels.firstBytes);
  panels.rowBytes = <usize>stride << 3;
  return address;
}

export function groupsOfRound(panels: usize): i32 {
  return changetype<Panels>(panels).round;
}

export function panelScratch(source: i32): usize {
  return <usize>(source + 1) * BYTES + (<usize>((source + 63) >> 6) << 3) + 64;
}

// Moves four columns of values, times 1 / noise, to a strip, and clears them. A column beyond the last is zero.
function moveStrip(columns: usize, scale: usize, scaleRow: usize, values: usize, strip: usize): void {
  const zero = f64x2.splat(0);
  const a = values + <usize>load<i32>(columns) * BYTES, b = values + <usize>load<i32>(columns, 4) * BYTES;
  const c = values + <usize>load<i32>(columns, 8) * BYTES, d = values + <usize>load<i32>(columns, 12) * BYTES;
  for (let k: usize = 0; k < BYTES; k += 16, strip += 64) {
    const noise = v128.load(scale + (k >> 5) * scaleRow + (k & 16));
    const a0 = f64x2.mul(v128.load(a + k), noise), b0 = f64x2.mul(v128.load(b + k), noise);
    const c0 = f64x2.mul(v128.load(c + k), noise), d0 = f64x2.mul(v128.load(d + k), noise);
    v128.store(strip, v128.shuffle<f64>(a0, b0, 0, 2));
    v128.store(strip, v128.shuffle<f64>(c0, d0, 0, 2), 16);
    v128.store(strip, v128.shuffle<f64>(a0, b0, 1, 3), 32);
    v128.store(strip, v128.shuffle<f64>(c0, d0, 1, 3), 48);
    v128.store(a + k, zero);
    v128.store(b + k, zero);
    v128.store(c + k, zero);
    v128.store(d + k, zero);
  }
}

// The panels of `GROUPS` groups of the round that begins with group `begin`.
export function blurredPanels(part: i32, state: usize, begin: i32): void {
  const panels = changetype<Panels>(state), blurring = panels.blurring;
  const source = blurring.source;
  const top = mark();
  const values = allocate(<usize>(source + 1) * BYTES);
  memory.fill(values, 0, <usize>(source + 1) * BYTES);
  const words = <usize>((source + 63) >> 6) << 3;
  const seen = allocate(words);
  memory.fill(seen, 0, words);
  const last = min(min((part + 1) * GROUPS, panels.round), blurring.groups - begin);
  for (let g = part * GROUPS; g < last; g++) {
    addRows(blurring, begin + g, values, seen);
    const columns = panels.columns + <usize>g * panels.columnBytes, first = panels.first + <usize>g * panels.firstBytes;
    const count = columnsSeen(source, seen, columns, first);
    const corner = blurring.corners + (<usize>(begin + g) << 3);
    const scale = blurring.scale + <usize>load<i32>(corner) * blurring.scaleRow + (<usize>load<i32>(corner, 4) << 3);
    let strip = panels.panels + <usize>g * panels.panelBytes;
    for (let q = 0; q < count; q += 4, strip += 4 * BYTES) {
      moveStrip(columns + (<usize>q << 2), scale, blurring.scaleRow, values, strip);
    }
  }
  release(top);
}

// The columns whose bits are set, in strips, and where each block begins. Clears the bits. Returns the number of columns.
function columnsSeen(source: i32, seen: usize, columns: usize, first: usize): i32 {
  let count = 0;
  for (let base = 0; base < source; base += 64, seen += 8) {
    if ((base & (BLOCK - 1)) == 0) {
      for (; (count & 3) != 0; count++) store<i32>(columns + (<usize>count << 2), source);
      store<i32>(first + (<usize>(base >> BLOCK_SHIFT) << 2), count);
    }
    for (let bits = load<u64>(seen); bits != 0; bits &= bits - 1, count++) {
      store<i32>(columns + (<usize>count << 2), base + <i32>ctz(bits));
    }
    store<u64>(seen, 0);
  }
  for (; (count & 3) != 0; count++) store<i32>(columns + (<usize>count << 2), source);
  store<i32>(first + (<usize>((source + BLOCK - 1) >> BLOCK_SHIFT) << 2), count);
  return count;
}

// @ts-ignore: decorator
@inline
function addToRow(row: usize, o0: usize, o1: usize, o2: usize, o3: usize, s0: v128, s1: v128): void {
  const t0 = f64x2.add(s0, v128.load64_lane(row + o1, v128.load64_zero(row + o0), 1));
  const t1 = f64x2.add(s1, v128.load64_lane(row + o3, v128.load64_zero(row + o2), 1));
  v128.store64_lane(row + o0, t0, 0);
  v128.store64_lane(row + o1, t0, 1);
  v128.store64_lane(row + o2, t1, 0);
  v128.store64_lane(row + o3, t1, 1);
}

// Adds the products of the strip `left` with the strips from `right` on, whose columns stand before `end`, to four rows of F.
function addProducts(
  left: usize, leftColumns: usize, right: usize, rightColumns: usize, end: usize, source: i32, row: usize, out: usize,
): void {
  const column1 = load<i32>(leftColumns, 4), column2 = load<i32>(leftColumns, 8), column3 = load<i32>(leftColumns, 12);
  const row0 = out + <usize>load<i32>(leftColumns) * row, row1 = out + <usize>column1 * row;
  const row2 = out + <usize>column2 * row, row3 = out + <usize>column3 * row;
  const last = left + 4 * BYTES;
  for (; rightColumns < end; rightColumns += 16) {
    let c00 = f64x2.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
    for (let a = left; a < last; a += 64, right += 64) {
      let b0 = v128.load(right), b1 = v128.load(right, 16);
      let s = v128.load64_splat(a);
      c00 = madd(b0, s, c00);
      c01 = madd(b1, s, c01);
      s = v128.load64_splat(a, 8);
      c10 = madd(b0, s, c10);
      c11 = madd(b1, s, c11);
      s = v128.load64_splat(a, 16);
      c20 = madd(b0, s, c20);
      c21 = madd(b1, s, c21);
      s = v128.load64_splat(a, 24);
      c30 = madd(b0, s, c30);
      c31 = madd(b1, s, c31);
      b0 = v128.load(right, 32);
      b1 = v128.load(right, 48);
      s = v128.load64_splat(a, 32);
      c00 = madd(b0, s, c00);
      c01 = madd(b1, s, c01);
      s = v128.load64_splat(a, 40);
      c10 = madd(b0, s, c10);
      c11 = madd(b1, s, c11);
      s = v128.load64_splat(a, 48);
      c20 = madd(b0, s, c20);
      c21 = madd(b1, s, c21);
      s = v128.load64_splat(a, 56);
      c30 = madd(b0, s, c30);
      c31 = madd(b1, s, c31);
    }
    const o0 = <usize>load<i32>(rightColumns) << 3, o1 = <usize>load<i32>(rightColumns, 4) << 3;
    const o2 = <usize>load<i32>(rightColumns, 8) << 3, o3 = <usize>load<i32>(rightColumns, 12) << 3;
    addToRow(row0, o0, o1, o2, o3, c00, c01);
    if (column1 < source) addToRow(row1, o0, o1, o2, o3, c10, c11);
    if (column2 < source) addToRow(row2, o0, o1, o2, o3, c20, c21);
    if (column3 < source) addToRow(row3, o0, o1, o2, o3, c30, c31);
  }
}

// Adds the products of a round to the upper triangle of F, in the rows of one block.
export function blurredProducts(part: i32, state: usize, begin: i32, out: usize): void {
  const panels = changetype<Panels>(state), source = panels.blurring.source, row = panels.rowBytes;
  if (begin == 0) {
    const from = part * BLOCK, to = min(from + BLOCK, source);
    for (let p = from; p < to; p++) memory.fill(out + <usize>p * row + (<usize>p << 3), 0, <usize>(source - p) << 3);
  }
  const count = min(panels.round, panels.blurring.groups - begin);
  for (let g = 0; g < count; g++) {
    const columns = panels.columns + <usize>g * panels.columnBytes, panel = panels.panels + <usize>g * panels.panelBytes;
    const first = panels.first + <usize>g * panels.firstBytes;
    const end = columns + (<usize>load<i32>(first + (<usize>panels.blocks << 2)) << 2);
    const block = first + (<usize>part << 2);
    for (let p = <usize>load<i32>(block); p < <usize>load<i32>(block, 4); p += 4) {
      const strip = panel + p * BYTES, at = columns + (p << 2);
      addProducts(strip, at, strip, at, end, source, row, out);
    }
  }
}

// Mirrors a block of rows of the upper triangle, by squares that stay in the cache.
export function blurredMirror(part: i32, state: usize, out: usize): void {
  const source = changetype<Panels>(state).blurring.source, row = changetype<Panels>(state).rowBytes;
  const from = part * BLOCK, to = min(from + BLOCK, source);
  for (let above = from; above < to; above += SQUARE) {
    for (let beside = above; beside < source; beside += SQUARE) {
      const last = min(above + SQUARE, to), end = min(beside + SQUARE, source);
      for (let p = above; p < last; p++) {
        for (let q = max(beside, p + 1); q < end; q++) {
          store<f64>(out + <usize>q * row + (<usize>p << 3), load<f64>(out + <usize>p * row + (<usize>q << 3)));
        }
      }
    }
  }
}
