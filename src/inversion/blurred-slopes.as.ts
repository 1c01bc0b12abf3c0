// G = P' N^-1 P T C where T has entries, for a symmetric C: by the groups of sixteen image pixels of F, whose rows of A reach
// few source pixels. Their panel times C, on these source pixels alone, goes back to the entries of T as it came from them.
import { allocate, mark, release } from "../operators/arena.as";
import { madd } from "../operators/turns.as";
import { addRows, Blurring, BYTES, takeRows } from "./blurred-groups.as";

// Parts at most; each has a G of its own.
const PARTS: i32 = 32;

export function partsOfSlopes(blurring: usize): i32 {
  return max(1, min(PARTS, changetype<Blurring>(blurring).groups));
}

export function slopesScratch(source: i32): usize {
  return 2 * <usize>(source + 1) * BYTES + (<usize>source << 2) + (<usize>((source + 63) >> 6) << 3) + 96;
}

// The columns whose bits are set, as offsets into a row of C, with their values over sigma^2 in a panel; clears the bits.
function gatherSeen(
  source: i32, seen: usize, values: usize, scale: usize, scaleRow: usize, offsets: usize, panel: usize,
): i32 {
  let count = 0;
  for (let base = 0; base < source; base += 64, seen += 8) {
    for (let bits = load<u64>(seen); bits != 0; bits &= bits - 1, count++, offsets += 4, panel += BYTES) {
      const column = base + <i32>ctz(bits);
      store<i32>(offsets, column << 3);
      const from = values + <usize>column * BYTES;
      for (let k: usize = 0; k < BYTES; k += 16) {
        const noise = v128.load(scale + (k >> 5) * scaleRow + (k & 16));
        v128.store(panel + k, f64x2.mul(v128.load(from + k), f64x2.mul(noise, noise)));
      }
    }
    store<u64>(seen, 0);
  }
  return count;
}

// Rows c and d of C times half of a panel, eight pixels of the sixteen, to their places.
function timesRows(c: usize, d: usize, count: i32, offsets: usize, panel: usize, to: usize, also: usize): void {
  let c0 = f64x2.splat(0), c1 = c0, c2 = c0, c3 = c0, d0 = c0, d1 = c0, d2 = c0, d3 = c0;
  for (const end = offsets + (<usize>count << 2); offsets < end; offsets += 4, panel += BYTES) {
    const offset = <usize>load<i32>(offsets);
    const x = v128.load64_splat(c + offset), y = v128.load64_splat(d + offset);
    const p0 = v128.load(panel), p1 = v128.load(panel, 16), p2 = v128.load(panel, 32), p3 = v128.load(panel, 48);
    c0 = madd(x, p0, c0);
    c1 = madd(x, p1, c1);
    c2 = madd(x, p2, c2);
    c3 = madd(x, p3, c3);
    d0 = madd(y, p0, d0);
    d1 = madd(y, p1, d1);
    d2 = madd(y, p2, d2);
    d3 = madd(y, p3, d3);
  }
  v128.store(to, c0);
  v128.store(to, c1, 16);
  v128.store(to, c2, 32);
  v128.store(to, c3, 48);
  v128.store(also, d0);
  v128.store(also, d1, 16);
  v128.store(also, d2, 32);
  v128.store(also, d3, 48);
}

// values[column] = C panel, of the columns seen.
function timesSeen(count: i32, offsets: usize, panel: usize, c: usize, row: usize, values: usize): void {
  for (let p = 0; p < count; p += 2) {
    const column = <usize>load<i32>(offsets + (<usize>p << 2)) >> 3;
    // An odd one goes with itself.
    const next = <usize>load<i32>(offsets + (<usize>min(p + 1, count - 1) << 2)) >> 3;
    for (let half: usize = 0; half < BYTES; half += BYTES >> 1) {
      const to = values + half + column * BYTES, also = values + half + next * BYTES;
      timesRows(c + column * row, c + next * row, count, offsets, panel + half, to, also);
    }
  }
}

// The groups of one part, which adds to partial[part] (entries of T), zero before.
export function blurredSlopes(part: i32, address: usize, count: i32, c: usize, partial: usize): void {
  const blurring = changetype<Blurring>(address), source = blurring.source;
  const top = mark();
  const values = allocate(<usize>source * BYTES), panel = allocate(<usize>source * BYTES);
  memory.fill(values, 0, <usize>source * BYTES);
  const words = <usize>((source + 63) >> 6) << 3;
  const seen = allocate(words), offsets = allocate(<usize>source << 2);
  memory.fill(seen, 0, words);
  const slopes = partial + (<usize>part * <usize>count << 3);
  memory.fill(slopes, 0, <usize>count << 3);
  const parts = partsOfSlopes(address);
  const last = (part + 1) * blurring.groups / parts;
  for (let group = part * blurring.groups / parts; group < last; group++) {
    addRows(blurring, group, values, seen);
    const corner = blurring.corners + (<usize>group << 3);
    const scale = blurring.scale + <usize>load<i32>(corner) * blurring.scaleRow + (<usize>load<i32>(corner, 4) << 3);
    const columns = gatherSeen(source, seen, values, scale, blurring.scaleRow, offsets, panel);
    timesSeen(columns, offsets, panel, c, <usize>source << 3, values);
    takeRows(blurring, group, values, slopes);
    // Offsets into a row of doubles: sixteen of them are a column's values.
    for (let q = 0; q < columns; q++) {
      memory.fill(values + (<usize>load<i32>(offsets + (<usize>q << 2)) << 4), 0, BYTES);
    }
  }
  release(top);
}

// partial[0] += the others, in their order.
export function sumSlopes(parts: i32, count: i32, partial: usize): void {
  const bytes = <usize>count << 3, end = partial + bytes;
  for (let part = 1; part < parts; part++) {
    let from = partial + <usize>part * bytes;
    for (let to = partial; to < end; to += 8, from += 8) store<f64>(to, load<f64>(to) + load<f64>(from));
  }
}
